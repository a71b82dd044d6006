#include <inttypes.h>

#include "verify/image_changes.h"
#include "verify/trial_parts.h"

static void describe_schema(const Trial *trial)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    PathReport *report = trial->report;

    if (!trial->old.taken || !trial->new.taken)
        return;
    schema_diff(&trial->old.snapshot.schema, &trial->new.snapshot.schema, &diff);
    for (size_t i = 0; i < diff.len; i++) {
        const SchemaDifference *one = &diff.items[i];

        switch (one->change) {
        case SCHEMA_ADDED:
            str_list_add_owned(&report->schema_added, schema_difference_object(one));
            break;
        case SCHEMA_REMOVED:
            str_list_add_owned(&report->schema_removed, schema_difference_object(one));
            break;
        case SCHEMA_CHANGED:
            str_list_add_owned(&report->schema_changed, schema_difference_text(one));
            break;
        }
    }
}

static void describe_migrations(const Trial *trial)
{
    PathReport *report = trial->report;

    if (!trial->old.taken || !trial->new.taken)
        return;
    ledger_added(&trial->old.snapshot.ledgers, &trial->new.snapshot.ledgers,
                 &report->migrations_applied);
    for (size_t i = 0; i < trial->new.snapshot.ledgers.len; i++) {
        const Ledger *ledger = &trial->new.snapshot.ledgers.items[i];

        for (size_t j = 0; j < ledger->len; j++)
            if (ledger->items[j].state != LEDGER_APPLIED)
                str_list_add(&report->migrations_pending, ledger->items[j].id);
    }
}

static void describe_data(const Trial *trial)
{
    PathReport *report = trial->report;

    if (database_is_opaque(&trial->spec))
        report->tables = report->tables_with_rows = report->rows = -1;
    if (!trial->old.taken)
        return;
    report->tables = (int64_t)snapshot_user_tables(&trial->old.snapshot);
    report->rows = snapshot_rows(&trial->old.snapshot);
    for (size_t i = 0; i < trial->old.snapshot.data.len; i++) {
        const TableData *table = &trial->old.snapshot.data.items[i];

        report->tables_with_rows += !table->is_ledger && table->rows > 0;
    }
}

/* Rows that were made, and the tables in which none could be: that is no fault of the upgrade, but
 * it was tried with less. */
static void describe_rows(const Trial *trial)
{
    PathReport *report = trial->report;
    const PopulateResult *rows = &trial->rows;

    if (!trial->has_rows || !trial->old.taken)
        return;
    if (rows->rows > 0) {
        report->rows_made = rows->rows;
        report->seed = xasprintf("%" PRIu64, rows->seed);
    }
    for (size_t i = 0; i < rows->skipped.len; i++)
        LIST_PUSH(&report->skipped, ((SkippedTable){xstrdup_null(rows->skipped.items[i].table),
                                                    xstrdup_null(rows->skipped.items[i].reason)}));
}

/* An upgrade of empty tables proves little, and a reader must know that it was one. */
static void describe_emptiness(const Trial *trial, StrList *warnings)
{
    size_t tables = trial->old.taken ? snapshot_user_tables(&trial->old.snapshot) : 0;
    const char *who;

    if (tables == 0 || snapshot_rows(&trial->old.snapshot) > 0)
        return;
    who = trial->session->config->data.restore ? "the backup and the old migrations"
                                               : "the old migrations";
    str_list_addf(warnings,
                  "%s: %s left all %zu tables empty: what goes wrong only with rows was not tried",
                  trial->path->id, who, tables);
}

/* What was not looked at is said: it did not pass. */
static void describe_unseen(const Trial *trial, StrList *warnings)
{
    for (size_t i = 0; trial->old.taken && i < trial->old.snapshot.unseen.len; i++)
        if (!str_list_has(&trial->new.snapshot.unseen, trial->old.snapshot.unseen.items[i]))
            str_list_addf(warnings, "%s: could not be looked at before the upgrade: %s",
                          trial->path->id, trial->old.snapshot.unseen.items[i]);
    for (size_t i = 0; trial->new.taken &&i < trial->new.snapshot.unseen.len; i++)
        str_list_addf(warnings, "%s: could not be looked at: %s", trial->path->id,
                      trial->new.snapshot.unseen.items[i]);
    if (trial->files_unknown)
        str_list_addf(warnings, "%s: the migration files were not looked at: %s", trial->path->id,
                      trial->files_unknown);
}

static void describe_references(const Trial *trial, StrList *warnings)
{
    for (size_t i = 0; i < trial->references.unseen.len; i++)
        str_list_addf(warnings, "%s: could not be compared with a fresh install: %s",
                      trial->path->id, trial->references.unseen.items[i]);
}

static void describe_followed(const Trial *trial, StrList *warnings)
{
    AUTO(str) char *aside = str_list_join(&trial->data.aside, ", ");

    for (size_t i = 0; i < trial->data.unseen.len; i++)
        str_list_addf(warnings, "%s: could not be compared: %s", trial->path->id,
                      trial->data.unseen.items[i]);
    if (*aside)
        str_list_addf(warnings, "%s: rows were not followed in %s", trial->path->id, aside);
}

static void describe_opaque(const Trial *trial, StrList *warnings)
{
    if (!database_is_opaque(&trial->spec))
        return;
    str_list_addf(warnings,
                  "%s: schema and data of %s were not looked at: what is judged is how the "
                  "commands ended",
                  trial->path->id, trial->report->database);
    if (trial->session->config->data.seed.len > 0)
        str_list_addf(warnings,
                      "%s: the SQL files of data.seed were not run: only `seed`, a command of the "
                      "old image, can fill %s",
                      trial->path->id, trial->report->database);
}

void trial_warn(const Trial *trial, StrList *warnings)
{
    AUTO(str) char *outside = database_outside(&trial->spec);

    if (outside && !text_eq(trial->session->config->network, "open"))
        str_list_addf(
            warnings,
            "%s: the containers' network has a way out, to the server %s; `network: open` "
            "says that this is known",
            trial->path->id, outside);
}

/* Of the whole path: the migration files are of the image that ran last, which is another one where
 * the walk went through releases between. */
static void describe_image(const Trial *trial)
{
    const PlannedImage *old = trial->path->olds.items;
    ImageChangeList *changes = &trial->report->image_changes;

    if (trial->path->olds.len == 0)
        return;
    image_changes(&old->image, &trial->plan->candidate.image, changes);
    if (trial->last_old == old)
        image_changes_files(&trial->old_files, &trial->new_files, changes);
}

static int by_start(const void *a, const void *b)
{
    const Step *first = a, *second = b;

    return (first->started_ms > second->started_ms) - (first->started_ms < second->started_ms);
}

void trial_describe(const Trial *trial, StrList *warnings)
{
    StepList *steps = &trial->report->steps;

    describe_schema(trial);
    describe_migrations(trial);
    describe_data(trial);
    describe_rows(trial);
    trial_describe_locks(trial);
    describe_image(trial);
    describe_unseen(trial, warnings);
    describe_followed(trial, warnings);
    describe_references(trial, warnings);
    describe_emptiness(trial, warnings);
    describe_opaque(trial, warnings);
    if (steps->len > 1)
        qsort(steps->items, steps->len, sizeof *steps->items, by_start);
}
