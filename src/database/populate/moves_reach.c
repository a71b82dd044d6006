/* From the value that an expression is to have to the values of its columns. */

#include <string.h>

#include "base/buffer.h"
#include "database/populate/moves_parts.h"

enum { DEPTH_MAX = 20 };

/* %r is the wanted value, %x the argument that is to change, %0 to %3 the arguments. */
static const struct {
    const char *call;
    int argument; /* that changes; -1: each */
    const char *postgres, *sqlite;
} CALLS[] = {
    {"lower", 0, "%r", "%r"},
    {"upper", 0, "%r", "%r"},
    {"initcap", 0, "%r", NULL},
    {"trim", -1, "%r", "%r"},
    {"btrim", -1, "%r", NULL},
    {"ltrim", -1, "%r", "%r"},
    {"rtrim", -1, "%r", "%r"},
    {"coalesce", -1, "%r", "%r"},
    {"ifnull", -1, "%r", "%r"},
    {"nullif", 0, "%r", "%r"},
    {"greatest", -1, "%r", NULL},
    {"least", -1, "%r", NULL},
    {"max", -1, NULL, "%r"},
    {"min", -1, NULL, "%r"},
    {"round", 0, "%r", "%r"},
    {"trunc", 0, "%r", NULL},
    {"floor", 0, "%r", "%r"},
    {"ceil", 0, "%r", "%r"},
    {"ceiling", 0, "%r", "%r"},
    {"abs", 0, "%r", "%r"},
    {"abs", 0, "(-(%r))", "(-(%r))"},
    {"sqrt", 0, "((%r) * (%r))", NULL},
    {"mod", 0, "((%1) * r.i + (%r))", "((%1) * r.i + (%r))"},
    {"power", 0, "sqrt(%r)", NULL},
    {"reverse", 0, "reverse(%r)", NULL},
    {"regexp_replace", 0, "%r", NULL},
    {"replace", 0, "%r", "%r"},
    {"translate", 0, "%r", NULL},
    {"unaccent", 0, "%r", NULL},
    {"normalize", 0, "%r", NULL},
    {"to_char", 0, "%r", NULL},
    {"concat", -1, "%r", NULL},
    {"left", 0, "((%r) || substr(%x, (%1) + 1))", NULL},
    {"right", 0, "(substr(%x, 1, greatest(length(%x) - (%1), 0)) || (%r))", NULL},
    {"substr", 0,
     "(substr(%x, 1, (%1) - 1) || (%r) || substr(%x, (%1) + length(CAST(%r AS text))))",
     "(substr(%x, 1, (%1) - 1) || (%r) || substr(%x, (%1) + length(%r)))"},
    {"substring", 0,
     "(substr(%x, 1, (%1) - 1) || (%r) || substr(%x, (%1) + length(CAST(%r AS text))))", NULL},
    {"split_part", 0,
     "array_to_string((string_to_array(%x, %1))[1:(%2) - 1] || CAST(%r AS text) || "
     "(string_to_array(%x, %1))[(%2) + 1:], %1)",
     NULL},
    {"split_part", 0, "(repeat('a' || (%1), (%2) - 1) || (%r) || (%1) || 'b')", NULL},
    {"strpos", 0, "(lpad('', CAST(%r AS integer) - 1, 'x') || (%1) || 'x')", NULL},
    {"strpos", 0,
     "(substr(%x, 1, CAST(%r AS integer) - 1) || (%1) || substr(%x, CAST(%r AS integer)))", NULL},
    {"strpos", 0, "replace(%x, %1, '')", NULL},
    {"position", 1,
     "(substr(%x, 1, CAST(%r AS integer) - 1) || (%0) || substr(%x, CAST(%r AS integer)))", NULL},
    {"position", 1, "replace(%x, %0, '')", NULL},
    {"instr", 0, NULL, "(substr(%x, 1, (%r) - 1) || (%1) || substr(%x, %r))"},
    {"instr", 0, NULL, "replace(%x, %1, '')"},
    {"length", 0, "rpad(%x, CAST(%r AS integer), '7')",
     "substr(%x || replace(hex(zeroblob(200)), '00', 'x'), 1, %r)"},
    {"length", 0, "rpad(%x, CAST(%r AS integer), 'x')",
     "substr(%x || replace(hex(zeroblob(200)), '00', '7'), 1, %r)"},
    {"char_length", 0, "rpad(%x, CAST(%r AS integer), 'x')", NULL},
    {"character_length", 0, "rpad(%x, CAST(%r AS integer), 'x')", NULL},
    {"octet_length", 0, "rpad(%x, CAST(%r AS integer), 'x')", NULL},
    {"octet_length", 0,
     "substr(CAST(repeat(md5('' || r.i), 1 + CAST(%r AS integer) / 32) AS bytea), 1, CAST(%r AS integer))",
     NULL},
    {"length", 0,
     "substr(CAST(repeat(md5('' || r.i), 1 + CAST(%r AS integer) / 32) AS bytea), 1, CAST(%r AS integer))",
     NULL},
    {"hex", 0, NULL, "%r"},
    {"array_to_string", 0, "string_to_array(%r, %1)", NULL},
    {"string_to_array", 0, "array_to_string(%r, %1)", NULL},
    {"array_position", 0, "array_remove(%x, %1)", NULL},
    {"array_position", 0, "array_append(%x, %1)", NULL},
    {"array_remove", 0, "%r", NULL},
    {"array_length", 0, "array_fill((%x)[1], ARRAY[CAST(%r AS integer)])", NULL},
    {"array_length", 0, "(%x)[1:(%r)]", NULL},
    {"array_upper", 0, "(%x)[1:(%r)]", NULL},
    {"array_ndims", 0, "(%x)[1:1]", NULL},
    {"cardinality", 0, "array_fill((%x)[1], ARRAY[CAST(%r AS integer)])", NULL},
    {"cardinality", 0, "(%x)[1:(%r)]", NULL},
    {"date_trunc", 1, "%r", NULL},
    {"date", 0, "%r", "%r"},
    {"datetime", 0, NULL, "%r"},
    {"time", 0, NULL, "%r"},
    {"julianday", 0, NULL, "datetime(%r)"},
    {"unixepoch", 0, NULL, "datetime(%r, 'unixepoch')"},
    {"strftime", 1, NULL, "%r"},
    {"extract", 1,
     "((%x) + (CAST(%r AS integer) - CAST(EXTRACT(%0 FROM %x) AS integer)) * CAST('1 ' || (CASE lower('%0') WHEN 'isodow' THEN 'day' WHEN 'dow' THEN 'day' WHEN 'doy' THEN 'day' WHEN 'quarter' THEN 'month' WHEN 'epoch' THEN 'second' ELSE '%0' END) AS interval))",
     NULL},
    {"extract", 1,
     "(CAST(%r AS integer) * CAST('1 ' || (CASE lower('%0') WHEN 'epoch' THEN 'second' ELSE '%0' END) AS interval))",
     NULL},
    {"date_part", 1,
     "((%x) + (CAST(%r AS integer) - CAST(date_part(%0, %x) AS integer)) * CAST('1 ' || (CASE %0 WHEN 'isodow' THEN 'day' WHEN 'dow' THEN 'day' WHEN 'epoch' THEN 'second' ELSE %0 END) AS interval))",
     NULL},
    {"make_date", 0, "CAST(EXTRACT(year FROM %r) AS integer)", NULL},
    {"make_date", 1, "CAST(EXTRACT(month FROM %r) AS integer)", NULL},
    {"make_date", 2, "CAST(EXTRACT(day FROM %r) AS integer)", NULL},
    {"make_interval", -1, "%r", NULL},
    {"age", 0, "((%1) + (%r))", NULL},
    {"age", 1, "((%0) - (%r))", NULL},
    {"masklen", 0, "set_masklen(%x, CAST(%r AS integer))", NULL},
    {"set_masklen", 0, "%r", NULL},
    {"network", 0, "%r", NULL},
    {"host", 0, "%r", NULL},
    {"family", 0, "(CASE WHEN (%r) = 6 THEN '2001:db8::' ELSE '10.0.0.0' END)", NULL},
    {"ascii", 0, "chr(CAST(%r AS integer))", NULL},
    {"md5", 0, "%r", NULL},
    {"encode", 0, "decode(%r, %1)", NULL},
    {"decode", 0, "encode(%r, %1)", NULL},
    {"get_bit", 0, "set_bit(%x, %1, CAST(%r AS integer))", NULL},
    {"get_byte", 0, "set_byte(%x, %1, CAST(%r AS integer))", NULL},
    {"bit_count", 0, "%r", NULL},
    {"point", -1, "%r", NULL},
    {"array", -1, "%r", NULL},
    {"nlevel", 0, "subpath(%x, 0, CAST(%r AS integer))", NULL},
    {"nlevel", 0, "(%x || 'a')", NULL},
    {"npoints", 0, "polygon(CAST(%r AS integer), circle(point(r.i * 10, 0), 4))", NULL},
    {"scale", 0, "round(%x, CAST(%r AS integer))", NULL},
    {"trim_scale", 0, "%r", NULL},
    {"gcd", 0, "(%r)", NULL},
    {"akeys", 0, "hstore(%r, %r)", NULL},
    {"tsvector", 0, "%r", NULL},
};

