#include <stdlib.h>

#include "base/buffer.h"
#include "database/fingerprint.h"
#include "database/sqlite_parts.h"

/* Columns by name, so that their order in the table does not matter, without those that SQLite
 * computes from others: their functions may be the application's own. */
static char *select_rows(const Schema *schema, const char *table)
{
    AUTO(str) char *from = sqlite_quote(table);
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *columns = NULL;
    size_t count;
    const SchemaObject *parts = schema_parts(schema, SCHEMA_COLUMN, "", table, &count);

    for (size_t i = 0; i < count; i++)
        if (!str_map_has(&parts[i].attributes, "generated") &&
            !str_map_has(&parts[i].attributes, "hidden"))
            str_list_add_owned(&names, sqlite_quote(parts[i].name));
    if (names.len == 0)
        return NULL; /* a virtual table whose module is missing */
    columns = str_list_join(&names, ", ");
    return xasprintf("SELECT %s FROM main.%s", columns, from);
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

static Error *read_rows(SqliteDb *db, const char *sql, int64_t *rows, Fingerprint *fingerprint)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row;

    TRY(sqlite_prepare(db, sql, &stmt));
    for (;;) {
        int columns = sqlite3_column_count(stmt);
        uint64_t sum[2];
        RowHash hash;

        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            return NULL;
        row_hash_begin(&hash);
        for (int i = 0; i < columns; i++)
            hash_value(stmt, i, &hash);
        row_hash_end(&hash, sum);
        fingerprint_add(fingerprint, sum);
        ++*rows;
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
    AUTO(str) char *sql = select_rows(&snapshot->schema, table->name);
    TableData data = {0};
    Fingerprint fingerprint = {0};
    AUTO(error) Error *err = NULL;

    if (!sql)
        return NULL;
    err = read_rows(db, sql, &data.rows, &fingerprint);
    if (err && err->code == ERR_PROTOCOL)
        fault_list_add(&snapshot->faults, FAULT_CORRUPT, table->name, NULL, err->msg, 0);
    else if (err)
        return sqlite_note_unseen(TAKE(err), "rows of", table->name, &snapshot->unseen);
    data.space = xstrdup("");
    data.table = xstrdup(table->name);
    data.fingerprint = fingerprint_text(&fingerprint);
    data.is_ledger = is_ledger(specs, table->name);
    LIST_PUSH(&snapshot->data, data);
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
