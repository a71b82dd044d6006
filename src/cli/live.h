#pragma once
/* What goes on just now, at the bottom of a terminal and redrawn in place: a line for each, with
 * its time and, of transfers and builds, a bar. Lines that are said meanwhile go above it. From any
 * thread. */

#include <stdint.h>
#include <stdio.h>

#include "base/cleanup.h"

typedef struct Live Live;

/** @param out  a terminal; borrowed */
MUST_USE Live *live_new(FILE *out);
/** What is a clean line of text; it is known by it until its end. */
void live_begin(Live *live, const char *what);
/** How far it is. @param text  the same in words: "3.1 MiB of 27 MiB" */
void live_move(Live *live, const char *what, int64_t done, int64_t total, const char *text);
void live_end(Live *live, const char *what);
/** A line above what goes on. */
void live_print(Live *live, const char *line);
/** Erases what goes on; NULL is fine. */
void live_free(Live *live);
DEFINE_AUTO(live, Live *, live_free)
