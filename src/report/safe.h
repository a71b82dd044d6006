#pragma once
/* Outside text made harmless once, for every rendering: secrets masked, control characters and
 * escape sequences gone, commands that CI runners take from anywhere in a line broken. Doing it
 * twice changes nothing. */

#include "base/list.h"

/** Several lines; NULL in, NULL out. Caller frees. */
MUST_USE char *safe_text(const char *text);
/** One line; NULL in, NULL out. Caller frees. */
MUST_USE char *safe_line(const char *text);
void safe_list(const StrList *from, StrList *ret_to);
