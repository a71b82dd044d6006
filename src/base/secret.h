#pragma once
/* The values that no log, report or error may show. One register for the process. */

#include <stdbool.h>

#include "base/cleanup.h"

/** Remember a secret, and each longer line of one that has several. Shorter than 4 bytes, or a word
 * such as "true", is not kept: masking it would only garble the text. NULL is fine. */
void secret_add(const char *value);
/** Remember what is secret in a URL: its password, and the whole URL when it has one. */
void secret_add_url(const char *url);
/** Text with every secret replaced by "***", longest first; caller frees. */
MUST_USE char *secret_mask(const char *text);
/** Whether a name says that its value is secret: DB_PASSWORD, --auth-token, X-Api-Key. Wide: for
 * what must not be written. */
bool secret_is_name(const char *name);
/** Whether a value is too well known to be one, whatever name it stands under: a switch, a number
 * of five digits at most, root. */
bool secret_is_known_word(const char *value);
/** Forget all (tests, and the end of the program). */
void secret_clear(void);
