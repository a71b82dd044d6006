#include "check/compose.h"
#include "check/differences.h"
#include "check/table.h"

static const char BEFORE[] = "before the upgrade";
static const char DOWN[] = "after the rollback";

static const struct {
    const char *title, *hint;
} STEPS[] = {
    {"the rollback fails",
     "users who go back to the old release run it on an upgraded database: run it there"},
    {"the released image does not run on the database that was rolled back",
     "only the new image can undo its own migrations, and what it leaves must suit the old one: "
     "undo all that the candidate added"},
    {"after a rollback the candidate's migrations fail",
     "let the down half undo everything that the up half makes"},
};

static void judge_step(const Observation *seen, const Step *step, size_t which,
                       FindingList *findings)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = NULL;
    Finding *finding;

    if (!step || step_passed(step))
        return;
    fault = step_fault(step, seen);
    step_evidence(step, seen, &evidence);
    finding = finding_new(findings, "rollback", LEVEL_WARN, "%s: %s", STEPS[which].title,
                          step->end == STEP_EXITED && evidence.message ? evidence.message : fault);
    finding_step(finding, step, &evidence, seen, NULL);
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_hint(finding, "%s", STEPS[which].hint);
}

static void judge_schema(const Snapshot *a, const Snapshot *b, const char *in_a, const char *in_b,
                         const char *title, FindingList *findings)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(str) char *first = NULL, *all = NULL;
    Finding *finding;

    differences_find(a, b, &diff);
    if (diff.len == 0)
        return;
    first = difference_sentence(&diff.items[0], in_a, in_b);
    all = difference_sentences(&diff, in_a, in_b);
    finding = finding_new(findings, "rollback", LEVEL_WARN, "%s: %s", title, first);
    finding_field(&finding->table, difference_table(&diff.items[0]));
    finding_detail(finding, "%s", all);
    finding_hint(finding, "%s", STEPS[2].hint);
}

static void judge_rows(const Observation *seen, FindingList *findings)
{
    const char *table = NULL;
    AUTO(str)
    char *rows = row_differences(seen->before, seen->after_rollback, BEFORE, DOWN, &table);
    Finding *finding;

    if (!rows)
        return;
    finding = finding_new(findings, "rollback", LEVEL_WARN,
                          "rows of %s are not what they were after a rollback", table);
    finding_field(&finding->table, table);
    finding_detail(finding, "%s", rows);
    finding_hint(finding, "a down half that drops what the up half moved loses it: move it back");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip = skip_without_upgrade(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    if (!seen->rollback) {
        *ret_skip = xstrdup("no `rollback` command is set");
        return;
    }
    judge_step(seen, seen->rollback, 0, findings);
    if (seen->before && seen->after_rollback) {
        judge_schema(seen->before, seen->after_rollback, BEFORE, DOWN,
                     "the rollback does not lead back to the old schema", findings);
        judge_rows(seen, findings);
    }
    judge_step(seen, seen->old_again, 1, findings);
    judge_step(seen, seen->new_again, 2, findings);
    if (seen->after_again)
        judge_schema(seen->after, seen->after_again, "after the first upgrade",
                     "after rollback and upgrade",
                     "rolled back and upgraded again, the database has another schema", findings);
}

const Check CHECK_ROLLBACK = {
    .id = "rollback",
    .level = LEVEL_WARN,
    .key = "rollback",
    .finds = "down does not lead back to the old schema, or up again fails",
    .why = "A user who is hit by a bug goes back to the old release. Only the new image knows\n"
           "how to undo its own migrations: its rollback command is run on a copy of the\n"
           "upgraded database, then the old image's migrations, which must be content, then\n"
           "the candidate's once more.",
    .fix = "Let `rollback` be the command that undoes all that the candidate added, not only\n"
           "its last migration. What a down half cannot bring back belongs into the release\n"
           "notes: accept it with a reason under `allow:`.",
    .example = "the rollback does not lead back to the old schema: column notes.owner exists\n"
               "only after the rollback\n"
               "\n"
               "The down half of the migration drops the index and forgets the column.",
    .judge = judge,
};
