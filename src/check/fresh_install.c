#include <string.h>

#include "check/compose.h"
#include "check/repeat.h"
#include "check/table.h"

static bool is_told_by(const Evidence *evidence, const Step *step)
{
    return evidence->message && step->log_tail && strstr(step->log_tail, evidence->message);
}

/* What stands in the place of a second finding about one cause. The lines of two streams may come
 * in another order each time, and with it the one that is taken for the cause: both logs have both.
 */
static bool same_failure(const Step *one, const Step *other, const Observation *seen)
{
    AUTO(evidence) Evidence a = {0};
    AUTO(evidence) Evidence b = {0};

    if (!one || !other || other->outcome != OUTCOME_FAILED || one->end != other->end ||
        one->exit_code != other->exit_code)
        return false;
    step_evidence(one, seen, &a);
    step_evidence(other, seen, &b);
    return text_eq(a.message, b.message) || (is_told_by(&a, other) && is_told_by(&b, one));
}

static void add_failure(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->fresh;
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *migration = NULL;
    AUTO(str) char *fault = step_fault(step, seen);
    Finding *finding;

    evidence_find(step->log_tail, &evidence);
    migration = evidence_migration(step->log_tail, evidence.line, NULL, seen->after_fresh);
    finding = finding_new(findings, "fresh-install", LEVEL_ERROR,
                          "the candidate fails on an empty database: %s",
                          step->end == STEP_EXITED && evidence.message ? evidence.message : fault);
    finding_step(finding, step, &evidence, seen,
                 "Whoever installs this release for the first time gets this.");
    finding_field(&finding->table, evidence.table);
    finding_field(&finding->column, evidence.column);
    finding_field(&finding->migration, migration);
    finding_hint(finding, "%s",
                 "let the migrations run from the first to the last on an empty database: they may "
                 "rely on nothing but each other, neither on rows that only users have nor on "
                 "today's code");
}

/* Exit status 0 and nothing to show for it. */
static bool makes_nothing(const Observation *seen)
{
    return seen->after_fresh && snapshot_user_tables(seen->after_fresh) == 0 && seen->before &&
           snapshot_user_tables(seen->before) > 0;
}

/* It wrote somewhere else, as after the old release: that is the finding of vacuous. */
static bool is_elsewhere(const Observation *seen)
{
    return (seen->new_strays && seen->new_strays->len > 0) ||
           (!seen->after_fresh->exists && seen->after_fresh->other_databases.len > 0);
}

static void add_nothing(const Observation *seen, FindingList *findings)
{
    Finding *finding = finding_new(findings, "fresh-install", LEVEL_ERROR,
                                   "the candidate exits with 0 on an empty database and makes no "
                                   "table in it; release %s leaves %zu",
                                   seen->from_tag ? seen->from_tag : "(no tag)",
                                   snapshot_user_tables(seen->before));

    finding_step(finding, seen->fresh, &(Evidence){0}, seen, NULL);
    finding_hint(finding, "%s",
                 "see that the image contains all migration files, and that its command runs them "
                 "whatever is in the database");
}

/* What a second run does anyhow is the finding of rerun. */
static bool is_reruns(const Observation *seen)
{
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *skip = NULL;

    CHECK_RERUN.judge(seen, &findings, &skip);
    return findings.len > 0;
}

static void judge_again(const Observation *seen, FindingList *findings, char **ret_skip)
{
    Repeat again = {"fresh-install", "starting the candidate a second time after a fresh install",
                    seen->after_fresh, seen->after_fresh_again};

    if (is_reruns(seen))
        return;
    if (same_failure(seen->fresh_again, seen->new_migrate, seen))
        *ret_skip = xstrdup("a second start after a fresh install fails as the upgrade does");
    else if (seen->fresh_again && seen->fresh_again->outcome == OUTCOME_FAILED)
        repeat_failed(&again, seen->fresh_again, seen, findings);
    else if (seen->after_fresh && seen->after_fresh_again)
        repeat_judge(&again, findings);
}

static char *why_not(const Observation *seen)
{
    if (seen->candidate_lacks)
        return xasprintf("the candidate has no migrations: %s", seen->candidate_lacks);
    if (seen->old_lacks)
        return xstrdup("the upgrade itself began with an empty database");
    if (seen->opaque)
        return xstrdup("a second server would not be found: tell the application its host by "
                       "{host}");
    return xstrdup("the candidate was not run on an empty database");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    if (!seen->fresh)
        *ret_skip = why_not(seen);
    else if (seen->fresh->outcome == OUTCOME_ERROR)
        *ret_skip = xasprintf("the candidate could not be run on an empty database: %s",
                              seen->fresh->reason ? seen->fresh->reason : "no reason");
    else if (!step_passed(seen->fresh) && same_failure(seen->fresh, seen->new_migrate, seen))
        *ret_skip = xstrdup("on an empty database the candidate fails as it does on the old one");
    else if (!step_passed(seen->fresh))
        add_failure(seen, findings);
    else if (makes_nothing(seen) && is_elsewhere(seen))
        *ret_skip = xstrdup("the candidate's database is elsewhere");
    else if (makes_nothing(seen))
        add_nothing(seen, findings);
    else
        judge_again(seen, findings, ret_skip);
}

const Check CHECK_FRESH_INSTALL = {
    .id = "fresh-install",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds = "the candidate fails on an empty database, or changes it again when it is started a "
             "second time",
    .why = "New users begin with an empty database. Developers rarely do: theirs has grown\n"
           "with the project, so that migrations come to rely on what only a grown\n"
           "database has, on code that has moved on, or on a file that is not in the\n"
           "image. The candidate runs on an empty database beside the old release's\n"
           "migrations, and once more as after a restart.",
    .fix = "Run the candidate's command on an empty database and read its log. Let old\n"
           "migrations use no code of the application that may change. Where an empty\n"
           "database is made in another way, by a dump that comes with the release, accept\n"
           "it:\n"
           "\n"
           "    allow:\n"
           "      - {check: fresh-install, reason: new installs begin with base.sql}",
    .example = "the candidate fails on an empty database: no such table: settings\n"
               "\n"
               "Migration 009 copies a row of a table that migration 004 used to make, and that\n"
               "was taken out of 004 since.",
    .judge = judge,
};
