#pragma once
/* Steps of the filling that stand alone. */

#include "database/populate/plan.h"

typedef struct PopFiller {
    PopEngine *engine;
    const PopulateSpec *spec;
    PopModel *model;
    PopulateResult *result;
    bool unchecked; /* the engine does not check keys itself now */
} PopFiller;

/** Whether rows of the table refer to nothing, by the keys that are set by now. */
MUST_USE Error *pop_has_orphans(PopFiller *filler, const PopTable *table, bool all, bool *ret_has);
/** Second step: references that had to wait. */
MUST_USE Error *pop_set_later(PopFiller *filler);
