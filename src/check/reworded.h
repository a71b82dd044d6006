#pragma once
/* Applied migrations that a candidate carries in other words, which change nothing. */

#include "model/observation.h"

/** Names of those of which only comments, a licence header or white space changed, and which the
 * migrator did not refuse for it: for a reader, they are no findings. Appended. */
void history_reworded(const Observation *seen, StrList *ret_names);
