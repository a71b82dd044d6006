#pragma once
/* What an edit of an applied migration can change. */

#include "model/migration_set.h"

/** Whether all that differs between two texts of a migration is schema, which a comparison of
 * schemas shows; false as well where that cannot be told. Both have a text. */
bool edit_is_of_schema(const MigrationFile *old, const MigrationFile *new);
