/* Ways to change a value, by its type alone. */

#include <string.h>

#include "database/populate/moves_parts.h"

/* %x is the column. */
static const struct {
    PopFamily family;
    const char *postgres, *sqlite;
} SHAPES[] = {
    {FAMILY_INT, "(%x + 1)", "(%x + 1)"},
    {FAMILY_INT, "(%x - 1)", "(%x - 1)"},
    {FAMILY_INT, "(%x * 2)", "(%x * 2)"},
    {FAMILY_INT, "(%x * 10)", "(%x * 10)"},
    {FAMILY_INT, "(%x / 2)", "(%x / 2)"},
    {FAMILY_INT, "abs(%x)", "abs(%x)"},
    {FAMILY_INT, "0", "0"},
    {FAMILY_INT, "1", "1"},
    {FAMILY_INT, "12", "12"},
    {FAMILY_INT, "(-1)", "(-1)"},
    {FAMILY_INT, "r.i", "r.i"},
    {FAMILY_DECIMAL, "round(%x)", "round(%x)"},
    {FAMILY_DECIMAL, "round(CAST(%x AS numeric), 1)", "round(%x, 1)"},
    {FAMILY_DECIMAL, "(%x * 2)", "(%x * 2)"},
    {FAMILY_DECIMAL, "(%x / 2)", "(%x / 2)"},
    {FAMILY_DECIMAL, "(%x / 100)", "(%x / 100)"},
    {FAMILY_DECIMAL, "abs(%x)", "abs(%x)"},
    {FAMILY_DECIMAL, "0", "0"},
    {FAMILY_DECIMAL, "1", "1"},
    {FAMILY_DECIMAL, "0.5", "0.5"},
    {FAMILY_DECIMAL, "100", "100"},
    {FAMILY_TEXT, "lower(%x)", "lower(%x)"},
    {FAMILY_TEXT, "upper(%x)", "upper(%x)"},
    {FAMILY_TEXT, "btrim(%x)", "trim(%x)"},
    {FAMILY_TEXT, "initcap(%x)", NULL},
    {FAMILY_TEXT, "''", "''"},
    {FAMILY_TEXT, "left(%x, 1)", "substr(%x, 1, 1)"},
    {FAMILY_TEXT, "(%x || %x)", "(%x || %x)"},
    {FAMILY_TEXT, "('' || r.i)", "('' || r.i)"},
    {FAMILY_TEXT, "('1' || lpad('' || r.i, 7, '0'))", "printf('1%07d', r.i)"},
    {FAMILY_TEXT, "(substr('bcdfghjk', 1 + CAST(r.i % 8 AS integer), 1) || 'ab')",
     "(substr('bcdfghjk', 1 + r.i % 8, 1) || 'ab')"},
    {FAMILY_TEXT, "replace(%x, ' ', '')", "replace(%x, ' ', '')"},
    {FAMILY_TEXT, "replace(%x, ' ', '-')", "replace(%x, ' ', '-')"},
    {FAMILY_TEXT, "regexp_replace(%x, '[^a-zA-Z]', '', 'g')", NULL},
    {FAMILY_TEXT, "regexp_replace(%x, '[^0-9]', '', 'g')", NULL},
    {FAMILY_TEXT, "(%x || '.')", "(%x || '.')"},
    {FAMILY_TEXT, "md5(%x)", NULL},
    {FAMILY_DATE, "CAST(date_trunc('month', %x) AS date)", "date(%x, 'start of month')"},
    {FAMILY_DATE, "CAST(date_trunc('year', %x) AS date)", "date(%x, 'start of year')"},
    {FAMILY_DATE, "CAST(date_trunc('week', %x) AS date)", "date(%x, 'weekday 1')"},
    {FAMILY_DATE, "CAST(date_trunc('quarter', %x) AS date)", "date(%x, 'weekday 0')"},
    {FAMILY_DATE, "CAST(date_trunc('month', %x) + interval '1 month - 1 day' AS date)",
     "date(%x, 'start of month', '+1 month', '-1 day')"},
    {FAMILY_DATE, "(%x + 1)", "date(%x, '+1 day')"},
    {FAMILY_DATE, "(%x - 1)", "date(%x, '-1 day')"},
    {FAMILY_DATE, "CAST(%x + interval '1 month' AS date)", "date(%x, '+1 month')"},
    {FAMILY_DATE, "CAST(%x + interval '1 year' AS date)", "date(%x, '+1 year')"},
    {FAMILY_DATE, "CAST(%x - interval '30 years' AS date)", "date(%x, '-30 years')"},
    {FAMILY_MOMENT, "date_trunc('second', %x)", "strftime('%Y-%m-%dT%H:%M:%SZ', %x)"},
    {FAMILY_MOMENT, "date_trunc('minute', %x)", "strftime('%Y-%m-%dT%H:%M:00Z', %x)"},
    {FAMILY_MOMENT, "date_trunc('hour', %x)", "strftime('%Y-%m-%d %H:00:00', %x)"},
    {FAMILY_MOMENT, "date_trunc('day', %x)", "datetime(%x, 'start of day')"},
    {FAMILY_MOMENT, "date_trunc('week', %x)", "date(%x)"},
    {FAMILY_MOMENT, "date_trunc('month', %x)", "datetime(%x, 'start of month')"},
    {FAMILY_MOMENT, "(%x + interval '1 hour')", "datetime(%x, '+1 hour')"},
    {FAMILY_MOMENT, "(%x - interval '1 hour')", "datetime(%x, '-1 hour')"},
    {FAMILY_MOMENT, "(%x + interval '1 day')", "datetime(%x, '+1 day')"},
    {FAMILY_MOMENT, "(%x + interval '1 month')", "datetime(%x, '+1 month')"},
    {FAMILY_MOMENT, "(%x - interval '30 years')", "datetime(%x, '-30 years')"},
    {FAMILY_TIME, "(time '00:00' + (r.i % 24) * interval '1 hour')",
     "time((r.i % 24) * 3600, 'unixepoch')"},
    {FAMILY_TIME, "time '09:00'", "'09:00'"},
    {FAMILY_TIME, "time '17:00'", "'17:00'"},
    {FAMILY_TIME, "(%x + interval '1 hour')", "time(%x, '+1 hour')"},
    {FAMILY_TIME, "(%x + interval '30 minutes')", "strftime('%H:%M', %x)"},
    {FAMILY_JSON, "'{}'", "'{}'"},
    {FAMILY_JSON, "'[]'", "'[]'"},
    {FAMILY_JSON, "'[1]'", "'[1]'"},
    {FAMILY_JSON, "'[{}]'", "'[{}]'"},
    {FAMILY_BYTES, "substr(%x, 1, 4)", "substr(%x, 1, 4)"},
    {FAMILY_BYTES, "decode(md5('' || r.i), 'hex')", "zeroblob(16)"},
    {FAMILY_BYTES, "decode(md5('' || r.i) || md5('a' || r.i), 'hex')", "zeroblob(32)"},
    {FAMILY_UUID, "CAST(md5('' || r.i) AS uuid)", NULL},
};

