#pragma once
/* The schema of a Postgres database out of its catalogs. */

#include "database/pg_db.h"
#include "model/schema.h"

/**
 * Everything that users made: not the system's, not what belongs to an extension. Names that the
 * server generates (of constraints, of most indexes) are replaced by columns, sequences that
 * columns own are attributes of these, and what a partition or a child has from its parent is left
 * out, so that a dump that is restored, and a table that is renamed, read the same.
 *
 * @param unseen  gets what could not be read, and why
 * @param[out] ret_schema  sorted; untouched on error
 */
MUST_USE Error *pg_schema_read(PgDb *db, StrList *unseen, Schema *ret_schema);
