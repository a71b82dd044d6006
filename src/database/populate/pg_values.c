#include <string.h>

#include "base/buffer.h"
#include "database/populate/pg_types.h"

enum { DEPTH_MAX = 6 };

/* Values of types that no family covers; what is text is cast. {n} is the column's length in bits.
 */
/* clang-format off */
static const struct {
    const char *name, *pattern;
    bool distinct;
    const char *edge;
} VALUES[] = {
    {"interval", "({i} * interval '1 minute')", true, "'-178000000 years'"},
    {"timetz", "CAST(time '08:00' + ({i} % 600) * interval '1 minute' AS timetz)", false, "'24:00:00+00'"},
    {"inet", "(CAST('10.0.0.0' AS inet) + {i})", true, "'::/0'"},
    {"cidr", "CAST('10.' || {i} / 256 % 256 || '.' || {i} % 256 || '.0/24' AS cidr)", true, "'::/0'"},
    {"macaddr", "('0200' || lpad(to_hex({i}), 8, '0'))", true, "'00:00:00:00:00:00'"},
    {"macaddr8", "('02000000' || lpad(to_hex({i}), 8, '0'))", true, "'ff:ff:ff:ff:ff:ff:ff:ff'"},
    {"tsvector", "to_tsvector('pg_catalog.simple', {word} || ' ' || {noun} || ' w' || {i})", true, "''"},
    {"tsquery", "to_tsquery('pg_catalog.simple', {word} || ' & w' || {i})", true, "''"},
    {"point", "point({i} * 10, {h} % 100)", true, "'(Infinity,-Infinity)'"},
    {"line", "line(point(0, {i}), point(1, {i} + 1))", true, NULL},
    {"lseg", "lseg(point({i} * 10, 0), point({i} * 10 + 5, 5))", true, NULL},
    {"box", "box(point({i} * 10, 0), point({i} * 10 + 5, 5))", true, NULL},
    {"path", "('((' || {i} || ',0),(' || {i} || ',5),(0,0))')", true, NULL},
    {"polygon", "polygon(box(point({i} * 10, 0), point({i} * 10 + 5, 5)))", true, NULL},
    {"circle", "circle(point({i} * 10, 0), 3)", true, "'<(0,0),0>'"},
    {"xml", "('<note id=\"' || {i} || '\"/>')", false, "'text'"},
    {"jsonpath", "('$.' || {word})", false, NULL},
    {"regclass", "'pg_catalog.pg_class'", false, NULL},
    {"regtype", "'pg_catalog.int4'", false, NULL},
    {"regproc", "'pg_catalog.now'", false, NULL},
    {"regprocedure", "'pg_catalog.now()'", false, NULL},
    {"regoper", "'pg_catalog.||/'", false, NULL},
    {"regoperator", "'pg_catalog.+(integer,integer)'", false, NULL},
    {"regrole", "10", false, NULL},
    {"regnamespace", "'pg_catalog'", false, NULL},
    {"regconfig", "'pg_catalog.simple'", false, NULL},
    {"regdictionary", "'pg_catalog.simple'", false, NULL},
    {"regcollation", "'pg_catalog.\"C\"'", false, NULL},
    {"pg_lsn", "('0/' || to_hex({i}))", true, "'0/0'"},
    {"xid", "(CAST({i} % 4000000000 AS text))", true, NULL},
    {"xid8", "(CAST({i} AS text))", true, NULL},
    {"cid", "(CAST({i} AS text))", true, NULL},
    {"tid", "('(0,' || {i} % 60000 + 1 || ')')", false, NULL},
    {"txid_snapshot", "({i} || ':' || {i} + 1 || ':')", true, NULL},
    {"pg_snapshot", "({i} || ':' || {i} + 1 || ':')", true, NULL},
    {"refcursor", "('cursor ' || {i})", true, NULL},
    {"aclitem", "'=r/postgres'", false, NULL},
    {"int2vector", "({i} % 1000 || ' 2')", false, NULL},
    {"oidvector", "({i} || ' 2')", true, NULL},
    {"hstore", "('name=>' || {word} || ', number=>' || {i})", true, "''"},
    {"ltree", "({word} || '.' || {noun} || {i})", true, "''"},
    {"lquery", "({word} || '.*')", false, NULL},
    {"ltxtquery", "({word})", false, NULL},
    {"cube", "('(' || {i} || ', 1)')", true, NULL},
    {"seg", "('' || {i})", true, NULL},
    {"isbn13", "'978-0-393-04002-9'", false, NULL},
    {"ean13", "'978-0-393-04002-9'", false, NULL},
    {"geometry", "('POINT(' || {i} % 90 || ' ' || {h} % 90 || ')')", false, NULL},
    {"geography", "('POINT(' || {i} % 90 || ' ' || {h} % 90 || ')')", false, NULL},
};

