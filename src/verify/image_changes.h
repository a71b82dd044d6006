#pragma once
/* What a user of the old image gets with the new one beside other code: for the report. */

#include "engine/engine.h"
#include "model/migration_set.h"
#include "model/report.h"

/** Compare what two images say of themselves. Values of the environment that look secret are "***",
 * long ones are cut. */
void image_changes(const EngineImage *before, const EngineImage *after, ImageChangeList *list);
/** The number of migration files, where both images have some and it differs. */
void image_changes_files(const MigrationSet *before, const MigrationSet *after,
                         ImageChangeList *list);