/* a op b is to be %r; what a is then, and what b. */
static const struct {
    const char *op, *left, *right;
} SUMS[] = {
    {"+", "((%r) - (%1))", "((%r) - (%0))"},
    {"-", "((%r) + (%1))", "((%0) - (%r))"},
    {"*", "((%r) / (%1))", "((%r) / (%0))"},
    {"/", "((%r) * (%1))", "((%0) / (%r))"},
    {"%", "((%1) * r.i + (%r))", "((%0) - (%r))"},
    {"%", "((%0) - (%0) % (%1) + (%r))", NULL},
    {"||", "substr(%r, 1, length(%r) - length(%1))", "substr(%r, length(%0) + 1)"},
    {"||", "%r", "%r"},
    {"&", "((%0) | (%r))", "((%1) | (%r))"},
    {"&", "((%0) & ~(%1))", "((%1) & ~(%0))"},
    {"&", "%r", "%r"},
    {"|", "((%0) | (%r))", "((%1) | (%r))"},
    {"<->", "%1", "%0"},
};

char *pop_template(const char *format, const char *value, const char *own, const PopNode *call)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);

    for (const char *at = format; *at; at++) {
        size_t argument = (size_t)(at[1] - '0');

        if (at[0] != '%' || !strchr("rx0123", at[1]) || !at[1]) {
            buf_addf(&out, "%c", *at);
            continue;
        }
        buf_adds(&out, at[1] == 'r'           ? value
                       : at[1] == 'x'         ? own
                       : argument < call->len ? call->items[argument]->sql
                                              : "1");
        at++;
    }
    return buf_take(&out);
}

