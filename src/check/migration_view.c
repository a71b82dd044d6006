#include "check/migration_view.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Liquibase's ledger has the file in front, as the tool's search path names it. */
static const char *spelt_id(const MigrationSet *set, const char *id)
{
    const char *behind = text_eq(set->framework, "Liquibase") ? strstr(id, "::") : NULL;

    return behind ? behind + 2 : id;
}

static const LedgerEntry *find_entry(const MigrationSet *set, const Ledger *ledger,
                                     MigrationName name, const MigrationFile *file)
{
    for (size_t i = 0; ledger && i < ledger->len; i++)
        if (migration_id_eq(file->names[name], spelt_id(set, ledger->items[i].id)))
            return &ledger->items[i];
    return NULL;
}

static size_t count_matches(const MigrationSet *set, MigrationName name, const Ledger *ledger)
{
    size_t count = 0;

    for (size_t i = 0; i < ledger->len; i++)
        count += migration_set_find(set, name, spelt_id(set, ledger->items[i].id)) != NULL;
    return count;
}

static bool begins_with_number(const char *name)
{
    return name && (isdigit((unsigned char)*name) ||
                    (isalpha((unsigned char)*name) && isdigit((unsigned char)name[1])));
}

static bool all_numbered(const MigrationView *view)
{
    for (size_t i = 0; i < view->before->len; i++)
        if (!begins_with_number(view->before->items[i].id))
            return false;
    return view->before->len > 0;
}

/* A home-made ledger of one row that holds a number keeps the newest version only. */
static MigrationRecord record_of(const MigrationView *view)
{
    const MigrationFile *first = NULL;

    if (view->old->rules.record != RECORD_EACH || !text_eq(view->old->framework, "home-made") ||
        view->name != MIGRATION_NAME_NUMBER || view->before->len != 1)
        return view->old->rules.record;
    for (size_t i = 0; i < view->old->len && !first; i++)
        if (view->old->items[i].names[MIGRATION_NAME_NUMBER])
            first = &view->old->items[i];
    return first && migration_order(first->names[MIGRATION_NAME_NUMBER],
                                    view->before->items[0].id) < 0
               ? RECORD_LAST
               : RECORD_EACH;
}

static const char *kind_of(const Observation *seen)
{
    return seen->database && text_starts(seen->database, "sqlite") ? "sqlite" : "postgres";
}

void migration_view_plain(const Observation *seen, MigrationView *ret_view)
{
    MigrationView view = {
        .old = seen->old_files,
        .new = seen->new_files,
        .name = MIGRATION_NAME_STEM,
        .other = kind_of(seen),
    };

    /* beside numbered files a README and a runner are none */
    for (size_t i = 0; i < view.new->len && !view.numbered; i++)
        view.numbered = begins_with_number(view.new->items[i].names[MIGRATION_NAME_FILE]);
    *ret_view = view;
}

bool migration_view_open(const Observation *seen, MigrationView *ret_view, char **ret_why)
{
    MigrationView view = {.old = seen->old_files, .new = seen->new_files};
    size_t best = 0;

    if (!view.old || !view.new || view.old->len == 0) {
        *ret_why = xstrdup(seen->files_unknown ? seen->files_unknown
                                               : "no migration files were seen in the images");
        return false;
    }
    for (size_t i = 0; seen->before && i < seen->before->ledgers.len; i++)
        for (MigrationName name = 0; name < MIGRATION_NAME_COUNT; name++) {
            size_t matches = count_matches(view.old, name, &seen->before->ledgers.items[i]);

            if (matches <= best)
                continue;
            best = matches;
            view.before = &seen->before->ledgers.items[i];
            view.name = name;
        }
    if (best == 0 ||
        (text_eq(view.before->framework, "home-made") && best * 2 < view.before->len)) {
        *ret_why = xasprintf("the ledger's entries could not be found among the files of %s",
                             view.old->folder);
        return false;
    }
    view.after = seen->after
                     ? ledger_find(&seen->after->ledgers, view.before->space, view.before->table)
                     : NULL;
    view.record = record_of(&view);
    view.numbered = view.record == RECORD_EACH && text_eq(view.old->framework, "home-made") &&
                    all_numbered(&view);
    view.other = kind_of(seen);
    *ret_view = view;
    return true;
}

