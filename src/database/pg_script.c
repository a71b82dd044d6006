#include "database/pg_script.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"

#define SCRIPT_BYTES_MAX (16U << 20)

/* Reading a script from one end to the other. */
typedef struct Scanner {
    const char *script;
    size_t at, line;
    size_t words;         /* of this statement so far, as far as they matter */
    bool creates;         /* it began with CREATE */
    bool is_routine;      /* ... [OR REPLACE] FUNCTION or PROCEDURE */
    size_t parens, depth; /* of parentheses; of BEGIN and CASE in a routine's body */
} Scanner;

static void step(Scanner *scanner)
{
    scanner->line += scanner->script[scanner->at] == '\n';
    scanner->at++;
}

static bool is_next(const Scanner *scanner, const char *text)
{
    return text_starts(scanner->script + scanner->at, text);
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static void skip_to(Scanner *scanner, const char *end)
{
    while (scanner->script[scanner->at] && !is_next(scanner, end))
        step(scanner);
    for (size_t i = 0; i < strlen(end) && scanner->script[scanner->at]; i++)
        step(scanner);
}

/* Comments of this kind nest in Postgres. */
static void skip_comment(Scanner *scanner)
{
    size_t depth = 0;

    do {
        bool opens = is_next(scanner, "/*"), closes = is_next(scanner, "*/");

        depth += opens;
        depth -= closes;
        step(scanner);
        if (opens || closes)
            step(scanner);
    } while (depth > 0 && scanner->script[scanner->at]);
}

/* A quote that is doubled closes and opens again, which comes to the same. */
static void skip_quoted(Scanner *scanner, char quote, bool escapes)
{
    for (step(scanner); scanner->script[scanner->at]; step(scanner)) {
        if (escapes && scanner->script[scanner->at] == '\\' && scanner->script[scanner->at + 1]) {
            step(scanner);
        } else if (scanner->script[scanner->at] == quote) {
            step(scanner);
            return;
        }
    }
}

/* $tag$ ... $tag$; a dollar that begins no tag is a parameter's. */
static void skip_dollar(Scanner *scanner)
{
    const char *start = scanner->script + scanner->at;
    size_t len = 1;
    AUTO(str) char *tag = NULL;

    if (!isdigit((unsigned char)start[1]))
        while (is_word(start[len]))
            len++;
    if (start[len] != '$') {
        step(scanner);
        return;
    }
    tag = xstrndup(start, len + 1);
    scanner->at += len + 1;
    skip_to(scanner, tag);
}

static bool word_is(const char *word, size_t len, const char *wanted)
{
    return strlen(wanted) == len && strncasecmp(word, wanted, len) == 0;
}

/* As psql does: in CREATE [OR REPLACE] FUNCTION or PROCEDURE, BEGIN and CASE open a body that END
 * closes. Source: psqlscan.l, "identifier" */
static void note_word(Scanner *scanner, const char *word, size_t len)
{
    bool routine = word_is(word, len, "FUNCTION") || word_is(word, len, "PROCEDURE");

    if (scanner->words == 0)
        scanner->creates = word_is(word, len, "CREATE");
    if (scanner->creates && routine && (scanner->words == 1 || scanner->words == 3))
        scanner->is_routine = true;
    scanner->words++;
    if (!scanner->is_routine || scanner->parens > 0)
        return;
    if (word_is(word, len, "BEGIN") || (scanner->depth > 0 && word_is(word, len, "CASE")))
        scanner->depth++;
    else if (scanner->depth > 0 && word_is(word, len, "END"))
        scanner->depth--;
}

static void skip_word(Scanner *scanner)
{
    const char *word = scanner->script + scanner->at;
    size_t len = 0;

    while (is_word(word[len]) || (len > 0 && word[len] == '$'))
        len++;
    note_word(scanner, word, len);
    scanner->at += len;
    if (len == 1 && tolower((unsigned char)word[0]) == 'e' && word[1] == '\'')
        skip_quoted(scanner, '\'', true);
}

/* One token. */
static void skip_token(Scanner *scanner)
{
    char c = scanner->script[scanner->at];

    if (is_next(scanner, "--"))
        skip_to(scanner, "\n");
    else if (is_next(scanner, "/*"))
        skip_comment(scanner);
    else if (c == '\'' || c == '"')
        skip_quoted(scanner, c, false);
    else if (c == '$')
        skip_dollar(scanner);
    else if (is_word(c))
        skip_word(scanner);
    else {
        scanner->parens += c == '(';
        scanner->parens -= c == ')' && scanner->parens > 0;
        step(scanner);
    }
}

static bool is_blank(const Scanner *scanner)
{
    return isspace((unsigned char)scanner->script[scanner->at]) || is_next(scanner, "--") ||
           is_next(scanner, "/*") || is_next(scanner, ";");
}

/* From here to the semicolon that ends it, or to the end. */
static PgStatement read_statement(Scanner *scanner)
{
    PgStatement statement = {.start = scanner->at, .line = scanner->line};

    *scanner = (Scanner){.script = scanner->script, .at = scanner->at, .line = scanner->line};
    while (scanner->script[scanner->at] &&
           (scanner->script[scanner->at] != ';' || scanner->parens > 0 || scanner->depth > 0))
        skip_token(scanner);
    statement.len = scanner->at - statement.start;
    return statement;
}

void pg_statements_read(const char *script, PgStatementList *ret_statements)
{
    PgStatementList statements = {0};
    Scanner scanner = {.script = script, .line = 1};

    if (text_starts(script, "\xef\xbb\xbf")) /* a byte order mark, which editors on Windows write */
        scanner.at = 3;
    while (script[scanner.at]) {
        if (is_blank(&scanner))
            skip_token(&scanner);
        else
            LIST_PUSH(&statements, read_statement(&scanner));
    }
    *ret_statements = statements;
}

void pg_statements_clear(PgStatementList *statements)
{
    free(statements->items);
    *statements = (PgStatementList){0};
}

static Error *run_statement(PgDb *db, const char *what, const char *script,
                            const PgStatement *statement)
{
    AUTO(str) char *sql = xstrndup(script + statement->start, statement->len);
    Error *err;

    if (sql[0] == '\\') {
        AUTO(str) char *line = xstrndup(sql, strcspn(sql, "\r\n"));
        AUTO(str) char *clean = text_clean_line(line);

        return error_new(ERR_INVALID, 0, "%s:%zu: %s is a command of psql; only SQL runs here",
                         what, statement->line, clean);
    }
    err = pg_run(db, sql);
    if (!err)
        return NULL;
    if (pg_error_is_local(err))
        err->code = ERR_INVALID;
    return error_wrap(err, "%s:%zu", what, statement->line);
}

Error *pg_script_run(PgDb *db, const char *what, const char *script)
{
    AUTO(pg_statements) PgStatementList statements = {0};

    TRY(pg_run(db, "RESET ALL"));
    TRY(pg_run(db, "SET client_encoding = 'UTF8'"));
    pg_statements_read(script, &statements);
    for (size_t i = 0; i < statements.len; i++)
        TRY(run_statement(db, what, script, &statements.items[i]));
    return NULL;
}

Error *pg_script_run_file(const PgTarget *target, const Cancel *cancel, const char *path,
                          Deadline dl)
{
    AUTO(str) char *script = NULL;
    AUTO(pg_db) PgDb db = {0};
    size_t len;
    AUTO(error) Error *err = file_read(path, SCRIPT_BYTES_MAX, &script, &len);

    if (err) {
        err->code = ERR_INVALID; /* a file that the settings name */
        return TAKE(err);
    }
    TRY(pg_db_open(target, cancel, dl, &db));
    return pg_script_run(&db, path, script);
}
