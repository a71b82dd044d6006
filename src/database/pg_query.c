#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "database/pg_wait.h"

enum { CANCEL_SECONDS = 3 };

static void *send_cancel(void *context)
{
    PGcancel *stop = context;
    char ignored[256];

    (void)PQcancel(stop, ignored,
                   sizeof ignored); /* when it fails, closing the connection is left */
    PQfreeCancel(stop);
    return NULL;
}

/* A statement that nobody waits for any more must not go on holding locks. PQcancel has no time
 * limit of its own and would wait for ever for a server that is frozen: so a thread of its own
 * asks, and is left alone when it takes too long. */
static Error *stop_statement(PgDb *db, Error *why)
{
    PGcancel *stop = PQgetCancel(db->conn);
    struct timespec until;
    pthread_t thread;

    if (!stop)
        return why;
    if (pthread_create(&thread, NULL, send_cancel, stop) != 0) {
        PQfreeCancel(stop);
        return why;
    }
    (void)clock_gettime(CLOCK_REALTIME, &until); /* cannot fail for this clock */
    until.tv_sec += CANCEL_SECONDS;
    if (pthread_timedjoin_np(thread, NULL, &until) != 0)
        (void)pthread_detach(thread);
    return why;
}

static Error *flush(PgDb *db)
{
    int left;

    while ((left = PQflush(db->conn)) == 1) {
        Error *err = pg_await(db, POLLIN | POLLOUT);

        if (err)
            return stop_statement(db, err);
        if (!PQconsumeInput(db->conn))
            return pg_broken(db);
    }
    return left < 0 ? pg_broken(db) : NULL;
}

/* What COPY TO STDOUT sends is of no use to us. */
static Error *drop_copy(PgDb *db)
{
    for (;;) {
        char *data = NULL;
        int len = PQgetCopyData(db->conn, &data, 1);

        PQfreemem(data);
        if (len < 0)
            return NULL; /* the end, or a failure that PQgetResult tells */
        if (len == 0) {
            Error *err = pg_await(db, POLLIN);

            if (err)
                return stop_statement(db, err);
            if (!PQconsumeInput(db->conn))
                return pg_broken(db);
        }
    }
}

/* The next result; NULL at the end. */
static Error *next_result(PgDb *db, PGresult **ret_result)
{
    while (PQisBusy(db->conn)) {
        Error *err = pg_await(db, POLLIN);

        if (err)
            return stop_statement(db, err);
        if (!PQconsumeInput(db->conn))
            return pg_broken(db);
    }
    *ret_result = PQgetResult(db->conn);
    return NULL;
}

/* 25P02 and the like are refusals; what ends the session (class 57P0, or no SQLSTATE at all because
 * libpq made the result up) is a broken connection. */
static ErrCode code_of(const char *state)
{
    if (text_is_empty(state) || text_starts(state, "57P0") || text_starts(state, "08"))
        return ERR_SYSTEM;
    return text_eq(state, "42501") ? ERR_DENIED : ERR_CONFLICT;
}

static Error *refusal(PgDb *db, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    AUTO(str) char *text = text_trim(primary ? primary : PQresultErrorMessage(result));
    AUTO(str) char *whole = detail ? xasprintf("%s (%s)", text, detail) : xstrdup(text);
    AUTO(str) char *clean = text_clean(whole, strlen(whole));

    if (state)
        (void)snprintf(db->state, sizeof db->state, "%s", state);
    return error_new(code_of(state), 0, "%s", clean);
}

static bool is_refused(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE ||
           status == PGRES_NONFATAL_ERROR;
}

/* A script cannot answer COPY FROM STDIN: the server is told so, and says it in its next result. */
static Error *serve_copy(PgDb *db, const PGresult *result, bool *ret_more)
{
    *ret_more = PQresultStatus(result) == PGRES_COPY_IN;
    if (*ret_more && PQputCopyEnd(db->conn, "there is no data behind this statement") < 0)
        return pg_broken(db);
    if (*ret_more)
        TRY(flush(db));
    return PQresultStatus(result) == PGRES_COPY_OUT ? drop_copy(db) : NULL;
}

/* Rows come one at a time, so that a result that is too large is stopped on its way. */
static bool append_row(PGresult **rows, const PGresult *row)
{
    int at;

    if (!*rows)
        *rows = PQcopyResult(row, PG_COPYRES_ATTRS);
    if (!*rows)
        return false;
    at = PQntuples(*rows);
    for (int i = 0; i < PQnfields(row); i++) {
        char *value = PQgetisnull(row, 0, i) ? NULL : PQgetvalue(row, 0, i);

        if (!PQsetvalue(*rows, at, i, value, value ? PQgetlength(row, 0, i) : -1))
            return false;
    }
    return PQresultMemorySize(*rows) <= PG_RESULT_MAX;
}

