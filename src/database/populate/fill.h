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

/** Rows that the table has now. */
MUST_USE Error *pop_count_rows(PopFiller *filler, const PopTable *table, int64_t *ret_rows);
/** Make a table's rows. A failure of one table is its reason, whatever step it came from. */
MUST_USE Error *pop_fill_table(PopFiller *filler, PopTable *table);
/** Whether rows of the table refer to nothing, by the keys that are set by now. */
MUST_USE Error *pop_has_orphans(PopFiller *filler, const PopTable *table, bool all, bool *ret_has);
/** What refers to nothing when all is set goes, and what refers to that. */
MUST_USE Error *pop_remove_orphans(PopFiller *filler);
/** Second step: references that had to wait, and wait no longer. */
MUST_USE Error *pop_set_later(PopFiller *filler);
