#include <stdlib.h>

#include "base/buffer.h"
#include "database/fingerprint.h"
#include "database/pg_parts.h"
#include "database/table_columns.h"

static bool is_ledger(const LedgerSpecList *specs, const char *space, const char *table)
{
    for (size_t i = 0; i < specs->len; i++) {
        const LedgerSpec *spec = &specs->items[i];

        if ((text_eq(spec->table, table) && text_eq(spec->space, space)) ||
            (text_eq(spec->lock_table, table) && text_eq(spec->lock_space, space)))
            return true;
    }
    return false;
}

char *pg_column_text(const char *column)
{
    AUTO(str) char *quoted = pg_quote(column);

    return xasprintf("t.%s::text COLLATE pg_catalog.\"C\"", quoted);
}

char *pg_key_text(const StrList *key)
{
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; key && i < key->len; i++) {
        AUTO(str) char *text = pg_column_text(key->items[i]);

        str_list_addf(&parts, "COALESCE(%s, '')", text);
    }
    return parts.len ? str_list_join(&parts, " || E'\\x01' || ") : NULL;
}

char *pg_rows_of(const Schema *schema, const char *space, const char *table)
{
    const SchemaObject *object = schema_find(schema, SCHEMA_TABLE, space, "", table);
    AUTO(str) char *name = pg_quote_in(space, table);

    return xasprintf("%s%s AS t",
                     object && str_map_has(&object->attributes, "partitioned by") ? "" : "ONLY ",
                     name);
}

/* --- one table ------------------------------------------------------------------------------- */

/* A sum of 64-bit hashes, which is a numeric, as one of them. What order the rows come in does not
 * matter, a row that stands twice counts twice, and no row leaves the server. */
#define SUM(what) "mod(COALESCE(sum(" what "), 0), 9223372036854775808)::bigint"

enum {
    COLUMNS_MAX = 300, /* in one statement: each is four of at most 1664 columns of a result */
    SQL_MAX = 4 << 20,
};

/* A table and what of it is read. */
typedef struct Table {
    const SchemaObject *object; /* borrowed */
    StrList columns, key;
} Table;

static void table_clear(Table *table)
{
    str_list_clear(&table->columns);
    str_list_clear(&table->key);
}

DEFINE_AUTO_VALUE(table, Table, table_clear)

/* Each value as text, c0, c1..., and of a table with a key that key's hash. */
static char *texts_sql(const Schema *schema, const Table *table)
{
    AUTO(str) char *key = pg_key_text(&table->key);
    AUTO(str) char *rows = pg_rows_of(schema, table->object->space, table->object->name);
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;

    for (size_t i = 0; i < table->columns.len; i++) {
        AUTO(str) char *text = pg_column_text(table->columns.items[i]);

        str_list_addf(&names, "%s AS c%zu", text, i);
    }
    if (key)
        str_list_addf(&names, "hashtextextended(%s, 1) AS seed", key);
    joined = str_list_join(&names, ", ");
    return xasprintf("SELECT %s FROM %s", joined, rows);
}

/* Without a key it is all values of the row that belong together. */
static char *row_seed(const Table *table)
{
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;

    if (table->key.len > 0)
        return xstrdup("seed");
    for (size_t i = 0; i < table->columns.len; i++)
        str_list_addf(&names, "c%zu", i);
    if (names.len == 0)
        return xstrdup("0 AS seed");
    joined = str_list_join(&names, ", ");
    return xasprintf("hashtextextended(array_to_string(ARRAY[%s], E'\\x01', E'\\x02') COLLATE "
                     "pg_catalog.\"C\", 1) AS seed",
                     joined);
}

/* A value's hash with its row's key is the value's hash with the key's as seed. hashtextextended is
 * there since 11. OFFSET keeps the planner from computing a text once for each use of it; as a
 * number, 0, it would also keep it from using several processes. */
