#include "database/pg_lock_words.h"

#include <string.h>

#include "model/sql_scan.h"

enum { NEAR = 8 }; /* tokens in which the second word of a tag stands: CREATE UNIQUE INDEX */

static bool is_chained(const ScanTokens *tokens)
{
    for (size_t i = 1; i + 1 < tokens->len; i++)
        if (scan_is(tokens, i, "AND") && scan_is(tokens, i + 1, "CHAIN"))
            return true;
    return false;
}

/* Names as the server folds them. */
static char *folded_name(const ScanToken *token)
{
    char *name = scan_text(token);

    for (char *c = name; token->kind == SCAN_WORD && *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return name;
}

/* "a, b.c" from a place on: of each name its last part. @return the place behind */
static size_t read_tables(const ScanTokens *tokens, size_t at, StrList *ret_tables)
{
    while (scan_is_name(tokens, at)) {
        while (scan_is(tokens, at + 1, ".") && scan_is_name(tokens, at + 2))
            at += 2;
        str_list_add_owned(ret_tables, folded_name(&tokens->items[at]));
        at += scan_is(tokens, at + 1, "*") ? 2 : 1;
        if (!scan_is(tokens, at, ","))
            break;
        at++;
    }
    return at;
}

/* "IN SHARE ROW EXCLUSIVE MODE"; ACCESS EXCLUSIVE where nothing is said. False: it stops nobody. */
static bool read_mode(const ScanTokens *tokens, size_t at, LockMode *ret_mode)
{
    AUTO(str_list) StrList words = {0};
    AUTO(str) char *name = NULL;

    *ret_mode = LOCK_MODE_ACCESS_EXCLUSIVE;
    if (!scan_is(tokens, at, "IN"))
        return true;
    for (at++; at < tokens->len && !scan_is(tokens, at, "MODE"); at++)
        str_list_add_owned(&words, scan_text(&tokens->items[at]));
    name = str_list_join(&words, " ");
    return lock_mode_parse(name, ret_mode);
}

static void read_taken(const ScanTokens *tokens, LockWords *words)
{
    size_t at = 1;

    if (scan_is(tokens, at, "TABLE"))
        at++;
    if (scan_is(tokens, at, "ONLY"))
        at++;
    at = read_tables(tokens, at, &words->tables);
    words->kind = LOCK_WORDS_TAKE;
    words->mode = LOCK_MODE_ACCESS_EXCLUSIVE;
    if (scan_is(tokens, 0, "LOCK") && !read_mode(tokens, at, &words->mode))
        str_list_clear(&words->tables);
}

void lock_words_read(const char *sql, LockWords *ret_words)
{
    AUTO(scan) ScanTokens tokens = {0};
    LockWords words = {0};

    scan_read(sql, &tokens);
    if (scan_is(&tokens, 0, "BEGIN") ||
        (scan_is(&tokens, 0, "START") && scan_is(&tokens, 1, "TRANSACTION"))) {
        words.kind = LOCK_WORDS_BEGIN;
    } else if (scan_is(&tokens, 0, "LOCK") || scan_is(&tokens, 0, "TRUNCATE")) {
        read_taken(&tokens, &words);
    } else if (scan_is(&tokens, 1, "PREPARED")) {
        words.kind = LOCK_WORDS_OTHER; /* of another transaction */
    } else if (scan_is(&tokens, 0, "COMMIT") || scan_is(&tokens, 0, "END") ||
               scan_is(&tokens, 0, "ABORT") ||
               (scan_is(&tokens, 0, "PREPARE") && scan_is(&tokens, 1, "TRANSACTION")) ||
               (scan_is(&tokens, 0, "ROLLBACK") && !scan_is(&tokens, 1, "TO") &&
                !scan_is(&tokens, 2, "TO"))) {
        words.kind = LOCK_WORDS_END;
        words.chained = is_chained(&tokens);
    }
    *ret_words = words;
}

void lock_words_clear(LockWords *words)
{
    str_list_clear(&words->tables);
    *words = (LockWords){0};
}

bool lock_words_is(const char *sql, const char *tag)
{
    AUTO(scan) ScanTokens tokens = {0};
    AUTO(str_list) StrList words = {0};

    scan_read(sql, &tokens);
    str_list_split(tag, ' ', &words);
    if (words.len == 0 || !scan_is(&tokens, 0, words.items[0]))
        return false;
    for (size_t i = 1; words.len > 1 && i < NEAR; i++)
        if (scan_is(&tokens, i, words.items[1]))
            return true;
    return words.len == 1;
}

bool lock_words_runs_others(const char *sql)
{
    static const char *const VERBS[] = {"DO", "CALL", "SELECT", "EXECUTE"};
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(sql, &tokens);
    for (size_t i = 0; i < COUNT_OF(VERBS); i++)
        if (scan_is(&tokens, 0, VERBS[i]))
            return true;
    return scan_is(&tokens, 0, "CREATE") && scan_is(&tokens, 1, "EXTENSION");
}
