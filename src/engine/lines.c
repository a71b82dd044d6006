#include <string.h>

#include "engine/internal.h"

void lines_init(Lines *lines, const Progress *progress, const char *what)
{
    lines->progress = progress;
    lines->what = what;
    lines->len = 0;
}

static void show(Lines *lines)
{
    lines->text[lines->len] = '\0';
    lines->len = 0;
    progress_emit(lines->progress,
                  (ProgressEvent){.kind = PROGRESS_LOG, .what = lines->what, .text = lines->text});
}

void lines_feed(Lines *lines, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n') {
            show(lines);
            continue;
        }
        /* the event's text is NUL-terminated: a NUL would hide what follows it */
        lines->text[lines->len++] = bytes[i] ? bytes[i] : ' ';
        if (lines->len == sizeof lines->text - 1)
            show(lines);
    }
}

void lines_end(Lines *lines)
{
    if (lines->len > 0)
        show(lines);
}
