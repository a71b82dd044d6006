#include <inttypes.h>

#include "report/html_parts.h"
#include "report/markup.h"

static void begin_fact(Buf *out, const char *label)
{
    buf_addf(out, "<div><dt>%s</dt><dd>", label);
}

static void end_fact(Buf *out)
{
    buf_adds(out, "</dd></div>\n");
}

static void put_names(Buf *out, const StrList *names)
{
    for (size_t i = 0; i < names->len; i++) {
        buf_adds(out, i ? ", " : "");
        html_code(out, names->items[i], "(none)");
    }
}

static void put_names_fact(Buf *out, const char *label, const StrList *names)
{
    if (names->len == 0)
        return;
    begin_fact(out, label);
    put_names(out, names);
    end_fact(out);
}

static void put_facts(Buf *out, const Report *report, const PathReport *path)
{
    buf_adds(out, "<dl class=\"facts\">\n");
    begin_fact(out, "From");
    html_image(out, &path->from);
    end_fact(out);
    put_names_fact(out, "Through", &path->through);
    begin_fact(out, "To");
    html_image(out, &report->candidate);
    end_fact(out);
    if (path->database) {
        begin_fact(out, "Database");
        html_code(out, path->database, "");
        end_fact(out);
    }
    buf_adds(out, "</dl>\n");
}

static void put_rows(Buf *out, const PathReport *path)
{
    AUTO(str) char *data = html_data(path);

    if (path->steps.len < 2 && path->tables == 0) /* it never came to an upgrade */
        return;
    buf_addf(out, "<h3>Rows</h3>\n<p>%s", data);
    if (path->seed) {
        buf_addf(out, ", %" PRId64 " of them made (seed ", path->rows_made);
        html_code(out, path->seed, "");
        buf_adds(out, ")");
    }
    buf_adds(out, ".</p>\n");
    if (path->skipped.len == 0)
        return;
    buf_adds(out, "<ul>\n");
    for (size_t i = 0; i < path->skipped.len; i++) {
        buf_adds(out, "<li>no rows made in ");
        html_code(out, path->skipped.items[i].table, "(none)");
        if (path->skipped.items[i].reason) {
            buf_adds(out, ": ");
            html_words(out, path->skipped.items[i].reason);
        }
        buf_adds(out, "</li>\n");
    }
    buf_adds(out, "</ul>\n");
}

static void put_new_migration(Buf *out, const NewMigration *migration)
{
    buf_adds(out, "<details><summary>");
    html_code(out, migration->name, "(no name)");
    buf_addf(out, " <span class=\"quiet\">%" PRId64 " %s%s</span></summary>\n", migration->lines,
             migration->lines == 1 ? "line" : "lines",
             migration->truncated && migration->sql ? ", the first of them" : "");
    if (migration->path) {
        buf_adds(out, "<p class=\"quiet\">");
        html_code(out, migration->path, "");
        buf_adds(out, "</p>\n");
    }
    if (migration->sql)
        html_pre(out, migration->sql);
    else
        buf_adds(out, "<p>its text is not at hand</p>\n");
    buf_adds(out, "</details>\n");
}

static void put_migrations(Buf *out, const PathReport *path)
{
    size_t named =
        path->migrations_applied.len + path->migrations_pending.len + path->migrations_reworded.len;

    if (named + path->migrations_new.len == 0)
        return;
    buf_adds(out, "<h3>Migrations</h3>\n");
    if (named > 0) {
        buf_adds(out, "<dl class=\"facts\">\n");
        put_names_fact(out, "Applied", &path->migrations_applied);
        put_names_fact(out, "Unfinished", &path->migrations_pending);
        put_names_fact(out, "Only comments or white space changed in", &path->migrations_reworded);
        buf_adds(out, "</dl>\n");
    }
    for (size_t i = 0; i < path->migrations_new.len; i++)
        put_new_migration(out, &path->migrations_new.items[i]);
}

static void put_changes(Buf *out, const StrList *list, const char *tone, const char *sign,
                        const char *word)
{
    for (size_t i = 0; i < list->len; i++) {
        buf_addf(out,
                 "<li class=\"%s\"><span class=\"sign\" aria-hidden=\"true\">%s</span><span "
                 "class=\"said\">%s: </span>",
                 tone, sign, word);
        html_code(out, list->items[i], "(none)");
        buf_adds(out, "</li>\n");
    }
}

static void put_schema(Buf *out, const PathReport *path)
{
    if (path->schema_added.len + path->schema_removed.len + path->schema_changed.len == 0)
        return;
    buf_adds(out, "<h3>Schema changes</h3>\n<ul class=\"changes\">\n");
    put_changes(out, &path->schema_added, "good", "+", "added");
    put_changes(out, &path->schema_removed, "bad", "\xe2\x88\x92", "removed");
    put_changes(out, &path->schema_changed, "warn", "~", "changed");
    buf_adds(out, "</ul>\n");
}

static void put_image_changes(Buf *out, const PathReport *path)
{
    if (path->image_changes.len == 0)
        return;
    buf_adds(out, "<h3>Image changes</h3>\n<table>\n<thead><tr><th scope=\"col\">What</th><th "
                  "scope=\"col\">Before</th><th scope=\"col\">After</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < path->image_changes.len; i++) {
        const ImageChange *change = &path->image_changes.items[i];

        buf_adds(out, "<tr><th scope=\"row\">");
        markup_text(out, change->what);
        if (change->name) {
            buf_adds(out, " ");
            html_code(out, change->name, "");
        }
        buf_adds(out, "</th><td>");
        html_code(out, change->before, "none");
        buf_adds(out, "</td><td>");
        html_code(out, change->after, "none");
        buf_adds(out, "</td></tr>\n");
    }
    buf_adds(out, "</tbody>\n</table>\n");
}

static void put_check(Buf *out, const CheckResult *result)
{
    buf_adds(out, "<tr><th scope=\"row\">");
    html_code(out, result->id, "check");
    buf_addf(out, " <span class=\"quiet\">%s</span></th><td>", level_name(result->level));
    html_badge(out, html_outcome_tone(result->outcome), outcome_name(result->outcome));
    if (result->reason) {
        buf_adds(out, " ");
        html_words(out, result->reason);
    }
    buf_adds(out, "</td></tr>\n");
}

static void put_checks(Buf *out, const PathReport *path)
{
    if (path->checks.len == 0)
        return;
    buf_adds(out,
             "<h3>Checks</h3>\n<table class=\"checks\">\n<thead><tr><th scope=\"col\">Check and "
             "level</th><th scope=\"col\">Result</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < path->checks.len; i++)
        put_check(out, &path->checks.items[i]);
    buf_adds(out, "</tbody>\n</table>\n");
}

void html_path(Buf *out, const Report *report, const PathReport *path, size_t number)
{
    buf_addf(out, "<section id=\"path-%zu\" aria-labelledby=\"title-%zu\">\n<h2 id=\"title-%zu\">",
             number, number, number);
    html_id(out, path->id);
    buf_adds(out, " ");
    html_badge(out, html_verdict_tone(path->verdict), html_verdict_word(path->verdict));
    buf_adds(out, "</h2>\n");
    if (path->verdict_reason) {
        buf_adds(out, "<p>");
        html_words(out, path->verdict_reason);
        buf_adds(out, "</p>\n");
    }
    put_facts(out, report, path);
    html_findings(out, path);
    html_timeline(out, path);
    put_migrations(out, path);
    put_schema(out, path);
    html_locks(out, path);
    put_image_changes(out, path);
    put_rows(out, path);
    put_checks(out, path);
    buf_adds(out, "</section>\n");
}
