/* Annotations: the summary first, then the findings by severity. The runner keeps ten of a type for
 * a step and drops the rest, so no more are written, and the summary says how many there are.
 * Source: GitHub Docs, "Workflow commands"; actions/runner, ExecutionContext.AddIssue */

#include "report/github_command.h"
#include "report/render.h"
#include "report/screen.h"
#include "report/story.h"

#define KEPT_PER_TYPE  10
#define EVIDENCE_BYTES 1500 /* so that what to do next is not cut off */

typedef struct Annotations {
    FILE *out;
    size_t errors, warnings, notices; /* written */
} Annotations;

static void annotate(Annotations *to, const char *type, size_t *count, const char *title,
                     const char *message)
{
    if (*count < KEPT_PER_TYPE)
        github_command(to->out, type, title, message);
    ++*count;
}

static char *finding_message(const Finding *finding, bool with_evidence)
{
    AUTO(str) char *place = finding_place(finding);
    AUTO(buf) Buf out = {0};

    buf_adds(&out, finding->title ? finding->title : "");
    if (*place)
        buf_addf(&out, "\nat %s", place);
    if (finding->allowed_reason)
        buf_addf(&out, "\naccepted: %s", finding->allowed_reason);
    if (finding->hint && !finding->allowed_reason)
        buf_addf(&out, "\nnext: %s", finding->hint);
    if (finding->detail && with_evidence && !finding->allowed_reason) {
        AUTO(str) char *detail = text_capped(finding->detail, EVIDENCE_BYTES);

        buf_addf(&out, "\n\n%s", detail);
    }
    return buf_take(&out);
}

static void put_finding(Annotations *to, const PathReport *path, const Finding *finding)
{
    AUTO(str) char *title = xasprintf("%s (%s)", finding->check, path->id ? path->id : "no id");
    AUTO(str) char *message = finding_message(finding, true);

    if (finding->allowed_reason)
        annotate(to, "notice", &to->notices, title, message);
    else if (finding->level == LEVEL_ERROR)
        annotate(to, "error", &to->errors, title, message);
    else
        annotate(to, "warning", &to->warnings, title, message);
}

/* Those that break an upgrade, those that do not, those that are accepted: each type has its own
 * ten, and the summary of one. */
static void put_findings(Annotations *to, const Report *report)
{
    for (size_t i = 0; i < report->paths.len; i++)
        for (size_t k = 0; k < report->paths.items[i].findings.len; k++)
            put_finding(to, &report->paths.items[i], &report->paths.items[i].findings.items[k]);
}

static char *counts(const Report *report)
{
    Tally sum = story_tally(report);
    AUTO(str) char *took = format_duration_ms(report->duration_ms);

    return xasprintf("%zu %s, %zu %s, %zu accepted in %zu %s, %s", sum.errors,
                     sum.errors == 1 ? "error" : "errors", sum.warnings,
                     sum.warnings == 1 ? "warning" : "warnings", sum.accepted, report->paths.len,
                     report->paths.len == 1 ? "upgrade" : "upgrades", took);
}

static char *summary_title(const Report *report, const Headline *head)
{
    const char *name = head->path ? head->path->id : report->candidate.tag;

    return xasprintf("Seatrial: %s%s%s", verdict_shout(report->verdict), name ? " " : "",
                     name ? name : "");
}

static char *summary_message(const Report *report, const Headline *head)
{
    AUTO(str) char *finding = head->finding ? finding_message(head->finding, false) : NULL;
    AUTO(str) char *sums = counts(report);

    if (finding)
        return xasprintf("%s: %s\n\n%s", head->finding->check, finding, sums);
    if (head->reason && report->paths.len == 0)
        return xstrdup(head->reason);
    if (head->reason)
        return xasprintf("%s\n\n%s", head->reason, sums);
    return xstrdup(sums);
}

static void put_summary(Annotations *to, const Report *report)
{
    Headline head = story_headline(report);
    AUTO(str) char *title = summary_title(report, &head);
    AUTO(str) char *message = summary_message(report, &head);

    switch (report->verdict) {
    case VERDICT_SOUND:
    case VERDICT_NOTHING_TO_VERIFY:
        annotate(to, "notice", &to->notices, title, message);
        break;
    case VERDICT_BROKEN:
    case VERDICT_UNKNOWN:
        annotate(to, "error", &to->errors, title, message);
        break;
    }
}

static void put_warnings(Annotations *to, const Report *report)
{
    for (size_t i = 0; i < report->passed_over.len; i++) {
        const PassedOver *over = &report->passed_over.items[i];
        AUTO(str)
        char *message = xasprintf("%s %s: %s", over->tag ? over->tag : "(no tag)",
                                  over->image ? over->image : "", over->reason ? over->reason : "");

        annotate(to, "warning", &to->warnings, "Seatrial: a release was passed over", message);
    }
    for (size_t i = 0; i < report->warnings.len; i++)
        annotate(to, "warning", &to->warnings, "Seatrial", report->warnings.items[i]);
}

void render_github(const Report *report, const RenderOptions *options, FILE *out)
{
    AUTO(report) Report masked = {0};
    Annotations to = {.out = out};

    (void)options;
    report_masked(report, &masked);
    put_summary(&to, &masked);
    put_findings(&to, &masked);
    put_warnings(&to, &masked);
}