/* Read to the end, so that the connection can be used again. Every failure is told; the first
 * counts. */
static Error *drain(PgDb *db, PGresult **ret_result)
{
    AUTO(pg_result) PGresult *rows = NULL;
    AUTO(pg_result) PGresult *last = NULL;
    AUTO(error) Error *first = NULL;

    for (;;) {
        PGresult *result = NULL;
        bool more;

        TRY(next_result(db, &result));
        if (!result)
            break;
        PQclear(last);
        last = result;
        TRY(serve_copy(db, result, &more));
        if (is_refused(result) && !first)
            first = refusal(db, result);
        if (ret_result && PQresultStatus(result) == PGRES_SINGLE_TUPLE &&
            !append_row(&rows, result))
            return stop_statement(
                db, error_new(ERR_LIMIT, 0, "a result of more than %d bytes", PG_RESULT_MAX));
    }
    if (!first && !last)
        first = pg_broken(db);
    if (!first && ret_result)
        *ret_result = rows ? TAKE(rows) : TAKE(last);
    return TAKE(first);
}

Error *pg_query(PgDb *db, const char *sql, const char *const *values, int count,
                PGresult **ret_result)
{
    db->state[0] = '\0';
    if (!PQsendQueryParams(db->conn, sql, count, NULL, values, NULL, NULL, 0) ||
        !PQsetSingleRowMode(db->conn))
        return pg_broken(db);
    TRY(flush(db));
    return drain(db, ret_result);
}

Error *pg_run(PgDb *db, const char *sql)
{
    db->state[0] = '\0';
    if (!PQsendQuery(db->conn, sql))
        return pg_broken(db);
    TRY(flush(db));
    return drain(db, NULL);
}

/* --- COPY FROM STDIN -------------------------------------------------------------------------- */

Error *pg_copy_begin(PgDb *db, const char *sql)
{
    AUTO(pg_result) PGresult *result = NULL;
    AUTO(error) Error *refused = NULL;
    bool more;

    db->state[0] = '\0';
    if (!PQsendQuery(db->conn, sql))
        return pg_broken(db);
    TRY(flush(db));
    TRY(next_result(db, &result));
    if (result && PQresultStatus(result) == PGRES_COPY_IN)
        return NULL;
    refused = result && is_refused(result)
                  ? refusal(db, result)
                  : error_new(ERR_CONFLICT, 0, "it takes no data from its client");
    if (result)
        TRY(serve_copy(db, result, &more));
    if (result)
        error_ignore(drain(db, NULL)); /* the first refusal counts */
    return TAKE(refused);
}

Error *pg_copy_push(PgDb *db, const char *bytes, size_t len)
{
    if (PQputCopyData(db->conn, bytes, (int)len) < 0)
        return pg_broken(db);
    return flush(db);
}

Error *pg_copy_end(PgDb *db)
{
    if (PQputCopyEnd(db->conn, NULL) < 0)
        return pg_broken(db);
    TRY(flush(db));
    return drain(db, NULL);
}

bool pg_error_is_local(const Error *err)
{
    return err->code == ERR_CONFLICT || err->code == ERR_DENIED;
}

const char *pg_text(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column);
}

const char *pg_text_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : PQgetvalue(result, row, column);
}

bool pg_bool(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column)[0] == 't';
}

int64_t pg_i64(const PGresult *result, int row, int column)
{
    const char *text = PQgetvalue(result, row, column);
    bool negative = text[0] == '-';
    uint64_t value = 0;
    Error *err = parse_u64(text + negative, 0, INT64_MAX, &value);

    if (err) {
        error_ignore(err); /* of a column of whole numbers only the smallest does not fit */
        return negative ? INT64_MIN : 0;
    }
    return negative ? -(int64_t)value : (int64_t)value;
}

char *pg_quote(const char *name)
{
    AUTO(str) char *doubled = text_replace(name, "\"", "\"\"");

    return xasprintf("\"%s\"", doubled);
}

char *pg_quote_in(const char *space, const char *name)
{
    AUTO(str) char *first = pg_quote(space);
    AUTO(str) char *second = pg_quote(name);

    return xasprintf("%s.%s", first, second);
}
