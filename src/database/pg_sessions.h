#pragma once
/* The statements in a server's log, session by session, and which of them took effect: what failed,
 * or was rolled back, did not.
 *
 * A statement is logged before it runs, so that a session's last one is held back until its next
 * one, or an error, is seen. Statements of one pipeline that the extended protocol ends together
 * cannot be told from others. */

#include "model/statements.h"

typedef struct PgSession PgSession;

typedef struct PgSessions {
    PgSession *items; /* the one that was seen last is the last */
    size_t len, cap;
    StatementList *statements; /* borrowed */
    StatementScope scope;      /* which of them are wanted */
    size_t seen;               /* sessions so far */
    size_t sent;               /* messages so far */
} PgSessions;

/** A session sent this; all of its statements were sent at once. Copies. */
void pg_sessions_statement(PgSessions *sessions, const char *id, const char *text);
/** The parameters of what a session sent last. Copies. */
void pg_sessions_parameters(PgSessions *sessions, const char *id, const char *text);
/** A session met an error. @param fatal  it ended so */
void pg_sessions_error(PgSessions *sessions, const char *id, bool fatal);
/** The statement of the error that was seen last. */
void pg_sessions_failed(PgSessions *sessions, const char *id, const char *text);
/** Nothing follows: transactions that are still open did not take effect. The statements are put in
 * the order in which they were sent. */
void pg_sessions_end(PgSessions *sessions);
void pg_sessions_clear(PgSessions *sessions);
