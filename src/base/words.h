#pragma once
/* Commands given as text, split as a shell splits words. */

#include "base/list.h"

/**
 * Split text at blanks, with '…', "…" and backslash quoting as in POSIX sh, and nothing expanded.
 *
 * @param[out] ret_words  the words; untouched on error
 * @return NULL, or ERR_INVALID: a quote that is not closed, a backslash at the end
 */
MUST_USE Error *words_split(const char *text, StrList *ret_words);

/** The words as one line that a shell would split into them again; caller frees. */
MUST_USE char *words_join(const StrList *words);
