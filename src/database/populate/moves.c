#include <string.h>

#include "database/populate/moves_parts.h"

enum { DEPTH_MAX = 30, ITEMS_MAX = 16 };

void pop_moves_clear(PopMoveList *moves)
{
    for (size_t i = 0; i < moves->len; i++)
        free(moves->items[i].sql);
    free(moves->items);
    *moves = (PopMoveList){0};
}

void pop_move_add(PopMover *mover, size_t column, const char *sql)
{
    if (column >= mover->table->columns.len || mover->table->columns.items[column].left ||
        mover->moves->len >= POP_MOVES_MAX || strlen(sql) > POP_MOVE_LONGEST)
        return;
    for (size_t i = 0; i < mover->moves->len; i++)
        if (mover->moves->items[i].column == column && text_eq(mover->moves->items[i].sql, sql))
            return;
    LIST_PUSH(mover->moves, ((PopMove){.column = column, .sql = xstrdup(sql)}));
}

/* --- comparisons --------------------------------------------------------------------------------
 */

/* What the value is, as far as it says how a value beside another is made. */
static PopFamily family_of(const PopTable *table, const PopNode *node)
{
    static const struct {
        const char *type;
        PopFamily family;
    } types[] = {
        {"date", FAMILY_DATE},      {"timestamp", FAMILY_MOMENT}, {"time", FAMILY_TIME},
        {"text", FAMILY_TEXT},      {"character", FAMILY_TEXT},   {"varchar", FAMILY_TEXT},
        {"interval", FAMILY_OTHER}, {"datetime", FAMILY_MOMENT},  {"date_trunc", FAMILY_MOMENT},
        {"lower", FAMILY_TEXT},     {"upper", FAMILY_TEXT},       {"substr", FAMILY_TEXT}};

    if (pop_node_is_number(table, node))
        return FAMILY_DECIMAL;
    if (node->kind == NODE_COLUMN)
        return table->columns.items[node->column].family;
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (node->op && text_starts(node->op, types[i].type))
            return types[i].family;
    return node->len > 0 && node->kind != NODE_CALL ? family_of(table, node->items[0])
                                                    : FAMILY_OTHER;
}

/* One step up from another value, one down. */
static const struct {
    PopFamily family;
    const char *up, *down, *sqlite_up, *sqlite_down;
} STEPS[] = {
    {FAMILY_INT, "((%r) + 1)", "((%r) - 1)", "((%r) + 1)", "((%r) - 1)"},
    {FAMILY_DECIMAL, "((%r) + 1)", "((%r) - 1)", "((%r) + 1)", "((%r) - 1)"},
    {FAMILY_DECIMAL, "((%r) * 2)", "((%r) / 2)", "((%r) * 2)", "((%r) / 2.0)"},
    {FAMILY_DATE, "((%r) + 1)", "((%r) - 1)", "date(%r, '+1 day')", "date(%r, '-1 day')"},
    {FAMILY_DATE, "((%r) + interval '1 day')", "((%r) - interval '1 day')", NULL, NULL},
    {FAMILY_MOMENT, "((%r) + interval '1 minute')", "((%r) - interval '1 minute')",
     "datetime(%r, '+1 minute')", "datetime(%r, '-1 minute')"},
    {FAMILY_TIME, "((%r) + interval '1 minute')", "((%r) - interval '1 minute')",
     "time(%r, '+1 minute')", "time(%r, '-1 minute')"},
    {FAMILY_TEXT, "((%r) || 'z')", "substr(%r, 1, 1)", "((%r) || 'z')", "substr(%r, 1, 1)"},
    {FAMILY_OTHER, "((%r) + interval '1 second')", "((%r) - interval '1 second')", NULL, NULL},
    {FAMILY_OTHER, "((%r) * 2)", "((%r) / 2)", NULL, NULL},
};

static void reach_step(PopMover *mover, const PopNode *node, const char *other, PopFamily family,
                       bool up)
{
    for (size_t i = 0; i < COUNT_OF(STEPS); i++) {
        const char *format = mover->context->postgres ? (up ? STEPS[i].up : STEPS[i].down)
                             : up                     ? STEPS[i].sqlite_up
                                                      : STEPS[i].sqlite_down;
        AUTO(str) char *value = NULL;

        if (STEPS[i].family != family || !format)
            continue;
        value = text_replace(format, "%r", other);
        pop_move_reach(mover, node, value);
    }
}

static const char *opposite(const char *op)
{
    static const char *const pairs[][2] = {{"=", "<>"}, {"<", ">="}, {">", "<="},
                                           {"<>", "="}, {">=", "<"}, {"<=", ">"}};

    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        if (text_eq(pairs[i][0], op))
            return pairs[i][1];
    return op;
}

static const char *mirrored(const char *op)
{
    return op[0] == '<' && op[1] != '>' ? (op[1] ? ">=" : ">")
           : op[0] == '>'               ? (op[1] ? "<=" : "<")
                                        : op;
}

static void one_side(PopMover *mover, const PopNode *node, const PopNode *other, const char *op)
{
    PopFamily family;

    if (!pop_node_has_column(node))
        return;
    family = family_of(mover->table, node);
    if (family == FAMILY_OTHER)
        family = family_of(mover->table, other);
    if (text_eq(op, "=") || strchr(op, '=') || family == FAMILY_OTHER)
        pop_move_reach(mover, node, other->sql);
    if (op[0] == '>' || text_eq(op, "<>"))
        reach_step(mover, node, other->sql, family, true);
    if (op[0] == '<')
        reach_step(mover, node, other->sql, family, false);
}

