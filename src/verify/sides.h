#pragma once
/* Two databases to compare: files, URLs, or what images' migrations make. */

#include "base/cancel.h"
#include "base/progress.h"
#include "config/config.h"
#include "model/schema_statement.h"
#include "model/snapshot.h"

typedef struct Side {
    char *name; /* "notes.db", "database notes at db:5432", an image's reference */
    char *what; /* "SQLite file", "Postgres database", "image, on an empty sqlite /app.db" */
    SchemaDialect dialect;
    Snapshot snapshot; /* of a database by URL no more than schema and ledgers */
} Side;

/**
 * Read both. Nothing of the user's is changed: of a file a copy is read, of a server in a
 * transaction that only reads; an image's migrations run on an empty database of the settings'
 * kind.
 *
 * @param places  paths of SQLite files, postgres:// URLs, image references
 * @param[out] ret_sides  two, cleared by the caller, also on error
 * @param warnings  appended to
 * @return NULL; ERR_INVALID: they cannot be compared, a file is no database, no kind of database is
 * set for an image; else what kept one from being read
 */
MUST_USE Error *sides_read(const Config *config, const Cancel *cancel, const Progress *progress,
                           const char *const places[2], Side ret_sides[2], StrList *warnings);
void side_clear(Side *side);