/* clang-format on */

typedef struct Maker {
    PopEngine *engine;
    const PgTypes *types;
    const PopTable *table;
    const char *name;
    int depth;
} Maker;

static char *value_of(Maker *maker, unsigned long id, int modifier, unsigned n, bool *ret_distinct);

/* int2vector and oidvector have elements, too, and are written in a way of their own. */
static bool is_array(const PgType *type)
{
    return type->element && type->name[0] == '_';
}

static char *cast_value(Maker *maker, unsigned long id, int modifier, unsigned n)
{
    const PgType *type = pg_type_find(maker->types, id);
    bool distinct;
    AUTO(str)
    char *value = maker->depth < DEPTH_MAX && type && type->kind == 'd'
                      ? pg_domain_value(maker->engine, maker->types, maker->name, id, n)
                      : NULL;

    if (!value)
        value = value_of(maker, id, modifier, n, &distinct);
    return xasprintf("CAST(%s AS %s)", value, type ? type->cast : "text");
}

/* Ranges lie side by side, so that no two rows' overlap. */
static char *range_value(Maker *maker, const PgType *type, bool *ret_distinct)
{
    static const struct {
        const char *name, *low, *high;
    } spans[] = {
        {"int4", "CAST(r.i * 10 AS integer)", "CAST(r.i * 10 + 5 AS integer)"},
        {"int8", "r.i * 10", "r.i * 10 + 5"},
        {"numeric", "CAST(r.i * 10 AS numeric)", "r.i * 10 + 5.5"},
        {"float8", "CAST(r.i * 10 AS float8)", "CAST(r.i * 10 + 5.5 AS float8)"},
        {"date", "date '2024-01-15' + CAST(r.i * 10 AS integer)",
         "date '2024-01-15' + CAST(r.i * 10 + 5 AS integer)"},
        {"time", "time '06:00' + (r.i % 80) * interval '10 minutes'",
         "time '06:05' + (r.i % 80) * interval '10 minutes'"},
        {"inet", "CAST('10.0.0.0' AS inet) + r.i * 8", "CAST('10.0.0.4' AS inet) + r.i * 8"},
        {"interval", "r.i * interval '10 days'", "r.i * interval '10 days' + interval '1 day'"},
    };

    int modifier = -1;
    const PgType *span = pg_type_base(maker->types, type->base, &modifier);

    *ret_distinct = true;
    for (size_t i = 0; span && i < COUNT_OF(spans); i++)
        if (text_eq(span->name, spans[i].name))
            return xasprintf("%s(%s, %s)", type->cast, spans[i].low, spans[i].high);
    if (span && (text_eq(span->name, "timestamp") || text_eq(span->name, "timestamptz"))) {
        AUTO(str) char *low = pop_seconds(&maker->engine->context, 0, MOMENT_CREATED);
        AUTO(str) char *high = pop_seconds(&maker->engine->context, 0, MOMENT_ENDED);
        const char *zone = text_eq(span->name, "timestamp") ? " AT TIME ZONE 'UTC'" : "";

        return xasprintf("%s(to_timestamp(%s)%s, to_timestamp(%s)%s)", type->cast, low, zone, high,
                         zone);
    }
    {
        AUTO(str) char *value = cast_value(maker, type->base, -1, 7);

        return xasprintf("%s(%s, %s, '[]')", type->cast, value, value);
    }
}

static char *row_value(Maker *maker, const PgType *type)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);

    buf_adds(&out, "ROW(");
    for (size_t i = 0; i < type->fields.len; i++) {
        AUTO(str)
        char *value = cast_value(maker, type->fields.items[i].type, type->fields.items[i].modifier,
                                 (unsigned)i + 20);

        buf_addf(&out, "%s%s", i > 0 ? ", " : "", value);
    }
    buf_adds(&out, ")");
    return buf_take(&out);
}

/* As many numbers as the type's modifier says; pgvector. */
static char *vector_value(int modifier)
{
    return xasprintf("('[' || r.i || repeat(',0.5', %d) || ']')", modifier > 1 ? modifier - 1 : 2);
}

