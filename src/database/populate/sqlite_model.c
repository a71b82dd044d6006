#include "database/populate/sqlite_model.h"

#include <ctype.h>
#include <string.h>

#include "database/populate/generated.h"
#include "database/populate/vocabulary.h"
#include "database/sql_table.h"

/* --- types
 * -----------------------------------------------------------------------------------------------
 */

/* What declared types mean to those who write them; SQLite itself keeps five storage classes. The
 * first part that is found counts. */
static const struct {
    const char *part;
    PopFamily family;
} TYPES[] = {
    {"json", FAMILY_JSON},        {"bool", FAMILY_BOOL},    {"datetime", FAMILY_MOMENT},
    {"timestamp", FAMILY_MOMENT}, {"date", FAMILY_DATE},    {"time", FAMILY_TIME},
    {"uuid", FAMILY_UUID},        {"guid", FAMILY_UUID},    {"int", FAMILY_INT},
    {"serial", FAMILY_INT},       {"char", FAMILY_TEXT},    {"clob", FAMILY_TEXT},
    {"text", FAMILY_TEXT},        {"string", FAMILY_TEXT},  {"enum", FAMILY_TEXT},
    {"blob", FAMILY_BYTES},       {"binary", FAMILY_BYTES}, {"bytea", FAMILY_BYTES},
    {"real", FAMILY_DECIMAL},     {"floa", FAMILY_DECIMAL}, {"doub", FAMILY_DECIMAL},
    {"dec", FAMILY_DECIMAL},      {"num", FAMILY_DECIMAL},  {"money", FAMILY_DECIMAL},
};

/* "varchar(20)", "decimal(10, 2)" */
static void read_limits(const char *declared, PopColumn *column)
{
    const char *open = strchr(declared, '('), *comma = open ? strchr(open, ',') : NULL;
    long first = open ? strtol(open + 1, NULL, 10) : 0,
         second = comma ? strtol(comma + 1, NULL, 10) : 0;

    if (first <= 0 || first > 1000000)
        return;
    if (column->family == FAMILY_TEXT)
        column->length = first;
    else if (column->family == FAMILY_DECIMAL && first < 40 && second >= 0 && second <= first) {
        column->digits = (int)first;
        column->scale = (int)second;
    }
}

/* Without a type, the name is all there is. */
static PopFamily guess(const char *plain)
{
    if (pop_name_is(plain, "id count number position amount size") || pop_name_is(plain, "is has"))
        return FAMILY_INT;
    return FAMILY_TEXT;
}

static void settle_type(const char *declared, PopColumn *column)
{
    AUTO(str) char *plain = pop_plain_name(column->name);

    column->family = text_is_empty(declared) ? guess(plain) : FAMILY_DECIMAL;
    for (size_t i = 0; i < COUNT_OF(TYPES); i++)
        if (text_contains_nocase(declared, TYPES[i].part)) {
            column->family = TYPES[i].family;
            break;
        }
    if (text_eq_nocase(declared, "any"))
        column->family = FAMILY_TEXT;
    read_limits(declared, column);
    if (column->family == FAMILY_INT && pop_name_is(plain, "is has"))
        column->family = FAMILY_BOOL;
    /* what fills it says what it holds */
    if (column->family == FAMILY_TEXT && column->fallback &&
        (text_contains_nocase(column->fallback, "current_timestamp") ||
         text_contains_nocase(column->fallback, "datetime(")))
        column->family = FAMILY_MOMENT;
}

/* --- a table
 * --------------------------------------------------------------------------------------------- */

typedef struct Reader {
    SqliteDb *db;
    PopEngine *engine;
    PopModel *model;
} Reader;

static Error *ask(Reader *reader, const char *format, const char *name, PopCells *ret_cells)
{
    AUTO(str) char *doubled = text_replace(name, "'", "''");
    AUTO(str) char *literal = xasprintf("'%s'", doubled);
    AUTO(str) char *sql = text_replace(format, "?", literal);

    return reader->engine->query(reader->engine, sql, ret_cells);
}

static bool is_one(const PopCells *cells, size_t row, size_t column)
{
    return text_eq(pop_cell(cells, row, column), "1");
}

