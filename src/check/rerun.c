#include <inttypes.h>

#include "check/compose.h"
#include "check/table.h"

#define LISTED_MAX 25 /* tables that get a finding of their own */

static const char HINT[] =
    "containers start again and again: let the migrate command leave a database "
    "alone that is up to date (INSERT ... ON CONFLICT DO NOTHING, IF NOT "
    "EXISTS, a ledger entry)";

static void judge_step(const Observation *seen, FindingList *findings)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(seen->rerun, seen);
    AUTO(str) char *migration = NULL;
    Finding *finding;

    step_evidence(seen->rerun, seen, &evidence);
    migration =
        evidence_migration(seen->rerun->log_tail, evidence.line, seen->after, seen->after_rerun);
    finding = finding_new(
        findings, "rerun", LEVEL_ERROR, "running the migrations a second time fails: %s",
        seen->rerun->end == STEP_EXITED && evidence.message ? evidence.message : fault);
    finding_field(&finding->migration, migration);
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_step(finding, seen->rerun, &evidence, seen, NULL);
    finding_hint(finding, "%s", HINT);
}

/* The table that a difference is about, for the reader and for allow entries. */
static const char *table_of(const SchemaDifference *difference)
{
    return text_is_empty(difference->table) ? difference->name : difference->table;
}

static char *describe(const SchemaDifference *difference)
{
    AUTO(str) char *object = schema_difference_object(difference);
    AUTO(str) char *text = NULL;

    switch (difference->change) {
    case SCHEMA_ADDED:
        return xasprintf("adds %s", object);
    case SCHEMA_REMOVED:
        return xasprintf("removes %s", object);
    case SCHEMA_CHANGED:
        break;
    }
    text = schema_difference_text(difference);
    return xasprintf("changes %s", text);
}

static void judge_table_schema(const SchemaDiff *diff, const char *table, FindingList *findings)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(str) char *detail = NULL;
    Finding *finding;

    for (size_t i = 0; i < diff->len; i++)
        if (text_eq(table_of(&diff->items[i]), table))
            str_list_add_owned(&lines, describe(&diff->items[i]));
    detail = str_list_join(&lines, "\n");
    if (lines.len == 1)
        finding = finding_new(findings, "rerun", LEVEL_ERROR,
                              "running the migrations a second time %s", lines.items[0]);
    else
        finding = finding_new(findings, "rerun", LEVEL_ERROR,
                              "running the migrations a second time %s, and %zu more %s of %s",
                              lines.items[0], lines.len - 1, lines.len == 2 ? "change" : "changes",
                              table);
    finding_field(&finding->table, table);
    finding_detail(finding, "%s", detail);
    finding_hint(finding, "%s", HINT);
}

static void judge_schema(const Observation *seen, FindingList *findings)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(str_list) StrList tables = {0};

    schema_diff(&seen->after->schema, &seen->after_rerun->schema, &diff);
    for (size_t i = 0; i < diff.len; i++)
        if (!str_list_has(&tables, table_of(&diff.items[i])))
            str_list_add(&tables, table_of(&diff.items[i]));
    for (size_t i = 0; i < tables.len && i < LISTED_MAX; i++)
        judge_table_schema(&diff, tables.items[i], findings);
    if (tables.len > LISTED_MAX) {
        Finding *finding = finding_new(
            findings, "rerun", LEVEL_ERROR,
            "running the migrations a second time changes the schema of %zu more tables",
            tables.len - LISTED_MAX);

        finding_hint(finding, "%s", HINT);
    }
}

static char *data_change(const TableData *first, const TableData *second)
{
    int64_t more = second->rows - first->rows;

    if (more != 0)
        return xasprintf("%s %" PRId64 " %s %s %s (%" PRId64 " before, %" PRId64 " after)",
                         more > 0 ? "adds" : "removes", more > 0 ? more : -more,
                         more == 1 || more == -1 ? "row" : "rows", more > 0 ? "to" : "from",
                         first->table, first->rows, second->rows);
    if (first->fingerprint && second->fingerprint &&
        !text_eq(first->fingerprint, second->fingerprint))
        return xasprintf("changes values in %s (%" PRId64 " rows before and after)", first->table,
                         first->rows);
    return NULL;
}

