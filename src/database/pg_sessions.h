#pragma once
/* Which of the statements in a server's log took effect: what failed, or was rolled back, did not.
 *
 * A statement is logged before it runs, so that a session's last one is held back until its next
 * one, or an error, is seen. Statements of one pipeline that the extended protocol ends together
 * cannot be told from others. */

#include "model/statements.h"

typedef struct PgSession PgSession;

typedef struct PgSessions {
    PgSession *items; /* the one that was seen last is the last */
    size_t len, cap;
    StatementList *statements; /* that took effect; borrowed */
} PgSessions;

/** A session sent this; all of its statements were sent at once. Copies. */
void pg_sessions_statement(PgSessions *sessions, const char *id, const char *text);
/** A session met an error. @param fatal  it ended so */
void pg_sessions_error(PgSessions *sessions, const char *id, bool fatal);
/** The statement of the error that was seen last. */
void pg_sessions_failed(PgSessions *sessions, const char *id, const char *text);
/** Nothing follows: transactions that are still open did not take effect. */
void pg_sessions_end(PgSessions *sessions);
void pg_sessions_clear(PgSessions *sessions);