/* Hidden: 2 and 3 are generated. The only primary key column of type INTEGER is the rowid. */
static Error *read_columns(Reader *reader, PopTable *table, bool has_rowid)
{
    AUTO(pop_cells) PopCells cells = {0};
    size_t primary = 0, alias = 0;
    PopKey key = {0};

    TRY(ask(
        reader,
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid",
        table->name, &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopColumn *column = pop_column_add(table, pop_cell(&cells, row, 0));
        const char *type = pop_cell(&cells, row, 1);

        column->not_null = is_one(&cells, row, 2);
        column->fallback = xstrdup_null(pop_cell(&cells, row, 3));
        column->left = !text_eq(pop_cell(&cells, row, 5), "0");
        settle_type(type ? type : "", column);
        if (text_eq(pop_cell(&cells, row, 4), "0"))
            continue;
        primary++;
        if (text_eq_nocase(type, "INTEGER"))
            alias = row + 1;
        column->not_null = true; /* an application would not rely on NULL in a primary key */
    }
    for (size_t n = 1; n <= primary; n++)
        for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
            AUTO(str) char *wanted = xasprintf("%zu", n);

            if (text_eq(pop_cell(&cells, row, 4), wanted))
                LIST_PUSH(&key.columns, row);
        }
    if (primary == 1 && alias > 0 && has_rowid)
        table->columns.items[alias - 1].left = true;
    if (primary > 0) {
        table->has_primary = true;
        LIST_PUSH(&table->keys, key);
    }
    for (size_t i = 0; !has_rowid && i < key.columns.len; i++)
        str_list_add_owned(&table->row_id,
                           pg_quote(table->columns.items[key.columns.items[i]].name));
    if (has_rowid)
        str_list_add(&table->row_id, "rowid");
    return NULL;
}

