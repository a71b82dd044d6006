#pragma once
/* What a ledger tells of history where nobody can read the migrations: those of a compiled program.
 */

#include "model/observation.h"

/** New migrations that were applied behind later ones of the old release, by their numbers: a
 * warning for each ledger. @return whether there was one */
bool history_by_ledgers(const Observation *seen, FindingList *findings);