static void compare(PopMover *mover, const PopNode *left, const PopNode *right, const char *op,
                    bool yes)
{
    const char *wanted = yes ? op : opposite(op);

    if (pop_node_is_condition(left) || pop_node_is_condition(right)) {
        for (int way = 0; way < 2; way++) {
            pop_move_condition(mover, left, way);
            pop_move_condition(mover, right, way);
        }
    }
    one_side(mover, left, right, wanted);
    one_side(mover, right, left, mirrored(wanted));
}

/* --- conditions ---------------------------------------------------------------------------------
 */

/* One of its columns is NULL, or, which the row's other choices see to, is not. */
static void be_null(PopMover *mover, const PopNode *node)
{
    if (node->kind == NODE_COLUMN && !mover->table->columns.items[node->column].not_null)
        pop_move_add(mover, node->column, "NULL");
    for (size_t i = 0; i < node->len; i++)
        be_null(mover, node->items[i]);
}

static void of_items(PopMover *mover, const PopNode *node, bool yes)
{
    for (size_t i = 1; i < node->len && i <= ITEMS_MAX; i++) {
        const PopNode *item = node->items[i];

        if (node->kind == NODE_ANY && item->kind == NODE_CAST && item->len == 1)
            item = item->items[0];
        if (item->kind == NODE_ARRAY)
            for (size_t k = 0; k < item->len && k < ITEMS_MAX; k++)
                compare(mover, node->items[0], item->items[k],
                        node->kind == NODE_ANY ? node->op : "=", yes);
        else
            compare(mover, node->items[0], item, "=", yes);
    }
}

static void of_case(PopMover *mover, const PopNode *node, bool yes)
{
    for (size_t i = 0; i < node->len; i += 2) {
        bool last = i + 1 == node->len;

        if (!last && !node->simple_case) {
            pop_move_condition(mover, node->items[i], true);
            pop_move_condition(mover, node->items[i], false);
        }
        pop_move_condition(mover, node->items[last ? i : i + 1], yes);
    }
    for (size_t i = 1; node->simple_case && i + 1 < node->len; i += 2) {
        compare(mover, node->items[0], node->items[i], "=", true);
        pop_move_condition(mover, node->items[i + 1], yes);
    }
}

/* NULL where a check is to pass without more ado; every kind of node has its way. */
void pop_move_condition(PopMover *mover, const PopNode *node, bool yes)
{
    bool positive = yes != node->negated;

    if (++mover->depth > DEPTH_MAX) {
        mover->depth--;
        return;
    }
    switch (node->kind) {
    case NODE_AND:
    case NODE_OR:
        for (size_t i = 0; i < node->len; i++)
            pop_move_condition(mover, node->items[i], yes);
        break;
    case NODE_NOT:
        pop_move_condition(mover, node->items[0], !yes);
        break;
    case NODE_COMPARE:
        compare(mover, node->items[0], node->items[1], node->op, yes);
        break;
    case NODE_IS:
        if (text_eq(node->op, "null")) {
            if (positive) {
                be_null(mover, node->items[0]);
                if (node->items[0]->kind == NODE_FIELD || node->items[0]->kind == NODE_ELEMENT)
                    pop_move_reach(mover, node->items[0], "NULL");
            }
        } else {
            pop_move_condition(mover, node->items[0], text_eq(node->op, "true") == positive);
        }
        break;
    case NODE_BETWEEN:
        if (positive) {
            compare(mover, node->items[0], node->items[1], ">=", true);
            compare(mover, node->items[0], node->items[2], "<=", true);
        } else {
            compare(mover, node->items[0], node->items[1], "<", true);
            compare(mover, node->items[0], node->items[2], ">", true);
        }
        break;
    case NODE_IN:
    case NODE_ANY:
        of_items(mover, node, positive);
        if (node->kind == NODE_ANY)
            pop_move_operator(mover, node, positive);
        break;
    case NODE_LIKE:
        pop_move_pattern(mover, node, positive);
        break;
    case NODE_CASE:
        of_case(mover, node, yes);
        break;
    case NODE_BINARY:
        pop_move_operator(mover, node, yes);
        break;
    case NODE_CALL:
        pop_move_call(mover, node, yes);
        break;
    case NODE_COLUMN:
        pop_move_add(mover, node->column,
                     mover->context->postgres ? yes ? "true" : "false"
                     : yes                    ? "1"
                                              : "0");
        break;
    case NODE_OTHER:
    case NODE_LITERAL:
    case NODE_MINUS:
    case NODE_CAST:
    case NODE_ARRAY:
    case NODE_ROW:
    case NODE_ELEMENT:
    case NODE_FIELD:
        for (size_t i = 0; i < node->len; i++)
            pop_move_condition(mover, node->items[i], yes);
        break;
    }
    mover->depth--;
}

static void shapes(PopMover *mover, const PopNode *node)
{
    if (node->kind == NODE_COLUMN)
        pop_move_shapes(mover, node->column);
    for (size_t i = 0; i < node->len; i++)
        shapes(mover, node->items[i]);
}

void pop_moves_find(const PopContext *context, const PopTable *table, const PopNode *check,
                    bool both, PopMoveList *moves)
{
    PopMover mover = {.context = context, .table = table, .moves = moves};

    pop_move_condition(&mover, check, true);
    if (both)
        pop_move_condition(&mover, check, false);
    be_null(&mover, check);
    shapes(&mover, check);
}
