#pragma once
/* Whether words may be written into a file that is committed: what looks like a credential may not.
 */

#include "base/list.h"

/**
 * Judge one text, which may be a line of the shell.
 *
 * @param secrets  values that are known to be secret; NULL: none
 * @return false when there is in it a secret, a login before an @, a value of an option, variable,
 * field or header whose name says that it is secret, a password of a client's -p, -a or -u, or a
 * run of letters and digits that nobody writes by hand
 */
bool screen_text(const StrList *secrets, const char *text);
/** The same of the words of a command, where a value may be the word after its option. */
bool screen_words(const StrList *secrets, const StrList *words);
/** An image reference with nothing else in it: no login, no variable. */
bool screen_image(const char *image);
