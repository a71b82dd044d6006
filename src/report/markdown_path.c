#include "report/markdown_path.h"

#include <inttypes.h>

#include "report/markdown_text.h"
#include "report/markup.h"
#include "report/story.h"

#define EVIDENCE_MAX 20000 /* bytes of one, where the document has a limit */
#define CHANGES_MAX  200   /* lines of one list, where the document has a limit */

const char *verdict_picture(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SOUND:
        return "\xe2\x9c\x85";
    case VERDICT_BROKEN:
        return "\xe2\x9d\x8c";
    case VERDICT_NOTHING_TO_VERIFY:
        return "\xe2\x9a\xaa";
    case VERDICT_UNKNOWN:
        return "\xe2\x9d\x94";
    }
    return "";
}

static void put_part(Buf *out, const char *label, const char *name, bool *first)
{
    if (!name)
        return;
    buf_addf(out, "%s%s ", *first ? "" : ", ", label);
    md_code(out, name);
    *first = false;
}

void markdown_place(Buf *out, const Finding *finding)
{
    bool first = true;

    put_part(out, "migration", finding->migration, &first);
    put_part(out, "table", finding->table, &first);
    put_part(out, "column", finding->column, &first);
}

void markdown_evidence(Buf *out, const RenderOptions *options, const char *text)
{
    AUTO(str) char *capped = NULL;

    if (text_is_empty(text))
        return;
    capped = options->max_bytes ? text_capped(text, EVIDENCE_MAX) : xstrdup(text);
    buf_adds(out, "<details><summary>Evidence</summary>\n\n");
    md_fence(out, capped);
    buf_adds(out, "\n</details>\n\n");
}

void markdown_finding(Buf *out, const RenderOptions *options, const PathReport *path,
                      const Finding *finding)
{
    buf_addf(out, "### %s: ", finding->level == LEVEL_ERROR ? "Error" : "Warning");
    md_code(out, finding->check);
    buf_adds(out, " in ");
    md_code(out, path->id);
    buf_adds(out, "\n\n");
    buf_adds(out, "**");
    md_text(out, finding->title ? finding->title : "(no title)");
    buf_adds(out, "**\n\n");
    if (finding->migration || finding->table || finding->column) {
        buf_adds(out, "At ");
        markdown_place(out, finding);
        buf_adds(out, "\n\n");
    }
    markdown_evidence(out, options, finding->detail);
    if (finding->hint) {
        buf_adds(out, "**Next:** ");
        md_text(out, finding->hint);
        buf_adds(out, "\n\n");
    }
}

static void put_image(Buf *out, const char *label, const ImageFacts *facts)
{
    buf_addf(out, "- %s: ", label);
    md_code(out, facts->tag ? facts->tag : "(no tag)");
    if (facts->image) {
        buf_adds(out, " ");
        md_code(out, facts->image);
    }
    if (facts->digest) {
        AUTO(str) char *digest = digest_short(facts->digest);

        buf_adds(out, " ");
        md_code(out, digest);
    }
    buf_adds(out, "\n");
}

static void put_names(Buf *out, const RenderOptions *options, const char *label,
                      const StrList *names)
{
    if (names->len == 0)
        return;
    buf_addf(out, "- %s: ", label);
    for (size_t i = 0; i < names->len; i++) {
        if (options->max_bytes && i >= CHANGES_MAX) {
            buf_addf(out, " and %zu more", names->len - i);
            break;
        }
        buf_adds(out, i ? ", " : "");
        md_code(out, names->items[i]);
    }
    buf_adds(out, "\n");
}

static void put_data(Buf *out, const PathReport *path)
{
    if (path->tables < 0) {
        buf_adds(out, "- Data: not looked at\n");
    } else if (path->steps.len >= 2 || path->tables > 0) { /* it came to an upgrade */
        buf_addf(out,
                 "- Data: %" PRId64 " tables, %" PRId64 " with rows, %" PRId64
                 " rows before the upgrade",
                 path->tables, path->tables_with_rows, path->rows);
        if (path->seed) {
            buf_addf(out, ", %" PRId64 " of them made (seed ", path->rows_made);
            md_code(out, path->seed);
            buf_adds(out, ")");
        }
        buf_adds(out, "\n");
    }
    for (size_t i = 0; i < path->skipped.len; i++) {
        buf_adds(out, "- No rows made in ");
        md_code(out, path->skipped.items[i].table);
        if (path->skipped.items[i].reason) {
            buf_adds(out, ": ");
            md_text(out, path->skipped.items[i].reason);
        }
        buf_adds(out, "\n");
    }
}

