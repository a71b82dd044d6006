#include "check/compose.h"
#include "check/differences.h"
#include "check/table.h"

static const char TOGETHER[] = "after two at once";
static const char ALONE[] = "after one";
static const char HINT[] =
    "two containers start at once when an application is scaled, or restarted before it has "
    "stopped: take a lock that waits before the ledger is read, such as pg_advisory_lock, or BEGIN "
    "IMMEDIATE with a busy timeout";

/* One of them, with the database's own complaint or without. */
static void add_failure(const Observation *seen, const Step *step, size_t failed,
                        FindingList *findings)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(step, seen);
    bool recovers = failed == 1 && step_passed(seen->together_again);
    bool refuses; /* it saw the other one and gave way: started again it finds everything done */
    Finding *finding;

    step_evidence(step, seen, &evidence);
    refuses = recovers && step->end == STEP_EXITED && evidence.rank < RANK_DATABASE;
    finding = finding_new(findings, "concurrent", refuses ? LEVEL_WARN : LEVEL_ERROR,
                          "of two migrators started together %s: %s%s",
                          failed == 1 ? "one fails" : "both fail",
                          step->end == STEP_EXITED && evidence.message ? evidence.message : fault,
                          recovers ? "; started again it passes" : "");
    finding_step(finding, step, &evidence, seen, NULL);
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_hint(finding, "%s", HINT);
}

static void judge_schema(const Observation *seen, FindingList *findings)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(str) char *first = NULL, *all = NULL;
    Finding *finding;

    differences_find(seen->after, seen->after_together, &diff);
    if (diff.len == 0)
        return;
    first = difference_sentence(&diff.items[0], ALONE, TOGETHER);
    all = difference_sentences(&diff, ALONE, TOGETHER);
    finding = finding_new(findings, "concurrent", LEVEL_ERROR,
                          "two migrators started together end in another schema: %s", first);
    finding_field(&finding->table, difference_table(&diff.items[0]));
    finding_detail(finding, "%s", all);
    finding_hint(finding, "%s", HINT);
}

static void judge_rows(const Observation *seen, FindingList *findings)
{
    const char *table = NULL;
    /* what a second run changes anyhow is the finding of rerun */
    AUTO(str)
    char *anyhow = seen->after_rerun
                       ? row_differences(seen->after, seen->after_rerun, ALONE, TOGETHER, &table)
                       : NULL;
    AUTO(str)
    char *rows = row_differences(seen->after, seen->after_together, ALONE, TOGETHER, &table);
    Finding *finding;

    if (!rows || anyhow)
        return;
    finding = finding_new(findings, "concurrent", LEVEL_ERROR,
                          "two migrators started together both change the data of %s", table);
    finding_field(&finding->table, table);
    finding_detail(finding, "%s", rows);
    finding_hint(finding, "%s", HINT);
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    const Step *one = seen->together[0], *other = seen->together[1];
    size_t failed = (one && !step_passed(one)) + (size_t)(other && !step_passed(other));
    char *skip = skip_without_upgrade(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    if (!one || !other) {
        *ret_skip = xstrdup("two migrators were not started together");
        return;
    }
    if (failed > 0)
        add_failure(seen, step_passed(one) ? other : one, failed, findings);
    if (seen->after_together) {
        judge_schema(seen, findings);
        judge_rows(seen, findings);
    }
}

const Check CHECK_CONCURRENT = {
    .id = "concurrent",
    .level = LEVEL_ERROR,
    .profile = PROFILE_THOROUGH,
    .finds = "two migrators started together fail, hang or end in another schema",
    .why = "Two replicas start at the same moment, an orchestrator starts the new container\n"
           "before the old one is gone, or a user runs `docker compose up` twice. Without a\n"
           "lock, or with one that is taken only after the ledger was made, both apply the\n"
           "same migration: one of them fails half-way, or rows are inserted twice.",
    .fix = "Take a lock that waits before anything is read or made: pg_advisory_lock in\n"
           "Postgres, BEGIN IMMEDIATE with a busy timeout in SQLite. Many migrators have an\n"
           "option for it. One that gives way to the other and exits with an error is a\n"
           "warning: where nothing starts it again, the service stays down.",
    .example = "of two migrators started together one fails: duplicate key value violates\n"
               "unique constraint \"pg_namespace_nspname_index\"; started again it passes\n"
               "\n"
               "Both ran CREATE SCHEMA IF NOT EXISTS, which is no lock.",
    .judge = judge,
};
