/* What ran on a server, by its log. */

#include "database/pg_lock_watch.h"
#include "database/pg_log.h"
#include "database/pg_server_parts.h"

#define LOG_LAG_MS   5000 /* of the engine behind the server */
#define LOG_PAUSE_MS 30

Error *pg_server_mark(PgServer *server, Deadline dl, char **ret_mark)
{
    AUTO(str)
    char *mark = xasprintf("SELECT 'seatrial mark %d'", atomic_fetch_add(&server->marks, 1) + 1);
    AUTO(pg_db) PgDb admin = {0};

    if (!server->container) { /* an existing server's log is not ours to read */
        *ret_mark = NULL;
        return NULL;
    }
    TRY(pg_db_open(&server->admin, server->context.cancel, dl, &admin));
    TRY(pg_run(&admin, mark));
    *ret_mark = TAKE(mark);
    return NULL;
}

static Error *on_log(void *context, const char *bytes, size_t len)
{
    pg_log_feed(context, bytes, len);
    return NULL;
}

static Error *read_log(const PgServer *server, Engine *engine, Deadline dl, PgLog *log)
{
    TRY_CTX(engine_container_errors(engine, server->container, dl, on_log, log),
            "reading the server's log");
    pg_log_feed(log, "\n\n", 2);
    return NULL;
}

/* Until the second mark is there: the engine writes the log after the server has. */
Error *pg_server_statements(PgServer *server, Engine *engine, const char *database,
                            const char *mark, StatementScope scope, Deadline dl,
                            StatementList *ret_statements, bool *ret_known)
{
    AUTO(str) char *end = NULL;
    Deadline lag = deadline_min(dl, deadline_in(LOG_LAG_MS));

    TRY(pg_server_mark(server, dl, &end));
    for (;;) {
        AUTO(statement_list) StatementList statements = {0};
        AUTO(pg_log) PgLog log = pg_log_init(database, mark, end, scope, &statements);

        TRY(read_log(server, engine, dl, &log));
        if (log.ended || deadline_left_ms(lag) == 0) {
            *ret_known = log.ended;
            *ret_statements = statements;
            statements = (StatementList){0};
            return NULL;
        }
        TRY(cancel_sleep(server->context.cancel, LOG_PAUSE_MS));
    }
}

Error *pg_server_watch(PgServer *server, const char *database, Deadline dl, LockWatch *ret_watch)
{
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};

    if (!server->container)
        return NULL;
    pg_server_target(server, database, &target);
    TRY(pg_db_open(&target, server->context.cancel, dl, &db));
    TRY(pg_lock_watch(&db, &watch));
    TRY(pg_server_mark(server, dl, &watch.mark));
    *ret_watch = watch;
    watch = (LockWatch){0};
    return NULL;
}

Error *pg_server_locks(PgServer *server, Engine *engine, const char *database,
                       const LockWatch *watch, Deadline dl, LockTrace *ret_trace, bool *ret_known)
{
    AUTO(str) char *end = NULL;
    Deadline lag = deadline_min(dl, deadline_in(LOG_LAG_MS));

    TRY(pg_server_mark(server, dl, &end));
    for (;;) {
        AUTO(statement_list) StatementList statements = {0};
        AUTO(pg_lock_log) PgLockLog locks = pg_lock_log_init(watch);
        AUTO(pg_log)
        PgLog log = pg_log_init(database, watch->mark, end, STATEMENTS_SENT, &statements);

        log.locks = &locks;
        TRY(read_log(server, engine, dl, &log));
        if (log.ended || deadline_left_ms(lag) == 0) {
            *ret_known = log.ended;
            pg_lock_log_end(&locks, ret_trace);
            return NULL;
        }
        TRY(cancel_sleep(server->context.cancel, LOG_PAUSE_MS));
    }
}
