#include "database/pg_db.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "database/pg_wait.h"

void pg_target_copy(const PgTarget *from, PgTarget *ret_to)
{
    *ret_to = (PgTarget){
        .host = xstrdup_null(from->host),
        .port = from->port,
        .user = xstrdup_null(from->user),
        .password = xstrdup_null(from->password),
        .database = xstrdup_null(from->database),
        .url = xstrdup_null(from->url),
    };
}

void pg_target_clear(PgTarget *target)
{
    free(target->host);
    free(target->user);
    free(target->password);
    free(target->database);
    free(target->url);
    *target = (PgTarget){0};
}

Error *pg_await(PgDb *db, short events)
{
    for (;;) {
        struct pollfd watch[] = {
            {.fd = PQsocket(db->conn), .events = events},
            {.fd = cancel_fd(db->cancel), .events = POLLIN},
        };
        int ready = poll(watch, COUNT_OF(watch), deadline_left_ms(db->deadline));

        TRY(cancel_check(db->cancel));
        if (ready > 0)
            return NULL;
        if (ready == 0)
            return error_new(ERR_TIMEOUT, 0, "the database did not answer in time");
        if (errno != EINTR)
            return error_errno("waiting for the database");
    }
}

/* libpq's messages end in a newline. */
static char *message_of(const PgDb *db)
{
    AUTO(str) char *text = text_trim(PQerrorMessage(db->conn));

    return text_clean(text, strlen(text));
}

Error *pg_broken(const PgDb *db)
{
    AUTO(str) char *message = message_of(db);

    return error_new(ERR_SYSTEM, 0, "%s", message);
}

/* Where ":  28P01: " is in a verbose message: the only place of a failed connection's SQLSTATE,
 * whatever language the server speaks. NULL when the server has not spoken. */
static char *find_state(char *message)
{
    for (char *at = strstr(message, ":  "); at; at = strstr(at + 1, ":  ")) {
        size_t len = 0;

        while (isdigit((unsigned char)at[3 + len]) || isupper((unsigned char)at[3 + len]))
            len++;
        if (len == 5 && text_starts(at + 8, ": "))
            return at + 3;
    }
    return NULL;
}

/* Source: postgresql.org, appendix "PostgreSQL Error Codes" */
static ErrCode code_of_state(const char *state)
{
    if (text_starts(state, "28") || text_starts(state, "42501"))
        return ERR_DENIED;
    if (text_starts(state, "3D000"))
        return ERR_NOT_FOUND;
    return text_starts(state, "53300") || text_starts(state, "55000") ? ERR_CONFLICT : ERR_SYSTEM;
}

/* Verbose messages hold the SQLSTATE, and end in a line about the server's source. */
static Error *connect_error(const PgDb *db)
{
    AUTO(str) char *message = message_of(db);
    char *state = find_state(message);
    char *last = strrchr(message, '\n');
    ErrCode code = state ? code_of_state(state) : ERR_SYSTEM;

    if (state) {
        if (last > state)
            *last = '\0';
        memmove(state, state + 7, strlen(state + 7) + 1);
    }
    return error_new(code, 0, "%s", message);
}

/* A server of ours is reached as we say, whatever PG* variables the environment holds; of a URL
 * that the user gave they fill the gaps. */
