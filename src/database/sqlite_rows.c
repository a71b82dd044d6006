#include <stdlib.h>

#include "base/buffer.h"
#include "database/fingerprint.h"
#include "database/sqlite_parts.h"
#include "database/table_columns.h"

/* By name, so that their order in the table does not matter. */
static char *select_rows(const StrList *columns, const char *table)
{
    AUTO(str) char *from = sqlite_quote(table);
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;

    for (size_t i = 0; i < columns->len; i++)
        str_list_add_owned(&names, sqlite_quote(columns->items[i]));
    joined = str_list_join(&names, ", ");
    return xasprintf("SELECT %s FROM main.%s", joined, from);
}

/* A table in brief, as far as it was read. */
typedef struct Brief {
    StrList columns, key;
    bool *is_key;
    uint64_t (*hashes)[2]; /* of the current row's values */
    uint64_t *first;       /* of each column: its first value's */
    ColumnSummary *summaries;
    int64_t rows;
    Fingerprint fingerprint;
} Brief;

static void brief_clear(Brief *brief)
{
    str_list_clear(&brief->columns);
    str_list_clear(&brief->key);
    free(brief->is_key);
    free(brief->hashes);
    free(brief->first);
    free(brief->summaries);
}

DEFINE_AUTO_VALUE(brief, Brief, brief_clear)

static void brief_init(const Schema *schema, const char *table, Brief *brief)
{
    size_t count;

    table_columns(schema, "", table, &brief->columns, &brief->key);
    count = brief->columns.len;
    brief->is_key = xcalloc(count + 1, sizeof *brief->is_key);
    brief->hashes = xcalloc(count + 1, sizeof *brief->hashes);
    brief->first = xcalloc(count + 1, sizeof *brief->first);
    brief->summaries = xcalloc(count + 1, sizeof *brief->summaries);
    for (size_t i = 0; i < count; i++) {
        brief->is_key[i] = str_list_has(&brief->key, brief->columns.items[i]);
        brief->summaries[i].constant = true;
    }
}

static void hash_value(sqlite3_stmt *stmt, int column, RowHash *hash)
{
    switch (sqlite3_column_type(stmt, column)) {
    case SQLITE_INTEGER:
        row_hash_integer(hash, sqlite3_column_int64(stmt, column));
        break;
    case SQLITE_FLOAT:
        row_hash_real(hash, sqlite3_column_double(stmt, column));
        break;
    case SQLITE_TEXT: {
        const void *text = sqlite3_column_text(stmt, column);

        row_hash_text(hash, text, (size_t)sqlite3_column_bytes(stmt, column));
        break;
    }
    case SQLITE_BLOB: {
        const void *blob = sqlite3_column_blob(stmt, column);

        row_hash_blob(hash, blob, (size_t)sqlite3_column_bytes(stmt, column));
        break;
    }
    default: /* SQLITE_NULL: the last of SQLite's five types, which are no enum */
        row_hash_null(hash);
    }
}

/* Of its values' hashes, which are as long as its own. */
static void add_to_fingerprint(Brief *brief)
{
    RowHash row;
    uint64_t sum[2];

    row_hash_begin(&row);
    row_hash_bytes(&row, brief->hashes, brief->columns.len * sizeof *brief->hashes);
    row_hash_end(&row, sum);
    fingerprint_add(&brief->fingerprint, sum);
}

/* The key's hash is mixed in by a product: that of the value with another key differs. */
static void add_to_summaries(sqlite3_stmt *stmt, Brief *brief)
{
    uint64_t key[2] = {0, 0};
    RowHash hash;

    row_hash_begin(&hash);
    for (size_t i = 0; i < brief->columns.len; i++)
        if (brief->is_key[i])
            row_hash_bytes(&hash, brief->hashes[i], sizeof brief->hashes[i]);
    row_hash_end(&hash, key);
    for (size_t i = 0; i < brief->columns.len; i++) {
        const uint64_t *value = brief->hashes[i];
        ColumnSummary *summary = &brief->summaries[i];

        if (sqlite3_column_type(stmt, (int)i) == SQLITE_NULL)
            continue;
        if (summary->values == 0)
            brief->first[i] = value[0];
        summary->constant &= brief->first[i] == value[0];
        summary->values++;
        summary->all += value[0];
        if (brief->key.len > 0)
            summary->keyed += (value[1] ^ key[0]) * (key[1] | 1);
    }
}

/* Each value is hashed once; what else is wanted is made of that. */
static Error *read_rows(SqliteDb *db, const char *sql, Brief *brief)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row;

    TRY(sqlite_prepare(db, sql, &stmt));
    for (;;) {
        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            return NULL;
        for (size_t i = 0; i < brief->columns.len; i++) {
            RowHash hash;

            row_hash_begin(&hash);
            hash_value(stmt, (int)i, &hash);
            row_hash_end(&hash, brief->hashes[i]);
        }
        add_to_fingerprint(brief);
        add_to_summaries(stmt, brief);
        brief->rows++;
    }
}

static bool is_ledger(const LedgerSpecList *specs, const char *table)
{
    for (size_t i = 0; i < specs->len; i++)
        if (text_eq(specs->items[i].table, table) || text_eq(specs->items[i].lock_table, table))
            return true;
    return false;
}

/* Damage in one table is a fault; what is readable of it counts. */
static Error *read_table(SqliteDb *db, const SchemaObject *table, const LedgerSpecList *specs,
                         Snapshot *snapshot)
{
    AUTO(brief) Brief brief = {0};
    AUTO(str) char *sql = NULL;
    AUTO(error) Error *err = NULL;

    brief_init(&snapshot->schema, table->name, &brief);
    if (brief.columns.len == 0)
        return NULL; /* a virtual table whose module is missing */
    sql = select_rows(&brief.columns, table->name);
    err = read_rows(db, sql, &brief);
    if (err && err->code == ERR_PROTOCOL)
        fault_list_add(&snapshot->faults, FAULT_CORRUPT, table->name, NULL, err->msg, 0);
    else if (err)
        return sqlite_note_unseen(TAKE(err), "rows of", table->name, &snapshot->unseen);
    LIST_PUSH(&snapshot->data, ((TableData){.space = xstrdup(""),
                                            .table = xstrdup(table->name),
                                            .rows = brief.rows,
                                            .fingerprint = fingerprint_text(&brief.fingerprint),
                                            .summaries = err ? NULL : TAKE(brief.summaries),
                                            .is_ledger = is_ledger(specs, table->name)}));
    return NULL;
}

Error *sqlite_data_read(SqliteDb *db, const LedgerSpecList *specs, Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->schema.len; i++) {
        const SchemaObject *object = &snapshot->schema.items[i];

        if (object->kind == SCHEMA_TABLE || object->kind == SCHEMA_VIRTUAL_TABLE)
            TRY(read_table(db, object, specs, snapshot));
    }
    return NULL;
}
