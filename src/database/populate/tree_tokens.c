/* An expression's tokens while it is read, and the source that a node has. */

#include <string.h>

#include "database/populate/tree_parts.h"

void pop_reader_open(PopReader *reader)
{
    reader->text = pop_without_brackets(reader->sql);
    sql_tokens_read(reader->text, &reader->tokens);
}

void pop_reader_close(PopReader *reader)
{
    sql_tokens_clear(&reader->tokens);
    free(reader->text);
}

bool pop_reader_is(const PopReader *reader, size_t ahead, const char *text)
{
    return sql_token_is(&reader->tokens, reader->at + ahead, text);
}

bool pop_reader_take(PopReader *reader, const char *text)
{
    if (!pop_reader_is(reader, 0, text))
        return false;
    reader->at++;
    return true;
}

static bool is_sign(const SqlToken *token)
{
    for (size_t i = 0; i < token->len; i++)
        if (!strchr("+-*/<>=~!@#%^&|`?", token->start[i]))
            return false;
    return token->kind == SQL_OTHER;
}

/* OPERATOR(public.~) */
static char *qualified_operator(const PopReader *reader, size_t *ret_width)
{
    const SqlTokens *tokens = &reader->tokens;
    size_t end = sql_group_end(tokens, reader->at + 1), from = end;

    if (end >= tokens->len)
        return NULL;
    while (from > reader->at + 2 && is_sign(&tokens->items[from - 1]))
        from--;
    *ret_width = end + 1 - reader->at;
    return from == end ? NULL
                       : xstrndup(tokens->items[from].start,
                                  (size_t)(tokens->items[end].start - tokens->items[from].start));
}

/* Signs that touch are one operator, which ends in + or - only when it has one of the rarer signs.
 * Source: postgresql.org, "Lexical Structure", "Operators" */
char *pop_reader_operator(const PopReader *reader, size_t *ret_width)
{
    const SqlTokens *tokens = &reader->tokens;
    size_t width = 0, len = 0;
    const char *start;

    if (reader->at >= tokens->len)
        return NULL;
    if (pop_reader_is(reader, 0, "OPERATOR") && pop_reader_is(reader, 1, "("))
        return qualified_operator(reader, ret_width);
    start = tokens->items[reader->at].start;
    while (reader->at + width < tokens->len) {
        const SqlToken *token = &tokens->items[reader->at + width];

        if (!is_sign(token) || token->start != start + len)
            break;
        if (width > 0 && (token->start[0] == '-' || token->start[0] == '+') &&
            strcspn(start, "~!@#%^&|`?") >= len)
            break;
        len += token->len;
        width++;
    }
    *ret_width = width;
    return width > 0 ? xstrndup(start, len) : NULL;
}

PopNode *pop_node_new(PopNodeKind kind, const char *op)
{
    PopNode *node = xcalloc(1, sizeof *node);

    node->kind = kind;
    node->op = xstrdup_null(op);
    node->column = SIZE_MAX;
    return node;
}

void pop_node_settle(const PopReader *reader, PopNode *node, size_t from)
{
    const SqlToken *first, *last;

    free(node->sql);
    node->sql = NULL;
    if (from >= reader->at || reader->at > reader->tokens.len) {
        node->sql = xstrdup("NULL");
        return;
    }
    first = &reader->tokens.items[from];
    last = &reader->tokens.items[reader->at - 1];
    node->sql = xstrndup(reader->sql + (first->start - reader->text),
                         (size_t)(last->start + last->len - first->start));
}
