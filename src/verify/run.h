#pragma once
/* One container run: created, started, awaited, killed at the timeout, read. */

#include "database/database.h"
#include "engine/ready.h"
#include "verify/session.h"

typedef struct RunSpec {
    const char *step;         /* "old-migrate", "new-migrate"... */
    const char *path_id;      /* for progress */
    const char *image;        /* reference, for the report */
    const EngineImage *facts; /* of the image */
    const StrList *words;     /* command; empty: the image's own */
    const RunSettings *settings;
    const char *workdir; /* where the settings give none; NULL: the image's own */
    Database *database;
    const DatabaseSpec *database_spec;
    const ReadySpec *ready; /* an application that goes on running; NULL: run to its end */
    const char *network;    /* id, or ENGINE_NO_NETWORK */
    const char *name;       /* container name */
} RunSpec;

/**
 * Run it. However the command ends is a Step, never an Error.
 *
 * @param[out] ret_strays  SQLite-looking files that it wrote outside its volumes, appended; may be
 * NULL
 * @return NULL, or Error when the engine failed or the run was cancelled
 */
MUST_USE Error *run_container(Session *session, const RunSpec *spec, Step *ret_step,
                              StrList *ret_strays);
