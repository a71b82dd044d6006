#pragma once
/* A throwaway Postgres server: one container on the trial's network. */

#include "database/database.h"
#include "database/pg_db.h"

#define PG_SERVER_ALIAS "database" /* its name on the trial's network */
#define PG_SERVER_PORT  5432
#define PG_DATABASE     "app" /* the application's database */

typedef struct PgServer PgServer;

/**
 * Start a server, wait until it is ready, make the application's role and database and run init.
 *
 * @return NULL; ERR_NOT_FOUND: no such image; ERR_INVALID: init or settings that the server
 * refuses, in its words; ERR_TIMEOUT and ERR_SYSTEM: it did not become ready, with the end of its
 * log
 */
MUST_USE Error *pg_server_start(const DatabaseContext *context, const DatabaseSpec *spec,
                                Deadline dl, PgServer **ret_server);
/** One more user of the server: each ends with pg_server_free. */
PgServer *pg_server_share(PgServer *server);
/** As superuser in the database of that name, from here. Clear it. */
void pg_server_target(const PgServer *server, const char *database, PgTarget *ret_target);
/** How the application in a container reaches a database. Clear it. */
void pg_server_app_target(const PgServer *server, const char *database, PgTarget *ret_target);
/** A name for a further database: "copy_1", "copy_2"... Thread-safe; caller frees. */
MUST_USE char *pg_server_new_name(PgServer *server);
const Cancel *pg_server_cancel(const PgServer *server); /* borrowed */
void pg_server_free(PgServer *server);
DEFINE_AUTO(pg_server, PgServer *, pg_server_free)