static PGconn *start(const PgTarget *target)
{
    unsigned char address[sizeof(struct in6_addr)];
    bool is_address = target->host && (inet_pton(AF_INET, target->host, address) == 1 ||
                                       inet_pton(AF_INET6, target->host, address) == 1);
    AUTO(str) char *port = xasprintf("%d", target->port);
    const char *const pairs[][2] = {
        {"host", target->host},
        {"hostaddr", is_address ? target->host : NULL},
        {"port", port},
        {"user", target->user},
        {"password", target->password},
        {"dbname", target->database},
        {"sslmode", "disable"},
        {"gssencmode", "disable"},
        {"channel_binding", "disable"},
        {"target_session_attrs", "any"},
        {"options", "-c statement_timeout=0"},
        {"application_name", "seatrial"},
        {"client_encoding", "UTF8"},
        {NULL, NULL},
    };
    const char *keys[COUNT_OF(pairs)], *values[COUNT_OF(pairs)];
    const char *const url_keys[] = {"dbname", "application_name", "client_encoding", "dbname",
                                    NULL};
    const char *const url_values[] = {target->url, "seatrial", "UTF8", target->database, NULL};

    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        keys[i] = pairs[i][0];
        values[i] = pairs[i][1];
    }
    return target->url ? PQconnectStartParams(url_keys, url_values, 1)
                       : PQconnectStartParams(keys, values, 0);
}

static Error *finish_connect(PgDb *db)
{
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;

    while (state != PGRES_POLLING_OK) {
        if (state == PGRES_POLLING_FAILED || PQstatus(db->conn) == CONNECTION_BAD)
            return connect_error(db);
        TRY(pg_await(db, state == PGRES_POLLING_READING ? POLLIN : POLLOUT));
        state = PQconnectPoll(db->conn);
    }
    return NULL;
}

/* Settings that change how values and definitions read, or end our statements. A server that lacks
 * one (transaction_timeout came with 17) is not asked. A lock that nobody gives up, such as a
 * prepared transaction's, must not use up all our time. Messages are in English where we may. */
static Error *settle(PgDb *db)
{
    TRY(pg_run(db, "SET statement_timeout = 0")); /* first: the database's may be short */
    return pg_run(
        db, "SELECT pg_catalog.set_config(s.name, v.value, false) FROM (VALUES "
            "('search_path', ''), ('DateStyle', 'ISO, YMD'), ('IntervalStyle', 'postgres'), "
            "('TimeZone', 'UTC'), ('extra_float_digits', '3'), ('bytea_output', 'hex'), "
            "('xmlbinary', 'base64'), ('lc_monetary', 'C'), ('quote_all_identifiers', 'off'), "
            "('standard_conforming_strings', 'on'), ('row_security', 'off'), "
            "('default_transaction_read_only', 'off'), ('default_transaction_deferrable', 'off'), "
            "('lock_timeout', '5s'), ('transaction_timeout', '0'), "
            "('idle_in_transaction_session_timeout', '0'), ('idle_session_timeout', '0'), "
            "('client_connection_check_interval', '1s'), ('jit', 'off')) AS v (name, value) "
            "JOIN pg_catalog.pg_settings s ON pg_catalog.lower(s.name) = pg_catalog.lower(v.name); "
            "SELECT pg_catalog.set_config('lc_messages', 'C', false) "
            "WHERE pg_catalog.current_setting('is_superuser') = 'on'");
}

static void drop_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice; /* libpq would print it on our stderr */
}

Error *pg_db_open(const PgTarget *target, const Cancel *cancel, Deadline dl, PgDb *ret_db)
{
    AUTO(pg_db) PgDb db = {.conn = start(target), .cancel = cancel, .deadline = dl};

    if (!db.conn)
        return error_new(ERR_SYSTEM, 0, "out of memory");
    (void)PQsetNoticeReceiver(db.conn, drop_notice, NULL); /* gives back the one before */
    (void)PQsetErrorVerbosity(db.conn, PQERRORS_VERBOSE);  /* as above */
    TRY(finish_connect(&db));
    (void)PQsetErrorVerbosity(db.conn, PQERRORS_DEFAULT);
    (void)PQsetnonblocking(db.conn, 1); /* fails only on a connection that is bad already */
    TRY_CTX(settle(&db), "preparing the session");
    *ret_db = db;
    db.conn = NULL;
    return NULL;
}

void pg_db_close(PgDb *db)
{
    PQfinish(db->conn); /* NULL is fine */
    db->conn = NULL;
}
