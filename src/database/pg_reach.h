#pragma once
/* Ways from here to a server in a container; the first that answers is used. */

#include "database/database.h"
#include "database/pg_db.h"

/**
 * Try, every few milliseconds, in this order: the published port on loopback, the container's
 * address, the server's name on the trial's network (joined when this process runs in a container),
 * the published port of the engine's host, until one answers SELECT 1.
 *
 * @param alias  the server's name on the trial's network
 * @param[in,out] target  user, password and database are given; host and port are filled in
 * @return NULL; ERR_SYSTEM: the container ended; ERR_TIMEOUT: lists the ways that were tried and
 * why each failed; ERR_CANCELLED
 */
MUST_USE Error *pg_reach_wait(const DatabaseContext *context, const char *container,
                              const char *alias, int port, Deadline dl, PgTarget *target);
