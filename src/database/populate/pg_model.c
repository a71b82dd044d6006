#include <string.h>

#include "base/buffer.h"
#include "database/pg_catalog.h"
#include "database/populate/generated.h"
#include "database/populate/pg_types.h"
#include "database/sql_text.h"

/* clang-format off */
#define OUR_TABLES "c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition AND c.relpersistence <> 't' AND " PG_USER_RELATION " "
#define LEAVES_MAX "48"

/* clang-format on */

static PopTable *table_of(PopModel *model, const PopCells *cells, size_t row)
{
    unsigned long id = pg_cell_id(cells, row, 0);

    for (size_t i = 0; i < model->len; i++)
        if (model->items[i].id == id)
            return &model->items[i];
    return NULL;
}

static Error *read_tables(PopEngine *engine, PopModel *model)
{
    AUTO(pop_cells) PopCells cells = {0};

    TRY(engine->query(engine,
                      "SELECT c.oid, n.nspname, c.relname, c.relkind " PG_RELATIONS
                      "WHERE " OUR_TABLES "ORDER BY n.nspname, c.relname",
                      &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopTable table = {
            .id = pg_cell_id(&cells, row, 0),
            .space = xstrdup(pop_cell(&cells, row, 1)),
            .name = xstrdup(pop_cell(&cells, row, 2)),
        };

        table.place = xasprintf("%s.%s", table.space, table.name);
        str_list_add(&table.row_id, "tableoid");
        str_list_add(&table.row_id, "ctid");
        if (pop_cell(&cells, row, 3)[0] == 'f') {
            table.untouched = true;
            table.reason = xstrdup("a foreign table: its rows are another server's");
        }
        LIST_PUSH(model, table);
    }
    return NULL;
}

/* VALUE of a domain's check is the column. */
static char *check_of_domain(const char *check, const char *column)
{
    AUTO(str) char *text = pop_without_brackets(check);
    AUTO(sql_tokens) SqlTokens tokens = {0};
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    size_t at = 0;

    sql_tokens_read(text, &tokens);
    for (size_t i = 0; i < tokens.len; i++) {
        size_t start = (size_t)(tokens.items[i].start - text);

        if (tokens.items[i].kind != SQL_WORD || tokens.items[i].len != 5 ||
            strncmp(tokens.items[i].start, "VALUE", 5) != 0)
            continue;
        buf_addf(&out, "%.*s%s", (int)(start - at), check + at, column);
        at = start + 5;
    }
    buf_adds(&out, check + at);
    return buf_take(&out);
}

void pg_domain_apply(const PgTypes *types, unsigned long id, PopTable *table, size_t at)
{
    AUTO(str) char *name = pg_quote(table->columns.items[at].name);
    const PgType *type = pg_type_find(types, id);

    for (int depth = 0; type && type->kind == 'd' && depth < 32; depth++) {
        table->columns.items[at].not_null |= type->not_null;
        for (size_t i = 0; i < type->checks.len; i++) {
            PopCheck check = {.sql = check_of_domain(type->checks.items[i], name),
                              .name = xstrdup(type->name)};

            LIST_PUSH(&check.columns, at);
            LIST_PUSH(&table->checks, check);
        }
        type = pg_type_find(types, type->base);
    }
}

static Error *read_columns(PopEngine *engine, PgTypes *types, PopModel *model)
{
    AUTO(pop_cells) PopCells cells = {0};

    TRY(engine->query(
        engine,
        "SELECT c.oid, a.attname, a.attnum, a.attnotnull, a.attidentity <> '' OR a.attgenerated <> '', "
        "pg_get_expr(d.adbin, d.adrelid), a.atttypid, a.atttypmod, a.attgenerated <> '' " PG_RELATIONS
        "JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
        "WHERE a.attnum > 0 AND NOT a.attisdropped AND " OUR_TABLES "ORDER BY c.oid, a.attnum",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopTable *table = table_of(model, &cells, row);
        PopColumn *column = table ? pop_column_add(table, pop_cell(&cells, row, 1)) : NULL;
        unsigned long type = pg_cell_id(&cells, row, 6);
        const char *modifier = pop_cell(&cells, row, 7);
        int number = modifier ? (int)strtol(modifier, NULL, 10) : -1, inner = number;
        const PgType *base = pg_type_base(types, type, &inner);

        if (!column)
            continue;
        column->number = (int)pg_cell_id(&cells, row, 2);
        column->not_null = pop_cell(&cells, row, 3)[0] == 't';
        column->fallback = xstrdup_null(pop_cell(&cells, row, 5));
        if (pop_cell(&cells, row, 8)[0] == 't')
            column->source = xstrdup_null(column->fallback);
        column->left = pop_cell(&cells, row, 4)[0] == 't' ||
                       (column->fallback && text_starts(column->fallback, "nextval("));
        pg_column_settle(types, type, number, column);
        if (base) {
            AUTO(pop_cells) PopCells name = {0};
            AUTO(str) char *sql = xasprintf("SELECT format_type(%lu, %d)", base->id, inner);

            if (inner >= 0)
                TRY(engine->query(engine, sql, &name));
            free(column->type);
            column->type = xstrdup(inner >= 0 ? pop_cell(&name, 0, 0) : base->cast);
        }
        pg_domain_apply(types, type, table, table->columns.len - 1);
    }
    return NULL;
}

/* "1 3 0": attribute numbers; 0 is an expression. */
static void numbers_read(const PopTable *table, const char *text, IndexList *list)
{
    char *end;

    for (const char *at = text; at && *at; at = end + strspn(end, ", {}")) {
        long number;

        at += strspn(at, "{ ");
        number = strtol(at, &end, 10);
        if (end == at)
            return;
        for (size_t i = 0; i < table->columns.len; i++)
            if (table->columns.items[i].number == number)
                LIST_PUSH(list, i);
    }
}

static Error *read_keys(PopEngine *engine, PopModel *model)
{
    AUTO(pop_cells) PopCells cells = {0};

    TRY(engine->query(
        engine,
        "SELECT c.oid, i.indisprimary, i.indpred IS NOT NULL, pg_get_expr(i.indexprs, c.oid), "
        "(SELECT string_agg(k.number::text, ' ' ORDER BY k.at) FROM unnest(i.indkey::int2[]) WITH ORDINALITY k (number, at) WHERE k.at <= i.indnkeyatts), "
        "false " PG_RELATIONS
        "JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid "
        "WHERE i.indisunique AND " OUR_TABLES
        "UNION ALL SELECT c.oid, false, false, pg_get_constraintdef(o.oid), array_to_string(o.conkey, ' '), true " PG_RELATIONS
        "JOIN pg_constraint o ON o.conrelid = c.oid WHERE o.contype = 'x' AND " OUR_TABLES
        "ORDER BY 1, 2 DESC, 6, 5, 4",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopTable *table = table_of(model, &cells, row);
        const char *expression = pop_cell(&cells, row, 3);
        PopKey key = {.partial = pop_cell(&cells, row, 2)[0] == 't',
                      .expression = expression != NULL,
                      .exclusion = pop_cell(&cells, row, 5)[0] == 't'};

        if (!table)
            continue;
        if (pop_cell(&cells, row, 1)[0] == 't')
            table->has_primary = true;
        numbers_read(table, pop_cell(&cells, row, 4), &key.columns);
        if (expression)
            pop_columns_named(table, expression, &key.columns);
        LIST_PUSH(&table->keys, key);
    }
    return NULL;
}

/* MATCH FULL: all of its columns are NULL, or none. */
static void match_full(PopTable *table, const PopReference *reference)
{
    AUTO(str_list) StrList parts = {0};
    AUTO(str) char *first = pg_quote(table->columns.items[reference->columns.items[0]].name);
    PopCheck check = {.name = xstrdup("MATCH FULL")};

    index_list_put(&check.columns, reference->columns.items[0]);
    for (size_t i = 1; i < reference->columns.len; i++) {
        AUTO(str) char *name = pg_quote(table->columns.items[reference->columns.items[i]].name);

        str_list_addf(&parts, "((%s IS NULL) = (%s IS NULL))", first, name);
        index_list_put(&check.columns, reference->columns.items[i]);
    }
    check.sql = str_list_join(&parts, " AND ");
    if (parts.len > 0) {
        LIST_PUSH(&table->checks, check);
        return;
    }
    free(check.sql);
    free(check.name);
    free(check.columns.items);
}

static Error *read_references(PopEngine *engine, PopModel *model)
{
    AUTO(pop_cells) PopCells cells = {0};

    TRY(engine->query(
        engine,
        "SELECT c.oid, array_to_string(o.conkey, ' '), pn.nspname, p.relname, "
        "(SELECT string_agg(a.attname, chr(1) ORDER BY k.at) FROM unnest(o.confkey) WITH ORDINALITY k (number, at) "
        "JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.number), rn.nspname || '.' || rt.relname, o.confmatchtype = 'f' " PG_RELATIONS
        "JOIN pg_constraint o ON o.conrelid = c.oid JOIN pg_class p ON p.oid = o.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace "
        "JOIN pg_class rt ON rt.oid = COALESCE(pg_partition_root(p.oid), p.oid) JOIN pg_namespace rn ON rn.oid = rt.relnamespace "
        "WHERE o.contype = 'f' AND o.conparentid = 0 AND " OUR_TABLES "ORDER BY c.oid, o.conname",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopTable *table = table_of(model, &cells, row);
        PopReference reference = {.declared = true};

        if (!table)
            continue;
        numbers_read(table, pop_cell(&cells, row, 1), &reference.columns);
        reference.space = xstrdup(pop_cell(&cells, row, 2));
        reference.table = xstrdup(pop_cell(&cells, row, 3));
        str_list_split(pop_cell(&cells, row, 4), '\1', &reference.targets);
        reference.root = xstrdup(pop_cell(&cells, row, 5));
        if (pop_cell(&cells, row, 6)[0] == 't')
            match_full(table, &reference);
        LIST_PUSH(&table->references, reference);
    }
    return NULL;
}

/* A partition takes what its bounds say: together they are a check of the whole table. */
static Error *read_checks(PopEngine *engine, PopModel *model)
{
    AUTO(pop_cells) PopCells cells = {0};

    TRY(engine->query(
        engine,
        "SELECT c.oid, pg_get_expr(o.conbin, c.oid), o.conname::text " PG_RELATIONS
        "JOIN pg_constraint o ON o.conrelid = c.oid WHERE o.contype = 'c' AND COALESCE(to_jsonb(o) ->> 'conenforced', 'true') = 'true' AND " OUR_TABLES
        "UNION ALL SELECT c.oid, string_agg('(' || pg_get_partition_constraintdef(l.relid) || ')', ' OR ' ORDER BY l.at), '' " PG_RELATIONS
        "CROSS JOIN LATERAL (SELECT t.relid, row_number() OVER (ORDER BY x.relname) AS at FROM pg_partition_tree(c.oid) t "
        "JOIN pg_class x ON x.oid = t.relid WHERE t.isleaf AND x.relkind <> 'p' ORDER BY x.relname LIMIT " LEAVES_MAX
        ") l "
        "WHERE c.relkind = 'p' AND " OUR_TABLES "GROUP BY c.oid ORDER BY 1, 3",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopTable *table = table_of(model, &cells, row);
        PopCheck check = {0};

        if (!table || !pop_cell(&cells, row, 1))
            continue;
        check.sql = xstrdup(pop_cell(&cells, row, 1));
        check.name = xstrdup(pop_cell(&cells, row, 2));
        pop_columns_named(table, check.sql, &check.columns);
        LIST_PUSH(&table->checks, check);
    }
    return NULL;
}

Error *pg_model_read(PopEngine *engine, PgTypes *types, PopModel *model)
{
    TRY_CTX(read_tables(engine, model), "reading the tables");
    TRY_CTX(read_columns(engine, types, model), "reading the columns");
    TRY_CTX(read_keys(engine, model), "reading the keys");
    TRY_CTX(read_references(engine, model), "reading the foreign keys");
    TRY_CTX(read_checks(engine, model), "reading the checks");
    for (size_t i = 0; i < model->len; i++) {
        pop_generated_resolve(&model->items[i]);
        pg_functions_hint(&types->functions, &model->items[i]);
    }
    return NULL;
}