static char *bits_value(const PgType *type, int modifier, bool *ret_distinct)
{
    int width = modifier > 0 ? modifier : text_eq(type->name, "bit") ? 1 : 32;

    *ret_distinct = width >= 24;
    return xasprintf("CAST(r.i AS bit(%d))", width);
}

static char *named_value(Maker *maker, const PgType *type, unsigned n, bool *ret_distinct)
{
    uint64_t salt = pop_salt(&maker->engine->context, maker->table->place, maker->name, n);

    for (size_t i = 0; i < COUNT_OF(VALUES); i++)
        if (text_eq(type->name, VALUES[i].name)) {
            *ret_distinct = VALUES[i].distinct;
            return pop_expand(&maker->engine->context, VALUES[i].pattern, salt);
        }
    *ret_distinct = false;
    return xstrdup("'1'"); /* many types of extensions read numbers */
}

/* A value of any type, in terms of the families where one covers it. */
static char *value_of(Maker *maker, unsigned long id, int modifier, unsigned n, bool *ret_distinct)
{
    const PgType *type = pg_type_base(maker->types, id, &modifier);
    AUTO(str) char *name = xasprintf("%s %u", maker->name, n);
    PopColumn column = {.name = name,
                        .type = type ? type->cast : NULL,
                        .family = FAMILY_OTHER,
                        .not_null = true,
                        .min = INT64_MIN,
                        .max = INT64_MAX};
    PopChoiceList list = {0};
    char *value = NULL;

    *ret_distinct = false;
    if (!type || ++maker->depth > DEPTH_MAX)
        return xstrdup("NULL");
    pg_column_settle(maker->types, type->id, modifier, &column);
    if (type->kind == 'r') {
        value = range_value(maker, type, ret_distinct);
    } else if (type->kind == 'm') {
        const PgType *range = pg_type_find(maker->types, type->base);
        AUTO(str) char *inner = range ? range_value(maker, range, ret_distinct) : xstrdup("");

        value = xasprintf("%s(%s)", type->cast, inner);
    } else if (type->kind == 'c') {
        value = row_value(maker, type);
    } else if (is_array(type)) {
        AUTO(str) char *first = cast_value(maker, type->element, modifier, 30);
        AUTO(str) char *second = cast_value(maker, type->element, modifier, 31);

        value = xasprintf("ARRAY[%s, %s]", first, second);
    } else if (text_eq(type->name, "bit") || text_eq(type->name, "varbit")) {
        value = bits_value(type, modifier, ret_distinct);
    } else if (text_eq(type->name, "vector") || text_eq(type->name, "halfvec")) {
        value = vector_value(modifier);
    } else if (column.family == FAMILY_OTHER && column.labels.len == 0) {
        value = named_value(maker, type, n, ret_distinct);
    } else {
        PopContext context = maker->engine->context;

        context.kind = POPULATE_TYPICAL;
        pop_family_choices(&context, maker->table, &column, &list);
        *ret_distinct = list.items[0].distinct && list.len == 1;
        value = xstrdup(list.items[n % list.len].sql);
    }
    maker->depth--;
    str_list_clear(&column.labels);
    pop_choices_clear(&list);
    return value;
}

static void other_edges(const PgType *type, PopChoiceList *list)
{
    if (is_array(type))
        pop_choice_add(list, xstrdup("'{}'"), false, 3);
    if (type->kind == 'r')
        pop_choice_add(list, xstrdup("'empty'"), false, 3);
    for (size_t i = 0; i < COUNT_OF(VALUES); i++)
        if (text_eq(type->name, VALUES[i].name) && VALUES[i].edge)
            pop_choice_add(list, xstrdup(VALUES[i].edge), false, 3);
}

void pg_choices(PopEngine *engine, const PopTable *table, const PopColumn *column,
                PopChoiceList *list)
{
    const PgTypes *types = engine->types;
    const PgType *type = pg_type_find(types, column->type_id);
    Maker maker = {.engine = engine, .types = types, .table = table, .name = column->name};
    bool distinct = false;
    char *value;

    if (column->family != FAMILY_OTHER || column->labels.len > 0 || !type) {
        pop_family_choices(&engine->context, table, column, list);
        return;
    }
    value = value_of(&maker, column->type_id, (int)column->length - (column->length == 0), 0,
                     &distinct);
    pop_choice_add(list, value, distinct, 0);
    pop_choice_name(list, type->name, POPULATE_NAMED);
    if (engine->context.kind == POPULATE_EDGE)
        other_edges(type, list);
}
