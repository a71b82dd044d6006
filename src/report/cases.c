#include "report/cases.h"

#include "base/buffer.h"
#include "report/story.h"

static CaseResult result_of(Outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASSED:
    case OUTCOME_WARNED: /* the gate stays open; the detail tells */
        return CASE_PASSED;
    case OUTCOME_FAILED:
        return CASE_FAILED;
    case OUTCOME_SKIPPED:
        return CASE_SKIPPED;
    case OUTCOME_ERROR:
        return CASE_ERROR;
    }
    return CASE_ERROR;
}

static void put_finding(Buf *out, const Finding *finding)
{
    AUTO(str) char *place = finding_place(finding);

    buf_addf(out, "%s%s: %s\n", out->len > 0 ? "\n" : "",
             finding->allowed_reason ? "accepted" : level_name(finding->level),
             finding->title ? finding->title : "");
    if (*place)
        buf_addf(out, "at %s\n", place);
    if (finding->allowed_reason)
        buf_addf(out, "because: %s\n", finding->allowed_reason);
    if (!text_is_empty(finding->detail))
        buf_addf(out, "%s%s", finding->detail, text_ends(finding->detail, "\n") ? "" : "\n");
    if (finding->hint && !finding->allowed_reason)
        buf_addf(out, "next: %s\n", finding->hint);
}

/* The findings of a check; the first that is not accepted gives the message. */
static void tell_findings(Case *one, const PathReport *path)
{
    AUTO(buf) Buf detail = {0};

    for (size_t i = 0; i < path->findings.len; i++) {
        const Finding *finding = &path->findings.items[i];

        if (!text_eq(finding->check, one->name))
            continue;
        if (!one->message && !finding->allowed_reason && finding->title)
            one->message = xstrdup(finding->title);
        put_finding(&detail, finding);
    }
    if (detail.len > 0)
        one->detail = buf_take(&detail);
}

static CaseResult verdict_result(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SOUND:
        return CASE_PASSED;
    case VERDICT_BROKEN:
        return CASE_FAILED;
    case VERDICT_NOTHING_TO_VERIFY:
        return CASE_SKIPPED;
    case VERDICT_UNKNOWN:
        return CASE_ERROR;
    }
    return CASE_ERROR;
}

static void add_verdict(CaseList *cases, const PathReport *path, const char *name, Verdict verdict,
                        const char *reason)
{
    Case one = {.path = path, .name = name, .result = verdict_result(verdict)};

    one.message =
        xasprintf("%s%s%s", verdict_name(verdict), reason ? ": " : "", reason ? reason : "");
    LIST_PUSH(cases, one);
}

/* Whether the checks' cases say that the path is not well, when it is not. */
static bool is_told(const CaseList *cases, size_t from, Verdict verdict)
{
    if (verdict == VERDICT_SOUND)
        return cases->len > from;
    for (size_t i = from; verdict != VERDICT_NOTHING_TO_VERIFY && i < cases->len; i++)
        if (cases->items[i].result == CASE_FAILED || cases->items[i].result == CASE_ERROR)
            return true;
    return false;
}

static void add_path(CaseList *cases, const PathReport *path)
{
    size_t from = cases->len;

    for (size_t i = 0; i < path->checks.len; i++) {
        const CheckResult *result = &path->checks.items[i];
        Case one = {.path = path,
                    .name = result->id,
                    .result = result_of(result->outcome),
                    .duration_ms = result->duration_ms};

        tell_findings(&one, path);
        if (result->reason) {
            free(one.message);
            one.message = xstrdup(result->reason);
        }
        LIST_PUSH(cases, one);
    }
    if (!is_told(cases, from, path->verdict))
        add_verdict(cases, path, "verdict", path->verdict, path->verdict_reason);
}

void cases_of(const Report *report, CaseList *ret_cases)
{
    CaseList cases = {0};

    for (size_t i = 0; i < report->paths.len; i++)
        add_path(&cases, &report->paths.items[i]);
    if (report->error)
        add_verdict(&cases, NULL, "run", VERDICT_UNKNOWN, report->error);
    else if (!is_told(&cases, 0, report->verdict))
        add_verdict(&cases, NULL, "verdict", report->verdict, report->verdict_reason);
    *ret_cases = cases;
}

void case_list_clear(CaseList *cases)
{
    for (size_t i = 0; i < cases->len; i++) {
        free(cases->items[i].message);
        free(cases->items[i].detail);
    }
    free(cases->items);
    *cases = (CaseList){0};
}
