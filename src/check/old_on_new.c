#include "check/compose.h"
#include "check/table.h"

static void add_finding(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->smoke;
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(step, seen);
    Finding *finding;

    step_evidence(step, seen, &evidence);
    finding = finding_new(findings, "old-on-new", LEVEL_WARN,
                          "release %s does not work on the upgraded database: %s",
                          seen->from_tag ? seen->from_tag : "(no tag)",
                          step->end == STEP_EXITED && evidence.message ? evidence.message : fault);
    finding_step(finding, step, &evidence, seen, NULL);
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_hint(finding, "%s",
                 step->end == STEP_NOT_STARTED
                     ? "the released image has no such command: check `smoke`"
                     : "let the old code live with the new schema for one release: add before you "
                       "remove, and remove in the release after");
}

static char *not_even_before(const Observation *seen)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(seen->old_smoke, seen);

    step_evidence(seen->old_smoke, seen, &evidence);
    return xasprintf("the smoke command fails on the old database, too: %s",
                     evidence.message ? evidence.message : fault);
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip = skip_unless_upgraded(seen);

    if (skip)
        *ret_skip = skip;
    else if (seen->old_smoke && !step_passed(seen->old_smoke))
        *ret_skip = not_even_before(seen);
    else if (!seen->smoke)
        *ret_skip = xstrdup("no `smoke` command is set");
    else if (!step_passed(seen->smoke))
        add_finding(seen, findings);
}

const Check CHECK_OLD_ON_NEW = {
    .id = "old-on-new",
    .level = LEVEL_WARN,
    .key = "smoke",
    .finds = "the old image's smoke command fails on the upgraded schema (rolling deploy, code "
             "rollback)",
    .why = "While a deployment rolls, old containers work on the database that the new ones\n"
           "have migrated; and who goes back to the old image after an upgrade does so with\n"
           "the new schema. The old image's smoke command is run on a copy of the upgraded\n"
           "database.",
    .fix = "Spread a change over two releases: add the new column or table and write both,\n"
           "and remove the old one when no old code is left. Where only one container runs\n"
           "and nobody goes back, leave `smoke` out or accept the finding with a reason.",
    .example = "release v1.1.0 does not work on the upgraded database: column \"owner\" does not\n"
               "exist\n"
               "\n"
               "The candidate renames the column that the old code selects.",
    .judge = judge,
};
