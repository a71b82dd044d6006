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
void screen_clear(Screen *screen);
DEFINE_AUTO_VALUE(screen, Screen, screen_clear)

Tone verdict_tone(Verdict verdict);
/** "SOUND", "BROKEN", "NOTHING TO VERIFY", "UNKNOWN" */
const char *verdict_shout(Verdict verdict);
