#pragma once
/* The Postgres server of a trial: a throwaway one, which is a container on the trial's network, or
 * an existing one that a URL names. */

#include "database/copy.h"
#include "database/database.h"
#include "database/lock_watch.h"
#include "database/pg_db.h"
#include "model/lock_trace.h"
#include "model/statements.h"

#define PG_SERVER_ALIAS "database" /* its name on the trial's network */
#define PG_SERVER_PORT  5432
#define PG_DATABASE     "app" /* the application's database */

typedef struct PgServer PgServer;

/**
 * Start a server, wait until it is ready, make the application's role and database and run init.
 *
 * @param first  the trial's first server; NULL: this is it. The others are called "database-2"...
 * @param[out] ret_name  the database; caller frees
 * @return NULL; ERR_NOT_FOUND: no such image; ERR_INVALID: init or settings that the server
 * refuses, in its words; ERR_TIMEOUT and ERR_SYSTEM: it did not become ready, with the end of its
 * log
 */
MUST_USE Error *pg_server_start(const DatabaseContext *context, const DatabaseSpec *spec,
                                PgServer *first, Deadline dl, PgServer **ret_server,
                                char **ret_name);
/**
 * A second throwaway server with all that another has at this moment, but no database beside the
 * one. Nobody may be writing.
 *
 * @param context  of the caller's lane
 */
MUST_USE Error *pg_server_clone(const DatabaseContext *context, PgServer *origin,
                                const char *database, Deadline dl, PgServer **ret_server);
/** The same, to be cloned later: made over an engine connection of its own, from any lane. */
MUST_USE Error *pg_server_keep(PgServer *origin, const char *database, Deadline dl,
                               PgServer **ret_server);
/** Fill a database of one throwaway server, anew, with the content of one of another that has the
 * same roles: pg_dump and pg_restore of the image. */
MUST_USE Error *pg_server_refill(const DatabaseContext *context, const PgServer *from,
                                 const char *origin, PgServer *to, const char *database,
                                 Deadline dl);

/* A run of the tools of the server's image, beside a throwaway server. All borrowed. */
typedef struct PgHelp {
    const char *name, *what;   /* of the container, and for progress */
    const char *script;        /* for sh; the database is $SEATRIAL_TO, an URL for the superuser */
    const char *from_url;      /* $SEATRIAL_FROM; NULL none */
    const VolumeCopy *archive; /* unpacked first, in its folder, and read as root; NULL none */
} PgHelp;

/** @param[out] ret_id  of the container, which has ended; caller frees, as what follows
 * @param[out] ret_log  the end of what it wrote */
MUST_USE Error *pg_server_help(const DatabaseContext *context, PgServer *server,
                               const char *database, const PgHelp *help, Deadline dl,
                               int *ret_status, char **ret_id, char **ret_log);
/** What all its databases share (pg_cluster_read); nothing for an existing server. */
MUST_USE Error *pg_server_state(const PgServer *server, Deadline dl, StrList *ret_lines);
/** Whether that is what it was once it was provisioned, and a fresh database on it is as good as
 * one on a server of its own. Existing servers are taken as they are. */
bool pg_server_was_new(const PgServer *server, const StrList *state);
/** Whether init can run on it once more: it made no role. */
bool pg_server_takes_another(const PgServer *server);
/**
 * Use the existing server of spec->url: nothing is made on it yet.
 *
 * @return NULL; ERR_INVALID: no such URL; ERR_CONFLICT, ERR_DENIED: as pg_url_check
 */
MUST_USE Error *pg_server_use(const DatabaseContext *context, const DatabaseSpec *spec, Deadline dl,
                              PgServer **ret_server);
/**
 * A further empty database of the application, with init run in it. On an existing server it is
 * known to the teardown before it is there, and says in a comment whose it is.
 *
 * @param[out] ret_name  caller frees
 */
MUST_USE Error *pg_server_database(PgServer *server, const DatabaseSpec *spec, Deadline dl,
                                   char **ret_name);

/** What outlives the sessions of those who worked in a database. */
typedef struct Held {
    StrList sessions; /* "advisory lock 42 of a session of role app (pooler)" */
    StrList prepared; /* transactions: "'move-1' of role app" */
} Held;

/** Ask when nobody is at work any more; sessions get a moment to end. Clear it. */
MUST_USE Error *pg_server_held(const PgServer *server, const char *database, Deadline dl,
                               Held *ret_held);
/** The same, and who is still connected is sent away: nobody holds a lock then but a prepared
 * transaction. */
MUST_USE Error *pg_server_leave(const PgServer *server, const char *database, Deadline dl,
                                Held *ret_held);
void held_clear(Held *held);
DEFINE_AUTO_VALUE(held, Held, held_clear)
/** Whether it is a container of the trial, and not an existing server. */
bool pg_server_is_ours(const PgServer *server);
/** A copy of a database on the same server; who is still connected to it is given a moment, and
 * then sent away. @param[out] ret_name caller frees */
MUST_USE Error *pg_server_branch(PgServer *server, const char *origin, Deadline dl,
                                 char **ret_name);
/** Drop a database of it. */
MUST_USE Error *pg_server_drop(const PgServer *server, const char *database, Deadline dl);
/** One more user of the server: each ends with pg_server_free. */
PgServer *pg_server_share(PgServer *server);
/** As superuser, or as the URL's role, in the database of that name, from here. Clear it. */
void pg_server_target(const PgServer *server, const char *database, PgTarget *ret_target);
/** How the application in a container reaches a database: its url too. Clear it. */
void pg_server_app_target(const PgServer *server, const char *database, PgTarget *ret_target);
/** Lines for the /etc/hosts of a container that uses it: "host.docker.internal:host-gateway".
 * Borrowed; empty for most. */
const StrList *pg_server_hosts(const PgServer *server);
const Cancel *pg_server_cancel(const PgServer *server); /* borrowed */
/** A mark in the server's log, from which on statements can be read. Caller frees. */
MUST_USE Error *pg_server_mark(PgServer *server, Deadline dl, char **ret_mark);
/**
 * The statements in a database since a mark.
 *
 * @param engine  open client
 * @param[out] ret_known  false when the log does not hold the mark (any more)
 */
MUST_USE Error *pg_server_statements(PgServer *server, Engine *engine, const char *database,
                                     const char *mark, StatementScope scope, Deadline dl,
                                     StatementList *ret_statements, bool *ret_known);
/** Watch the table locks in a database that is to be spoilt. @param[out] ret_watch  untouched for
 * an existing server, whose log is not ours to read */
MUST_USE Error *pg_server_watch(PgServer *server, const char *database, Deadline dl,
                                LockWatch *ret_watch);
/** The locks since then. @param[out] ret_known  as of pg_server_statements */
MUST_USE Error *pg_server_locks(PgServer *server, Engine *engine, const char *database,
                                const LockWatch *watch, Deadline dl, LockTrace *ret_trace,
                                bool *ret_known);
void pg_server_free(PgServer *server);
DEFINE_AUTO(pg_server, PgServer *, pg_server_free)