/* Types that the engine alone knows, by how their names begin or end. */
static const struct {
    const char *type;
    const char *postgres;
} OTHERS[] = {
    {"range", "%t(lower(%x), upper(%x), '[)')"},
    {"range", "%t(lower(%x), upper(%x), '[]')"},
    {"range", "%t(lower(%x), upper(%x), '()')"},
    {"range", "%t(lower(%x), NULL)"},
    {"range", "%t(NULL, upper(%x))"},
    {"range", "%t(lower(%x), upper(%x) + (upper(%x) - lower(%x)))"},
    {"range", "%t(lower(%x) + (upper(%x) - lower(%x)), upper(%x) + (upper(%x) - lower(%x)) * 2)"},
    {"tstzrange",
     "tstzrange(date_trunc('day', lower(%x)), date_trunc('day', lower(%x)) + interval '1 day')"},
    {"tstzrange",
     "tstzrange(date_trunc('hour', lower(%x)), date_trunc('hour', lower(%x)) + interval '1 hour')"},
    {"tsrange",
     "tsrange(date_trunc('day', lower(%x)), date_trunc('day', lower(%x)) + interval '1 day')"},
    {"tsrange",
     "tsrange(date_trunc('hour', lower(%x)), date_trunc('hour', lower(%x)) + interval '1 hour')"},
    {"numrange", "numrange(0, 1)"},
    {"numrange", "numrange(r.i, r.i + 1)"},
    {"int4range", "int4range(CAST(r.i AS integer), CAST(r.i AS integer) + 1)"},
    {"int4range", "int4range(0, 100)"},
    {"daterange",
     "daterange(CAST(date_trunc('month', lower(%x)) AS date), CAST(date_trunc('month', lower(%x)) + interval '1 month' AS date))"},
    {"[]", "'{}'"},
    {"[]", "(%x)[1:1]"},
    {"[]", "(%x || %x)"},
    {"[]", "ARRAY(SELECT DISTINCT e.v FROM unnest(%x) AS e(v) ORDER BY 1)"},
    {"interval", "interval '1 hour'"},
    {"interval", "interval '1 day'"},
    {"interval", "interval '1 month'"},
    {"interval", "interval '0'"},
    {"interval", "(%x * 2)"},
    {"interval", "date_trunc('hour', %x + interval '1 hour')"},
    {"bit", "~ %x"},
    {"inet", "network(%x)"},
    {"inet", "set_masklen(%x, 24)"},
    {"cidr", "set_masklen(CAST('10.0.0.0/8' AS cidr) + 0, 8)"},
    {"macaddr", "trunc(%x)"},
    {"point", "point(0, 0)"},
    {"point", "point(r.i, r.i)"},
    {"box", "box(point(0, 0), point(1, 1))"},
    {"box", "box(point(r.i, r.i), point(r.i + 1, r.i + 1))"},
    {"circle", "circle(point(0, 0), 1)"},
    {"polygon", "polygon(box(point(0, 0), point(1, 1)))"},
    {"polygon", "polygon(6, circle(point(0, 0), 10))"},
    {"path", "pclose(%x)"},
    {"path", "popen(%x)"},
    {"path", "CAST('[(0,0),(1,0),(1,1)]' AS path)"},
    {"lseg", "lseg(point(0, 0), point(1, 0))"},
    {"xml", "'<a/>'"},
    {"ltree", "text2ltree('top')"},
};

