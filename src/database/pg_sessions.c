#include "database/pg_sessions.h"

#include <stdlib.h>
#include <string.h>

#include "model/sql_scan.h"

/* Ended sessions are not announced; a server has a hundred at a time unless it is told otherwise.
 */
enum { SESSIONS_MAX = 1000 };

typedef struct Savepoint {
    char *name;
    size_t at; /* statements that were there before it */
} Savepoint;

typedef struct SavepointList {
    Savepoint *items;
    size_t len, cap;
} SavepointList;

struct PgSession {
    char *id;
    size_t number;
    Statement last;     /* what was sent last; no text: it is known what became of it */
    StatementList open; /* of its transaction */
    SavepointList savepoints;
    bool in_transaction, aborted;
    bool failed, fatal; /* an error was seen, and its statement not yet */
    bool cut;           /* a COMMIT may have been in what was cut */
};

/* --- a transaction --------------------------------------------------------------------------- */

static void drop_savepoints(PgSession *session, size_t from)
{
    while (session->savepoints.len > from)
        free(session->savepoints.items[--session->savepoints.len].name);
}

static void drop_statements(PgSession *session, size_t from)
{
    while (session->open.len > from)
        statement_clear(&session->open.items[--session->open.len]);
}

static void end_transaction(PgSession *session, bool committed, bool chained, StatementList *to)
{
    for (size_t i = 0; committed && !session->aborted && i < session->open.len; i++)
        statement_list_take(to, &session->open.items[i]);
    to->cut |= session->open.cut;
    drop_statements(session, 0);
    drop_savepoints(session, 0);
    session->in_transaction = chained;
    session->aborted = false;
}

static size_t savepoint_at(const PgSession *session, const char *name)
{
    size_t at = session->savepoints.len;

    while (at > 0 && !text_eq(session->savepoints.items[at - 1].name, name))
        at--;
    return at; /* one behind it; 0: there is none */
}