static Error *read_index(Reader *reader, PopTable *table, const char *name, bool partial)
{
    AUTO(pop_cells) PopCells cells = {0}, text = {0};
    PopKey key = {.partial = partial};

    TRY(ask(reader, "SELECT cid, name FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno",
            name, &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        size_t column = pop_cell(&cells, row, 1)
                            ? pop_column_find(table, pop_cell(&cells, row, 1), true)
                            : table->columns.len;

        if (column < table->columns.len)
            LIST_PUSH(&key.columns, column);
        else
            key.expression = true;
    }
    if (key.expression) {
        TRY(ask(reader, "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", name,
                &text));
        if (pop_cells_rows(&text) > 0 && pop_cell(&text, 0, 0))
            pop_columns_named(table, pop_cell(&text, 0, 0), &key.columns);
    }
    LIST_PUSH(&table->keys, key);
    return NULL;
}

static Error *read_keys(Reader *reader, PopTable *table)
{
    AUTO(pop_cells) PopCells cells = {0};

    TRY(ask(
        reader,
        "SELECT name, partial, origin FROM pragma_index_list(?) WHERE \"unique\" = 1 ORDER BY name",
        table->name, &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++)
        if (!text_eq(pop_cell(&cells, row, 2), "pk"))
            TRY(read_index(reader, table, pop_cell(&cells, row, 0), is_one(&cells, row, 1)));
    return NULL;
}

static PopReference *reference_new(PopTable *table, const char *to)
{
    LIST_PUSH(
        &table->references,
        ((PopReference){
            .declared = true, .space = xstrdup(""), .table = xstrdup(to), .root = xstrdup(to)}));
    return &table->references.items[table->references.len - 1];
}

/* A key that names no column means the primary key. */
static Error *read_references(Reader *reader, PopTable *table)
{
    AUTO(pop_cells) PopCells cells = {0};
    PopReference *reference = NULL;

    TRY(ask(
        reader,
        "SELECT id, seq, m.name, \"from\", \"to\" FROM pragma_foreign_key_list(?) f LEFT JOIN sqlite_master m ON m.type = 'table' AND lower(m.name) = lower(f.\"table\") ORDER BY id, seq",
        table->name, &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        const char *to = pop_cell(&cells, row, 2), *target = pop_cell(&cells, row, 4);
        PopTable *parent = to ? pop_model_find(reader->model, "", to) : NULL;
        size_t seq = (size_t)strtoul(pop_cell(&cells, row, 1), NULL, 10);
        size_t column = pop_column_find(table, pop_cell(&cells, row, 3), true);

        if (seq == 0)
            reference = parent ? reference_new(table, to) : NULL;
        if (!reference || column == table->columns.len)
            continue; /* to a table that is not there: nothing can be referred to */
        if (!target && parent->has_primary && seq < parent->keys.items[0].columns.len)
            target = parent->columns.items[parent->keys.items[0].columns.items[seq]].name;
        LIST_PUSH(&reference->columns, column);
        str_list_add(&reference->targets, target ? target : "rowid");
        table->columns.items[column].left = false;
    }
    return NULL;
}

static void read_checks(PopTable *table, const char *sql)
{
    AUTO(sql_table) SqlTable text = {0};

    sql_table_read(sql, &text);
    for (size_t i = 0; i < text.len; i++) {
        PopCheck check = {0};

        if (text.items[i].kind != SQL_CHECK || text_is_empty(text.items[i].source))
            continue;
        check.sql = xstrdup(text.items[i].source);
        check.name = xstrdup(text.items[i].name ? text.items[i].name : "");
        pop_columns_named(table, check.sql, &check.columns);
        LIST_PUSH(&table->checks, check);
    }
}

/* A number that the database would give is ours to give where a check asks more of it. */
static void claim_numbers(PopTable *table)
{
    for (size_t i = 0; i < table->checks.len; i++)
        for (size_t c = 0; c < table->checks.items[i].columns.len; c++) {
            PopColumn *column = &table->columns.items[table->checks.items[i].columns.items[c]];

            column->left = column->left && column->source;
        }
}

static void read_generated(PopTable *table, const char *sql)
{
    AUTO(sql_table) SqlTable text = {0};

    sql_table_read(sql, &text);
    for (size_t i = 0; i < table->columns.len; i++) {
        PopColumn *column = &table->columns.items[i];

        for (size_t t = 0; t < text.len && column->left; t++) {
            AUTO(str) char *place = xasprintf("(%s)", column->name);
            AUTO(str) char *quoted = pg_quote(column->name);
            AUTO(str) char *quoted_place = xasprintf("(%s)", quoted);

            if (text.items[t].kind == SQL_GENERATED && text.items[t].source && !column->source &&
                (text_eq_nocase(text.items[t].columns, place) ||
                 text_eq_nocase(text.items[t].columns, quoted_place)))
                column->source = xstrdup(text.items[t].source);
        }
    }
}

/* STRICT refuses text in a column of bytes. */
static void read_strict(PopTable *table)
{
    for (size_t i = 0; i < table->columns.len; i++) {
        PopColumn *column = &table->columns.items[i];

        if (column->family == FAMILY_BYTES) {
            free(column->type);
            column->type = xstrdup("blob");
        }
    }
}

/* Tables, and those virtual ones that keep their own rows; shadow tables belong to them. */
Error *sqlite_model_read(SqliteDb *db, PopEngine *engine, PopModel *model)
{
    Reader reader = {.db = db, .engine = engine, .model = model};
    AUTO(pop_cells) PopCells cells = {0};

    TRY(engine->query(
        engine,
        "SELECT l.name, l.type, l.wr, l.strict, m.sql FROM pragma_table_list l JOIN sqlite_master m ON m.name = l.name AND m.type = 'table' "
        "WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY l.name",
        &cells));
    for (size_t row = 0; row < pop_cells_rows(&cells); row++) {
        PopTable table = {.space = xstrdup(""),
                          .name = xstrdup(pop_cell(&cells, row, 0)),
                          .place = xstrdup(pop_cell(&cells, row, 0))};

        if (text_eq(pop_cell(&cells, row, 1), "virtual")) {
            table.untouched = true;
            table.reason = xstrdup("a virtual table: its rows come from what it indexes");
        }
        LIST_PUSH(model, table);
    }
    for (size_t row = 0; row < model->len; row++) {
        if (model->items[row].untouched)
            continue;
        TRY(read_columns(&reader, &model->items[row], !is_one(&cells, row, 2)));
        TRY(read_keys(&reader, &model->items[row]));
    }
    for (size_t row = 0; row < model->len; row++) {
        PopTable *table = &model->items[row];

        if (table->untouched)
            continue;
        TRY(read_references(&reader, table));
        read_checks(table, pop_cell(&cells, row, 4) ? pop_cell(&cells, row, 4) : "");
        read_generated(table, pop_cell(&cells, row, 4) ? pop_cell(&cells, row, 4) : "");
        pop_generated_resolve(table);
        claim_numbers(table);
        if (is_one(&cells, row, 3))
            read_strict(table);
    }
    return NULL;
}
