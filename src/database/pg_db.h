#pragma once
/* A connection to Postgres whose waits end at a deadline or a signal. */

#include <libpq-fe.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/list.h"

enum {
    PG_RESULT_MAX = 256 << 20, /* bytes of one result that are kept in memory */
    PG_TEXT_MAX = 1 << 20,     /* of one definition that is compared */
};

/* Where a database is. Everything owned. */
typedef struct PgTarget {
    char *host; /* name, address or folder of a unix socket */
    int port;
    char *user, *password, *database;
    char *url; /* that the user gave: in place of the above, but for database when it is set */
} PgTarget;

void pg_target_copy(const PgTarget *from, PgTarget *ret_to);
void pg_target_clear(PgTarget *target);
DEFINE_AUTO_VALUE(pg_target, PgTarget, pg_target_clear)

typedef struct PgDb {
    PGconn *conn;
    const Cancel *cancel; /* borrowed; may be NULL */
    Deadline deadline;    /* of every wait; may be set anew */
    char state[6];        /* SQLSTATE of the last refusal, "" when there was none */
} PgDb;

/**
 * Connect, and set what our own reading needs, whatever the server, the database and the role have
 * set: UTF-8, ISO dates in UTC, an empty search path, no time limits.
 *
 * @param[out] ret_db  untouched on error
 * @return NULL, ERR_TIMEOUT, ERR_CANCELLED, ERR_DENIED (password, role, pg_hba.conf), ERR_NOT_FOUND
 *         (no such database), ERR_CONFLICT (too many connections), ERR_SYSTEM (nobody answers, or
 *         it is starting up or shutting down), each in the server's words
 */
MUST_USE Error *pg_db_open(const PgTarget *target, const Cancel *cancel, Deadline dl, PgDb *ret_db);
void pg_db_close(PgDb *db);
DEFINE_AUTO_VALUE(pg_db, PgDb, pg_db_close)

static inline void pg_result_auto_release(PGresult **slot)
{
    PQclear(*slot);
}

/**
 * Run one statement with text parameters and read all its rows.
 *
 * @param values  count texts, NULL for NULL
 * @param[out] ret_result  never NULL on success; untouched on error
 * @return NULL; ERR_DENIED: the role may not; ERR_CONFLICT: the server refused it for another
 *         reason, in its words, db->state says which; ERR_LIMIT: more than PG_RESULT_MAX;
 *         ERR_TIMEOUT and ERR_CANCELLED: the statement was cancelled on the server too;
 *         ERR_SYSTEM: the connection broke. After the last four the connection is of no use.
 */
MUST_USE Error *pg_query(PgDb *db, const char *sql, const char *const *values, int count,
                         PGresult **ret_result);
/** Run SQL, several statements if need be, results dropped. @return as pg_query */
MUST_USE Error *pg_run(PgDb *db, const char *sql);
/** COPY ... FROM STDIN: what follows is its data. @return as pg_run */
MUST_USE Error *pg_copy_begin(PgDb *db, const char *sql);
/** Some of it; it has gone to the server afterwards. @param len  at most 1 GiB */
MUST_USE Error *pg_copy_push(PgDb *db, const char *bytes, size_t len);
/** The end of it. @return as pg_run: the server's word on all of the data */
MUST_USE Error *pg_copy_end(PgDb *db);
/** Whether a failure concerns one object only, so that the rest can still be looked at. */
bool pg_error_is_local(const Error *err);

/** A cell as text; "" for NULL. Borrowed. */
const char *pg_text(const PGresult *result, int row, int column);
/** NULL for NULL. */
const char *pg_text_null(const PGresult *result, int row, int column);
bool pg_bool(const PGresult *result, int row, int column);
/** Of a column of whole numbers. */
int64_t pg_i64(const PGresult *result, int row, int column);
/** Quoted as an identifier; caller frees. */
MUST_USE char *pg_quote(const char *name);
/** "space"."name"; caller frees. */
MUST_USE char *pg_quote_in(const char *space, const char *name);