/* "a", "A" and "\"a\"" are one name. */
static char *savepoint_name(const ScanTokens *tokens, size_t at)
{
    char *name;

    if (scan_is(tokens, at, "SAVEPOINT"))
        at++;
    if (!scan_is_name(tokens, at))
        return xstrdup("");
    name = scan_text(&tokens->items[at]);
    for (char *c = name; tokens->items[at].kind == SCAN_WORD && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return name;
}

static void roll_back_to(PgSession *session, const ScanTokens *tokens, size_t at)
{
    AUTO(str) char *name = savepoint_name(tokens, at);
    size_t found = savepoint_at(session, name);

    if (found == 0)
        return;
    drop_statements(session, session->savepoints.items[found - 1].at);
    drop_savepoints(session, found);
    session->aborted = false;
}

static void release(PgSession *session, const ScanTokens *tokens)
{
    AUTO(str) char *name = savepoint_name(tokens, 1);
    size_t found = savepoint_at(session, name);

    if (found > 0)
        drop_savepoints(session, found - 1);
}

static bool is_chained(const ScanTokens *tokens, size_t at)
{
    return scan_is(tokens, at, "AND") && scan_is(tokens, at + 1, "CHAIN");
}

/* COMMIT, ROLLBACK and what else ends or parts a transaction. */
static bool control(PgSession *session, const ScanTokens *tokens, StatementList *to)
{
    size_t next = 1;

    if (scan_is(tokens, 1, "WORK") || scan_is(tokens, 1, "TRANSACTION"))
        next = 2;
    if (scan_is(tokens, 0, "BEGIN") || (scan_is(tokens, 0, "START") && next == 2))
        session->in_transaction = true;
    else if (scan_is(tokens, 1, "PREPARED")) /* of another transaction */
        return scan_is(tokens, 0, "COMMIT") || scan_is(tokens, 0, "ROLLBACK");
    else if (scan_is(tokens, 0, "COMMIT") || scan_is(tokens, 0, "END"))
        end_transaction(session, true, is_chained(tokens, next), to);
    else if (scan_is(tokens, 0, "PREPARE") && next == 2)
        end_transaction(session, true, false, to);
    else if (scan_is(tokens, 0, "ROLLBACK") && scan_is(tokens, next, "TO"))
        roll_back_to(session, tokens, next + 1);
    else if (scan_is(tokens, 0, "ROLLBACK") || scan_is(tokens, 0, "ABORT"))
        end_transaction(session, false, is_chained(tokens, next), to);
    else if (scan_is(tokens, 0, "SAVEPOINT"))
        LIST_PUSH(&session->savepoints,
                  ((Savepoint){.name = savepoint_name(tokens, 1), .at = session->open.len}));
    else if (scan_is(tokens, 0, "RELEASE"))
        release(session, tokens);
    else
        return false;
    return true;
}

static void take_effect(PgSession *session, Statement *statement, StatementList *to)
{
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(statement->text, &tokens);
    if (control(session, &tokens, to))
        statement_clear(statement);
    else
        statement_list_take(&session->open, statement);
}

/* What was sent last did not fail. Several statements at once are one transaction, unless they say
 * otherwise. Source: postgresql.org, Multiple Statements in a Simple Query */
static void settle(PgSession *session, StatementList *to)
{
    Statement last = session->last;
    AUTO(statement_list) StatementList list = {0};

    session->last = (Statement){0};
    if (!last.text)
        return;
    statement_list_add_all(&list, NULL, last.text);
    to->cut |= list.cut;
    for (size_t i = 0; i < list.len; i++) {
        list.items[i].session = last.session;
        list.items[i].at = last.at + i;
        if (list.len == 1) /* what has parameters is one statement */
            list.items[i].parameters = TAKE(last.parameters);
        take_effect(session, &list.items[i], to);
    }
    statement_clear(&last);
    if (!session->in_transaction)
        end_transaction(session, true, false, to);
}

static void fail(PgSession *session)
{
    statement_clear(&session->last);
    session->aborted = session->in_transaction;
}

static void end_fatal(PgSession *session, StatementList *to)
{
    end_transaction(session, false, false, to);
    session->fatal = false;
}

/* An error whose statement is not told is that of the last one; of a session that waited for its
 * client no statement is told. */
static void settle_error(PgSession *session, StatementList *to)
{
    if (session->fatal) {
        settle(session, to);
        end_fatal(session, to);
    } else if (session->failed) {
        fail(session);
    }
    session->failed = false;
}

/* --- sessions -------------------------------------------------------------------------------- */

static void session_clear(PgSession *session)
{
    free(session->id);
    statement_clear(&session->last);
    statement_list_clear(&session->open);
    drop_savepoints(session, 0);
    free(session->savepoints.items);
}

static void session_end(PgSession *session, StatementList *to)
{
    settle_error(session, to);
    settle(session, to);
    end_transaction(session, session->cut, false, to);
    session_clear(session);
}

static void remove_first(PgSessions *sessions)
{
    session_end(&sessions->items[0], sessions->statements);
    memmove(sessions->items, sessions->items + 1, --sessions->len * sizeof *sessions->items);
}

static PgSession *session_of(PgSessions *sessions, const char *id)
{
    PgSession found;

    for (size_t i = sessions->len; i > 0; i--) {
        if (!text_eq(sessions->items[i - 1].id, id))
            continue;
        found = sessions->items[i - 1];
        memmove(sessions->items + i - 1, sessions->items + i,
                (sessions->len - i) * sizeof *sessions->items);
        sessions->items[sessions->len - 1] = found;
        return &sessions->items[sessions->len - 1];
    }
    if (sessions->len == SESSIONS_MAX)
        remove_first(sessions);
    LIST_PUSH(sessions, ((PgSession){.id = xstrdup(id), .number = ++sessions->seen}));
    return &sessions->items[sessions->len - 1];
}

static char *capped(const char *text)
{
    return xstrndup(text, strnlen(text, STATEMENT_BYTES_MAX));
}

void pg_sessions_statement(PgSessions *sessions, const char *id, const char *text)
{
    PgSession *session = session_of(sessions, id);
    Statement sent = {.text = capped(text),
                      .session = session->number,
                      .at = sessions->sent++ * (STATEMENT_BYTES_MAX + 1)}; /* room for its parts */

    if (strlen(text) > STATEMENT_BYTES_MAX)
        session->cut = sessions->statements->cut = true;
    if (sessions->scope == STATEMENTS_SENT) {
        statement_list_take(sessions->statements, &sent);
        return;
    }
    settle_error(session, sessions->statements);
    settle(session, sessions->statements);
    session->last = sent;
}

/* Of what reads no more than a row of a ledger; more would only take memory. */
void pg_sessions_parameters(PgSessions *sessions, const char *id, const char *text)
{
    PgSession *session = session_of(sessions, id);
    StatementList *statements = sessions->statements;
    Statement *last = &session->last;

    if (sessions->scope == STATEMENTS_SENT)
        last = statements->len > 0 ? &statements->items[statements->len - 1] : NULL;
    if (!last || last->session != session->number || last->parameters ||
        strlen(text) > PARAMETERS_BYTES_MAX)
        return;
    last->parameters = xstrdup(text);
}

void pg_sessions_error(PgSessions *sessions, const char *id, bool fatal)
{
    PgSession *session = session_of(sessions, id);

    settle_error(session, sessions->statements);
    session->failed = true;
    session->fatal = fatal;
}

/* What the server could not even parse or bind was not logged before. */
void pg_sessions_failed(PgSessions *sessions, const char *id, const char *text)
{
    PgSession *session = session_of(sessions, id);
    AUTO(str) char *cut = capped(text);

    if (!session->failed)
        return;
    if (!text_eq(session->last.text, cut))
        settle(session, sessions->statements);
    fail(session);
    if (session->fatal)
        end_fatal(session, sessions->statements);
    session->failed = false;
}

void pg_sessions_end(PgSessions *sessions)
{
    for (size_t i = 0; i < sessions->len; i++)
        session_end(&sessions->items[i], sessions->statements);
    sessions->len = 0;
    statement_list_sort(sessions->statements);
}

void pg_sessions_clear(PgSessions *sessions)
{
    for (size_t i = 0; i < sessions->len; i++)
        session_clear(&sessions->items[i]);
    free(sessions->items);
    *sessions = (PgSessions){0};
}
