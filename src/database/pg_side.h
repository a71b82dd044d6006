#pragma once
/* A Postgres database as one of two that are compared. */

#include "database/data_side.h"
#include "database/pg_db.h"

/** @param snapshot  of this database; borrowed. @return NULL, or as pg_db_open */
MUST_USE Error *pg_side_open(const PgTarget *target, const Snapshot *snapshot, const Cancel *cancel,
                             Deadline dl, DataSide **ret_side);
