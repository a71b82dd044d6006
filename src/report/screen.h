#pragma once
/* Lines for a terminal or a CI log, from texts that are safe already (report/safe.h). No line
 * begins like a workflow command, whatever it is made of and wherever it is wrapped. */

#include "base/buffer.h"
#include "report/render.h"

typedef enum Tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_WARN, TONE_DIM, TONE_STRONG } Tone;

typedef struct Screen {
    FILE *out;
    const RenderOptions *options;
    Buf line;       /* under way */
    size_t columns; /* that it shows */
    bool in_group;  /* of GitHub's log */
} Screen;

/** Append to the line under way. */
void screen_put(Screen *screen, Tone tone, const char *text);
void screen_putf(Screen *screen, Tone tone, const char *fmt, ...) PRINTF(3, 4);
/** Blanks up to a column. */
void screen_tab(Screen *screen, size_t column);
/** Append words, wrapped at the width and indented as far as the column where they begin. */
void screen_wrap(Screen *screen, Tone tone, const char *text);
/** End the line. */
void screen_end(Screen *screen);
/** Foreign lines, each behind a bar. */
void screen_quote(Screen *screen, size_t indent, const char *text);
/** Begin a part that the log of a CI job folds. GitHub's neither nest nor begin unfolded: such a
 * one is none there.
 * @param name  letters, digits and _ alone; unique in the log
 * @param title  one line, safe already
 * @return false: no part was begun and nothing was written */
bool screen_open(Screen *screen, const char *name, const char *title, int64_t began_wall_ms,
                 bool folded);
/** End the part that was begun last. */
void screen_close(Screen *screen, const char *name, int64_t ended_wall_ms);
void screen_clear(Screen *screen);
DEFINE_AUTO_VALUE(screen, Screen, screen_clear)

Tone verdict_tone(Verdict verdict);
/** "SOUND", "BROKEN", "NOTHING TO VERIFY", "UNKNOWN" */
const char *verdict_shout(Verdict verdict);
