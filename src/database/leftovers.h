#pragma once
/* Tables that a migration left behind, known by the names that tools give them. */

#include "model/snapshot.h"

/** One fault a table. @param schema  sorted */
void leftovers_find(const Schema *schema, FaultList *faults);
