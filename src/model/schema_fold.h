#pragma once
/* Differences that follow from another one. */

#include "model/schema.h"

/** Leave out what a child table has from its parent, and tell a sequence that changed hands as one
 * difference. */
void schema_fold(const Schema *a, const Schema *b, SchemaDiff *diff);
