#include "check/compose.h"
#include "check/repeat.h"
#include "check/table.h"

/* What the second run did without a word, and what it repaired, shows in the third. */
static void judge_third(const Observation *seen, FindingList *findings)
{
    Repeat third = {"rerun", "running the migrations a third time", seen->after_rerun,
                    seen->after_rerun_again};

    if (seen->rerun_again && seen->rerun_again->outcome == OUTCOME_FAILED)
        repeat_failed(&third, seen->rerun_again, seen, findings);
    else if (seen->after_rerun && seen->after_rerun_again)
        repeat_judge(&third, findings);
}

static void judge_runs(const Observation *seen, FindingList *findings)
{
    Repeat second = {"rerun", "running the migrations a second time", seen->after,
                     seen->after_rerun};
    size_t before = findings->len;

    if (!step_passed(seen->rerun))
        repeat_failed(&second, seen->rerun, seen, findings);
    else if (!seen->opaque)
        repeat_judge(&second, findings);
    if (findings->len == before) /* else the third says the same */
        judge_third(seen, findings);
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
    else if (step_passed(seen->rerun) && !seen->opaque && !seen->after_rerun)
        *ret_skip = xstrdup("the database was not read after the second run");
    else /* what it did to one that is opaque is not known, and said elsewhere */
        judge_runs(seen, findings);
}

const Check CHECK_RERUN = {
    .id = "rerun",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds = "running the candidate's migrations again fails or changes schema or data",
    .why = "The migrate command runs at every start of the container: after a reboot, a\n"
           "crash, a change of settings. A second run must leave an upgraded database\n"
           "alone. One that fails keeps the application from starting for ever; one that\n"
           "inserts or overwrites does it each time. Schema and data are compared before\n"
           "and after a second and a third run, on a copy of the database. A second run that\n"
           "leaves every byte of an SQLite volume as it was needs no third.",
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
