#pragma once
/* A backup as the first content of a database on a Postgres server. */

#include "database/pg_server.h"

/**
 * Restore, by psql or pg_restore of a throwaway server's image, or from here into a server that
 * exists. What the backup says of owners and rights
 * is left out: all that it makes is the application's.
 *
 * @param context  of the caller's lane
 * @param backup  SQL, or a dump of pg_dump: a custom or tar file, or a folder
 * @return NULL; ERR_INVALID, in the tools' words: the backup cannot be read, is damaged, empty, or
 * does not fit this server; ERR_SYSTEM, ERR_TIMEOUT, ERR_CANCELLED
 */
MUST_USE Error *pg_restore(const DatabaseContext *context, PgServer *server, const char *database,
                           const char *backup, Deadline dl);
