#pragma once
/* SQL of the user's, run on an open SQLite file. */

#include "database/sqlite_db.h"

/**
 * Run statements up to the first that fails.
 *
 * @param what  names the script in errors
 * @param line  of its first, from 1
 * @return NULL, or ERR_INVALID "seed.sql:3: no such table: notes"
 */
MUST_USE Error *sqlite_script_run(SqliteDb *db, const char *what, const char *script, size_t line);
