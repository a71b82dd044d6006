#pragma once
/* The functions that expressions of expr.h call in SQLite. */

#include "database/sqlite_db.h"

/** Known on this connection from now on. */
MUST_USE Error *sqlite_functions_add(SqliteDb *db);
