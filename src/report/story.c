#include "report/story.h"

#include <string.h>

bool finding_breaks(const Finding *finding)
{
    return finding->level == LEVEL_ERROR && !finding->allowed_reason;
}

char *finding_place(const Finding *finding)
{
    AUTO(str_list) StrList parts = {0};

    if (finding->migration)
        str_list_addf(&parts, "migration %s", finding->migration);
    if (finding->table)
        str_list_addf(&parts, "table %s", finding->table);
    if (finding->column)
        str_list_addf(&parts, "column %s", finding->column);
    return str_list_join(&parts, ", ");
}

/* Twelve digits tell images apart, as in `docker images`. */
char *digest_short(const char *digest)
{
    const char *colon = strchr(digest, ':');
    size_t len = colon ? (size_t)(colon - digest) + 13 : 12;

    return xstrndup(digest, len);
}

char *step_ending(const Step *step)
{
    switch (step->end) {
    case STEP_EXITED:
        if (step->outcome == OUTCOME_PASSED)
            return xstrdup(outcome_name(step->outcome));
        return xasprintf("%s, exit status %d", outcome_name(step->outcome), step->exit_code);
    case STEP_TIMED_OUT:
        return xstrdup("killed at the timeout");
    case STEP_OUT_OF_MEMORY:
        return xstrdup("killed, out of memory");
    case STEP_KILLED:
        return xasprintf("killed, exit status %d", step->exit_code);
    case STEP_NOT_STARTED:
        return xstrdup("could not be started");
    case STEP_STOPPED:
        return xasprintf("%s, stopped when ready", outcome_name(step->outcome));
    case STEP_NOT_READY:
        return xstrdup("did not become ready");
    }
    return xstrdup("");
}

/* What the head says of one path: its worst finding, or the reason of its verdict. */
static const Finding *story_finding(const PathReport *path)
{
    const Finding *worst = NULL;

    for (size_t i = 0; i < path->findings.len && !worst; i++)
        if (finding_breaks(&path->findings.items[i]))
            worst = &path->findings.items[i];
    /* the check that decides between broken and unknown comes first */
    for (size_t i = 0; i < path->findings.len && path->verdict == VERDICT_UNKNOWN; i++)
        if (finding_breaks(&path->findings.items[i]) &&
            text_eq(path->findings.items[i].check, "vacuous"))
            return &path->findings.items[i];
    return worst;
}

static const PathReport *first_path(const Report *report)
{
    for (size_t i = 0; i < report->paths.len; i++)
        if (report->paths.items[i].verdict == report->verdict)
            return &report->paths.items[i];
    return NULL;
}

Headline story_headline(const Report *report)
{
    const PathReport *path = first_path(report);
    Headline head = {.reason = report->error ? report->error : report->verdict_reason};
    bool whole = report->verdict == VERDICT_SOUND ||
                 (report->verdict == VERDICT_UNKNOWN && report->error) ||
                 (report->verdict == VERDICT_NOTHING_TO_VERIFY && report->verdict_reason);

    if (!path || whole)
        return head;
    return (Headline){path, story_finding(path), path->verdict_reason};
}

Tally story_tally(const Report *report)
{
    Tally sum = {0};

    for (size_t i = 0; i < report->paths.len; i++) {
        const PathReport *path = &report->paths.items[i];

        for (size_t k = 0; k < path->checks.len; k++) {
            sum.passed += path->checks.items[k].outcome == OUTCOME_PASSED;
            sum.skipped += path->checks.items[k].outcome == OUTCOME_SKIPPED;
        }
        for (size_t k = 0; k < path->findings.len; k++) {
            const Finding *finding = &path->findings.items[k];

            sum.accepted += finding->allowed_reason != NULL;
            sum.errors += finding_breaks(finding);
            sum.warnings += finding->level == LEVEL_WARN && !finding->allowed_reason;
        }
    }
    return sum;
}

static void put_count(StrList *parts, size_t count, const char *one, const char *many)
{
    if (count > 0)
        str_list_addf(parts, "%zu %s", count, count == 1 ? one : many);
}

char *story_counts(const Report *report)
{
    Tally sum = story_tally(report);
    AUTO(str_list) StrList parts = {0};

    put_count(&parts, sum.passed, "check passed", "checks passed");
    put_count(&parts, sum.skipped, "skipped", "skipped");
    put_count(&parts, sum.errors, "error", "errors");
    put_count(&parts, sum.warnings, "warning", "warnings");
    put_count(&parts, sum.accepted, "finding accepted", "findings accepted");
    return str_list_join(&parts, ", ");
}
