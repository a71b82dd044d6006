#include "database/populate/pg_types.h"

#include <string.h>

unsigned long pg_cell_id(const PopCells *cells, size_t row, size_t column)
{
    const char *text = pop_cell(cells, row, column);

    return text ? strtoul(text, NULL, 10) : 0;
}

static int cell_int(const PopCells *cells, size_t row, size_t column)
{
    const char *text = pop_cell(cells, row, column);

    return text ? (int)strtol(text, NULL, 10) : -1;
}

static int compare_types(const void *a, const void *b)
{
    const PgType *first = a, *second = b;

    return first->id < second->id ? -1 : first->id > second->id;
}

static PgType *find(const PgTypes *types, unsigned long id)
{
    PgType wanted = {.id = id};

    return types->len == 0
               ? NULL
               : bsearch(&wanted, types->items, types->len, sizeof wanted, compare_types);
}

const PgType *pg_type_find(const PgTypes *types, unsigned long id)
{
    return find(types, id);
}

const PgType *pg_type_base(const PgTypes *types, unsigned long id, int *modifier)
{
    const PgType *type = find(types, id);

    for (int depth = 0; type && type->kind == 'd' && depth < 32; depth++) {
        if (type->modifier >= 0)
            *modifier = type->modifier;
        type = find(types, type->base);
    }
    return type;
}

