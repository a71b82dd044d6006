#include <string.h>

#include "engine/internal.h"

void lines_init(Lines *lines, const Progress *progress, const char *what)
{
    lines->progress = progress;
    lines->what = what;
    lines->step_of = NULL;
    lines->returned = false;
    lines->len = 0;
}

static void show_step(const Lines *lines)
{
    ProgressEvent event = {.kind = PROGRESS_STEPS, .what = lines->what};

    if (lines->step_of && lines->step_of(lines->text, &event.done_steps, &event.total_steps))
        progress_emit(lines->progress, event);
}

static void show(Lines *lines)
{
    lines->text[lines->len] = '\0';
    lines->len = 0;
    lines->returned = false;
    progress_emit(lines->progress,
                  (ProgressEvent){.kind = PROGRESS_LOG, .what = lines->what, .text = lines->text});
    show_step(lines);
}

void lines_feed(Lines *lines, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] == '\n') {
            show(lines);
            continue;
        }
        if (bytes[i] == '\r') {
            lines->returned = true;
            continue;
        }
        if (lines->returned) /* what follows is written over it, as a terminal shows it */
            lines->len = 0;
        lines->returned = false;
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
