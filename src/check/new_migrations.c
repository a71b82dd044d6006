#include "check/new_migrations.h"

#include <string.h>

#include "check/compose.h"
#include "check/migration_view.h"

enum {
    LISTED_MAX = 1000,
    WITH_TEXT_MAX = 100,
    LINES_MAX = 20,
    TEXT_MAX_BYTES = 2000,
};

static const MigrationFile *released(const MigrationView *view, const MigrationFile *file)
{
    return view->old ? migration_view_same(view, view->old, file) : NULL;
}

/* The name of the migrator's ledger, the file's, or, where one row keeps the newest, its number. */
static bool is_recorded(const Observation *seen, const MigrationFile *file)
{
    const LedgerList *ledgers = &seen->before->ledgers;
    const char *number = file->names[MIGRATION_NAME_NUMBER];

    for (size_t i = 0; i < ledgers->len; i++)
        for (size_t k = 0; k < ledgers->items[i].len; k++) {
            const char *id = ledgers->items[i].items[k].id;

            if (migration_id_eq(file->names[MIGRATION_NAME_LEDGER], id) ||
                migration_id_eq(file->names[MIGRATION_NAME_STEM], id))
                return true;
            if (!seen->old_files && seen->new_files->rules.record == RECORD_LAST && number &&
                migration_order(number, id) <= 0)
                return true;
        }
    return false;
}

static bool is_new(const Observation *seen, const MigrationView *view, const MigrationFile *file)
{
    const MigrationFile *old = released(view, file);

    if (file->repeats)
        return !old || old->digest != file->digest;
    return migration_view_counts(view, file) && !old && !(seen->before && is_recorded(seen, file));
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (const char *at = text; *at; lines++) {
        const char *end = strchr(at, '\n');

        at = end ? end + 1 : at + strlen(at);
    }
    return lines;
}

/* The first lines, whole ones where that can be. */
static char *first_lines(const char *text)
{
    const char *at = text;

    for (int line = 0; line < LINES_MAX && at && *at; line++) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    if (at && *at) {
        AUTO(str) char *cut = xstrndup(text, (size_t)(at - text));

        return text_capped(cut, TEXT_MAX_BYTES);
    }
    return text_capped(text, TEXT_MAX_BYTES);
}

static NewMigration describe(const MigrationView *view, const MigrationFile *file, bool with_text)
{
    const char *text = file->text ? file->text + strspn(file->text, "\r\n") : NULL;
    NewMigration one = {
        .name = xstrdup(migration_view_shown(view, file)),
        .path = xstrdup(file->path),
        .lines = text ? (int64_t)count_lines(text) : 0,
        .sql = text && with_text ? first_lines(text) : NULL,
    };

    one.truncated = !one.sql || strlen(one.sql) != strlen(text);
    return one;
}

void new_migrations_find(const Observation *seen, NewMigrationList *ret_list)
{
    MigrationView view = {0};
    AUTO(str) char *why = NULL;
    NewMigrationList list = {0};

    if (!seen->new_files)
        return;
    if (!migration_view_open(seen, &view, &why)) /* no ledger, or no files of the old image */
        migration_view_plain(seen, &view);
    for (size_t i = 0; i < seen->new_files->len && list.len < LISTED_MAX; i++) {
        const MigrationFile *file = &seen->new_files->items[i];
        NewMigration one;

        if (!is_new(seen, &view, file))
            continue;
        one = describe(&view, file, list.len < WITH_TEXT_MAX);
        LIST_PUSH(&list, one);
    }
    *ret_list = list;
}