static void add(PopMover *mover, size_t at, const char *format)
{
    const PopColumn *column = &mover->table->columns.items[at];
    AUTO(str) char *name = pg_quote(column->name);
    AUTO(str) char *typed = text_replace(format, "%t", column->type);
    AUTO(str) char *sql = text_replace(typed, "%x", name);

    pop_move_add(mover, at, sql);
}

void pop_move_shapes(PopMover *mover, size_t at)
{
    const PopColumn *column = &mover->table->columns.items[at];
    bool postgres = mover->context->postgres;

    for (size_t i = 0; i < COUNT_OF(SHAPES); i++) {
        const char *format = postgres ? SHAPES[i].postgres : SHAPES[i].sqlite;

        if (SHAPES[i].family == column->family && format)
            add(mover, at, format);
    }
    for (size_t i = 0; postgres && column->family == FAMILY_OTHER && i < COUNT_OF(OTHERS); i++)
        if (text_ends(column->type, OTHERS[i].type) || text_starts(column->type, OTHERS[i].type))
            add(mover, at, OTHERS[i].postgres);
    for (size_t i = 0; i < column->labels.len; i++) {
        AUTO(str) char *label = pop_literal(mover->context, column->labels.items[i]);

        pop_move_add(mover, at, label);
    }
    if (column->family == FAMILY_BOOL) {
        pop_move_add(mover, at, postgres ? "true" : "1");
        pop_move_add(mover, at, postgres ? "false" : "0");
    }
}
