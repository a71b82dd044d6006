#pragma once
/* SQL as SQLite stores it, cut into tokens, and put together again in one way of writing. */

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"

typedef enum SqlTokenKind {
    SQL_WORD,   /* keyword or plain identifier */
    SQL_QUOTED, /* identifier in "…", […] or `…` */
    SQL_STRING, /* '…' */
    SQL_OTHER,  /* number, blob, variable, operator */
} SqlTokenKind;

typedef struct SqlToken {
    SqlTokenKind kind;
    const char *start; /* in the text that was read */
    size_t len;
} SqlToken;

typedef struct SqlTokens {
    SqlToken *items;
    size_t len, cap;
} SqlTokens;

/** Cut; white space and comments vanish. Any text will do: what cannot be SQL becomes SQL_OTHER.
 * @param sql  must outlive the tokens */
void sql_tokens_read(const char *sql, SqlTokens *ret_tokens);
void sql_tokens_clear(SqlTokens *tokens);
DEFINE_AUTO_VALUE(sql_tokens, SqlTokens, sql_tokens_clear)

/** Whether token at is that keyword (without case) or operator; false past the end. */
bool sql_token_is(const SqlTokens *tokens, size_t at, const char *text);
/** An identifier or string without its quotes; caller frees. */
MUST_USE char *sql_token_name(const SqlToken *token);
/** When token at is "(": the index of its ")". Otherwise, or when none closes it: the end. */
size_t sql_group_end(const SqlTokens *tokens, size_t at);

/**
 * Tokens [from, to) as text that depends on nothing but the tokens: one space where one is needed,
 * keywords in capitals, identifiers quoted only where they must be. For comparing and showing;
 * caller frees.
 */
MUST_USE char *sql_render(const SqlTokens *tokens, size_t from, size_t to);
/** The same for a whole statement, without a final semicolon; caller frees. */
MUST_USE char *sql_normalise(const char *sql);
