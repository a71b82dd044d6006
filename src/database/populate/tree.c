#include "database/populate/tree.h"

#include <string.h>

#include "base/buffer.h"
#include "database/populate/expr.h"
#include "database/sql_text.h"

void pop_node_free(PopNode *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->len; i++)
        pop_node_free(node->items[i]);
    free(node->items);
    free(node->op);
    free(node->sql);
    free(node);
}

bool pop_node_is_condition(const PopNode *node)
{
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_COMPARE:
    case NODE_IS:
    case NODE_IN:
    case NODE_BETWEEN:
    case NODE_LIKE:
    case NODE_ANY:
        return true;
    case NODE_LITERAL:
        return text_eq_nocase(node->sql, "true") || text_eq_nocase(node->sql, "false");
    case NODE_OTHER:
    case NODE_COLUMN:
    case NODE_CASE:
    case NODE_BINARY:
    case NODE_MINUS:
    case NODE_CALL:
    case NODE_CAST:
    case NODE_ARRAY:
    case NODE_ROW:
    case NODE_ELEMENT:
    case NODE_FIELD:
        return false;
    }
    return false;
}

bool pop_node_has_column(const PopNode *node)
{
    if (node->kind == NODE_COLUMN)
        return true;
    for (size_t i = 0; i < node->len; i++)
        if (pop_node_has_column(node->items[i]))
            return true;
    return false;
}

static bool is_one_of(const SqlTokens *tokens, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sql_token_is(tokens, at, words[i]))
            return true;
    return false;
}

/* A function, a type, a field: EXTRACT(year FROM ...), CAST(... AS date), interval '1 day'. */
static bool only_looks_so(const char *text, const SqlTokens *tokens, size_t at)
{
    static const char *const before[] = {":", "AS", "WITH", "WITHOUT", "AT"};
    static const char *const behind[] = {"FROM", "ZONE"};
    const SqlToken *token = &tokens->items[at];
    const SqlToken *next = at + 1 < tokens->len ? &tokens->items[at + 1] : NULL;

    if (token->kind == SQL_QUOTED)
        return false;
    if (token->start > text && token->start[-1] == '.')
        return false; /* of a table: the caller takes that part away */
    if (next &&
        (next->kind == SQL_STRING || (next->start[0] == '(' && sql_token_is(tokens, at + 1, "("))))
        return true;
    return (at > 0 && is_one_of(tokens, at - 1, before, COUNT_OF(before))) ||
           is_one_of(tokens, at + 1, behind, COUNT_OF(behind));
}

static char *replacement(const SqlTokens *tokens, size_t at, const StrList *names,
                         char *const *with)
{
    AUTO(str) char *name = sql_token_name(&tokens->items[at]);

    for (size_t i = 0; i < names->len; i++)
        if (with[i] && text_eq_nocase(names->items[i], name))
            return with[i];
    return NULL;
}

/* Brackets blanked out with what our tokens read as nothing, so that x[1] is no call of x. */
static char *without_brackets(const char *sql)
{
    char *text = pop_without_brackets(sql);

    for (size_t i = 0; sql[i]; i++)
        if (text[i] != sql[i])
            text[i] = ';';
    return text;
}

char *pop_names_replace(const char *sql, const StrList *names, char *const *with)
{
    AUTO(str) char *text = without_brackets(sql);
    AUTO(sql_tokens) SqlTokens tokens = {0};
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    size_t done = 0;

    sql_tokens_read(text, &tokens);
    for (size_t i = 0; i < tokens.len; i++) {
        const SqlToken *token = &tokens.items[i];
        size_t start = (size_t)(token->start - text);
        const char *value;

        if ((token->kind != SQL_WORD && token->kind != SQL_QUOTED) ||
            only_looks_so(text, &tokens, i))
            continue;
        value = replacement(&tokens, i, names, with);
        if (!value || start < done)
            continue;
        if (i >= 2 && sql_token_is(&tokens, i - 1, ".") &&
            tokens.items[i - 1].start + 1 == token->start) {
            const SqlToken *owner = &tokens.items[i - 2];

            if (owner->start + owner->len != tokens.items[i - 1].start ||
                (owner->kind != SQL_WORD && owner->kind != SQL_QUOTED))
                continue; /* a field of a value */
            start = (size_t)(owner->start - text);
        }
        buf_addf(&out, "%.*s%s", (int)(start - done), sql + done, value);
        done = (size_t)(token->start - text) + token->len;
    }
    buf_adds(&out, sql + done);
    return buf_take(&out);
}
