#include "check/compose.h"
#include "check/table.h"

static void add_finding(const Observation *seen, FindingList *findings)
{
    const Step *step = seen->start;
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(step, seen);
    AUTO(str) char *clean = NULL;
    bool telling;
    Finding *finding;

    step_evidence(step, seen, &evidence);
    telling = evidence.message && evidence.rank > RANK_AFTERMATH;
    clean = text_clean_line(fault);
    if (telling)
        finding = finding_new(findings, "start", LEVEL_ERROR,
                              "the candidate does not become ready on the upgraded database: %s "
                              "(%s)",
                              evidence.message, clean);
    else
        finding =
            finding_new(findings, "start", LEVEL_ERROR,
                        "the candidate does not become ready on the upgraded database: %s", clean);
    finding_step(finding, step, &evidence, seen, NULL);
    finding_evidence(finding, &evidence, seen);
    if (!finding->hint)
        finding_hint(finding, "%s",
                     step->end == STEP_NOT_STARTED
                         ? "the command does not exist in that image: check `start.command` and "
                           "`start.image`"
                         : "see what it answers and what it writes; give it what else it needs "
                           "with `env` and `services`, and check `start.ready` when it was ready");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    char *skip = skip_unless_upgraded(seen);

    if (skip)
        *ret_skip = skip;
    else if (!seen->start)
        *ret_skip =
            xstrdup(seen->starts ? "the application migrates when it starts: new-migrate is that "
                                   "start"
                                 : "no `start` is set");
    else if (!step_passed(seen->start))
        add_finding(seen, findings);
}

const Check CHECK_START = {
    .id = "start",
    .level = LEVEL_ERROR,
    .key = "start",
    .finds = "the candidate does not become ready on the upgraded database",
    .why = "Migrations that succeed are half of an upgrade: the application has to start on\n"
           "what they made. A new mandatory setting, a table that the code expects under\n"
           "another name, or an extension that is missing shows only then. With `start`,\n"
           "the candidate is started on a copy of the upgraded database, and has to\n"
           "become ready in the way that `start.ready` says.",
    .fix = "The finding quotes what was seen last (the status and body of the health path,\n"
           "the target of a redirect, the end of the log). When the application needs a\n"
           "setting, users need it too: give it a default, or say so in the release notes.\n"
           "When it needs another service, add it under `services:`. A path that answers\n"
           "with a redirect is not ready: choose one that answers 200 without a login.",
    .example = "the candidate does not become ready on the upgraded database: not ready within\n"
               "10 min 0 s: HTTP 500: relation \"users\" does not exist\n"
               "\n"
               "The migration renamed users to accounts, and one query was forgotten.",
    .judge = judge,
};
