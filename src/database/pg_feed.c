#include "database/pg_feed.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "database/pg_dump.h"
#include "database/pg_script.h"
#include "model/sql_scan.h"

enum { STATEMENT_MAX = 64 << 20, CHUNK = 64 << 10 };

typedef struct Feed {
    PgDb *db;
    const char *path;
    FILE *file;
    const Cancel *cancel;
    char *line; /* the one that was read last, with its end */
    size_t cap;
    size_t number; /* of the line, from 1 */
    Buf script;    /* lines that are not run yet */
    size_t first;  /* number of the first of them */
    bool copying;
} Feed;

static void feed_clear(Feed *feed)
{
    free(feed->line);
    buf_clear(&feed->script);
}

DEFINE_AUTO_VALUE(feed, Feed, feed_clear)

static Error *at_line(size_t line, Error *err)
{
    if (pg_error_is_local(err))
        err->code = ERR_INVALID;
    return error_wrap(err, "line %zu", line);
}

/* --- what is left out ------------------------------------------------------------------------ */

static bool sets_owner(const ScanTokens *tokens)
{
    for (size_t i = 0; i + 1 < tokens->len; i++)
        if (scan_is(tokens, i, "OWNER") && scan_is(tokens, i + 1, "TO"))
            return true;
    return scan_is(tokens, 1, "DEFAULT") && scan_is(tokens, 2, "PRIVILEGES");
}

/* As pg_restore --no-owner --no-privileges. A schema "public" is there already. */
static bool is_left_out(const char *sql)
{
    static const char *const WORDS[] = {"ALTER", "GRANT", "REVOKE", "SET", "COMMENT", "CREATE"};
    AUTO(scan) ScanTokens tokens = {0};
    AUTO(str) char *head = xstrndup(sql, strnlen(sql, 4096));
    AUTO(str) char *word = xstrndup(sql, strcspn(sql, " \t\r\n"));
    bool looked = false;

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        looked |= text_eq_nocase(word, WORDS[i]);
    if (!looked)
        return false;
    scan_read(head, &tokens);
    if (scan_is(&tokens, 0, "ALTER"))
        return sets_owner(&tokens);
    if (scan_is(&tokens, 0, "SET"))
        return scan_is(&tokens, 1, "SESSION") && scan_is(&tokens, 2, "AUTHORIZATION");
    if (scan_is(&tokens, 0, "CREATE"))
        return tokens.len == 3 && scan_is(&tokens, 1, "SCHEMA") && scan_is(&tokens, 2, "public");
    if (scan_is(&tokens, 0, "COMMENT"))
        return scan_is(&tokens, 2, "EXTENSION") ||
               (scan_is(&tokens, 2, "SCHEMA") && scan_is(&tokens, 3, "public"));
    return true;
}

/* --- COPY ------------------------------------------------------------------------------------ */

static bool is_copy(const char *sql)
{
    AUTO(scan) ScanTokens tokens = {0};

    if (strncasecmp(sql, "COPY", 4) != 0)
        return false;
    scan_read(sql, &tokens);
    for (size_t i = 1; i + 1 < tokens.len; i++)
        if (scan_is(&tokens, i, "FROM") && scan_is(&tokens, i + 1, "STDIN"))
            return true;
    return false;
}

static Error *read_line(Feed *feed, bool *ret_line)
{
    ssize_t len = getline(&feed->line, &feed->cap, feed->file);

    if (len < 0 && ferror(feed->file))
        return error_errno("reading %s", feed->path);
    *ret_line = len >= 0;
    feed->number += len >= 0;
    return feed->number % 1024 == 0 ? cancel_check(feed->cancel) : NULL;
}

static bool ends_data(const char *line)
{
    return line[0] == '\\' && line[1] == '.' && line[2 + strspn(line + 2, "\r\n")] == '\0';
}

/* The lines behind a COPY, to the one that ends them. */
static Error *push_data(Feed *feed)
{
    AUTO(buf) Buf chunk = BUF_INIT(STATEMENT_MAX);
    bool line;

    for (;;) {
        TRY(read_line(feed, &line));
        if (!line)
            return error_new(ERR_INVALID, 0, "the end of the data is missing");
        if (ends_data(feed->line))
            break;
        TRY(buf_append(&chunk, feed->line, strlen(feed->line)));
        if (chunk.len < CHUNK)
            continue;
        TRY(pg_copy_push(feed->db, chunk.data, chunk.len));
        chunk.len = 0;
    }
    return chunk.len > 0 ? pg_copy_push(feed->db, chunk.data, chunk.len) : NULL;
}

