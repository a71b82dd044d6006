#include <inttypes.h>
#include <string.h>

#include "report/html_parts.h"
#include "report/markup.h"
#include "report/story.h"

void html_words(Buf *out, const char *text)
{
    while (text && *text) {
        size_t plain = strcspn(text, "`");
        const char *close = text[plain] ? strchr(text + plain + 1, '`') : NULL;
        AUTO(str) char *before = xstrndup(text, close ? plain : strlen(text));
        AUTO(str) char *quoted = NULL;

        markup_text(out, before);
        if (!close)
            return;
        quoted = xstrndup(text + plain + 1, (size_t)(close - text) - plain - 1);
        html_code(out, quoted, "");
        text = close + 1;
    }
}

void html_id(Buf *out, const char *id)
{
    AUTO(str)
    char *shown = text_replace(text_is_empty(id) ? "(no id)" : id, " -> ", " \xe2\x86\x92 ");

    markup_text(out, shown);
}

void html_code(Buf *out, const char *text, const char *fallback)
{
    if (text_is_empty(text)) {
        markup_text(out, fallback);
        return;
    }
    buf_adds(out, "<code>");
    markup_text(out, text);
    buf_adds(out, "</code>");
}

void html_pre(Buf *out, const char *text)
{
    if (text_is_empty(text))
        return;
    buf_adds(out, "<pre>\n"); /* the parser drops this newline, and none of the text's */
    markup_text(out, text);
    buf_adds(out, "</pre>\n");
}

static void put_part(Buf *out, const char *label, const char *name, bool *first)
{
    if (!name)
        return;
    buf_addf(out, "%s%s ", *first ? "" : ", ", label);
    html_code(out, name, "(none)");
    *first = false;
}

void html_place(Buf *out, const Finding *finding)
{
    bool first = true;

    put_part(out, "migration", finding->migration, &first);
    put_part(out, "table", finding->table, &first);
    put_part(out, "column", finding->column, &first);
}

void html_badge(Buf *out, const char *tone, const char *word)
{
    buf_addf(out, "<span class=\"badge %s\">%s</span>", tone, word);
}

void html_image(Buf *out, const ImageFacts *facts)
{
    html_code(out, facts->tag, "(no tag)");
    if (facts->image) {
        buf_adds(out, " ");
        html_code(out, facts->image, "");
    }
    if (facts->digest) {
        AUTO(str) char *digest = digest_short(facts->digest);

        buf_adds(out, " <span class=\"quiet\">");
        html_code(out, digest, "");
        buf_adds(out, "</span>");
    }
}

char *html_data(const PathReport *path)
{
    if (path->tables < 0)
        return xstrdup("not looked at");
    if (path->tables == 0)
        return xstrdup("no tables before the upgrade");
    return xasprintf("%" PRId64 " %s in %" PRId64 " of %" PRId64 " %s before the upgrade",
                     path->rows, path->rows == 1 ? "row" : "rows", path->tables_with_rows,
                     path->tables, path->tables == 1 ? "table" : "tables");
}

const char *html_verdict_tone(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SOUND:
        return "good";
    case VERDICT_BROKEN:
        return "bad";
    case VERDICT_NOTHING_TO_VERIFY:
        return "none";
    case VERDICT_UNKNOWN:
        return "warn";
    }
    return "none";
}

const char *html_verdict_word(Verdict verdict)
{
    switch (verdict) {
    case VERDICT_SOUND:
        return "Sound";
    case VERDICT_BROKEN:
        return "Broken";
    case VERDICT_NOTHING_TO_VERIFY:
        return "Nothing to verify";
    case VERDICT_UNKNOWN:
        return "Unknown";
    }
    return "Unknown";
}

const char *html_outcome_tone(Outcome outcome)
{
    switch (outcome) {
    case OUTCOME_PASSED:
        return "good";
    case OUTCOME_FAILED:
    case OUTCOME_ERROR:
        return "bad";
    case OUTCOME_WARNED:
        return "warn";
    case OUTCOME_SKIPPED:
        return "none";
    }
    return "none";
}
