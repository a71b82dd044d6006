#pragma once
/* Outside text made harmless once, for every rendering: secrets masked, control characters and
 * escape sequences gone, commands that CI runners take from anywhere in a line broken. Doing it
 * twice changes nothing. */

#include "base/list.h"

/** Several lines, none of which begins like a workflow command; NULL in, NULL out. Caller frees. */
MUST_USE char *safe_text(const char *text);
/** One line, which goes behind something of ours; NULL in, NULL out. Caller frees. */
MUST_USE char *safe_line(const char *text);
void safe_list(const StrList *from, StrList *ret_to);
/** Whether a line begins like a workflow command. Runners trim blanks of every alphabet before they
 * look for the two colons, so all that is not plainly visible ASCII is passed over, and our own
 * colour codes. Source: actions/runner, ActionCommand.TryParseV2 */
bool safe_is_command(const char *line);
