#include "database/pg_log.h"

#include <string.h>

enum { LINE_MAX_BYTES = STATEMENT_BYTES_MAX + 4096 };

PgLog pg_log_init(const char *database, const char *begin, const char *end,
                  StatementList *statements)
{
    return (PgLog){.database = database,
                   .begin = begin,
                   .end = end,
                   .statements = statements,
                   .line = BUF_INIT(LINE_MAX_BYTES),
                   .message = BUF_INIT(LINE_MAX_BYTES)};
}

/* The statement of "seatrial app: LOG:  statement: ..." or "...: LOG:  execute name: ..."; NULL. */
static const char *statement_in(const char *message, const char *database)
{
    AUTO(str) char *start = xasprintf("seatrial %s: LOG:  ", database);
    const char *at = message + strlen(start), *colon;

    if (!text_starts(message, start))
        return NULL;
    if (text_starts(at, "statement: "))
        return at + strlen("statement: ");
    colon = text_starts(at, "execute ") ? strstr(at, ": ") : NULL;
    return colon ? colon + 2 : NULL;
}

static void end_message(PgLog *log)
{
    const char *message = buf_text(&log->message);
    const char *ours = statement_in(message, "postgres");
    const char *theirs = statement_in(message, log->database);

    if (ours && text_eq(ours, log->begin))
        log->began = true;
    else if (ours && text_eq(ours, log->end))
        log->ended = log->began;
    else if (theirs && log->began && !log->ended)
        statement_list_add(log->statements, theirs, strlen(theirs), NULL);
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
    buf_clear(&log->line);
    buf_clear(&log->message);
}
