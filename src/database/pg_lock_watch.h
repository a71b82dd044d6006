#pragma once
/* Watching the table locks of migrations: event triggers in a database that is theirs to spoil
 * write to the server's log what the session holds around each command that changes the schema, and
 * how many rows it has read. */

#include "database/pg_db.h"
#include "database/pg_lock_log.h"

/**
 * Begin. The function is in pg_catalog, where no migrator looks.
 *
 * @param db  as superuser, in the database
 * @param[out] ret_watch  with the tables that are there now, and no mark; untouched on error
 * @return as pg_run
 */
MUST_USE Error *pg_lock_watch(PgDb *db, LockWatch *ret_watch);