static Error *read_types(PopEngine *engine, PgTypes *types)
{
    AUTO(pop_cells) PopCells cells = {0};

    /* multiranges came with 14 */
    TRY(engine->query(
        engine,
        "SELECT t.oid, t.typname, format_type(t.oid, NULL), t.typtype, t.typcategory, "
        "CASE t.typtype WHEN 'd' THEN t.typbasetype WHEN 'r' THEN (SELECT rngsubtype FROM pg_range WHERE rngtypid = t.oid) "
        "WHEN 'm' THEN (SELECT r.rngtypid FROM pg_range r WHERE to_jsonb(r) ->> 'rngmultitypid' = t.oid::text) ELSE 0 END, "
        "CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END, t.typtypmod, t.typnotnull, "
        "quote_ident(n.nspname) || '.' || quote_ident(t.typname) "
        "FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype <> 'p' ORDER BY t.oid",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PgType type = {
            .id = pg_cell_id(&cells, row, 0),
            .name = xstrdup(pop_cell(&cells, row, 1)),
            .kind = pop_cell(&cells, row, 3)[0],
            .category = pop_cell(&cells, row, 4)[0],
            .base = pg_cell_id(&cells, row, 5),
            .element = pg_cell_id(&cells, row, 6),
            .modifier = cell_int(&cells, row, 7),
            .not_null = pop_cell(&cells, row, 8)[0] == 't',
        };

        /* a range's name is its constructor's, too */
        type.cast = xstrdup(pop_cell(&cells, row, type.kind == 'r' || type.kind == 'm' ? 9 : 2));
        LIST_PUSH(types, type);
    }
    return NULL;
}

static Error *read_parts(PopEngine *engine, PgTypes *types)
{
    AUTO(pop_cells) PopCells labels = {0}, checks = {0}, fields = {0};

    TRY(engine->query(engine,
                      "SELECT enumtypid, enumlabel FROM pg_enum ORDER BY enumtypid, enumsortorder",
                      &labels));
    for (size_t row = 0; row < pop_cells_rows(&labels); row++) {
        PgType *type = find(types, pg_cell_id(&labels, row, 0));

        if (type)
            str_list_add(&type->labels, pop_cell(&labels, row, 1));
    }
    TRY(engine->query(
        engine,
        "SELECT contypid, pg_get_expr(conbin, 0) FROM pg_constraint WHERE contypid <> 0 AND contype = 'c' ORDER BY contypid, conname",
        &checks));
    for (size_t row = 0; row < pop_cells_rows(&checks); row++) {
        PgType *type = find(types, pg_cell_id(&checks, row, 0));

        if (type && pop_cell(&checks, row, 1))
            str_list_add(&type->checks, pop_cell(&checks, row, 1));
    }
    TRY(engine->query(
        engine,
        "SELECT t.oid, a.atttypid, a.atttypmod FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind IN ('c', 'r') "
        "JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE a.attnum > 0 AND NOT a.attisdropped AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema' ORDER BY t.oid, a.attnum",
        &fields));
    for (size_t row = 0; row < pop_cells_rows(&fields); row++) {
        PgType *type = find(types, pg_cell_id(&fields, row, 0));

        if (type)
            LIST_PUSH(&type->fields,
                      ((PgField){pg_cell_id(&fields, row, 1), cell_int(&fields, row, 2)}));
    }
    return NULL;
}

Error *pg_types_read(PopEngine *engine, PgTypes *ret_types)
{
    AUTO(pg_types) PgTypes types = {0};

    TRY(read_types(engine, &types));
    qsort(types.items, types.len, sizeof *types.items, compare_types);
    TRY(read_parts(engine, &types));
    TRY(pg_functions_read(engine, &types.functions));
    *ret_types = types;
    types = (PgTypes){0};
    return NULL;
}

void pg_types_clear(PgTypes *types)
{
    for (size_t i = 0; i < types->len; i++) {
        free(types->items[i].name);
        free(types->items[i].cast);
        free(types->items[i].fields.items);
        str_list_clear(&types->items[i].labels);
        str_list_clear(&types->items[i].checks);
    }
    free(types->items);
    pg_functions_clear(&types->functions);
    *types = (PgTypes){0};
}

/* --- columns
 * ------------------------------------------------------------------------------------------- */

/* What our families are called in pg_type.dat. */
static const struct {
    const char *name;
    PopFamily family;
    int64_t min, max;
} FAMILIES[] = {
    {"bool", FAMILY_BOOL, 0, 0},
    {"int2", FAMILY_INT, INT16_MIN, INT16_MAX},
    {"int4", FAMILY_INT, INT32_MIN, INT32_MAX},
    {"int8", FAMILY_INT, INT64_MIN, INT64_MAX},
    {"oid", FAMILY_INT, 0, INT32_MAX},
    {"numeric", FAMILY_DECIMAL, 0, 0},
    {"float4", FAMILY_DECIMAL, 0, 0},
    {"float8", FAMILY_DECIMAL, 0, 0},
    {"money", FAMILY_DECIMAL, 0, 0},
    {"text", FAMILY_TEXT, 0, 0},
    {"varchar", FAMILY_TEXT, 0, 0},
    {"bpchar", FAMILY_TEXT, 0, 0},
    {"citext", FAMILY_TEXT, 0, 0},
    {"name", FAMILY_TEXT, 0, 0},
    {"char", FAMILY_TEXT, 0, 0},
    {"date", FAMILY_DATE, 0, 0},
    {"timestamp", FAMILY_MOMENT, 0, 0},
    {"timestamptz", FAMILY_MOMENT, 0, 0},
    {"time", FAMILY_TIME, 0, 0},
    {"json", FAMILY_JSON, 0, 0},
    {"jsonb", FAMILY_JSON, 0, 0},
    {"uuid", FAMILY_UUID, 0, 0},
    {"bytea", FAMILY_BYTES, 0, 0},
};

/* Type modifiers. Source: postgresql.org, numeric.c (precision and scale), varchar.c, varbit.c */
static void settle_limits(const PgType *type, int modifier, PopColumn *column)
{
    if (text_eq(type->name, "numeric") && modifier >= 4) {
        column->digits = (modifier - 4) >> 16;
        column->scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
        if (column->scale < 0)
            column->scale = 0;
    } else if (text_eq(type->name, "money")) {
        column->digits = 14;
        column->scale = 2;
    } else if (text_eq(type->name, "name")) {
        column->length = 63;
    } else if (text_eq(type->name, "char")) {
        column->length = 1;
    } else if (modifier > 4 && column->family == FAMILY_TEXT) {
        column->length = modifier - 4;
    } else if (modifier > 0 && column->family == FAMILY_OTHER) {
        column->length = modifier; /* of bits */
    }
}

void pg_column_settle(const PgTypes *types, unsigned long id, int modifier, PopColumn *column)
{
    const PgType *type = pg_type_base(types, id, &modifier);

    column->type_id = type ? type->id : id;
    if (!type)
        return;
    for (size_t i = 0; i < COUNT_OF(FAMILIES); i++)
        if (text_eq(type->name, FAMILIES[i].name) && type->kind == 'b') {
            column->family = FAMILIES[i].family;
            column->min = FAMILIES[i].min;
            column->max = FAMILIES[i].max;
        }
    if (type->kind == 'e')
        str_list_copy(&type->labels, &column->labels);
    settle_limits(type, modifier, column);
}
