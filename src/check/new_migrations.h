#pragma once
/* The migrations of a candidate that the released image does not know. */

#include "model/observation.h"

/** In the order in which they run: files that the released image does not have, and repeatable ones
 * that changed. Of an image without files what its ledger does not know. Texts are cut: the first
 * lines are for a reader. */
void new_migrations_find(const Observation *seen, NewMigrationList *ret_list);