static void put_image_changes(Buf *out, const PathReport *path)
{
    if (path->image_changes.len > 0)
        buf_adds(out, "\n| Image | Before | After |\n|---|---|---|\n");
    for (size_t i = 0; i < path->image_changes.len; i++) {
        const ImageChange *change = &path->image_changes.items[i];

        buf_adds(out, "| ");
        md_text(out, change->what ? change->what : "");
        if (change->name) {
            buf_adds(out, " ");
            md_code(out, change->name);
        }
        buf_adds(out, " | ");
        md_code(out, change->before);
        buf_adds(out, " | ");
        md_code(out, change->after);
        buf_adds(out, " |\n");
    }
}

/* What is about to run. */
static void put_new_migrations(Buf *out, const PathReport *path)
{
    for (size_t i = 0; i < path->migrations_new.len; i++) {
        const NewMigration *one = &path->migrations_new.items[i];

        if (!one->sql)
            continue;
        buf_adds(out, "\nMigration ");
        md_code(out, one->name);
        buf_addf(out, ", %" PRId64 " %s%s:\n\n", one->lines, one->lines == 1 ? "line" : "lines",
                 one->truncated ? ", the first of them" : "");
        md_fence(out, one->sql);
    }
}

static void put_steps(Buf *out, const PathReport *path)
{
    if (path->steps.len == 0)
        return;
    buf_adds(out, "\n| Step | Time | Result |\n|---|--:|---|\n");
    for (size_t i = 0; i < path->steps.len; i++) {
        const Step *step = &path->steps.items[i];
        AUTO(str) char *took = format_duration_ms(step->duration_ms);
        AUTO(str) char *ending = step_ending(step);

        buf_adds(out, "| ");
        md_code(out, step->name);
        buf_addf(out, " | %s | %s |\n", took, ending);
    }
}

static void put_checks(Buf *out, const PathReport *path)
{
    if (path->checks.len == 0)
        return;
    buf_adds(out, "\n| Check | Level | Result |\n|---|---|---|\n");
    for (size_t i = 0; i < path->checks.len; i++) {
        const CheckResult *result = &path->checks.items[i];

        buf_adds(out, "| ");
        md_code(out, result->id);
        buf_addf(out, " | %s | %s", level_name(result->level), outcome_name(result->outcome));
        if (result->reason) {
            buf_adds(out, ": ");
            md_text(out, result->reason);
        }
        buf_adds(out, " |\n");
    }
}

static void put_changes(Buf *out, const RenderOptions *options, const StrList *list, char sign)
{
    for (size_t i = 0; i < list->len; i++) {
        if (options->max_bytes && i >= CHANGES_MAX) {
            buf_addf(out, "%c and %zu more\n", sign, list->len - i);
            return;
        }
        buf_addf(out, "%c %s\n", sign, list->items[i]);
    }
}

static void put_schema(Buf *out, const RenderOptions *options, const PathReport *path)
{
    AUTO(buf) Buf changes = {0};

    put_changes(&changes, options, &path->schema_added, '+');
    put_changes(&changes, options, &path->schema_removed, '-');
    put_changes(&changes, options, &path->schema_changed, '~');
    if (changes.len == 0)
        return;
    buf_adds(out, "\nSchema:\n\n");
    md_fence(out, buf_text(&changes));
}

void markdown_path(Buf *out, const RenderOptions *options, const Report *report,
                   const PathReport *path)
{
    buf_addf(out, "<details><summary>%s <code>", verdict_picture(path->verdict));
    markup_text(out, path->id);
    buf_adds(out, "</code>: images, steps, schema, data, checks</summary>\n\n");
    if (path->verdict_reason) {
        buf_adds(out, "Because: ");
        md_text(out, path->verdict_reason);
        buf_adds(out, "\n\n");
    }
    put_image(out, "From", &path->from);
    put_names(out, options, "Through", &path->through);
    put_image(out, "Candidate", &report->candidate);
    put_data(out, path);
    put_names(out, options, "Migrations applied", &path->migrations_applied);
    put_names(out, options, "Migrations unfinished", &path->migrations_pending);
    put_names(out, options, "Only comments or white space changed in", &path->migrations_reworded);
    put_steps(out, path);
    put_new_migrations(out, path);
    put_schema(out, options, path);
    put_image_changes(out, path);
    put_checks(out, path);
    buf_adds(out, "\n</details>\n\n");
}