static void reach_call(PopMover *mover, const PopNode *node, const char *value)
{
    for (size_t i = 0; i < COUNT_OF(CALLS); i++) {
        const char *format = mover->context->postgres ? CALLS[i].postgres : CALLS[i].sqlite;

        if (!text_eq(CALLS[i].call, node->op) || !format)
            continue;
        for (size_t at = 0; at < node->len; at++) {
            AUTO(str) char *wanted = NULL;

            if ((CALLS[i].argument >= 0 && (size_t)CALLS[i].argument != at) ||
                !pop_node_has_column(node->items[at]))
                continue;
            wanted = pop_template(format, value, node->items[at]->sql, node);
            pop_move_reach(mover, node->items[at], wanted);
        }
    }
}

static void reach_sum(PopMover *mover, const PopNode *node, const char *value)
{
    for (size_t i = 0; i < COUNT_OF(SUMS); i++) {
        AUTO(str) char *left = NULL, *right = NULL;

        if (!text_eq(SUMS[i].op, node->op) || node->len != 2)
            continue;
        left = pop_template(SUMS[i].left, value, "", node);
        right = SUMS[i].right ? pop_template(SUMS[i].right, value, "", node) : NULL;
        pop_move_reach(mover, node->items[0], left);
        if (right)
            pop_move_reach(mover, node->items[1], right);
    }
}

