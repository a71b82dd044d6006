#include "report/markdown_path.h"
#include "report/markdown_text.h"
#include "report/screen.h"
#include "report/story.h"

#define NAMED_MAX 20   /* paths that the head names, each */
#define WORDS_MAX 2000 /* bytes of one text in the head */
#define ROOM      400  /* bytes for saying what was left out */

/* A document made of whole pieces: the one that does not fit is left out. */
typedef struct Page {
    FILE *out;
    size_t written, max, left_out;
} Page;

/* Write a piece and empty it. */
static void put_piece(Page *page, Buf *piece)
{
    if (page->max && page->written + piece->len + ROOM > page->max) {
        page->left_out++;
    } else {
        (void)fputs(buf_text(piece), page->out); /* the caller checks the stream */
        page->written += piece->len;
    }
    buf_clear(piece);
}

static void put_words(Buf *out, const char *text)
{
    AUTO(str) char *capped = text_capped(text ? text : "", WORDS_MAX);

    md_text(out, capped);
}

static void put_title(Buf *out, const Report *report, const PathReport *path)
{
    buf_addf(out, "## %s Seatrial: %s", verdict_picture(report->verdict),
             verdict_shout(report->verdict));
    if (path) {
        buf_adds(out, " ");
        md_code(out, path->id);
    } else if (report->candidate.tag) {
        buf_adds(out, " ");
        md_code(out, report->candidate.tag);
    }
    buf_adds(out, "\n\n");
}

/* Which upgrade and where, in whose words, what now: a reader of these lines alone knows what to
 * fix. */
static void put_headline(Buf *out, const RenderOptions *options, const Headline *head)
{
    if (head->finding) {
        md_code(out, head->finding->check);
        if (head->finding->migration || head->finding->table || head->finding->column) {
            buf_adds(out, " at ");
            markdown_place(out, head->finding);
        }
        buf_adds(out, "\n\n> **");
        put_words(out, head->finding->title);
        buf_adds(out, "**\n\n");
        if (head->finding->hint) {
            buf_adds(out, "**Next:** ");
            put_words(out, head->finding->hint);
            buf_adds(out, "\n\n");
        }
        markdown_evidence(out, options, head->finding->detail);
    } else if (head->reason) {
        buf_adds(out, "Because: ");
        put_words(out, head->reason);
        buf_adds(out, "\n\n");
    }
}

static void put_others(Buf *out, const Report *report, const PathReport *shown, Verdict verdict,
                       const char *label)
{
    size_t count = 0;

    for (size_t i = 0; i < report->paths.len; i++) {
        const PathReport *path = &report->paths.items[i];

        if (path == shown || path->verdict != verdict || count++ >= NAMED_MAX)
            continue;
        buf_adds(out, count == 1 ? label : ", ");
        md_code(out, path->id);
    }
    if (count > NAMED_MAX)
        buf_addf(out, " and %zu more", count - NAMED_MAX);
    if (count > 0)
        buf_adds(out, ".\n\n");
}

static void put_sound(Buf *out, const Report *report)
{
    AUTO(str) char *counts = story_counts(report);
    AUTO(str) char *took = format_duration_ms(report->duration_ms);

    put_others(out, report, NULL, VERDICT_SOUND, "Sound: ");
    buf_addf(out, "%s%s%s.\n\n", counts, *counts ? ", " : "", took);
}

static void put_head(Page *page, const RenderOptions *options, const Report *report)
{
    AUTO(buf) Buf out = {0};
    Headline head = story_headline(report);

    put_title(&out, report, head.path);
    put_headline(&out, options, &head);
    if (report->verdict == VERDICT_SOUND)
        put_sound(&out, report);
    if (report->verdict == VERDICT_BROKEN)
        put_others(&out, report, head.path, VERDICT_BROKEN, "Also broken: ");
    if (report->verdict == VERDICT_BROKEN || (report->verdict == VERDICT_UNKNOWN && head.path))
        put_others(&out, report, head.path, VERDICT_UNKNOWN, "Not known: ");
    if (report->verdict != VERDICT_NOTHING_TO_VERIFY)
        put_others(&out, report, NULL, VERDICT_NOTHING_TO_VERIFY, "Nothing to verify: ");
    if (report->error && report->verdict == VERDICT_BROKEN) {
        buf_adds(&out, "The run did not come to its end: ");
        put_words(&out, report->error);
        buf_adds(&out, "\n\n");
    }
    put_piece(page, &out);
}

static void put_count(Buf *out, int64_t count)
{
    if (count < 0)
        buf_adds(out, "not looked at");
    else
        buf_addf(out, "%lld", (long long)count);
}

static void put_overview(Page *page, const Report *report)
{
    AUTO(buf) Buf out = {0};

    if (report->paths.len == 0)
        return;
    buf_adds(&out, "| Upgrade | Verdict | Database | Rows before | Findings |\n"
                   "|---|---|---|--:|--:|\n");
    for (size_t i = 0; i < report->paths.len; i++) {
        const PathReport *path = &report->paths.items[i];

        buf_adds(&out, "| ");
        md_code(&out, path->id);
        buf_addf(&out, " | %s %s | ", verdict_picture(path->verdict), verdict_name(path->verdict));
        md_code(&out, path->database);
        buf_adds(&out, " | ");
        put_count(&out, path->rows);
        buf_addf(&out, " | %zu |\n", path->findings.len);
        put_piece(page, &out);
    }
    buf_adds(&out, "\n");
    put_piece(page, &out);
}

