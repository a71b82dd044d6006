#include "database/pg_parts.h"

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

/* A row as text: its columns by name, so that their order in the table does not matter, without
 * those that are computed from others. Caller frees. */
static char *row_text(const Schema *schema, const SchemaObject *table)
{
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *columns = NULL;
    size_t count;
    const SchemaObject *parts =
        schema_parts(schema, SCHEMA_COLUMN, table->space, table->name, &count);

    for (size_t i = 0; i < count; i++)
        if (!str_map_has(&parts[i].attributes, "generated")) {
            AUTO(str) char *quoted = pg_quote(parts[i].name);

            str_list_addf(&names, "t.%s", quoted);
        }
    columns = str_list_join(&names, ", ");
    return xasprintf("ROW(%s)::text COLLATE pg_catalog.\"C\"", columns);
}

/* A sum of 64-bit hashes, which is a numeric, as one of them. */
#define SUM(seed)                                                                                  \
    "mod(COALESCE(sum(hashtextextended(r.text, " seed ")), 0), 9223372036854775808)::bigint"

/* Each row's text is hashed twice, with two seeds, and the hashes are added up: what order the rows
 * come in does not matter, a row that stands twice counts twice, and no row leaves the server.
 * hashtextextended is there since 11. A partitioned table has its rows in its partitions; a table
 * that others inherit from is asked for its own only. */
static char *table_sql(const Schema *schema, const SchemaObject *table)
{
    AUTO(str) char *name = pg_quote_in(table->space, table->name);
    AUTO(str) char *row = row_text(schema, table);
    const char *only = str_map_has(&table->attributes, "partitioned by") ? "" : "ONLY ";

    /* clang-format off */
    return xasprintf("SELECT s.rows, lpad(to_hex(s.one), 16, '0') || lpad(to_hex(s.two), 16, '0') "
                     "FROM (SELECT count(*) AS rows, " SUM("0") " AS one, " SUM("1") " AS two "
                     "FROM (SELECT %s AS text FROM %s%s AS t) AS r) AS s",
                     row, only, name);
    /* clang-format on */
}

static Error *read_table(PgDb *db, const SchemaObject *table, bool ledger, Snapshot *snapshot)
{
    AUTO(str) char *sql = table_sql(&snapshot->schema, table);
    AUTO(str) char *place = pg_place(table->space, table->name);
    AUTO(pg_result) PGresult *result = NULL;

    TRY(pg_try(db, sql, "rows of", place, &snapshot->unseen, &result));
    if (result)
        LIST_PUSH(&snapshot->data, ((TableData){.space = xstrdup(table->space),
                                                .table = xstrdup(table->name),
                                                .rows = pg_i64(result, 0, 0),
                                                .fingerprint = xstrdup(pg_text(result, 0, 1)),
                                                .is_ledger = ledger}));
    return NULL;
}

Error *pg_data_read(PgDb *db, const LedgerSpecList *specs, Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];

        /* rows of a partition are its parent's, those of a foreign table are elsewhere */
        if (object->kind == SCHEMA_TABLE && !str_map_has(&object->attributes, "partition") &&
            !str_map_has(&object->attributes, "foreign"))
            TRY(read_table(db, object, is_ledger(specs, object->space, object->name), snapshot));
    }
    return NULL;
}
