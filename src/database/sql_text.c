#include "database/sql_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/buffer.h"

enum { MAX_RENDERED = 16 << 20 }; /* several times SQLITE_TEXT_MAX: spaces and quotes add */

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

/* Past a quoted piece whose closing quote is doubled when it is meant itself. */
static const char *skip_quoted(const char *at, char close)
{
    for (at++; *at; at++) {
        if (*at != close)
            continue;
        if (at[1] != close || close == ']')
            return at + 1;
        at++;
    }
    return at;
}

static const char *skip_blank(const char *at)
{
    for (;;) {
        if (isspace((unsigned char)*at)) {
            at++;
        } else if (at[0] == '-' && at[1] == '-') {
            at += strcspn(at, "\n");
        } else if (at[0] == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");

            at = end ? end + 2 : at + strlen(at);
        } else {
            return at;
        }
    }
}

/* 1, 1.5, .5, 1e-3, 0xff */
static const char *skip_number(const char *at)
{
    const char *start = at;

    while (is_word_byte(*at) || *at == '.' ||
           ((*at == '+' || *at == '-') && at > start && (at[-1] == 'e' || at[-1] == 'E') &&
            start[1] != 'x' && start[1] != 'X'))
        at++;
    return at;
}

static const char *skip_operator(const char *at)
{
    static const char *const operators[] = {"->>", "||", "->", "<<", ">>",
                                            "<=",  ">=", "<>", "!=", "=="};

    for (size_t i = 0; i < COUNT_OF(operators); i++)
        if (text_starts(at, operators[i]))
            return at + strlen(operators[i]);
    return at + 1;
}

static const char *skip_token(const char *at, SqlTokenKind *ret_kind)
{
    *ret_kind = SQL_OTHER;
    if (*at == '\'') {
        *ret_kind = SQL_STRING;
        return skip_quoted(at, '\'');
    }
    if (*at == '"' || *at == '`' || *at == '[') {
        *ret_kind = SQL_QUOTED;
        return skip_quoted(at, *at == '[' ? ']' : *at);
    }
    if ((*at == 'x' || *at == 'X') && at[1] == '\'')
        return skip_quoted(at + 1, '\'');
    if (isdigit((unsigned char)*at) || (*at == '.' && isdigit((unsigned char)at[1])))
        return skip_number(at);
    if (!is_word_byte(*at))
        return skip_operator(at);
    *ret_kind = SQL_WORD;
    while (is_word_byte(*at))
        at++;
    return at;
}

void sql_tokens_read(const char *sql, SqlTokens *ret_tokens)
{
    SqlTokens tokens = {0};

    for (const char *at = skip_blank(sql); *at; at = skip_blank(at)) {
        SqlToken token = {.start = at};

        at = skip_token(at, &token.kind);
        token.len = (size_t)(at - token.start);
        LIST_PUSH(&tokens, token);
    }
    *ret_tokens = tokens;
}

void sql_tokens_clear(SqlTokens *tokens)
{
    free(tokens->items);
    *tokens = (SqlTokens){0};
}

bool sql_token_is(const SqlTokens *tokens, size_t at, const char *text)
{
    const SqlToken *token = at < tokens->len ? &tokens->items[at] : NULL;

    return token && (token->kind == SQL_WORD || token->kind == SQL_OTHER) &&
           token->len == strlen(text) && sqlite3_strnicmp(token->start, text, (int)token->len) == 0;
}

char *sql_token_name(const SqlToken *token)
{
    char close = token->start[0] == '[' ? ']' : token->start[0];
    char *name, *to;

    if (token->kind != SQL_QUOTED && token->kind != SQL_STRING)
        return xstrndup(token->start, token->len);
    to = name = xmalloc(token->len + 1);
    for (size_t i = 1; i < token->len; i++) {
        if (token->start[i] == close && (i + 1 == token->len || token->start[++i] != close))
            break;
        *to++ = token->start[i];
    }
    *to = '\0';
    return name;
}

size_t sql_group_end(const SqlTokens *tokens, size_t at)
{
    size_t depth = 0;

    for (; sql_token_is(tokens, at, "(") || (depth > 0 && at < tokens->len); at++) {
        if (sql_token_is(tokens, at, "("))
            depth++;
        else if (sql_token_is(tokens, at, ")") && --depth == 0)
            return at;
    }
    return tokens->len;
}

static bool is_plain(const char *name)
{
    if (!isalpha((unsigned char)name[0]) && name[0] != '_')
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

/* In quotes these are text, without them a value: DEFAULT "null" is not DEFAULT null. */
static bool is_value_word(const char *name)
{
    static const char *const words[] = {"null",         "true",         "false",
                                        "current_date", "current_time", "current_timestamp"};

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_eq_nocase(name, words[i]))
            return true;
    return false;
}

static bool is_keyword(const char *word)
{
    return sqlite3_keyword_check(word, (int)strlen(word)) != 0;
}

/* "key" and key are one name although KEY is a keyword too, so both come out in capitals. */
static char *render_word(const SqlToken *token)
{
    char *word = sql_token_name(token);
    bool quoted = token->kind == SQL_QUOTED;

    if (quoted && (!is_plain(word) || is_value_word(word))) {
        AUTO(str) char *name = word;
        AUTO(str) char *doubled = text_replace(name, "\"", "\"\"");

        return xasprintf("\"%s\"", doubled);
    }
    if (is_keyword(word) || is_value_word(word))
        for (char *c = word; *c; c++)
            *c = (char)toupper((unsigned char)*c);
    return word;
}

static bool needs_space(const SqlTokens *tokens, size_t at)
{
    const SqlToken *before = &tokens->items[at - 1];

    if (sql_token_is(tokens, at - 1, "(") || sql_token_is(tokens, at - 1, ".") ||
        sql_token_is(tokens, at, ")") || sql_token_is(tokens, at, ",") ||
        sql_token_is(tokens, at, ".") || sql_token_is(tokens, at, ";"))
        return false;
    if (sql_token_is(tokens, at, "(") && (before->kind == SQL_WORD || before->kind == SQL_QUOTED)) {
        AUTO(str) char *word = sql_token_name(before);

        return is_keyword(word); /* IN (…), but lower(…) */
    }
    return true;
}

char *sql_render(const SqlTokens *tokens, size_t from, size_t to)
{
    AUTO(buf) Buf out = BUF_INIT(MAX_RENDERED);

    for (size_t i = from; i < to && i < tokens->len; i++) {
        const SqlToken *token = &tokens->items[i];
        AUTO(str)
        char *text = token->kind == SQL_WORD || token->kind == SQL_QUOTED
                         ? render_word(token)
                         : xstrndup(token->start, token->len);

        if (i > from && needs_space(tokens, i))
            buf_adds(&out, " ");
        buf_adds(&out, text);
    }
    return buf_take(&out);
}

char *sql_normalise(const char *sql)
{
    AUTO(sql_tokens) SqlTokens tokens = {0};
    size_t end;

    sql_tokens_read(sql, &tokens);
    for (end = tokens.len; end > 0 && sql_token_is(&tokens, end - 1, ";"); end--)
        ;
    return sql_render(&tokens, 0, end);
}