static void judge_data(const Observation *seen, FindingList *findings)
{
    const TableDataList *data = &seen->after->data;
    size_t changed = 0;

    for (size_t i = 0; i < data->len; i++) {
        const TableData *first = &data->items[i];
        const TableData *second = snapshot_table(seen->after_rerun, first->space, first->table);
        AUTO(str) char *change = first->is_ledger || !second ? NULL : data_change(first, second);
        Finding *finding;

        if (!change || changed++ >= LISTED_MAX)
            continue;
        finding = finding_new(findings, "rerun", LEVEL_ERROR,
                              "running the migrations a second time %s", change);
        finding_field(&finding->table, first->table);
        finding_detail(finding, "table %s: %s", first->table, change);
        finding_hint(finding, "%s", HINT);
    }
    if (changed > LISTED_MAX) {
        Finding *finding =
            finding_new(findings, "rerun", LEVEL_ERROR,
                        "running the migrations a second time changes the rows of %zu more tables",
                        changed - LISTED_MAX);

        finding_hint(finding, "%s", HINT);
    }
}

static void judge_ledgers(const Observation *seen, FindingList *findings)
{
    AUTO(str_list) StrList added = {0};
    AUTO(str) char *detail = NULL;
    Finding *finding;

    ledger_added(&seen->after->ledgers, &seen->after_rerun->ledgers, &added);
    if (added.len == 0)
        return;
    detail = str_list_join(&added, "\n");
    finding = finding_new(findings, "rerun", LEVEL_ERROR,
                          "the first run did not apply everything: a second run applied %zu more "
                          "(%s%s)",
                          added.len, added.items[0], added.len > 1 ? ", ..." : "");
    finding_field(&finding->migration, added.items[0]);
    finding_detail(finding, "applied by the second run:\n%s", detail);
    finding_hint(finding,
                 "one run must bring a database up to date: look for what ends the first one "
                 "early although it exits with 0");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip = seen->opaque ? skip_unless_upgraded(seen) : skip_without_upgrade(seen);

    if (skip)
        *ret_skip = skip;
    else if (!seen->rerun)
        *ret_skip = xstrdup("the migrations were not run a second time");
    else if (seen->rerun->outcome == OUTCOME_ERROR)
        *ret_skip = xasprintf("the second run was not possible: %s",
                              seen->rerun->reason ? seen->rerun->reason : "no reason");
    else if (!step_passed(seen->rerun))
        judge_step(seen, findings);
    else if (seen->opaque)
        return; /* it went through: what it did to the database is not known, and said elsewhere */
    else if (!seen->after_rerun)
        *ret_skip = xstrdup("the database was not read after the second run");
    else {
        judge_schema(seen, findings);
        judge_data(seen, findings);
        judge_ledgers(seen, findings);
    }
}

const Check CHECK_RERUN = {
    .id = "rerun",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds = "running the candidate's migrations again fails or changes schema or data",
    .why = "The migrate command runs at every start of the container: after a reboot, a\n"
           "crash, a change of settings. A second run must leave an upgraded database\n"
           "alone. One that fails keeps the application from starting for ever; one that\n"
           "inserts or overwrites does it each time. The second run works on a copy of\n"
           "the database.",
    .fix = "Guard every statement that runs each time: CREATE ... IF NOT EXISTS, INSERT\n"
           "... ON CONFLICT DO NOTHING, UPDATE only where something differs; or move it\n"
           "into a migration that the ledger remembers. A table that is meant to change\n"
           "at every start can be accepted:\n"
           "\n"
           "    allow:\n"
           "      - {check: rerun, table: counters, reason: counts its own starts}",
    .example = "running the migrations a second time adds 1 row to tags (4 before, 5 after)\n"
               "\n"
               "A script that runs at every start inserts default tags without looking for\n"
               "them.",
    .judge = judge,
};
