/* One file, that asks for nothing else: no script, no picture, no font, and a policy that forbids
 * them. */

#include "base/clock.h"
#include "report/html_parts.h"
#include "report/markup.h"
#include "report/story.h"

static void put_title_words(Buf *out, const Report *report, const Headline *head)
{
    const char *name = head->path ? head->path->id : report->candidate.tag;

    if (!text_is_empty(name))
        html_id(out, name);
    else
        buf_adds(out, "the candidate");
}

static void put_head(Buf *out, const Report *report, const Headline *head)
{
    buf_adds(out,
             "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
             "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
             "http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "'unsafe-inline'; form-action 'none'; base-uri 'none'\">\n<meta name=\"color-scheme\" "
             "content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    buf_addf(out, "%s: ", html_verdict_word(report->verdict));
    put_title_words(out, report, head);
    buf_adds(out, " \xc2\xb7 Seatrial</title>\n<style>\n");
    buf_adds(out, HTML_STYLE);
    buf_adds(out, "</style>\n</head>\n<body>\n");
}

static void put_counts(Buf *out, const Report *report)
{
    AUTO(str) char *counts = story_counts(report);

    if (*counts)
        buf_addf(out, "<p>%s in %zu %s.</p>\n", counts, report->paths.len,
                 report->paths.len == 1 ? "upgrade" : "upgrades");
}

/* Which upgrade and where, in whose words, what now. */
static void put_headline(Buf *out, const Headline *head)
{
    if (head->finding) {
        buf_adds(out, "<p>");
        html_code(out, head->finding->check, "check");
        if (head->finding->migration || head->finding->table || head->finding->column)
            buf_adds(out, " at ");
        html_place(out, head->finding);
        buf_adds(out, "</p>\n<blockquote><p>");
        html_words(out, head->finding->title ? head->finding->title : "(no title)");
        buf_adds(out, "</p></blockquote>\n");
        if (head->finding->hint) {
            buf_adds(out, "<p class=\"next\"><strong>Next:</strong> ");
            html_words(out, head->finding->hint);
            buf_adds(out, "</p>\n");
        }
    } else if (head->reason) {
        buf_adds(out, "<p>");
        html_words(out, head->reason);
        buf_adds(out, "</p>\n");
    }
}

static void put_banner(Buf *out, const Report *report, const Headline *head)
{
    AUTO(str) char *started = clock_format_iso(report->started_wall_ms);
    AUTO(str) char *day = text_replace(started, "T", " ");
    AUTO(str) char *shown = text_replace(day, "Z", " UTC");
    AUTO(str) char *took = format_duration_ms(report->duration_ms);

    buf_addf(out, "<header class=\"%s\">\n<h1><span class=\"verdict\">%s</span> ",
             html_verdict_tone(report->verdict), html_verdict_word(report->verdict));
    put_title_words(out, report, head);
    buf_adds(out, "</h1>\n");
    put_headline(out, head);
    put_counts(out, report);
    if (report->error && report->verdict == VERDICT_BROKEN) {
        buf_adds(out, "<p><strong>The run did not come to its end:</strong> ");
        html_words(out, report->error);
        buf_adds(out, "</p>\n");
    }
    buf_adds(out, "<p class=\"quiet\">Candidate ");
    html_image(out, &report->candidate);
    buf_addf(out, " \xc2\xb7 <time datetime=\"%s\">%s</time> \xc2\xb7 %s</p>\n</header>\n", started,
             shown, took);
}

static void put_overview(Buf *out, const Report *report)
{
    if (report->paths.len < 2)
        return;
    buf_adds(out,
             "<nav aria-label=\"Upgrades\">\n<table>\n<thead><tr><th scope=\"col\">Upgrade</th>"
             "<th scope=\"col\">Verdict</th><th scope=\"col\">Findings</th></tr></thead>\n"
             "<tbody>\n");
    for (size_t i = 0; i < report->paths.len; i++) {
        const PathReport *path = &report->paths.items[i];

        buf_addf(out, "<tr><th scope=\"row\"><a href=\"#path-%zu\">", i + 1);
        html_id(out, path->id);
        buf_adds(out, "</a></th><td>");
        html_badge(out, html_verdict_tone(path->verdict), html_verdict_word(path->verdict));
        buf_addf(out, "</td><td>%zu</td></tr>\n", path->findings.len);
    }
    buf_adds(out, "</tbody>\n</table>\n</nav>\n");
}

static void put_passed_over(Buf *out, const Report *report)
{
    if (report->passed_over.len == 0)
        return;
    buf_adds(out, "<section>\n<h2>Releases passed over</h2>\n<ul>\n");
    for (size_t i = 0; i < report->passed_over.len; i++) {
        const PassedOver *over = &report->passed_over.items[i];

        buf_adds(out, "<li>");
        html_code(out, over->tag, "(no tag)");
        buf_adds(out, " ");
        html_code(out, over->image, "");
        if (over->reason) {
            buf_adds(out, ": ");
            html_words(out, over->reason);
        }
        buf_adds(out, "</li>\n");
    }
    buf_adds(out, "</ul>\n</section>\n");
}

static void put_warnings(Buf *out, const Report *report)
{
    if (report->warnings.len == 0)
        return;
    buf_adds(out, "<section>\n<h2>Warnings</h2>\n<ul>\n");
    for (size_t i = 0; i < report->warnings.len; i++) {
        buf_adds(out, "<li>");
        html_words(out, report->warnings.items[i]);
        buf_adds(out, "</li>\n");
    }
    buf_adds(out, "</ul>\n</section>\n");
}

static void put_foot(Buf *out, const Report *report)
{
    buf_adds(out, "</main>\n<footer class=\"quiet\"><p>Seatrial");
    if (report->tool_version) {
        buf_adds(out, " ");
        markup_text(out, report->tool_version);
    }
    if (report->run_id) {
        buf_adds(out, ", run ");
        html_code(out, report->run_id, "");
    }
    buf_adds(out, "</p></footer>\n</body>\n</html>\n");
}

static void flush(Buf *out, FILE *file)
{
    (void)fputs(buf_text(out), file); /* the caller checks the stream */
    buf_clear(out);
}

void render_html(const Report *report, const RenderOptions *options, FILE *file)
{
    AUTO(report) Report masked = {0};
    AUTO(buf) Buf out = {0};
    Headline head;

    (void)options;
    report_masked(report, &masked);
    head = story_headline(&masked);
    put_head(&out, &masked, &head);
    put_banner(&out, &masked, &head);
    buf_adds(&out, "<main>\n");
    put_overview(&out, &masked);
    for (size_t i = 0; i < masked.paths.len; i++) {
        html_path(&out, &masked, &masked.paths.items[i], i + 1);
        flush(&out, file);
    }
    put_passed_over(&out, &masked);
    put_warnings(&out, &masked);
    put_foot(&out, &masked);
    flush(&out, file);
}
