#include "check/compose.h"
#include "check/table.h"

static void add_hint(const Step *step, const Observation *seen, const Evidence *evidence,
                     Finding *finding)
{
    AUTO(str) char *known = NULL;

    if (step->end == STEP_NOT_STARTED)
        known = xstrdup("that image has no such command: give it its own with `old.migrate`");
    else if (evidence->kind == EVIDENCE_ACCESS)
        known = evidence_hint(evidence, seen->image_user, seen->volume);
    else
        known = xstrdup("check that the released image migrates an empty database outside of here, "
                        "and give it what it needs with `old.migrate` and `old.env`");
    finding_hint(
        finding,
        "%s; or verify from another release with `from`, or accept it with an `allow` entry "
        "for old-migrate",
        known);
}

static void add_finding(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->old_migrate;
    const char *tag = seen->from_tag ? seen->from_tag : "the old release";
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *migration = NULL;
    AUTO(str) char *fault = step_fault(step, seen);
    AUTO(str) char *note = NULL;
    Finding *finding;

    step_evidence(step, seen, &evidence);
    migration = evidence_migration(step->log_tail, evidence.line, NULL, seen->before);
    finding = finding_new(findings, "old-migrate", LEVEL_ERROR,
                          "the migrations of the released image %s fail by themselves: %s", tag,
                          step->end == STEP_EXITED && evidence.message ? evidence.message : fault);
    note = xasprintf("This is the fault of the released image %s, or of how it is run here. The "
                     "candidate was not touched yet, so nothing is known about the upgrade.",
                     tag);
    finding_step(finding, step, &evidence, seen, note);
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_field(&finding->migration, migration);
    add_hint(step, seen, &evidence, finding);
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    if (seen->old_lacks)
        *ret_skip = xasprintf("the released image has no migrations: %s", seen->old_lacks);
    else if (!seen->old_migrate)
        *ret_skip = xstrdup("the released image's migrations were not run");
    else if (seen->old_migrate->outcome == OUTCOME_ERROR)
        *ret_skip = xasprintf("the released image's migrations could not be run: %s",
                              seen->old_migrate->reason ? seen->old_migrate->reason : "no reason");
    else if (!step_passed(seen->old_migrate))
        add_finding(seen, findings);
}

const Check CHECK_OLD_MIGRATE = {
    .id = "old-migrate",
    .level = LEVEL_ERROR,
    .profile = PROFILE_QUICK,
    .finds = "the released image's own migrations fail, so that the trial cannot begin",
    .why = "An upgrade starts from what users have: a database made by the released\n"
           "image. When that image cannot make one here, nothing can be said about the\n"
           "candidate. It is rarely the candidate's fault: most often the old image\n"
           "needs another command or another variable, or it was published broken.",
    .fix = "Look at the end of the log in the finding. Give the old image its own\n"
           "command and environment under `old:` when they differ from the candidate's.\n"
           "Choose other releases with `releases.from`. When a release is known to be\n"
           "broken, accept it by name:\n"
           "\n"
           "    allow:\n"
           "      - {check: old-migrate, from: \"1.4.0\", reason: published broken}\n"
           "\n"
           "A path that is accepted this way counts as nothing to verify, not as sound.",
    .example = "the migrations of the released image 6 fail by themselves: DATABASE_PATH is\n"
               "not set\n"
               "\n"
               "Release 6 read DATABASE_PATH; the candidate no longer does, and `env` lacks\n"
               "it.",
    .judge = judge,
};
