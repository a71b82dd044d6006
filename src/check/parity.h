#pragma once
/* The two roads to a candidate, upgrade and fresh install, and whether they end alike. */

#include "check/differences.h"
#include "model/observation.h"

/** NULL when both ends are known, else why not; the caller owns it. */
MUST_USE char *parity_unknown(const Observation *seen);
/** Differences from upgraded to fresh; both are known. Ledgers, their locks, comments, and what a
 * backup brought and nobody touched are left out. */
void parity_find(const Observation *seen, SchemaDiff *ret_diff);
/** Whether a migration's text names the object of a difference. */
bool parity_names(const MigrationFile *file, const SchemaDifference *difference);
/** The migration that a difference most likely comes of: among those that name it one whose text
 * is not the released one, else one that did not run in the upgrade, else the last. NULL: none
 * names it. Borrowed. */
const MigrationFile *parity_migration(const Observation *seen, const SchemaDifference *difference);
