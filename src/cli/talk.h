#pragma once
/* Progress on stderr: a line a step, as it ends, and on a terminal what goes on just now;
 * containers' output with -v; nothing with -q. */

#include "base/progress.h"
#include "config/config.h"

typedef struct Talk Talk;

/** Says as much as the settings ask for. */
MUST_USE Talk *talk_new(const Config *config);
const Progress *talk_progress(const Talk *talk); /* borrowed */
/** Say something that must be known, also with -q. */
void talk_warn(Talk *talk, const char *text);
/** All that was begun has ended, or never will: the terminal is free for results. */
void talk_rest(Talk *talk);
void talk_free(Talk *talk);
DEFINE_AUTO(talk, Talk *, talk_free)

/** Colour for a stream: "always", "never", or "auto": a terminal, and NO_COLOR not set. */
bool talk_color(const char *color, FILE *stream);
/** Columns of the terminal behind a stream; 0 when it is none. */
int talk_width(FILE *stream);
