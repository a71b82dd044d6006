#pragma once
/* Messages with names in them, found in a line of a log: "NOT NULL constraint failed: %f".
 *
 *   %t  a table, perhaps qualified and quoted: notes, main.notes, "public"."notes", [notes]
 *   %c  a column, perhaps quoted
 *   %f  a table's column: notes.owner, "notes"."owner"; a column alone is accepted
 *   %l  a list of them: users.org, users.email: the first one counts
 *   %n  any other name, perhaps qualified and quoted
 *   %v  a variable's name: DATABASE_URL
 *   %d  digits
 *   %w  anything up to a blank
 *   %e  a stretch of the line, as short as possible, at most PATTERN_STRETCH_MAX bytes
 *   %*  the rest of the line
 *
 * A blank stands for any number of blanks; letters match whatever their case. */

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

#define PATTERN_STRETCH_MAX 200

typedef struct PatternMatch {
    size_t at, len;              /* bytes of the line */
    char *table, *column, *name; /* owned; NULL where the pattern has none */
} PatternMatch;

/** The first place of the line where the pattern fits, at the start of a word.
 * @return false, and ret_match untouched, when there is none */
bool pattern_find(const char *line, const char *pattern, PatternMatch *ret_match);
void pattern_match_clear(PatternMatch *match);
DEFINE_AUTO_VALUE(pattern_match, PatternMatch, pattern_match_clear)
