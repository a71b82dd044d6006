/* Reads values: literals, columns, calls, what stands in parentheses; casts behind them. */

#include <ctype.h>
#include <string.h>

#include "database/populate/tree_parts.h"

enum { BIND_VALUE = 7 /* an argument of POSITION(a IN b) ends before IN */ };

PopNode *pop_read_not(PopReader *reader, int bind)
{
    size_t from = reader->at++;
    PopNode *node = pop_node_new(NODE_NOT, NULL);

    LIST_PUSH(node, pop_read_bound(reader, bind));
    pop_node_settle(reader, node, from);
    return node;
}

/* Past the ")" that belongs to the "(" before from; what is within is not understood. */
static void give_up(PopReader *reader, PopNode *node, size_t open)
{
    size_t end = sql_group_end(&reader->tokens, open);

    for (size_t i = 0; i < node->len; i++)
        pop_node_free(node->items[i]);
    node->len = 0;
    node->kind = NODE_OTHER;
    reader->failed = end >= reader->tokens.len;
    reader->at = reader->failed ? reader->tokens.len : end + 1;
}

/* Arguments are apart by commas, or by words: SUBSTRING(a FROM 1 FOR 2). */
void pop_read_list(PopReader *reader, PopNode *node)
{
    static const char *const between[] = {",", "FROM", "FOR", "IN", "PLACING"};
    static const char *const sides[] = {"BOTH", "LEADING", "TRAILING", "VARIADIC"};
    size_t open = reader->at;
    bool position = open > 0 && sql_token_is(&reader->tokens, open - 1, "POSITION");

    if (!pop_reader_take(reader, "(")) {
        reader->failed = true;
        return;
    }
    if (pop_reader_take(reader, ")"))
        return;
    for (size_t i = 0; i < COUNT_OF(sides); i++)
        (void)pop_reader_take(reader, sides[i]);
    (void)pop_reader_take(reader, "FROM");
    for (;;) {
        bool more = false;

        LIST_PUSH(node, pop_read_bound(reader, position ? BIND_VALUE : 0));
        if (reader->failed) {
            give_up(reader, node, open);
            return;
        }
        for (size_t i = 0; i < COUNT_OF(between) && !more; i++)
            more = pop_reader_take(reader, between[i]);
        if (more)
            continue;
        if (!pop_reader_take(reader, ")"))
            give_up(reader, node, open);
        return;
    }
}

static void read_type(PopReader *reader, PopNode *cast)
{
    static const char *const more[] = {"PRECISION", "VARYING", "WITH",  "WITHOUT", "TIME",
                                       "ZONE",      "YEAR",    "MONTH", "DAY",     "HOUR",
                                       "MINUTE",    "SECOND",  "TO",    "BIGINT",  "INTEGER"};
    size_t from = reader->at++;
    bool again = true;
    AUTO(pop_node) PopNode *type = pop_node_new(NODE_OTHER, NULL);

    while (again) {
        again = false;
        if (pop_reader_is(reader, 0, ".")) {
            reader->at += 2;
            again = true;
        } else if (pop_reader_is(reader, 0, "(")) { /* a length, or the brackets of an array */
            size_t end = sql_group_end(&reader->tokens, reader->at);

            reader->at = end < reader->tokens.len ? end + 1 : reader->tokens.len;
            again = true;
        }
        for (size_t i = 0; i < COUNT_OF(more) && !again; i++)
            again = pop_reader_take(reader, more[i]);
    }
    pop_node_settle(reader, type, from);
    free(cast->op);
    cast->op = TAKE(type->sql);
}

static PopNode *read_case(PopReader *reader)
{
    size_t from = reader->at++;
    PopNode *node = pop_node_new(NODE_CASE, NULL);

    if (!pop_reader_is(reader, 0, "WHEN")) {
        node->simple_case = true;
        LIST_PUSH(node, pop_read_bound(reader, 0));
    }
    while (!reader->failed && pop_reader_take(reader, "WHEN")) {
        LIST_PUSH(node, pop_read_bound(reader, 0));
        reader->failed |= !pop_reader_take(reader, "THEN");
        LIST_PUSH(node, pop_read_bound(reader, 0));
    }
    if (!reader->failed && pop_reader_take(reader, "ELSE"))
        LIST_PUSH(node, pop_read_bound(reader, 0));
    reader->failed |= !pop_reader_take(reader, "END");
    pop_node_settle(reader, node, from);
    return node;
}

static PopNode *read_cast(PopReader *reader)
{
    size_t from = reader->at;
    PopNode *node = pop_node_new(NODE_CAST, NULL);

    reader->at += 2;
    LIST_PUSH(node, pop_read_bound(reader, 0));
    if (pop_reader_take(reader, "AS"))
        read_type(reader, node);
    else
        reader->failed = true;
    reader->failed |= !pop_reader_take(reader, ")");
    pop_node_settle(reader, node, from);
    return node;
}

