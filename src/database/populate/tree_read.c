/* Reads an expression: operators by their precedence, what is written in words, calls. */

#include <ctype.h>
#include <string.h>

#include "database/populate/tree_parts.h"

enum { DEPTH_MAX = 200 };

/* --- precedence ---------------------------------------------------------------------------------
 */

enum {
    BIND_OR = 1,
    BIND_AND,
    BIND_NOT,
    BIND_COMPARE,
    BIND_IN,
    BIND_OTHER,
    BIND_PLUS,
    BIND_TIMES,
    BIND_JOIN,
    BIND_POST,
};

static int bind_of(const char *op)
{
    static const struct {
        const char *op;
        int bind;
    } known[] = {
        {"=", BIND_COMPARE}, {"==", BIND_COMPARE}, {"<>", BIND_COMPARE}, {"!=", BIND_COMPARE},
        {"<", BIND_COMPARE}, {">", BIND_COMPARE},  {"<=", BIND_COMPARE}, {">=", BIND_COMPARE},
        {"+", BIND_PLUS},    {"-", BIND_PLUS},     {"*", BIND_TIMES},    {"/", BIND_TIMES},
        {"%", BIND_TIMES},   {"^", BIND_JOIN},     {"||", BIND_JOIN},    {"->", BIND_JOIN},
        {"->>", BIND_JOIN},  {"#>", BIND_JOIN},    {"#>>", BIND_JOIN}};

    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (text_eq(known[i].op, op))
            return known[i].bind;
    return BIND_OTHER;
}

static bool is_comparison(const char *op)
{
    return bind_of(op) == BIND_COMPARE;
}

/* --- infix --------------------------------------------------------------------------------------
 */

static PopNode *join(PopReader *reader, PopNodeKind kind, const char *op, PopNode *left,
                     PopNode *right, size_t from)
{
    PopNode *node = pop_node_new(kind, op);

    LIST_PUSH(node, left);
    LIST_PUSH(node, right);
    pop_node_settle(reader, node, from);
    return node;
}

/* AND and OR of many are one node. */
static PopNode *chain(PopReader *reader, PopNodeKind kind, PopNode *left, int bind, size_t from)
{
    PopNode *right;

    reader->at++;
    right = pop_read_bound(reader, bind + 1);
    if (left->kind != kind || left->sql[0] == '(')
        return join(reader, kind, NULL, left, right, from);
    LIST_PUSH(left, right);
    pop_node_settle(reader, left, from);
    return left;
}

static PopNode *read_is(PopReader *reader, PopNode *left, size_t from)
{
    static const char *const values[] = {"null", "true", "false", "unknown"};
    bool negated;
    PopNode *node;

    reader->at++;
    negated = pop_reader_take(reader, "NOT");
    for (size_t i = 0; i < COUNT_OF(values); i++)
        if (pop_reader_take(reader, values[i])) {
            node = pop_node_new(NODE_IS, i == 3 ? "null" : values[i]);
            node->negated = negated;
            LIST_PUSH(node, left);
            pop_node_settle(reader, node, from);
            return node;
        }
    if (pop_reader_take(reader, "DISTINCT")) {
        if (!pop_reader_take(reader, "FROM"))
            reader->failed = true;
        negated = !negated;
    }
    return join(reader, NODE_COMPARE, negated ? "<>" : "=", left,
                pop_read_bound(reader, BIND_COMPARE + 1), from);
}

static PopNode *read_in(PopReader *reader, PopNode *left, bool negated, size_t from)
{
    PopNode *node = pop_node_new(NODE_IN, NULL);

    node->negated = negated;
    LIST_PUSH(node, left);
    reader->at++;
    pop_read_list(reader, node);
    pop_node_settle(reader, node, from);
    return node;
}

static PopNode *read_between(PopReader *reader, PopNode *left, bool negated, size_t from)
{
    PopNode *node = pop_node_new(NODE_BETWEEN, NULL);

    node->negated = negated;
    reader->at++;
    (void)pop_reader_take(reader, "SYMMETRIC");
    LIST_PUSH(node, left);
    LIST_PUSH(node, pop_read_bound(reader, BIND_IN + 1));
    if (!pop_reader_take(reader, "AND"))
        reader->failed = true;
    LIST_PUSH(node, pop_read_bound(reader, BIND_IN + 1));
    pop_node_settle(reader, node, from);
    return node;
}

static PopNode *read_like(PopReader *reader, const char *op, PopNode *left, bool negated,
                          size_t from)
{
    PopNode *node;

    reader->at++;
    if (text_eq(op, "similar"))
        (void)pop_reader_take(reader, "TO");
    node = join(reader, NODE_LIKE, op, left, pop_read_bound(reader, BIND_IN + 1), from);
    node->negated = negated;
    if (pop_reader_take(reader, "ESCAPE"))
        pop_node_free(pop_read_bound(reader, BIND_IN + 1));
    pop_node_settle(reader, node, from);
    return node;
}

