/* Operators and calls that are conditions: containment, overlap, keys of JSON, ranges, networks. */

#include <string.h>

#include "database/populate/moves_parts.h"

/* What the left side may be for "left op right" to be true, or false; %0 and %1 are the sides. */
static const struct {
    const char *op;
    bool yes;
    const char *left, *right;
} OPERATORS[] = {
    {"@>", true, "%1", "%0"},
    {"@>", true, "((%0) || (%1))", NULL},
    {"@>", true, "((%0) + (%1))", NULL},
    {"@>", true, "(CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || (%1))", NULL},
    {"<@", true, "%1", "%0"},
    {"<@", true, "((%0) * (%1))", "((%0) || (%1))"},
    {"<@", true, "((%1) || 'a')", NULL},
    {"<@", true, "(%1)[1:1]", NULL},
    {"&&", true, "%1", "%0"},
    {"&&", true, "((%0) || (%1))", "((%0) || (%1))"},
    {"&&", false, "'{}'", "'{}'"},
    {"&&", false, "'empty'", "'empty'"},
    {"@>", false, "'{}'", NULL},
    {"<<", true, "(CAST(host(%1) AS inet) + r.i)", NULL},
    {"<<=", true, "(CAST(host(%1) AS inet) + r.i)", "network(%0)"},
    {"<<=", true, "%1", NULL},
    {">>", true, NULL, "(CAST(host(%0) AS inet) + r.i)"},
    {">>=", true, "network(%1)", "(CAST(host(%0) AS inet) + r.i)"},
    {"?", true,
     "(CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || jsonb_build_object(%1, "
     "CAST('amber' AS text)))",
     NULL},
    {"?", true,
     "(CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || jsonb_build_object(%1, 1))",
     NULL},
    {"?", true, "hstore(%1, 'amber')", NULL},
    {"?", false, "((%0) - (%1))", NULL},
    {"?&", true,
     "(CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || "
     "to_jsonb(hstore(%1, %1)))",
     NULL},
    {"?&", true,
     "(SELECT CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || "
     "jsonb_object_agg(k, 'amber') FROM unnest(%1) k)",
     NULL},
    {"?&", true,
     "(SELECT CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || "
     "jsonb_object_agg(k, 1) FROM unnest(%1) k)",
     NULL},
    {"?|", true,
     "(CASE WHEN jsonb_typeof(%0) = 'object' THEN %0 ELSE '{}' END || "
     "jsonb_build_object((%1)[1], CAST('amber' AS text)))",
     NULL},
    {"?|", false, "((%0) - (%1))", NULL},
    {"=", true, "(%1)[1]", "ARRAY[%0]"},
    {"=", true, NULL, "array_append(%1, %0)"},
    {"=", false, NULL, "array_remove(%1, %0)"},
    {"<", true, "((%1)[1] - 1)", "ARRAY[(%0) + 1]"},
    {">", true, "((%1)[1] + 1)", "ARRAY[(%0) - 1]"},
    {"<=", true, "(%1)[1]", "ARRAY[%0]"},
    {">=", true, "(%1)[1]", "ARRAY[%0]"},
    {"<>", true, NULL, "array_remove(%1, %0)"},
    {"@@", true, "to_tsvector('simple', CAST(%1 AS text))", NULL},
};

/* Nothing that is not as its conditions say: '$[*] ? (!(@.qty > 0))'. Where the path is to find
 * nothing, they are to hold. */
static bool denies(const char *path)
{
    return strstr(path, "!(") || strstr(path, "! (");
}

void pop_move_operator(PopMover *mover, const PopNode *node, bool yes)
{
    AUTO(str) char *path = NULL;

    if (node->len != 2 || !mover->context->postgres)
        return;
    if (text_eq(node->op, "@?") || text_eq(node->op, "@@"))
        path = pop_node_text(node->items[1]);
    if (path && strchr(path, '$') && (yes || denies(path)))
        pop_move_path(mover, node->items[0], path);
    for (size_t i = 0; i < COUNT_OF(OPERATORS); i++) {
        AUTO(str) char *left = NULL, *right = NULL;

        if (!text_eq(OPERATORS[i].op, node->op) || OPERATORS[i].yes != yes)
            continue;
        if (OPERATORS[i].left) {
            left = pop_template(OPERATORS[i].left, "", "", node);
            pop_move_reach(mover, node->items[0], left);
        }
        if (OPERATORS[i].right) {
            right = pop_template(OPERATORS[i].right, "", "", node);
            pop_move_reach(mover, node->items[1], right);
        }
    }
    if (node->kind == NODE_ANY) /* none: ALL of nothing is true */
        pop_move_reach(mover, node->items[1], "'{}'");
}

/* --- calls --------------------------------------------------------------------------------------
 */

static const struct {
    const char *call;
    bool yes;
    const char *first;
} CALLS[] = {
    {"starts_with", true, "((%1) || (%0))"},
    {"starts_with", true, "(%1)"},
    {"isempty", true, "'empty'"},
    {"isfinite", true, "timestamp '2024-01-15'"},
    {"isfinite", false, "'infinity'"},
    {"json_valid", true, "'{}'"},
    {"json_valid", true, "'[]'"},
};

void pop_move_call(PopMover *mover, const PopNode *node, bool yes)
{
    for (size_t i = 0; i < COUNT_OF(CALLS); i++) {
        AUTO(str) char *wanted = NULL;

        if (!text_eq(CALLS[i].call, node->op) || CALLS[i].yes != yes || node->len == 0)
            continue;
        wanted = pop_template(CALLS[i].first, "", "", node);
        pop_move_reach(mover, node->items[0], wanted);
    }
    if (node->len > 1 && text_starts(node->op, "jsonb_path_")) {
        AUTO(str) char *path = pop_node_text(node->items[1]);

        if (path && (yes || denies(path)))
            pop_move_path(mover, node->items[0], path);
    }
    if (text_eq(node->op, "coalesce") || text_eq(node->op, "ifnull") || text_eq(node->op, "iif"))
        for (size_t i = 0; i < node->len; i++)
            pop_move_condition(mover, node->items[i], yes);
}

/* --- ranges -------------------------------------------------------------------------------------
 */

static bool is_range(const PopMover *mover, const PopNode *node)
{
    return node->kind == NODE_COLUMN &&
           text_ends(mover->table->columns.items[node->column].type, "range");
}

bool pop_move_range(PopMover *mover, const PopNode *call, const char *value)
{
    static const struct {
        const char *call, *format;
    } ends[] = {{"lower", "%s(%%r, (%%r) + (upper(%%0) - lower(%%0)))"},
                {"lower", "%s(%%r, upper(%%0))"},
                {"upper", "%s(lower(%%0), %%r)"},
                {"upper", "%s((%%r) - (upper(%%0) - lower(%%0)), %%r)"}};

    if (call->len != 1 || !is_range(mover, call->items[0]))
        return false;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        const char *type = mover->table->columns.items[call->items[0]->column].type;
        AUTO(str) char *named = NULL, *single = NULL, *wanted = NULL;

        if (!text_eq(ends[i].call, call->op))
            continue;
        named = text_replace(ends[i].format, "%s", type);
        single = text_replace(named, "%%", "%");
        wanted = pop_template(single, value, "", call);
        pop_move_add(mover, call->items[0]->column, wanted);
    }
    return true;
}
