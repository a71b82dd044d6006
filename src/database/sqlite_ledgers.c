#include <stdlib.h>

#include "base/buffer.h"
#include "database/sqlite_parts.h"

enum {
    ENTRIES_MAX = 10000,    /* of one ledger; nobody has written more migrations */
    LOCK_TEXT_MAX = 2000,   /* what is said of a lock */
    ID_BYTES_MAX = 64 << 10 /* of an id or a checksum */
};

static const char *or_else(const char *text, const char *fallback)
{
    return text ? text : fallback;
}

/* Text as it is, a blob (sqlx keeps checksums as one) in hex; NULL for NULL. Caller frees. */
static char *value_text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *blob;
    size_t len;
    char *hex;

    if (sqlite3_column_type(stmt, column) == SQLITE_NULL)
        return NULL;
    if (sqlite3_column_type(stmt, column) != SQLITE_BLOB)
        return xstrndup(sqlite_text(stmt, column), ID_BYTES_MAX);
    blob = sqlite3_column_blob(stmt, column);
    len = (size_t)sqlite3_column_bytes(stmt, column);
    if (len > ID_BYTES_MAX / 2)
        len = ID_BYTES_MAX / 2;
    hex = xcalloc(2, len + 1);
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = "0123456789abcdef"[blob[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[blob[i] & 15];
    }
    return hex;
}

/* A row that failed and is to run again failed. */
static LedgerState state_of(sqlite3_stmt *stmt)
{
    if (sqlite3_column_int(stmt, 2))
        return LEDGER_FAILED;
    return sqlite3_column_int(stmt, 3) ? LEDGER_PENDING : LEDGER_APPLIED;
}

static char *entries_sql(const LedgerSpec *spec)
{
    AUTO(str) char *table = sqlite_quote(spec->table);

    return xasprintf("SELECT %s, %s, (%s), (%s) FROM main.%s ORDER BY %s LIMIT %d", spec->id,
                     or_else(spec->checksum, "NULL"), or_else(spec->failed, "0"),
                     or_else(spec->pending, "0"), table, or_else(spec->order, "1"), ENTRIES_MAX);
}

static Error *read_entries(SqliteDb *db, const LedgerSpec *spec, Ledger *ledger)
{
    AUTO(str) char *sql = entries_sql(spec);
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row;

    TRY(sqlite_prepare(db, sql, &stmt));
    for (;;) {
        AUTO(str) char *id = NULL;
        AUTO(str) char *checksum = NULL;

        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            return NULL;
        id = value_text(stmt, 0);
        checksum = value_text(stmt, 1);
        if (id)
            ledger_put(ledger, id, checksum, state_of(stmt));
    }
}

/* "is_locked=1, locked_by=web-1": the row that holds the lock, in its own words. */
static Error *read_lock(SqliteDb *db, const LedgerSpec *spec, Ledger *ledger)
{
    AUTO(str) char *table = sqlite_quote(spec->lock_table);
    AUTO(str) char *sql = xasprintf("SELECT * FROM main.%s WHERE %s LIMIT 1", table, spec->locked);
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(str_list) StrList values = {0};
    AUTO(str) char *joined = NULL;
    bool row;

    TRY(sqlite_prepare(db, sql, &stmt));
    TRY(sqlite_step(db, stmt, &row));
    if (!row)
        return NULL;
    for (int i = 0; i < sqlite3_column_count(stmt); i++) {
        AUTO(str) char *value = value_text(stmt, i);

        if (value)
            str_list_addf(&values, "%s=%s", sqlite3_column_name(stmt, i), value);
    }
    joined = str_list_join(&values, ", ");
    ledger->locked_by = xstrndup(joined, LOCK_TEXT_MAX);
    return NULL;
}

static Error *read_ledger(SqliteDb *db, const LedgerSpec *spec, Ledger *ledger)
{
    if (spec->id)
        TRY(read_entries(db, spec, ledger));
    return spec->lock_table && spec->locked ? read_lock(db, spec, ledger) : NULL;
}

/* Without a table, an application counts its migrations in the header (rusqlite_migration and many
 * that are written by hand). Source: PRAGMA user_version */
static Error *read_user_version(SqliteDb *db, LedgerList *ledgers)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    Ledger ledger = {0};
    bool row;

    TRY(sqlite_prepare(db, "SELECT user_version FROM pragma_user_version", &stmt));
    TRY(sqlite_step(db, stmt, &row));
    if (!row || sqlite3_column_int(stmt, 0) == 0)
        return NULL;
    ledger = (Ledger){
        .framework = xstrdup("PRAGMA user_version"), .space = xstrdup(""), .table = xstrdup("")};
    ledger_put(&ledger, sqlite_text(stmt, 0), NULL, LEDGER_APPLIED);
    LIST_PUSH(ledgers, ledger);
    return NULL;
}

Error *sqlite_ledgers_read(SqliteDb *db, const LedgerSpecList *specs, StrList *unseen,
                           LedgerList *ledgers)
{
    for (size_t i = 0; i < specs->len; i++) {
        const LedgerSpec *spec = &specs->items[i];
        Ledger ledger = {.framework = xstrdup(spec->framework),
                         .space = xstrdup(spec->space),
                         .table = xstrdup(spec->table)};
        Error *err = read_ledger(db, spec, &ledger);

        LIST_PUSH(ledgers, ledger);
        if (err && err->code == ERR_PROTOCOL) {
            error_ignore(err); /* damage in the table: reading all rows says it as a fault */
            continue;
        }
        TRY(sqlite_note_unseen(err, "ledger", spec->table, unseen));
    }
    return specs->len == 0 ? read_user_version(db, ledgers) : NULL;
}
