#pragma once
/* In which order tables are filled. */

#include "database/populate/model.h"

/** The next table, after those that it refers to. In a circle of tables one has to begin: what it
 * refers to is marked to be set later. NULL when all are done. Borrowed. */
PopTable *pop_next(PopModel *model);
