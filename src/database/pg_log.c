#include "database/pg_log.h"

#include <string.h>

enum { LINE_MAX_BYTES = STATEMENT_BYTES_MAX + 4096 };

PgLog pg_log_init(const char *database, const char *begin, const char *end, StatementScope scope,
                  StatementList *statements)
{
    return (PgLog){.database = database,
                   .begin = begin,
                   .end = end,
                   .statements = statements,
                   .sessions = {.statements = statements, .scope = scope},
                   .line = BUF_INIT(LINE_MAX_BYTES),
                   .message = BUF_INIT(LINE_MAX_BYTES)};
}

/* "seatrial 65f0.1a app: LOG:  statement: ..." in that database: what follows "app: ", and the
 * session's id; NULL when it is of another. */
static const char *message_in(const char *message, const char *database, char **ret_session)
{
    static const char START[] = "seatrial ";
    const char *id = message + strlen(START);
    AUTO(str) char *place = xasprintf(" %s: ", database);
    size_t len;

    if (!text_starts(message, START))
        return NULL;
    len = strcspn(id, " ");
    if (!text_starts(id + len, place))
        return NULL;
    *ret_session = xstrndup(id, len);
    return id + len + strlen(place);
}

/* The statement of "LOG:  statement: ..." or "LOG:  execute name: ..."; NULL. */
static const char *statement_in(const char *message)
{
    static const char START[] = "LOG:  ";
    const char *at = message + strlen(START), *colon;

    if (!text_starts(message, START))
        return NULL;
    if (text_starts(at, "statement: "))
        return at + strlen("statement: ");
    colon = text_starts(at, "execute ") ? strstr(at, ": ") : NULL;
    return colon ? colon + 2 : NULL;
}

/* Since 16 the word begins with a capital. */
static const char *parameters_in(const char *message)
{
    static const char *const STARTS[] = {"DETAIL:  Parameters: ", "DETAIL:  parameters: "};

    for (size_t i = 0; i < COUNT_OF(STARTS); i++)
        if (text_starts(message, STARTS[i]))
            return message + strlen(STARTS[i]);
    return NULL;
}

static void see_mark(PgLog *log, const char *statement)
{
    if (text_eq(statement, log->begin)) {
        log->began = true;
    } else if (text_eq(statement, log->end) && log->began && !log->ended) {
        log->ended = true;
        pg_sessions_end(&log->sessions);
    }
}

static void see_message(PgLog *log, const char *session, const char *message)
{
    static const char FAILED[] = "STATEMENT:  ", OURS[] = "LOG:  " PG_LOCK_LINE;
    const char *statement = statement_in(message), *parameters = parameters_in(message);
    bool fatal = text_starts(message, "FATAL:  ") || text_starts(message, "PANIC:  ");

    if (log->locks && statement)
        pg_lock_log_statement(log->locks, session, statement);
    if (log->locks && parameters)
        pg_lock_log_parameters(log->locks, session, parameters);
    if (log->locks && text_starts(message, OURS))
        pg_lock_log_event(log->locks, session, message + strlen(OURS));
    if (statement)
        pg_sessions_statement(&log->sessions, session, statement);
    else if (parameters)
        pg_sessions_parameters(&log->sessions, session, parameters);
    else if (fatal || text_starts(message, "ERROR:  "))
        pg_sessions_error(&log->sessions, session, fatal);
    else if (text_starts(message, FAILED))
        pg_sessions_failed(&log->sessions, session, message + strlen(FAILED));
}

static void end_message(PgLog *log)
{
    const char *message = buf_text(&log->message);
    AUTO(str) char *our_session = NULL;
    AUTO(str) char *their_session = NULL;
    const char *ours = message_in(message, "postgres", &our_session);
    const char *theirs = message_in(message, log->database, &their_session);
    const char *mark = ours ? statement_in(ours) : NULL;

    if (mark)
        see_mark(log, mark);
    if (theirs && log->began && !log->ended)
        see_message(log, their_session, theirs);
    log->message.len = 0;
    if (log->message.data)
        log->message.data[0] = '\0';
}

static void add_capped(PgLog *log, Buf *to, const char *bytes, size_t len)
{
    size_t room = LINE_MAX_BYTES - 16 - to->len;

    if (len > room) {
        log->statements->cut = true;
        len = room;
    }
    error_ignore(buf_append(to, bytes, len)); /* the room was looked at */
}

static void end_line(PgLog *log)
{
    const char *line = buf_text(&log->line);

    if (*line != '\t') {
        end_message(log);
        add_capped(log, &log->message, line, strlen(line));
    } else {
        add_capped(log, &log->message, "\n", 1);
        add_capped(log, &log->message, line + 1, strlen(line + 1));
    }
    log->line.len = 0;
    if (log->line.data)
        log->line.data[0] = '\0';
}

void pg_log_feed(PgLog *log, const char *bytes, size_t len)
{
    while (len > 0) {
        const char *newline = memchr(bytes, '\n', len);
        size_t part = newline ? (size_t)(newline - bytes) : len;

        add_capped(log, &log->line, bytes, part);
        if (!newline)
            return;
        end_line(log);
        bytes += part + 1;
        len -= part + 1;
    }
}

void pg_log_clear(PgLog *log)
{
    pg_sessions_clear(&log->sessions);
    buf_clear(&log->line);
    buf_clear(&log->message);
}