/* Whether a finding belongs to a level's part: the head has told its own already. */
static bool is_of_part(const Finding *finding, const Report *report, Level level)
{
    return finding->level == level && !finding->allowed_reason &&
           finding != story_headline(report).finding;
}

static void put_findings(Page *page, const RenderOptions *options, const Report *report,
                         Level level)
{
    AUTO(buf) Buf out = {0};

    for (size_t i = 0; i < report->paths.len; i++) {
        const PathReport *path = &report->paths.items[i];

        for (size_t k = 0; k < path->findings.len; k++)
            if (is_of_part(&path->findings.items[k], report, level)) {
                markdown_finding(&out, options, path, &path->findings.items[k]);
                put_piece(page, &out);
            }
    }
}

static void put_accepted(Page *page, const Report *report)
{
    AUTO(buf) Buf out = {0};
    bool first = true;

    for (size_t i = 0; i < report->paths.len; i++)
        for (size_t k = 0; k < report->paths.items[i].findings.len; k++) {
            const Finding *finding = &report->paths.items[i].findings.items[k];

            if (!finding->allowed_reason)
                continue;
            buf_adds(&out, first ? "### Accepted\n\n- " : "- ");
            first = false;
            md_code(&out, finding->check);
            buf_adds(&out, " in ");
            md_code(&out, report->paths.items[i].id);
            buf_adds(&out, ": ");
            put_words(&out, finding->title);
            buf_adds(&out, " \xe2\x80\x94 because: ");
            put_words(&out, finding->allowed_reason);
            buf_adds(&out, "\n");
            put_piece(page, &out);
        }
    if (!first)
        buf_adds(&out, "\n");
    put_piece(page, &out);
}

static void put_passed_over(Page *page, const Report *report)
{
    AUTO(buf) Buf out = {0};

    if (report->passed_over.len == 0)
        return;
    buf_adds(&out, "### Passed over\n\n");
    for (size_t i = 0; i < report->passed_over.len; i++) {
        const PassedOver *over = &report->passed_over.items[i];

        buf_adds(&out, "- ");
        md_code(&out, over->tag);
        if (over->image) {
            buf_adds(&out, " ");
            md_code(&out, over->image);
        }
        if (over->reason) {
            buf_adds(&out, ": ");
            put_words(&out, over->reason);
        }
        buf_adds(&out, "\n");
        put_piece(page, &out);
    }
    buf_adds(&out, "\n");
    put_piece(page, &out);
}

static void put_warnings(Page *page, const Report *report)
{
    AUTO(buf) Buf out = {0};

    if (report->warnings.len == 0)
        return;
    buf_adds(&out, "### Warnings\n\n");
    for (size_t i = 0; i < report->warnings.len; i++) {
        buf_adds(&out, "- ");
        put_words(&out, report->warnings.items[i]);
        buf_adds(&out, "\n");
        put_piece(page, &out);
    }
    buf_adds(&out, "\n");
    put_piece(page, &out);
}

/* What was left out is always said: there is room for it. */
static void put_foot(Page *page, const Report *report)
{
    AUTO(buf) Buf out = {0};
    AUTO(str) char *took = format_duration_ms(report->duration_ms);

    if (page->left_out > 0)
        (void)fprintf(page->out,
                      "**%zu %s left out here, to stay below a limit of %zu bytes:** the report as "
                      "JSON or HTML has all.\n\n",
                      page->left_out, page->left_out == 1 ? "part was" : "parts were", page->max);
    buf_adds(&out, "<sub>seatrial");
    if (report->tool_version) {
        buf_adds(&out, " ");
        put_words(&out, report->tool_version);
    }
    if (report->run_id) {
        buf_adds(&out, ", run ");
        put_words(&out, report->run_id);
    }
    buf_addf(&out, ", %s</sub>\n", took);
    put_piece(page, &out);
}

void render_markdown(const Report *report, const RenderOptions *options, FILE *out)
{
    AUTO(report) Report masked = {0};
    AUTO(buf) Buf piece = {0};
    Page page = {.out = out, .max = options->max_bytes};

    report_masked(report, &masked);
    put_head(&page, options, &masked);
    put_overview(&page, &masked);
    put_findings(&page, options, &masked, LEVEL_ERROR);
    put_findings(&page, options, &masked, LEVEL_WARN);
    put_accepted(&page, &masked);
    put_passed_over(&page, &masked);
    put_warnings(&page, &masked);
    for (size_t i = 0; i < masked.paths.len; i++) {
        markdown_path(&piece, options, &masked, &masked.paths.items[i]);
        put_piece(&page, &piece);
    }
    put_foot(&page, &masked);
}
