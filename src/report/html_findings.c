#include "report/html_parts.h"
#include "report/markup.h"
#include "report/story.h"

static const char *tone_of(const Finding *finding)
{
    if (finding->allowed_reason)
        return "none";
    return finding->level == LEVEL_ERROR ? "bad" : "warn";
}

static const char *word_of(const Finding *finding)
{
    if (finding->allowed_reason)
        return "Accepted";
    return finding->level == LEVEL_ERROR ? "Error" : "Warning";
}

static void put_finding(Buf *out, const Finding *finding)
{
    buf_addf(out, "<article class=\"finding %s\">\n<h4>", tone_of(finding));
    html_badge(out, tone_of(finding), word_of(finding));
    buf_adds(out, " ");
    html_code(out, finding->check, "check");
    buf_adds(out, "</h4>\n<p class=\"title\">");
    html_words(out, finding->title ? finding->title : "(no title)");
    buf_adds(out, "</p>\n");
    if (finding->migration || finding->table || finding->column) {
        buf_adds(out, "<p class=\"quiet\">");
        html_place(out, finding);
        buf_adds(out, "</p>\n");
    }
    if (finding->allowed_reason) {
        buf_adds(out, "<p><strong>Because:</strong> ");
        html_words(out, finding->allowed_reason);
        buf_adds(out, "</p>\n");
    }
    html_pre(out, finding->detail);
    if (finding->hint && !finding->allowed_reason) {
        buf_adds(out, "<p class=\"next\"><strong>Next:</strong> ");
        html_words(out, finding->hint);
        buf_adds(out, "</p>\n");
    }
    buf_adds(out, "</article>\n");
}

/* Errors, warnings, accepted ones. */
static int rank(const Finding *finding)
{
    if (finding->allowed_reason)
        return 2;
    return finding->level == LEVEL_ERROR ? 0 : 1;
}

void html_findings(Buf *out, const PathReport *path)
{
    if (path->findings.len == 0)
        return;
    buf_adds(out, "<h3>Findings</h3>\n");
    for (int wanted = 0; wanted <= 2; wanted++)
        for (size_t i = 0; i < path->findings.len; i++)
            if (rank(&path->findings.items[i]) == wanted)
                put_finding(out, &path->findings.items[i]);
}
