#pragma once
/* What connecting and querying share. */

#include "database/pg_db.h"

/** Until the connection's socket is ready, the flag is raised or the time is up. */
MUST_USE Error *pg_await(PgDb *db, short events);
/** Why the connection is broken, in libpq's words. */
MUST_USE Error *pg_broken(const PgDb *db);
