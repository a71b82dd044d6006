#pragma once
/* An existing Postgres server that a URL names: databases with names of ours are made there, used
 * and dropped, and nothing else of it is touched. */

#include "base/json.h"
#include "database/database.h"
#include "database/pg_db.h"

/* What a URL says, as libpq reads it. Everything owned. */
typedef struct PgUrl {
    char *text; /* the URL */
    char *host; /* a name or an address: containers do not reach a socket */
    int port;
    char *user, *password; /* NULL: the environment's (PGUSER, PGPASSWORD, .pgpass) */
    char *query;           /* "sslmode=require": what it has behind the '?' beside the above; "" */
    bool loopback;         /* the host is this machine, which in a container is another */
} PgUrl;

/** @return NULL, or ERR_INVALID "database.url: ..." that never quotes the URL */
MUST_USE Error *pg_url_parse(const char *url, PgUrl *ret_url);
void pg_url_clear(PgUrl *url);
DEFINE_AUTO_VALUE(pg_url, PgUrl, pg_url_clear)
/** "db.example.com:5432", "[::1]:5432"; caller frees. */
MUST_USE char *pg_url_peer(const PgUrl *url);
/** The URL by which an application reaches one database there; caller frees. */
MUST_USE char *pg_url_of_database(const PgUrl *url, const char *host, const char *user,
                                  const char *password, const char *database);

/**
 * Connect to where databases are made from: the URL's own database, else "postgres".
 *
 * @return NULL, or as pg_db_open, naming the server
 */
MUST_USE Error *pg_url_open(const PgUrl *url, const Cancel *cancel, Deadline dl, PgDb *ret_admin);
/** What is needed of server and role. @return NULL; ERR_CONFLICT: the server is older than 12;
 * ERR_DENIED: the role may not create databases; or as pg_query */
MUST_USE Error *pg_url_check(const PgUrl *url, PgDb *admin);
/** All of this, for a person: "PostgreSQL 15.4 at db:5432, where role app may create databases".
 * Caller frees. */
MUST_USE Error *pg_url_look(const char *url, const Cancel *cancel, Deadline dl, char **ret_found);

/**
 * Databases that runs of this program made on the server, for the sweep: objects with Name and
 * Labels, as the engine lists its own. Known by name and comment, and only those that the URL's
 * role may drop.
 */
MUST_USE Error *pg_url_list(const char *url, const Cancel *cancel, Deadline dl, cJSON **ret_list);
/** Drop one and end the sessions in it; absent is fine. */
MUST_USE Error *pg_url_drop(const char *url, const char *database, const Cancel *cancel,
                            Deadline dl);
/** The comment that tells the sweep whose a database is. */
MUST_USE Error *pg_url_label(PgDb *admin, const char *database, const StrMap *labels);
