#include "model/sql_scan.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* Comments nest in Postgres, and not elsewhere; one that opens inside another is rare. */
static const char *skip_comment(const char *at)
{
    size_t depth = 0;

    while (*at) {
        if (at[0] == '/' && at[1] == '*') {
            depth++;
            at += 2;
        } else if (at[0] == '*' && at[1] == '/') {
            depth--;
            at += 2;
            if (depth == 0)
                return at;
        } else {
            at++;
        }
    }
    return at;
}

static const char *skip_blank(const char *at)
{
    for (;;) {
        if (isspace((unsigned char)*at))
            at++;
        else if (at[0] == '-' && at[1] == '-')
            at += strcspn(at, "\n");
        else if (at[0] == '/' && at[1] == '*')
            at = skip_comment(at);
        else
            return at;
    }
}

static const char *skip_quoted(const char *at, char close, bool escapes)
{
    for (at++; *at; at++) {
        if (escapes && *at == '\\' && at[1])
            at++;
        else if (*at == close && at[1] == close)
            at++;
        else if (*at == close)
            return at + 1;
    }
    return at;
}

/* $tag$ ... $tag$; NULL when it is no such quote. */
static const char *skip_dollar(const char *at)
{
    size_t len = 1;
    AUTO(str) char *tag = NULL;
    const char *end;

    while (is_word(at[len]) && !isdigit((unsigned char)at[1]))
        len++;
    if (at[len] != '$')
        return NULL;
    tag = xstrndup(at, len + 1);
    end = strstr(at + len + 1, tag);
    return end ? end + len + 1 : at + strlen(at);
}

static const char *skip_token(const char *at, ScanKind *ret_kind)
{
    const char *end;

    *ret_kind = SCAN_OTHER;
    if (*at == '\'' || ((*at == 'e' || *at == 'E') && at[1] == '\'')) {
        *ret_kind = SCAN_STRING;
        return skip_quoted(*at == '\'' ? at : at + 1, '\'', *at != '\'');
    }
    if (*at == '"' || *at == '`' ||
        (*at == '[' && (isalpha((unsigned char)at[1]) || at[1] == '_'))) {
        *ret_kind = SCAN_QUOTED;
        return skip_quoted(at, *at == '[' ? ']' : *at, false);
    }
    if (*at == '$' && (end = skip_dollar(at))) {
        *ret_kind = SCAN_DOLLAR;
        return end;
    }
    if (!is_word(*at))
        return at + 1;
    *ret_kind = isdigit((unsigned char)*at) ? SCAN_OTHER : SCAN_WORD;
    while (is_word(*at) || *at == '$')
        at++;
    return at;
}

void scan_read(const char *sql, ScanTokens *ret_tokens)
{
    ScanTokens tokens = {0};

    for (const char *at = skip_blank(sql); *at; at = skip_blank(at)) {
        ScanToken token = {.start = at};

        at = skip_token(at, &token.kind);
        token.len = (size_t)(at - token.start);
        LIST_PUSH(&tokens, token);
    }
    *ret_tokens = tokens;
}

void scan_clear(ScanTokens *tokens)
{
    free(tokens->items);
    *tokens = (ScanTokens){0};
}

bool scan_is(const ScanTokens *tokens, size_t at, const char *text)
{
    const ScanToken *token = at < tokens->len ? &tokens->items[at] : NULL;

    return token && (token->kind == SCAN_WORD || token->kind == SCAN_OTHER) &&
           token->len == strlen(text) && strncasecmp(token->start, text, token->len) == 0;
}

bool scan_is_name(const ScanTokens *tokens, size_t at)
{
    return at < tokens->len &&
           (tokens->items[at].kind == SCAN_WORD || tokens->items[at].kind == SCAN_QUOTED);
}

char *scan_text(const ScanToken *token)
{
    const char *start = token->start;
    char close;
    char *text, *to;

    if (token->kind == SCAN_DOLLAR) {
        size_t tag = (size_t)(strchr(start + 1, '$') - start) + 1;

        bool closed = token->len >= 2 * tag && strncmp(start + token->len - tag, start, tag) == 0;

        return xstrndup(start + tag, token->len - (closed ? 2 * tag : tag));
    }
    if (token->kind != SCAN_QUOTED && token->kind != SCAN_STRING)
        return xstrndup(start, token->len);
    if (token->kind == SCAN_STRING && *start != '\'')
        start++;
    close = *start == '[' ? ']' : *start;
    to = text = xmalloc(token->len + 1);
    for (const char *at = start + 1; at < token->start + token->len; at++) {
        if (*at == close && (at + 1 == token->start + token->len || *++at != close))
            break;
        *to++ = *at;
    }
    *to = '\0';
    return text;
}

size_t scan_skip(const ScanTokens *tokens, size_t at)
{
    size_t depth = 0;

    if (!scan_is(tokens, at, "("))
        return at + 1;
    for (; at < tokens->len; at++) {
        if (scan_is(tokens, at, "("))
            depth++;
        else if (scan_is(tokens, at, ")") && --depth == 0)
            return at + 1;
    }
    return at;
}
