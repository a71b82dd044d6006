#include "check/repeat.h"

#include <inttypes.h>

#include "check/compose.h"
#include "check/differences.h"

#define LISTED_MAX 25 /* tables that get a finding of their own */

const char REPEAT_HINT[] =
    "containers start again and again: let the migrate command leave a database "
    "alone that is up to date (INSERT ... ON CONFLICT DO NOTHING, IF NOT "
    "EXISTS, a ledger entry)";

void repeat_failed(const Repeat *repeat, const Step *step, const Observation *seen,
                   FindingList *findings)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(step, seen);
    AUTO(str) char *migration = NULL;
    Finding *finding;

    step_evidence(step, seen, &evidence);
    migration = evidence_migration(step->log_tail, evidence.line, repeat->before, repeat->after);
    finding = finding_new(findings, repeat->check, LEVEL_ERROR, "%s fails: %s", repeat->what,
                          step->end == STEP_EXITED && evidence.message ? evidence.message : fault);
    finding_field(&finding->migration, migration);
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_step(finding, step, &evidence, seen, NULL);
    finding_hint(finding, "%s", REPEAT_HINT);
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

static void judge_table_schema(const Repeat *repeat, const SchemaDiff *diff, const char *table,
                               FindingList *findings)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(str) char *detail = NULL;
    Finding *finding;

    for (size_t i = 0; i < diff->len; i++)
        if (text_eq(difference_table(&diff->items[i]), table))
            str_list_add_owned(&lines, describe(&diff->items[i]));
    detail = str_list_join(&lines, "\n");
    if (lines.len == 1)
        finding = finding_new(findings, repeat->check, LEVEL_ERROR, "%s %s", repeat->what,
                              lines.items[0]);
    else
        finding = finding_new(findings, repeat->check, LEVEL_ERROR, "%s %s, and %zu more %s of %s",
                              repeat->what, lines.items[0], lines.len - 1,
                              lines.len == 2 ? "change" : "changes", table);
    finding_field(&finding->table, table);
    finding_detail(finding, "%s", detail);
    finding_hint(finding, "%s", REPEAT_HINT);
}

static void judge_schema(const Repeat *repeat, FindingList *findings)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(str_list) StrList tables = {0};

    schema_diff(&repeat->before->schema, &repeat->after->schema, &diff);
    for (size_t i = 0; i < diff.len; i++)
        if (!str_list_has(&tables, difference_table(&diff.items[i])))
            str_list_add(&tables, difference_table(&diff.items[i]));
    for (size_t i = 0; i < tables.len && i < LISTED_MAX; i++)
        judge_table_schema(repeat, &diff, tables.items[i], findings);
    if (tables.len > LISTED_MAX) {
        Finding *finding = finding_new(findings, repeat->check, LEVEL_ERROR,
                                       "%s changes the schema of %zu more tables", repeat->what,
                                       tables.len - LISTED_MAX);

        finding_hint(finding, "%s", REPEAT_HINT);
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

static void judge_data(const Repeat *repeat, FindingList *findings)
{
    const TableDataList *data = &repeat->before->data;
    size_t changed = 0;

    for (size_t i = 0; i < data->len; i++) {
        const TableData *first = &data->items[i];
        const TableData *second = snapshot_table(repeat->after, first->space, first->table);
        AUTO(str) char *change = first->is_ledger || !second ? NULL : data_change(first, second);
        Finding *finding;

        if (!change || changed++ >= LISTED_MAX)
            continue;
        finding = finding_new(findings, repeat->check, LEVEL_ERROR, "%s %s", repeat->what, change);
        finding_field(&finding->table, first->table);
        finding_detail(finding, "table %s: %s", first->table, change);
        finding_hint(finding, "%s", REPEAT_HINT);
    }
    if (changed > LISTED_MAX) {
        Finding *finding = finding_new(findings, repeat->check, LEVEL_ERROR,
                                       "%s changes the rows of %zu more tables", repeat->what,
                                       changed - LISTED_MAX);

        finding_hint(finding, "%s", REPEAT_HINT);
    }
}

static void judge_ledgers(const Repeat *repeat, FindingList *findings)
{
    AUTO(str_list) StrList added = {0};
    AUTO(str) char *detail = NULL;
    Finding *finding;

    ledger_added(&repeat->before->ledgers, &repeat->after->ledgers, &added);
    if (added.len == 0)
        return;
    detail = str_list_join(&added, "\n");
    finding = finding_new(findings, repeat->check, LEVEL_ERROR,
                          "%s applies %zu more (%s%s): one run did not apply everything",
                          repeat->what, added.len, added.items[0], added.len > 1 ? ", ..." : "");
    finding_field(&finding->migration, added.items[0]);
    finding_detail(finding, "applied only then:\n%s", detail);
    finding_hint(finding,
                 "one run must bring a database up to date: look for what ends the first one "
                 "early although it exits with 0");
}

void repeat_judge(const Repeat *repeat, FindingList *findings)
{
    judge_schema(repeat, findings);
    judge_data(repeat, findings);
    judge_ledgers(repeat, findings);
}
