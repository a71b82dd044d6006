/* The lines of a log that a finding quotes. */

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"
#include "check/compose.h"

enum { LINES_AT_END = 30, LINES_ABOVE = 4, LINES_BELOW = 6, LINE_CAP_BYTES = 500 };

/* Index of the first of the last lines that fit into the room. */
static size_t last_lines(const StrList *lines, size_t room_bytes)
{
    size_t start = lines->len;

    while (start > 0 && lines->len - start < LINES_AT_END) {
        size_t len = strlen(lines->items[start - 1]) + 1;

        if (len > LINE_CAP_BYTES + 1)
            len = LINE_CAP_BYTES + 1;
        if (len > room_bytes)
            break;
        room_bytes -= len;
        start--;
    }
    return start;
}

static void add_line(Buf *out, const char *line)
{
    AUTO(str) char *capped = text_capped(line, LINE_CAP_BYTES);

    buf_addf(out, "%s%s", out->len > 0 ? "\n" : "", capped);
}

char *evidence_excerpt(const char *log, const Evidence *evidence, size_t max_bytes)
{
    const size_t around = LINES_ABOVE + 1 + LINES_BELOW;
    size_t len = strlen(log ? log : "");
    AUTO(str) char *text = NULL;
    AUTO(str_list) StrList lines = {0};
    AUTO(buf) Buf out = {0};
    size_t start;

    while (len > 0 && isspace((unsigned char)log[len - 1]))
        len--;
    if (len == 0)
        return xstrdup("");
    text = xstrndup(log, len);
    str_list_split(text, '\n', &lines);
    /* the evidence and its neighbours keep their part of the room, the end of the log gets the rest
     */
    start = last_lines(&lines, max_bytes > 2 * around * LINE_CAP_BYTES
                                   ? max_bytes - around * LINE_CAP_BYTES
                                   : max_bytes / 2);
    if (evidence->message && evidence->line < start) {
        size_t first = evidence->line > LINES_ABOVE ? evidence->line - LINES_ABOVE : 0;

        for (size_t i = first; i < start && i < first + around; i++)
            if (out.len + strlen(lines.items[i]) < max_bytes / 2 || i == evidence->line)
                add_line(&out, lines.items[i]);
        if (first + around < start)
            add_line(&out, "[...]");
    }
    for (size_t i = start; i < lines.len; i++)
        add_line(&out, lines.items[i]);
    return buf_take(&out);
}
