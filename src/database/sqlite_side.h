#pragma once
/* An SQLite file as one of two databases that are compared. */

#include "database/copy.h"
#include "database/data_side.h"

/** @param snapshot  of this copy; borrowed. @return NULL, or as sqlite_snapshot */
MUST_USE Error *sqlite_side_open(const VolumeCopy *copy, const DatabaseSpec *spec,
                                 const Snapshot *snapshot, const Cancel *cancel, Deadline dl,
                                 DataSide **ret_side);
