#include "database/populate/distance.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"

enum { LONGEST = 30000, DEPTH_MAX = 40 };

/* What a condition is to be. A check passes where it is true or NULL; a branch of CASE is taken
 * where its condition is true. */
typedef struct Want {
    bool yes, strict;
} Want;

typedef struct Measure {
    const PopContext *context;
    const PopTable *table;
    int depth;
} Measure;

static char *measure(Measure *measurer, const PopNode *node, Want want);

bool pop_node_is_number(const PopTable *table, const PopNode *node)
{
    static const char *const calls[] = {"length",
                                        "char_length",
                                        "character_length",
                                        "octet_length",
                                        "bit_length",
                                        "abs",
                                        "cardinality",
                                        "array_length",
                                        "jsonb_array_length",
                                        "extract",
                                        "date_part",
                                        "round",
                                        "json_array_length",
                                        "num_nonnulls",
                                        "num_nulls",
                                        "mod",
                                        "floor",
                                        "ceil",
                                        "position",
                                        "strpos",
                                        "instr",
                                        "ascii",
                                        "unicode",
                                        "masklen",
                                        "array_upper",
                                        "array_ndims",
                                        "julianday",
                                        "sign",
                                        "trunc",
                                        "sqrt"};
    static const char *const types[] = {
        "integer",          "int",     "bigint", "smallint", "numeric", "real",
        "double precision", "decimal", "int4",   "int8",     "int2"};

    switch (node->kind) {
    case NODE_LITERAL:
        return isdigit((unsigned char)node->sql[strspn(node->sql, "(- ")]);
    case NODE_COLUMN: {
        const PopColumn *column = &table->columns.items[node->column];

        return (column->family == FAMILY_INT || column->family == FAMILY_DECIMAL) &&
               !text_starts(column->type, "money");
    }
    case NODE_MINUS:
        return node->len == 1 && pop_node_is_number(table, node->items[0]);
    case NODE_BINARY:
        return strchr("+-*/%", node->op[0]) && node->op[1] == '\0' &&
               pop_node_is_number(table, node->items[0]) &&
               pop_node_is_number(table, node->items[1]);
    case NODE_CALL:
        for (size_t i = 0; i < COUNT_OF(calls); i++)
            if (text_eq(node->op, calls[i]))
                return true;
        return false;
    case NODE_CAST:
        for (size_t i = 0; i < COUNT_OF(types); i++)
            if (text_eq_nocase(node->op, types[i]) ||
                (text_eq(types[i], "numeric") && text_starts(node->op, "numeric(")))
                return true;
        return false;
    case NODE_OTHER:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_COMPARE:
    case NODE_IS:
    case NODE_IN:
    case NODE_BETWEEN:
    case NODE_LIKE:
    case NODE_ANY:
    case NODE_CASE:
    case NODE_ARRAY:
    case NODE_ROW:
    case NODE_ELEMENT:
    case NODE_FIELD:
        return false;
    }
    return false;
}

static const char *test_of(Want want)
{
    return want.yes      ? want.strict ? "IS TRUE" : "IS NOT FALSE"
           : want.strict ? "IS FALSE"
                         : "IS NOT TRUE";
}

/* 1, and between numbers less the nearer they are. */
static char *atom(const Measure *measurer, const PopNode *node, Want want)
{
    const char *real = measurer->context->postgres ? "float8" : "real";

    if (node->kind == NODE_COMPARE && (pop_node_is_number(measurer->table, node->items[0]) ||
                                       pop_node_is_number(measurer->table, node->items[1])))
        return xasprintf("(CASE WHEN (%s) %s THEN 0 ELSE 1 - 0.5 / (1 + COALESCE(abs(CAST(%s AS "
                         "%s) - CAST(%s AS %s)), 1)) END)",
                         node->sql, test_of(want), node->items[0]->sql, real, node->items[1]->sql,
                         real);
    return xasprintf("(CASE WHEN (%s) %s THEN 0 ELSE 1 END)", node->sql, test_of(want));
}

/* The sum where all of them are wanted, the least where one will do. */
static char *combine(const Measure *measurer, const StrList *parts, bool all)
{
    AUTO(str) char *text = str_list_join(parts, all ? " + " : ", ");

    if (parts->len == 1)
        return xstrdup(parts->items[0]);
    return all ? xasprintf("(%s)", text)
               : xasprintf("%s(%s)", measurer->context->postgres ? "LEAST" : "min", text);
}

/* What comes first guards what follows: jsonb_typeof(a) = 'array' AND jsonb_array_length(a) > 1. So
 * the second is only computed where the first is as it is wanted, as the check itself does it. */
