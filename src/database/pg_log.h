#pragma once
/* The statements in a server's log between two marks. */

#include "base/buffer.h"
#include "database/pg_lock_log.h"
#include "database/pg_sessions.h"

/* Before each line of the log; a further line of one message starts with a tab, whatever is in it.
 * Source: postgresql.org, log_line_prefix */
#define PG_LOG_PREFIX "seatrial %c %d: "

typedef struct PgLog {
    const char *database;    /* whose statements; borrowed */
    const char *begin, *end; /* texts of statements in the database postgres; borrowed */
    StatementList *statements;
    PgSessions sessions;
    PgLockLog *locks; /* they are read as well; borrowed, NULL: they are not */
    bool began, ended;
    Buf line, message; /* as far as they were read */
} PgLog;

/** @param[out] statements  complete once the end was seen */
PgLog pg_log_init(const char *database, const char *begin, const char *end, StatementScope scope,
                  StatementList *statements);
/** Bytes as they come; what is beyond a statement's cap is dropped, and the list says so. */
void pg_log_feed(PgLog *log, const char *bytes, size_t len);
void pg_log_clear(PgLog *log);
DEFINE_AUTO_VALUE(pg_log, PgLog, pg_log_clear)
