#pragma once
/* The values that no log, report or error may show. One register for the process. */

#include "base/cleanup.h"

/** Remember a secret, and each longer line of one that has several. Shorter than 4 bytes, or a word
 * such as "true", is not kept: masking it would only garble the text. NULL is fine. */
void secret_add(const char *value);
/** Remember what is secret in a URL: its password, and the whole URL when it has one. */
void secret_add_url(const char *url);
/** Text with every secret replaced by "***", longest first; caller frees. */
MUST_USE char *secret_mask(const char *text);
/** Forget all (tests, and the end of the program). */
void secret_clear(void);