/* A call, a column, a literal with its type in front, a word. */
static PopNode *read_name(PopReader *reader)
{
    static const char *const values[] = {"true", "false", "null"};
    size_t from = reader->at++;
    AUTO(str) char *name = NULL;
    PopNode *node;

    while (pop_reader_is(reader, 0, ".") && !pop_reader_is(reader, 1, "*"))
        reader->at += 2;
    if (reader->at > reader->tokens.len) {
        reader->failed = true;
        reader->at = reader->tokens.len;
    }
    name = sql_token_name(&reader->tokens.items[reader->at - 1]);
    if (pop_reader_is(reader, 0, "(") &&
        reader->sql[reader->tokens.items[reader->at].start - reader->text] == '(') {
        node = pop_node_new(NODE_CALL, name);
        for (char *at = node->op; *at; at++)
            *at = (char)tolower((unsigned char)*at);
        pop_read_list(reader, node);
    } else if (reader->at < reader->tokens.len &&
               reader->tokens.items[reader->at].kind == SQL_STRING) {
        reader->at++;
        node = pop_node_new(NODE_LITERAL, NULL);
    } else {
        node = pop_node_new(NODE_OTHER, NULL);
        for (size_t i = 0; i < COUNT_OF(values); i++)
            if (text_eq_nocase(values[i], name))
                node->kind = NODE_LITERAL;
        node->column = pop_column_find(reader->table, name, true);
        if (node->column < reader->table->columns.len && node->kind == NODE_OTHER)
            node->kind = NODE_COLUMN;
    }
    pop_node_settle(reader, node, from);
    return node;
}

static PopNode *read_group(PopReader *reader)
{
    size_t from = reader->at;
    PopNode *list = pop_node_new(NODE_ROW, NULL);

    if (pop_reader_is(reader, 1, "SELECT") || pop_reader_is(reader, 1, "WITH")) {
        give_up(reader, list, from);
        list->kind = NODE_OTHER;
    } else {
        pop_read_list(reader, list);
    }
    if (list->len == 1) {
        PopNode *only = list->items[0];

        list->len = 0;
        pop_node_free(list);
        pop_node_settle(reader, only, from);
        return only;
    }
    pop_node_settle(reader, list, from);
    return list;
}

static PopNode *read_first(PopReader *reader)
{
    size_t from = reader->at, width = 0;
    const SqlToken *token = from < reader->tokens.len ? &reader->tokens.items[from] : NULL;
    PopNode *node;
    AUTO(str) char *op = NULL;

    if (!token) {
        reader->failed = true;
        return pop_node_new(NODE_OTHER, NULL);
    }
    if (pop_reader_is(reader, 0, "("))
        return read_group(reader);
    if (pop_reader_is(reader, 0, "CASE"))
        return read_case(reader);
    if (pop_reader_is(reader, 0, "CAST") && pop_reader_is(reader, 1, "("))
        return read_cast(reader);
    if (pop_reader_is(reader, 0, "ARRAY") && pop_reader_is(reader, 1, "(")) {
        node = pop_node_new(NODE_ARRAY, NULL);
        reader->at++;
        pop_read_list(reader, node);
        pop_node_settle(reader, node, from);
        return node;
    }
    if (token->kind == SQL_STRING || isdigit((unsigned char)token->start[0]) ||
        token->start[0] == '.' || token->start[0] == '\'' ||
        (token->len > 1 && token->start[1] == '\'')) {
        reader->at++;
        node = pop_node_new(NODE_LITERAL, NULL);
        pop_node_settle(reader, node, from);
        return node;
    }
    if (token->kind == SQL_WORD || token->kind == SQL_QUOTED)
        return read_name(reader);
    op = pop_reader_operator(reader, &width);
    if (!op) {
        reader->failed = true;
        return pop_node_new(NODE_OTHER, NULL);
    }
    reader->at += width;
    node = pop_node_new(text_eq(op, "-") ? NODE_MINUS : NODE_OTHER, NULL);
    LIST_PUSH(node, pop_read_value(reader));
    if (node->kind == NODE_MINUS && node->items[0]->kind == NODE_LITERAL) { /* a number below 0 */
        pop_node_free(node->items[0]);
        node->len = 0;
        node->kind = NODE_LITERAL;
    }
    pop_node_settle(reader, node, from);
    return node;
}

static PopNode *around(const PopReader *reader, PopNodeKind kind, PopNode *inner, size_t from)
{
    PopNode *node = pop_node_new(kind, NULL);

    LIST_PUSH(node, inner);
    pop_node_settle(reader, node, from);
    return node;
}

PopNode *pop_read_value(PopReader *reader)
{
    size_t from = reader->at;
    PopNode *node = read_first(reader);

    while (!reader->failed && reader->at < reader->tokens.len) {
        const char *start = reader->tokens.items[reader->at].start;

        if (pop_reader_is(reader, 0, ":") && pop_reader_is(reader, 1, ":")) {
            reader->at += 2;
            node = around(reader, NODE_CAST, node, from);
            if (reader->at < reader->tokens.len)
                read_type(reader, node);
            pop_node_settle(reader, node, from);
        } else if (pop_reader_is(reader, 0, "(") && reader->sql[start - reader->text] == '[') {
            node = around(reader, NODE_ELEMENT, node, from);
            pop_read_list(reader, node);
            if (node->len != 2) { /* x[2:3] */
                node->kind = NODE_OTHER;
            }
            pop_node_settle(reader, node, from);
        } else if (pop_reader_is(reader, 0, ".")) { /* a field of a composite */
            reader->at += 2;
            node = around(reader, NODE_FIELD, node, from);
            if (reader->at <= reader->tokens.len)
                node->op = sql_token_name(&reader->tokens.items[reader->at - 1]);
            pop_node_settle(reader, node, from);
        } else {
            break;
        }
    }
    return node;
}
