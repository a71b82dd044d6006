#pragma once
/* A trace of locks from the server's log: the statements, and between them the lines that
 * pg_lock_watch had written there. */

#include "database/lock_watch.h"
#include "model/lock_trace.h"

/* How such a line of the log begins, behind "LOG:  ". */
#define PG_LOCK_LINE "seatrial locks "

typedef struct PgLockSession PgLockSession;

typedef struct PgLockLog {
    const LockWatch *watch; /* borrowed */
    LockTrace trace;
    PgLockSession *items; /* sessions */
    size_t len, cap;
} PgLockLog;

PgLockLog pg_lock_log_init(const LockWatch *watch);
/** A session sent this: one statement, or several at once. */
void pg_lock_log_statement(PgLockLog *log, const char *session, const char *text);
/** The parameters of what a session sent last. */
void pg_lock_log_parameters(PgLockLog *log, const char *session, const char *text);
/** What follows PG_LOCK_LINE. Any text will do: what makes no sense is dropped. */
void pg_lock_log_event(PgLockLog *log, const char *session, const char *text);
/** Nothing follows: what is still held is held to the end. */
void pg_lock_log_end(PgLockLog *log, LockTrace *ret_trace);
void pg_lock_log_clear(PgLockLog *log);
DEFINE_AUTO_VALUE(pg_lock_log, PgLockLog, pg_lock_log_clear)