static char *table_sql(const Schema *schema, const Table *table, size_t from, size_t to)
{
    AUTO(buf) Buf sql = BUF_INIT(SQL_MAX);
    AUTO(str) char *texts = texts_sql(schema, table);
    AUTO(str) char *seed = row_seed(table);
    bool keyed = table->key.len > 0;

    buf_adds(&sql, "SELECT count(*), " SUM("seed"));
    for (size_t i = from; i < to; i++) {
        buf_addf(&sql, ", count(h%zu), COALESCE(min(h%zu) = max(h%zu), true), " SUM("h%zu"), i, i,
                 i, i);
        if (keyed)
            buf_addf(&sql, ", " SUM("k%zu"), i);
    }
    buf_addf(&sql, " FROM (SELECT %s", seed);
    for (size_t i = from; i < to; i++) {
        buf_addf(&sql, ", hashtextextended(c%zu, 0) AS h%zu", i, i);
        if (keyed)
            buf_addf(&sql, ", hashtextextended(c%zu, seed) AS k%zu", i, i);
    }
    buf_addf(&sql, " FROM (%s OFFSET '0') AS v OFFSET '0') AS r", texts);
    return buf_take(&sql);
}

static void read_summaries(const Table *table, const PGresult *result, size_t from, size_t to,
                           ColumnSummary *ret_summaries)
{
    bool keyed = table->key.len > 0;
    int column = 2;

    for (size_t i = from; i < to; i++) {
        ret_summaries[i] = (ColumnSummary){
            .values = pg_i64(result, 0, column),
            .constant = pg_bool(result, 0, column + 1),
            .all = (uint64_t)pg_i64(result, 0, column + 2),
            .keyed = keyed ? (uint64_t)pg_i64(result, 0, column + 3) : 0,
        };
        column += keyed ? 4 : 3;
    }
}

/* A key and each of its columns' values with it are all of a row; the seed is all of it without. */
static char *fingerprint_of(int64_t rows, int64_t seeds, const ColumnSummary *summaries,
                            size_t count)
{
    RowHash hash;
    uint64_t sum[2];
    Fingerprint fingerprint = {0};

    row_hash_begin(&hash);
    row_hash_integer(&hash, rows);
    row_hash_integer(&hash, seeds);
    for (size_t i = 0; i < count; i++) {
        row_hash_integer(&hash, summaries[i].values);
        row_hash_integer(&hash, (int64_t)summaries[i].all);
        row_hash_integer(&hash, (int64_t)summaries[i].keyed);
    }
    row_hash_end(&hash, sum);
    fingerprint_add(&fingerprint, sum);
    return fingerprint_text(&fingerprint);
}

static void add_table(const Table *table, int64_t rows, int64_t seeds, ColumnSummary *summaries,
                      const LedgerSpecList *specs, Snapshot *snapshot)
{
    const char *space = table->object->space, *name = table->object->name;

    LIST_PUSH(&snapshot->data, ((TableData){.space = xstrdup(space),
                                            .table = xstrdup(name),
                                            .rows = rows,
                                            .fingerprint = fingerprint_of(rows, seeds, summaries,
                                                                          table->columns.len),
                                            .summaries = summaries,
                                            .is_ledger = is_ledger(specs, space, name)}));
}

static Error *read_table(PgDb *db, const SchemaObject *object, const LedgerSpecList *specs,
                         Snapshot *snapshot)
{
    AUTO(table) Table table = {.object = object};
    AUTO(str) char *place = pg_place(object->space, object->name);
    AUTO(column_summaries) ColumnSummary *summaries = NULL;
    int64_t rows = 0, seeds = 0;
    size_t count, from = 0;

    table_columns(&snapshot->schema, object->space, object->name, &table.columns, &table.key);
    count = table.columns.len;
    summaries = xcalloc(count + 1, sizeof *summaries);
    do {
        size_t to = from + COLUMNS_MAX < count ? from + COLUMNS_MAX : count;
        AUTO(str) char *sql = table_sql(&snapshot->schema, &table, from, to);
        AUTO(pg_result) PGresult *result = NULL;

        TRY(pg_try(db, sql, "rows of", place, &snapshot->unseen, &result));
        if (!result)
            return NULL;
        rows = pg_i64(result, 0, 0);
        seeds = pg_i64(result, 0, 1);
        read_summaries(&table, result, from, to, summaries);
        from = to;
    } while (from < count);
    add_table(&table, rows, seeds, TAKE(summaries), specs, snapshot);
    return NULL;
}

Error *pg_data_read(PgDb *db, const LedgerSpecList *specs, Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];

        /* rows of a partition are its parent's, those of a foreign table are elsewhere */
        if (object->kind == SCHEMA_TABLE && !str_map_has(&object->attributes, "partition") &&
            !str_map_has(&object->attributes, "foreign"))
            TRY(read_table(db, object, specs, snapshot));
    }
    return NULL;
}