/* migrations/mysql/001_x.sql beside migrations/sqlite/001_x.sql */
static bool is_for_another(const MigrationView *view, const MigrationFile *file)
{
    static const char *const KINDS[] = {"/sqlite/",  "/sqlite3/", "/postgres/",
                                        "/mysql/",   "/pg/",      "/postgresql/",
                                        "/mariadb/", "/mssql/",   "/sqlserver/"};
    bool sqlite = text_eq(view->other, "sqlite");

    for (size_t i = 0; i < COUNT_OF(KINDS); i++) {
        bool own = sqlite ? text_starts(KINDS[i], "/sqlite")
                          : text_starts(KINDS[i], "/postgres") || text_eq(KINDS[i], "/pg/");

        if (strstr(file->path, KINDS[i]) && !own)
            return true;
    }
    return false;
}

bool migration_view_counts(const MigrationView *view, const MigrationFile *file)
{
    return file->names[view->name] && !file->repeats && !is_for_another(view, file) &&
           (!view->numbered || begins_with_number(file->names[MIGRATION_NAME_FILE]));
}

/* --- applied --------------------------------------------------------------------------------- */

static bool is_up_to_last(const Ledger *ledger, const char *number)
{
    for (size_t i = 0; ledger && i < ledger->len; i++)
        if (migration_order(number, ledger->items[i].id) <= 0)
            return true;
    return false;
}

/* Everything that a head names as its parent, and so on. A revision is visited once. */
static bool leads_to_head(const MigrationView *view, const MigrationSet *set, const Ledger *ledger,
                          const MigrationFile *file)
{
    AUTO(str_list) StrList open = {0};

    for (size_t i = 0; ledger && i < ledger->len; i++)
        str_list_add(&open, ledger->items[i].id);
    for (size_t i = 0; i < open.len; i++) {
        const MigrationFile *at = migration_set_find(set, view->name, open.items[i]);

        if (at == file)
            return true;
        for (size_t k = 0; at && k < at->parents.len; k++)
            if (!str_list_has(&open, at->parents.items[k]))
                str_list_add(&open, at->parents.items[k]);
    }
    return false;
}

bool migration_view_applied(const MigrationView *view, const MigrationSet *set,
                            const Ledger *ledger, const MigrationFile *file)
{
    const LedgerEntry *entry;

    switch (view->record) {
    case RECORD_EACH:
        entry = find_entry(set, ledger, view->name, file);
        return entry && entry->state != LEDGER_PENDING;
    case RECORD_LAST:
        return file->names[view->name] && is_up_to_last(ledger, file->names[view->name]);
    case RECORD_HEADS:
        return leads_to_head(view, set, ledger, file);
    }
    return false;
}

const MigrationFile *migration_view_same(const MigrationView *view, const MigrationSet *set,
                                         const MigrationFile *file)
{
    /* of several that share a number the one of the same name, else any */
    for (size_t i = 0; i < set->len; i++)
        if (text_eq(set->items[i].names[MIGRATION_NAME_STEM], file->names[MIGRATION_NAME_STEM]) &&
            migration_id_eq(set->items[i].names[view->name], file->names[view->name]) &&
            text_eq(set->items[i].group, file->group))
            return &set->items[i];
    return migration_set_find(set, view->name, file->names[view->name]);
}

const MigrationFile *migration_view_overtaken_by(const MigrationView *view,
                                                 const MigrationFile *file)
{
    const MigrationFile *last = NULL;

    if (view->record == RECORD_HEADS)
        return NULL;
    for (size_t i = 0; i < view->new->len; i++) {
        const MigrationFile *one = &view->new->items[i];

        if (migration_view_counts(view, one) && text_eq(one->group, file->group) &&
            migration_order(one->order, file->order) > 0 &&
            migration_view_applied(view, view->new, view->before, one) &&
            migration_view_same(view, view->old, one))
            last = one;
    }
    return last;
}

const MigrationFile *migration_view_child(const MigrationView *view, const MigrationFile *file)
{
    const char *name = file->names[view->name];

    for (size_t i = 0; name && i < view->new->len; i++) {
        const MigrationFile *one = &view->new->items[i];

        if (str_list_has(&one->parents, name) && migration_view_same(view, view->old, one) &&
            migration_view_applied(view, view->new, view->before, one))
            return one;
    }
    return NULL;
}

bool migration_view_knows(const MigrationView *view, const MigrationSet *set, const char *id)
{
    return migration_set_find(set, view->name, spelt_id(set, id)) != NULL;
}

const char *migration_view_shown(const MigrationView *view, const MigrationFile *file)
{
    return migration_file_shown(file, view->name);
}
