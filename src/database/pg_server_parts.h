#pragma once
/* What the files of a Postgres server share. */

#include <stdatomic.h>

#include "database/pg_server.h"
#include "database/pg_url.h"

#define PG_SUPERUSER "postgres"
#define PG_APP_ROLE  "app"
#define PG_LOG_TAIL  4096 /* bytes of a log that an error quotes */
/* Own folder on a tmpfs: the official image declares a volume where its data usually is, and moved
 * it in 18. Source: docker-library/postgres, Dockerfile */
#define PG_DATA_TMPFS  "/seatrial"
#define PG_DATA_FOLDER PG_DATA_TMPFS "/pgdata"

struct PgServer {
    atomic_int users, databases, servers, marks; /* servers: of the trial, counted on the first */
    PgServer *first;                             /* of the trial's servers, shared; NULL: itself */
    int number;                                  /* among them, from 1 */
    DatabaseSpec spec;                           /* borrowed */
    StrList initial;                             /* state of the cluster once it was provisioned */
    bool init_is_local;      /* init changed nothing beyond its database: it can run again */
    DatabaseContext context; /* its parts are borrowed, but for the name */
    char *name;              /* the context's */
    char *container;         /* NULL: an existing server */
    PgUrl url;               /* of an existing server */
    PgTarget admin;          /* as superuser, or as the URL's role, from here */
    PgTarget app;            /* where the application finds it; no database yet */
    StrList hosts;
};

/** "database", "database-2"...: on the trial's network. Caller frees. */
MUST_USE char *pg_server_alias(const PgServer *server);
/** One that has no container yet. @param first  the trial's first server; NULL: this is it */
PgServer *pg_server_new(const DatabaseContext *context, const DatabaseSpec *spec, PgServer *first);
/** What the image runs as it is, and its words after ours: {"docker-entrypoint.sh", "postgres"...}
 */
MUST_USE Error *pg_server_entrypoint(const PgServer *server, Deadline dl, StrList *ret_words);
/** @param entrypoint  instead of the image's; NULL: that */
MUST_USE Error *pg_server_create(PgServer *server, const StrList *entrypoint,
                                 const StrMap *more_env, Deadline dl);
/** Start its container and await it. */
MUST_USE Error *pg_server_await(PgServer *server, Deadline dl);
/** A connection as superuser, to the database postgres. */
MUST_USE Error *pg_server_admin(const PgServer *server, Deadline dl, PgDb *ret_admin);
/** What all its databases share. */
MUST_USE Error *pg_server_cluster(const PgServer *server, Deadline dl, StrList *ret_lines);
/** The application's role. */
MUST_USE Error *pg_server_role(PgServer *server, const DatabaseSpec *spec, Deadline dl);
