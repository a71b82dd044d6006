#include <inttypes.h>

#include "report/html_parts.h"
#include "report/markup.h"

#define WIDTH 1000.0 /* of a table's picture */

/* Nobody can go on while rows are read or written anew; a moment's lock stops nobody for long. */
static const char *tone_of(const LockSpan *span)
{
    bool reads_stop = text_eq(span->mode, "ACCESS EXCLUSIVE");

    if (span->reads || span->rewrites)
        return reads_stop ? "bad" : "warn";
    return "none";
}

static const char *works_of(const LockSpan *span)
{
    if (span->rewrites)
        return ", all rows are rewritten";
    return span->reads ? ", all rows are read" : "";
}

/* "ACCESS EXCLUSIVE from statement 2 to 5, all rows are read" */
static void put_said(Buf *out, const LockSpan *span)
{
    markup_text(out, span->mode);
    if (span->from == span->to)
        buf_addf(out, " in statement %" PRId64, span->from + 1);
    else
        buf_addf(out, " from statement %" PRId64 " to %" PRId64, span->from + 1, span->to + 1);
    buf_adds(out, works_of(span));
}

static void put_bar(Buf *out, const LockSpan *span, double unit)
{
    double gap = unit > 8 ? 2 : 0;

    buf_addf(out, "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"12\"><title>",
             tone_of(span), (double)span->from * unit,
             (double)(span->to - span->from + 1) * unit - gap);
    put_said(out, span);
    buf_adds(out, "</title></rect>");
}

/* One row: all locks of one table. */
static void put_table(Buf *out, const LockReport *locks, const char *table)
{
    double unit = WIDTH / (double)locks->statements.len;
    const char *separator = "";

    buf_adds(out, "<li><div class=\"lock\">");
    html_code(out, table, "(none)");
    buf_adds(out, "<svg class=\"bar\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" "
                  "role=\"img\" aria-label=\"locks on ");
    markup_text(out, table);
    buf_adds(out, "\"><rect class=\"rail\" y=\"5\" width=\"1000\" height=\"2\"/>");
    for (size_t i = 0; i < locks->spans.len; i++)
        if (text_eq(locks->spans.items[i].table, table))
            put_bar(out, &locks->spans.items[i], unit);
    buf_adds(out, "</svg><span class=\"ending\">");
    for (size_t i = 0; i < locks->spans.len; i++) {
        if (!text_eq(locks->spans.items[i].table, table))
            continue;
        buf_adds(out, separator);
        put_said(out, &locks->spans.items[i]);
        separator = "; ";
    }
    buf_adds(out, "</span></div></li>\n");
}

static bool came_before(const LockReport *locks, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (text_eq(locks->spans.items[i].table, locks->spans.items[at].table))
            return true;
    return false;
}

static void put_statements(Buf *out, const LockReport *locks)
{
    buf_addf(out, "<details><summary>The %zu statement%s</summary>\n<ol>\n", locks->statements.len,
             locks->statements.len == 1 ? "" : "s");
    for (size_t i = 0; i < locks->statements.len; i++) {
        const LockedStatement *one = &locks->statements.items[i];

        buf_adds(out, "<li>");
        html_code(out, one->sql, "");
        if (one->migration) {
            buf_adds(out, " <span class=\"quiet\">");
            markup_text(out, one->migration);
            buf_adds(out, "</span>");
        }
        buf_adds(out, "</li>\n");
    }
    buf_adds(out, "</ol>\n</details>\n");
}

void html_locks(Buf *out, const PathReport *path)
{
    const LockReport *locks = &path->locks;

    if (locks->spans.len == 0)
        return;
    buf_adds(out,
             "<h3>Locks</h3>\n<p class=\"quiet\">Tables with rows that nobody else can write, or "
             "even read, from the statement of the upgrade that takes the lock to the end of its "
             "transaction.</p>\n<ul class=\"timeline\">\n");
    for (size_t i = 0; i < locks->spans.len; i++)
        if (!came_before(locks, i))
            put_table(out, locks, locks->spans.items[i].table);
    buf_addf(out,
             "</ul>\n<p class=\"scale locks quiet\" aria-hidden=\"true\"><span>statement "
             "1</span><span>%zu</span></p>\n",
             locks->statements.len);
    if (locks->truncated)
        buf_adds(out, "<p class=\"quiet\">There were more.</p>\n");
    put_statements(out, locks);
}
