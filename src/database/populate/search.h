#pragma once
/* The search that begins where trying the combinations of what is plausible found none that pass in
 * every row that was asked about: rows are changed part by part, and the database says how far each
 * is from passing. */

#include "database/populate/plan.h"

/**
 * Combinations of the component's choices that pass its checks, new choices among them; bounded by
 * how many are tried. Those that pass in some rows stay where none is found that passes in all.
 *
 * @return NULL, also when none was found
 */
MUST_USE Error *pop_search(PopEngine *engine, const PopPlan *plan, PopComponent *component);