static Error *copy(Feed *feed, const char *sql, size_t line)
{
    Error *err = pg_copy_begin(feed->db, sql);

    if (!err)
        err = push_data(feed);
    if (!err)
        err = pg_copy_end(feed->db);
    return err ? at_line(line, err) : NULL;
}

/* --- statements ------------------------------------------------------------------------------ */

static Error *run_one(Feed *feed, const PgStatement *statement, bool last)
{
    AUTO(str) char *sql = xstrndup(buf_text(&feed->script) + statement->start, statement->len);
    size_t line = feed->first + statement->line - 1;
    Error *err;

    if (is_left_out(sql))
        return NULL;
    if (last && is_copy(sql))
        return copy(feed, sql, line);
    err = pg_run(feed->db, sql);
    return err ? at_line(line, err) : NULL;
}

static Error *run_script(Feed *feed, const PgStatementList *statements)
{
    for (size_t i = 0; i < statements->len; i++)
        TRY(run_one(feed, &statements->items[i], i + 1 == statements->len));
    feed->script.len = 0;
    if (feed->script.data)
        feed->script.data[0] = '\0';
    feed->first = 0;
    return NULL;
}

/* Whether a line may end a statement: it cannot be told from the line alone, but is seldom wrong.
 */
static bool has_end(const char *line)
{
    size_t len = strlen(line);

    while (len > 0 && isspace((unsigned char)line[len - 1]))
        len--;
    return len > 0 && line[len - 1] == ';';
}

static Error *run_when_complete(Feed *feed)
{
    AUTO(pg_statements) PgStatementList statements = {0};
    const char *script = buf_text(&feed->script);
    const PgStatement *last;

    pg_statements_read(script, &statements);
    if (statements.len == 0)
        return NULL;
    last = &statements.items[statements.len - 1];
    return script[last->start + last->len] == ';' ? run_script(feed, &statements) : NULL;
}

/* \restrict and \connect, which pg_dump writes, mean nothing here. */
static Error *skip_command(const Feed *feed)
{
    static const char *const KNOWN[] = {"\\restrict ", "\\unrestrict ", "\\connect "};
    AUTO(str) char *clean = text_clean_line(feed->line);

    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (text_starts(feed->line, KNOWN[i]))
            return NULL;
    return error_new(ERR_INVALID, 0, "line %zu: %s is a command of psql; only SQL runs here",
                     feed->number, clean);
}

static Error *run_file(Feed *feed)
{
    AUTO(pg_statements) PgStatementList rest = {0};
    bool line;

    for (;;) {
        TRY(read_line(feed, &line));
        if (!line)
            break;
        if (feed->script.len == 0 && feed->line[0] == '\\') {
            TRY(skip_command(feed));
            continue;
        }
        if (feed->script.len == 0 &&
            (text_starts(feed->line, "--") || feed->line[strspn(feed->line, " \t\r\n")] == '\0'))
            continue;
        if (feed->script.len == 0)
            feed->first = feed->number;
        TRY_CTX(buf_append(&feed->script, feed->line, strlen(feed->line)), "line %zu: a statement",
                feed->first);
        if (has_end(feed->line))
            TRY(run_when_complete(feed));
    }
    pg_statements_read(buf_text(&feed->script), &rest);
    return run_script(feed, &rest);
}

Error *pg_feed(const PgTarget *target, const Cancel *cancel, const char *path, Deadline dl)
{
    AUTO(file) FILE *file = fopen(path, "rbe");
    AUTO(pg_db) PgDb db = {0};
    AUTO(feed) Feed feed = {.path = path, .script = BUF_INIT(STATEMENT_MAX)};
    int64_t start;

    if (!file)
        return error_errno("reading %s", path);
    TRY(pg_dump_scan(path, cancel, &start));
    if (fseeko(file, (off_t)start, SEEK_SET) != 0)
        return error_errno("reading %s", path);
    TRY(pg_db_open(target, cancel, dl, &db));
    TRY(pg_run(&db, "RESET ALL"));
    TRY(pg_run(&db, "SET client_encoding = 'UTF8'"));
    feed.db = &db;
    feed.file = file;
    feed.cancel = cancel;
    TRY(run_file(&feed));
    if (PQtransactionStatus(db.conn) != PQTRANS_IDLE)
        return error_new(ERR_INVALID, 0, "it ends inside a transaction: the end of it is missing");
    return NULL;
}
