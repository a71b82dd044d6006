#pragma once
/* Observations for the tests of the checks: release 6 with a small SQLite database, candidate 7. */

#include <stdarg.h>

#include "model/observation.h"

typedef struct Fixture {
    Step old_migrate, new_migrate, status, rerun;
    ImageFacts from, candidate;
    Snapshot before, after, after_rerun;
    StrList old_strays, new_strays;
    DataChanges data;
    FileTree old_tree, new_tree;
    LockTrace locks;
    Observation seen;
} Fixture;

static inline Step fixture_step(const char *name, int exit_code, const char *log)
{
    return (Step){
        .name = xstrdup(name),
        .image = xstrdup("notes:7"),
        .duration_ms = 400,
        .exit_code = exit_code,
        .end = STEP_EXITED,
        .outcome = exit_code == 0 ? OUTCOME_PASSED : OUTCOME_FAILED,
        .log_tail = xstrdup_null(log),
    };
}

/* A step that did not end by itself, in the place of one of the fixture's. */
static inline void fixture_end(Step *step, StepEnd end, int exit_code, const char *log)
{
    free(step->log_tail);
    step->log_tail = xstrdup_null(log);
    step->end = end;
    step->exit_code = exit_code;
    step->outcome = OUTCOME_FAILED;
}

static inline void fixture_table(Snapshot *snapshot, const char *table, int64_t rows,
                                 const char *fingerprint, bool is_ledger)
{
    TableData data = {.space = xstrdup(""),
                      .table = xstrdup(table),
                      .rows = rows,
                      .fingerprint = xstrdup_null(fingerprint),
                      .is_ledger = is_ledger};

    LIST_PUSH(&snapshot->data, data);
    (void)schema_add(&snapshot->schema, SCHEMA_TABLE, "", "", table);
}

static inline SchemaObject *fixture_column(Snapshot *snapshot, const char *table,
                                           const char *column, const char *type)
{
    SchemaObject *object = schema_add(&snapshot->schema, SCHEMA_COLUMN, "", table, column);

    str_map_set(&object->attributes, "type", type);
    return object;
}

/* ids: separated by blanks; "" makes an empty ledger. */
static inline Ledger *fixture_ledger(Snapshot *snapshot, const char *table, const char *ids)
{
    Ledger ledger = {
        .framework = xstrdup("home-made"), .space = xstrdup(""), .table = xstrdup(table)};
    AUTO(str_list) StrList list = {0};

    str_list_split(ids, ' ', &list);
    for (size_t i = 0; i < list.len; i++)
        if (*list.items[i])
            ledger_put(&ledger, list.items[i], NULL, LEDGER_APPLIED);
    LIST_PUSH(&snapshot->ledgers, ledger);
    return &snapshot->ledgers.items[snapshot->ledgers.len - 1];
}

static inline void fixture_snapshot(Snapshot *snapshot, const char *applied)
{
    *snapshot = (Snapshot){.exists = true, .location = xstrdup("/app/data/app.db")};
    fixture_table(snapshot, "notes", 12, "aa", false);
    fixture_table(snapshot, "tags", 4, "bb", false);
    fixture_table(snapshot, "migrations", 2, "cc", true);
    (void)fixture_column(snapshot, "notes", "body", "TEXT");
    (void)fixture_column(snapshot, "tags", "name", "TEXT");
    fixture_ledger(snapshot, "migrations", applied);
    schema_sort(&snapshot->schema);
}

/* A sound upgrade, everything in its place. The fixture must stay where it is: seen points into it.
 */
static inline void fixture_init(Fixture *fixture)
{
    *fixture = (Fixture){
        .old_migrate = fixture_step("old-migrate", 0, "2 applied"),
        .new_migrate = fixture_step("new-migrate", 0, "1 applied"),
        .rerun = fixture_step("rerun", 0, "0 applied"),
        .status = fixture_step("status", 0, "all applied"),
        .from = {.tag = xstrdup("6"),
                 .image = xstrdup("notes:6"),
                 .id = xstrdup("sha256:6666"),
                 .digest = xstrdup("sha256:d6")},
        .candidate = {.tag = xstrdup("7"),
                      .image = xstrdup("notes:7"),
                      .id = xstrdup("sha256:7777"),
                      .digest = xstrdup("sha256:d7")},
    };
    fixture_snapshot(&fixture->before, "001_init 002_tags");
    fixture_snapshot(&fixture->after, "001_init 002_tags 003_owner");
    fixture_snapshot(&fixture->after_rerun, "001_init 002_tags 003_owner");
    fixture->seen = (Observation){
        .path_id = "6 -> 7",
        .from_tag = "6",
        .candidate_tag = "7",
        .from_image = &fixture->from,
        .candidate_image = &fixture->candidate,
        .image_user = "",
        .database = "sqlite /app/data/app.db",
        .volume = "/app/data",
        .timeout_ms = 600000,
        .memory_bytes = 256LL << 20,
        .old_migrate = &fixture->old_migrate,
        .new_migrate = &fixture->new_migrate,
        .rerun = &fixture->rerun,
        .before = &fixture->before,
        .after = &fixture->after,
        .after_rerun = &fixture->after_rerun,
        .fresh = &fixture->rerun,
        .after_fresh = &fixture->after_rerun,
        .data = &fixture->data,
        .old_tree = &fixture->old_tree,
        .new_tree = &fixture->new_tree,
        .together = {&fixture->rerun, &fixture->rerun},
        .after_together = &fixture->after_rerun,
        .edge = &fixture->rerun,
        .traced = &fixture->rerun,
        .locks = &fixture->locks,
        .start = &fixture->rerun,
        .smoke = &fixture->rerun,
        .rollback = &fixture->rerun,
        .old_again = &fixture->rerun,
        .new_again = &fixture->rerun,
        .after_rollback = &fixture->before,
        .after_again = &fixture->after_rerun,
        .old_strays = &fixture->old_strays,
        .new_strays = &fixture->new_strays,
    };
}

static inline void fixture_clear(Fixture *fixture)
{
    step_clear(&fixture->old_migrate);
    step_clear(&fixture->new_migrate);
    step_clear(&fixture->status);
    step_clear(&fixture->rerun);
    image_facts_clear(&fixture->from);
    image_facts_clear(&fixture->candidate);
    snapshot_clear(&fixture->before);
    snapshot_clear(&fixture->after);
    snapshot_clear(&fixture->after_rerun);
    str_list_clear(&fixture->old_strays);
    str_list_clear(&fixture->new_strays);
    file_tree_clear(&fixture->old_tree);
    file_tree_clear(&fixture->new_tree);
}

DEFINE_AUTO_VALUE(fixture, Fixture, fixture_clear)