static char *guarded(Measure *measurer, const PopNode *first, Want want, const char *rest,
                     size_t left)
{
    AUTO(str) char *own = measure(measurer, first, want);

    return xasprintf("(CASE WHEN (%s) %s THEN %s ELSE %zu + %s END)", first->sql, test_of(want),
                     rest, left, own);
}

static char *of_kids(Measure *measurer, const PopNode *node, Want want)
{
    AUTO(str_list) StrList parts = {0};
    char *all;

    if ((node->kind == NODE_AND) != want.yes) {
        for (size_t i = 0; i < node->len; i++)
            str_list_add_owned(&parts, measure(measurer, node->items[i], want));
        return combine(measurer, &parts, false);
    }
    all = measure(measurer, node->items[node->len - 1], want);
    for (size_t i = node->len - 1; i-- > 0;) {
        AUTO(str) char *rest = all;

        all = guarded(measurer, node->items[i], want, rest, node->len - 1 - i);
    }
    return all;
}

/* Both alike, or not: (a = 'x') = (b IS NOT NULL). */
static char *of_pair(Measure *measurer, const PopNode *node, bool alike)
{
    AUTO(str_list) StrList ways = {0};

    for (int yes = 0; yes < 2; yes++) {
        AUTO(str_list) StrList both = {0};

        str_list_add_owned(&both, measure(measurer, node->items[0], (Want){yes, true}));
        str_list_add_owned(&both,
                           measure(measurer, node->items[1], (Want){alike ? yes : !yes, true}));
        str_list_add_owned(&ways, combine(measurer, &both, true));
    }
    return combine(measurer, &ways, false);
}

/* One way for each branch: no condition before it, its own, its result. */
static char *of_case(Measure *measurer, const PopNode *node, Want want)
{
    AUTO(str_list) StrList ways = {0}, before = {0};

    for (size_t i = 0; i < node->len; i += 2) {
        AUTO(str_list) StrList way = {0};
        bool last = i + 1 == node->len;
        char *result = measure(measurer, node->items[last ? i : i + 1], want);

        if (!last) {
            AUTO(str) char *rest = result;

            result = guarded(measurer, node->items[i], (Want){true, true}, rest, 1);
        }
        str_list_copy(&before, &way);
        str_list_add_owned(&way, result);
        str_list_add_owned(&ways, combine(measurer, &way, true));
        if (!last)
            str_list_add_owned(&before, measure(measurer, node->items[i], (Want){false, false}));
    }
    return combine(measurer, &ways, false);
}

static bool is_pair(const PopNode *node)
{
    return node->kind == NODE_COMPARE && (text_eq(node->op, "=") || text_eq(node->op, "<>")) &&
           pop_node_is_condition(node->items[0]) && pop_node_is_condition(node->items[1]);
}

static char *inner(Measure *measurer, const PopNode *node, Want want)
{
    if ((node->kind == NODE_AND || node->kind == NODE_OR) && node->len > 0)
        return of_kids(measurer, node, want);
    if (node->kind == NODE_NOT)
        return measure(measurer, node->items[0], (Want){!want.yes, want.strict});
    if (node->kind == NODE_IS && !text_eq(node->op, "null") &&
        pop_node_is_condition(node->items[0]))
        return measure(measurer, node->items[0],
                       (Want){text_eq(node->op, "true") == (want.yes != node->negated),
                              want.yes != node->negated});
    if (is_pair(node))
        return of_pair(measurer, node, text_eq(node->op, "=") == want.yes);
    if (node->kind == NODE_CASE && !node->simple_case && node->len > 1)
        return of_case(measurer, node, want);
    return atom(measurer, node, want);
}

static char *measure(Measure *measurer, const PopNode *node, Want want)
{
    char *sql = NULL;

    if (++measurer->depth < DEPTH_MAX)
        sql = inner(measurer, node, want);
    if (sql && strlen(sql) > LONGEST) {
        free(sql);
        sql = NULL;
    }
    measurer->depth--;
    return sql ? sql : xasprintf("(CASE WHEN (%s) %s THEN 0 ELSE 1 END)", node->sql, test_of(want));
}

/* What the tree makes of it steers; whether it passes is for the check itself to say. */
char *pop_distance(const PopContext *context, const PopTable *table, const PopNode *tree,
                   const char *check)
{
    Measure measurer = {.context = context, .table = table};
    AUTO(str) char *sql = measure(&measurer, tree, (Want){true, false});

    return xasprintf("(CASE WHEN (%s) IS NOT FALSE THEN 0 ELSE 0.01 + %s END)", check, sql);
}