/* The words that stand between two values; NULL: none of them does here. */
static PopNode *read_worded(PopReader *reader, PopNode *left, int least, size_t from)
{
    static const char *const likes[] = {"like", "ilike", "glob", "similar", "regexp", "match"};
    bool negated = pop_reader_is(reader, 0, "NOT");
    size_t ahead = negated ? 1 : 0;

    if (pop_reader_is(reader, 0, "OR") && least <= BIND_OR)
        return chain(reader, NODE_OR, left, BIND_OR, from);
    if (pop_reader_is(reader, 0, "AND") && least <= BIND_AND)
        return chain(reader, NODE_AND, left, BIND_AND, from);
    if (pop_reader_is(reader, 0, "IS") && least <= BIND_COMPARE)
        return read_is(reader, left, from);
    if (least > BIND_IN)
        return NULL;
    if (pop_reader_is(reader, ahead, "IN") || pop_reader_is(reader, ahead, "BETWEEN")) {
        reader->at += ahead;
        return pop_reader_is(reader, 0, "IN") ? read_in(reader, left, negated, from)
                                              : read_between(reader, left, negated, from);
    }
    for (size_t i = 0; i < COUNT_OF(likes); i++)
        if (pop_reader_is(reader, ahead, likes[i])) {
            reader->at += ahead;
            return read_like(reader, likes[i], left, negated, from);
        }
    if (pop_reader_is(reader, 0, "ISNULL") || pop_reader_is(reader, 0, "NOTNULL") ||
        (negated && pop_reader_is(reader, 1, "NULL"))) {
        PopNode *node = pop_node_new(NODE_IS, "null");

        node->negated = !pop_reader_is(reader, 0, "ISNULL");
        reader->at += ahead + 1;
        LIST_PUSH(node, left);
        pop_node_settle(reader, node, from);
        return node;
    }
    return NULL;
}

static PopNode *read_any(PopReader *reader, const char *op, PopNode *left, size_t from)
{
    PopNode *node = pop_node_new(NODE_ANY, op);

    node->all = pop_reader_is(reader, 0, "ALL");
    reader->at++;
    LIST_PUSH(node, left);
    pop_read_list(reader, node);
    pop_node_settle(reader, node, from);
    return node;
}

static PopNode *read_operator(PopReader *reader, PopNode *left, int least, size_t from)
{
    static const char *const matches[] = {"~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*"};
    size_t width = 0;
    AUTO(str) char *op = pop_reader_operator(reader, &width);
    PopNodeKind kind = NODE_BINARY;
    PopNode *node;

    if (!op || bind_of(op) < least)
        return NULL;
    reader->at += width;
    if (pop_reader_is(reader, 0, "ANY") || pop_reader_is(reader, 0, "ALL") ||
        pop_reader_is(reader, 0, "SOME"))
        return read_any(reader, op, left, from);
    if (is_comparison(op))
        kind = NODE_COMPARE;
    for (size_t i = 0; i < COUNT_OF(matches); i++)
        if (text_eq(op, matches[i]))
            kind = NODE_LIKE;
    node = join(reader, kind,
                text_eq(op, "==")   ? "="
                : text_eq(op, "!=") ? "<>"
                                    : op,
                left, pop_read_bound(reader, bind_of(op) + 1), from);
    node->negated = kind == NODE_LIKE && op[0] == '!';
    return node;
}

/* "AT TIME ZONE 'UTC'", "COLLATE c": they change nothing that we seek by. */
static bool skip_suffix(PopReader *reader)
{
    if (pop_reader_is(reader, 0, "AT") && pop_reader_is(reader, 1, "TIME")) {
        reader->at += 3;
        pop_node_free(pop_read_bound(reader, BIND_POST));
        return true;
    }
    if (!pop_reader_is(reader, 0, "COLLATE"))
        return false;
    reader->at += 2;
    while (pop_reader_is(reader, 0, "."))
        reader->at += 2;
    return true;
}

PopNode *pop_read_bound(PopReader *reader, int least)
{
    size_t from = reader->at;
    PopNode *left;

    if (++reader->depth > DEPTH_MAX)
        reader->failed = true;
    left = reader->failed                    ? pop_node_new(NODE_OTHER, NULL)
           : pop_reader_is(reader, 0, "NOT") ? pop_read_not(reader, BIND_NOT)
                                             : pop_read_value(reader);
    while (!reader->failed && reader->at < reader->tokens.len) {
        PopNode *more = NULL;

        if (skip_suffix(reader)) {
            pop_node_settle(reader, left, from);
            continue;
        }
        more = read_worded(reader, left, least, from);
        if (!more)
            more = read_operator(reader, left, least, from);
        if (!more)
            break;
        left = more;
    }
    reader->depth--;
    return left;
}

PopNode *pop_tree_read(const PopTable *table, const char *sql)
{
    PopReader reader = {.table = table, .sql = sql};
    PopNode *node;

    pop_reader_open(&reader);
    node = pop_read_bound(&reader, BIND_OR);
    if (reader.failed || reader.at < reader.tokens.len) {
        pop_node_free(node);
        node = pop_node_new(NODE_OTHER, NULL);
        node->sql = xstrdup(sql);
    }
    pop_reader_close(&reader);
    return node;
}
