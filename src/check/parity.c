#include "check/parity.h"

#include <ctype.h>
#include <string.h>

#include "check/compose.h"
#include "check/migration_view.h"

/* --- words -------------------------------------------------------------------------------- */

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* As a word of its own, whatever its case. */
static bool has_word(const char *text, const char *word)
{
    size_t len = strlen(word);

    if (len == 0)
        return false;
    for (const char *at = strcasestr(text, word); at; at = strcasestr(at + 1, word))
        if ((at == text || !is_name_char(at[-1])) && !is_name_char(at[len]))
            return true;
    return false;
}

/* --- what differs ---------------------------------------------------------------------------- */

/* Nobody's queries depend on them. */
static bool is_idle(const SchemaDifference *difference)
{
    static const char *const IDLE[] = {"comment"};

    for (size_t i = 0; i < COUNT_OF(IDLE); i++)
        if (text_eq(difference->attribute, IDLE[i]))
            return true;
    return false;
}

/* A backup brings what its instance has grown by itself, which is nothing of the candidate's. */
static bool is_of_backup(const Observation *seen, const SchemaDifference *difference)
{
    return seen->restored && difference->change == SCHEMA_REMOVED && seen->before &&
           schema_find(&seen->before->schema, difference->kind, difference->space,
                       difference->table, difference->name) != NULL;
}

/* What one of them could not show would seem to be gone from it. Caller frees; NULL: all of it. */
static char *unread(const Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->faults.len; i++)
        if (snapshot->faults.items[i].kind == FAULT_UNREADABLE)
            return xstrdup(snapshot->faults.items[i].detail);
    for (size_t i = 0; i < snapshot->unseen.len; i++)
        if (text_starts(snapshot->unseen.items[i], "schema:"))
            return xstrdup(snapshot->unseen.items[i]);
    return NULL;
}

/* The same for one object, where only one of them says so. */
static bool is_unseen_in(const Snapshot *snapshot, const Snapshot *other,
                         const SchemaDifference *difference)
{
    for (size_t i = 0; i < snapshot->unseen.len; i++) {
        const char *text = snapshot->unseen.items[i];

        if (!str_list_has(&other->unseen, text) &&
            (has_word(text, difference->name) || has_word(text, difference->table)))
            return true;
    }
    return false;
}

static bool is_unseen(const Observation *seen, const SchemaDifference *difference)
{
    return is_unseen_in(seen->after, seen->after_fresh, difference) ||
           is_unseen_in(seen->after_fresh, seen->after, difference);
}

char *parity_unknown(const Observation *seen)
{
    char *skip = skip_opaque(seen);

    if (!skip)
        skip = skip_without_upgrade(seen);
    if (skip)
        return skip;
    if (!seen->fresh)
        return xstrdup(seen->old_lacks ? "the upgrade itself began with an empty database"
                                       : "the candidate was not run on an empty database");
    if (!step_passed(seen->fresh))
        return xstrdup("the candidate did not pass on an empty database");
    if (!seen->after_fresh)
        return xstrdup("the fresh database was not read");
    if (snapshot_user_tables(seen->after_fresh) == 0 && snapshot_user_tables(seen->after) > 0)
        return xstrdup("a fresh install made no table");
    skip = unread(seen->after);
    return skip ? skip : unread(seen->after_fresh);
}

void parity_find(const Observation *seen, SchemaDiff *ret_diff)
{
    AUTO(schema_diff) SchemaDiff all = {0};
    SchemaDiff kept = {0};

    differences_find(seen->after, seen->after_fresh, &all);
    for (size_t i = 0; i < all.len; i++) {
        if (is_idle(&all.items[i]) || is_of_backup(seen, &all.items[i]) ||
            is_unseen(seen, &all.items[i]))
            continue;
        LIST_PUSH(&kept, all.items[i]);
        all.items[i] = (SchemaDifference){0};
    }
    *ret_diff = kept;
}

/* --- where it comes from --------------------------------------------------------------------- */

/* Names that the database made are columns in brackets: "(owner, slug)". */
static bool has_words(const char *text, const char *names)
{
    AUTO(str_list) StrList list = {0};

    str_list_split(names, ',', &list);
    for (size_t i = 0; i < list.len; i++) {
        char *word = list.items[i] + strspn(list.items[i], " (");

        word[strcspn(word, " )")] = '\0';
        if (!has_word(text, word))
            return false;
    }
    return true;
}

bool parity_names(const MigrationFile *file, const SchemaDifference *difference)
{
    bool made = difference->name[0] == '(';

    if (!file->text)
        return false;
    if (!made && !has_word(file->text, difference->name))
        return false;
    if (made && !has_words(file->text, difference->name))
        return false;
    return difference->table[0] == '\0' || has_word(file->text, difference->table);
}

static const MigrationFile *released(const Observation *seen, const MigrationFile *file)
{
    return seen->old_files ? migration_set_find(seen->old_files, MIGRATION_NAME_STEM,
                                                file->names[MIGRATION_NAME_STEM])
                           : NULL;
}

/* How likely a migration that names an object is to be why the two roads differ in it. */
static int suspicion(const Observation *seen, const MigrationView *view, const MigrationFile *file)
{
    const MigrationFile *old = released(seen, file);

    if (old && old->digest != file->digest)
        return 3;
    if (view && view->after && migration_view_counts(view, file) &&
        !migration_view_applied(view, view->new, view->after, file))
        return 2;
    return 1;
}

const MigrationFile *parity_migration(const Observation *seen, const SchemaDifference *difference)
{
    MigrationView view = {0};
    AUTO(str) char *why = NULL;
    bool has_view = migration_view_open(seen, &view, &why);
    const MigrationFile *found = NULL;
    int most = 1;

    for (size_t i = 0; seen->new_files && i < seen->new_files->len; i++) {
        const MigrationFile *file = &seen->new_files->items[i];
        int level;

        if (!parity_names(file, difference))
            continue;
        level = suspicion(seen, has_view ? &view : NULL, file);
        if (level >= most) {
            found = file;
            most = level;
        }
    }
    return found;
}
