#pragma once
/* A dump in plain SQL, run statement by statement as psql runs it: the data behind COPY included,
 * and whatever its size. */

#include "database/pg_db.h"

/**
 * Run it to the first statement that fails, over a connection of its own. What a dump says of
 * owners and rights is left out, and what it says of things that no plain role owns (the schema
 * public, extensions).
 *
 * @param target  whose role runs it; the database
 * @return NULL; ERR_INVALID "line 12: relation ... already exists", or that its end is missing;
 * as pg_query
 */
MUST_USE Error *pg_feed(const PgTarget *target, const Cancel *cancel, const char *path,
                        Deadline dl);
