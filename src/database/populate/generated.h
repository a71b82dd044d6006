#pragma once
/* Columns that the database computes from others: what checks and keys ask of them, they ask of the
 * columns that they are computed from. */

#include "database/populate/model.h"

/** Replace generated columns in the table's checks and keys by their sources. */
void pop_generated_resolve(PopTable *table);