static void reach_element(PopMover *mover, const PopNode *node, const char *value)
{
    static const char *const formats[] = {
        "((%0)[1:(%1) - 1] || ARRAY[%r] || (%0)[(%1) + 1:])",
        "((%0)[1:(%1) - 1] || ARRAY[CAST(%r AS text)] || (%0)[(%1) + 1:])"};

    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        AUTO(str) char *wanted = pop_template(formats[i], value, "", node);

        pop_move_reach(mover, node->items[0], wanted);
    }
}

/* A composite with one field changed, its others as they are. */
static void reach_field(PopMover *mover, const PopNode *node, const char *value)
{
    const PopNode *inner = node->items[0];
    AUTO(str) char *field = pop_literal(mover->context, node->op ? node->op : "");
    bool text = value[strspn(value, "( ")] == '\'';
    AUTO(str)
    char *json = text_eq(value, "NULL") ? xstrdup("NULL")
                 : text                 ? xasprintf("to_jsonb(CAST(%s AS text))", value)
                                        : xasprintf("to_jsonb(%s)", value);
    AUTO(str)
    char *wanted =
        xasprintf("jsonb_populate_record(%s, jsonb_build_object(%s, %s))", inner->sql, field, json);

    pop_move_reach(mover, inner, wanted);
}

/* Each branch's result is to be the value; so is each branch to be taken. */
static void reach_case(PopMover *mover, const PopNode *node, const char *value)
{
    size_t first = node->simple_case ? 1 : 0;

    for (size_t i = first; i < node->len; i += 2) {
        bool last = i + 1 == node->len;

        if (!last && !node->simple_case)
            pop_move_condition(mover, node->items[i], true);
        if (!last && node->simple_case)
            pop_move_reach(mover, node->items[0], node->items[i]->sql);
        pop_move_reach(mover, node->items[last ? i : i + 1], value);
    }
}

void pop_move_reach(PopMover *mover, const PopNode *node, const char *value)
{
    if (!pop_node_has_column(node) || strlen(value) > POP_MOVE_LONGEST)
        return;
    if (++mover->depth > DEPTH_MAX) {
        mover->depth--;
        return;
    }
    if (node->kind == NODE_COLUMN)
        pop_move_add(mover, node->column, value);
    else if (pop_move_json(mover, node, value))
        ; /* that is it */
    else if (node->kind == NODE_CALL && !pop_move_range(mover, node, value))
        reach_call(mover, node, value);
    else if (node->kind == NODE_BINARY)
        reach_sum(mover, node, value);
    else if (node->kind == NODE_CAST && node->len == 1)
        pop_move_reach(mover, node->items[0], value);
    else if (node->kind == NODE_MINUS && node->len == 1) {
        AUTO(str) char *negative = xasprintf("(-(%s))", value);

        pop_move_reach(mover, node->items[0], negative);
    } else if (node->kind == NODE_ELEMENT && node->len == 2 && mover->context->postgres)
        reach_element(mover, node, value);
    else if (node->kind == NODE_FIELD && node->len == 1)
        reach_field(mover, node, value);
    else if (node->kind == NODE_CASE)
        reach_case(mover, node, value);
    else if (node->kind == NODE_OTHER || node->kind == NODE_ARRAY)
        for (size_t i = 0; i < node->len; i++)
            pop_move_reach(mover, node->items[i], value);
    mover->depth--;
}
