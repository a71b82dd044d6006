#include "database/pg_parts.h"

enum {
    ENTRIES_MAX = 10000,     /* of one ledger; nobody has written more migrations */
    LOCK_TEXT_MAX = 2000,    /* what is said of a lock */
    ID_BYTES_MAX = 64 << 10, /* of an id or a checksum */
    BYTEA = 17,              /* the type's number, fixed in pg_type.dat */
};

static const char *or_else(const char *text, const char *fallback)
{
    return text ? text : fallback;
}

/* Text as it is, bytes (sqlx keeps checksums as such) in hex; NULL for NULL. Caller frees. */
static char *value_text(const PGresult *result, int row, int column)
{
    const char *text = pg_text_null(result, row, column);

    if (text && PQftype(result, column) == BYTEA && text_starts(text, "\\x"))
        text += 2;
    return text ? xstrndup(text, ID_BYTES_MAX) : NULL;
}

/* A row that failed and is to run again failed. */
static LedgerState state_of(const PGresult *result, int row)
{
    if (pg_bool(result, row, 2))
        return LEDGER_FAILED;
    return pg_bool(result, row, 3) ? LEDGER_PENDING : LEDGER_APPLIED;
}

static Error *read_entries(PgDb *db, const LedgerSpec *spec, StrList *unseen, Ledger *ledger)
{
    AUTO(str) char *table = pg_quote_in(spec->space, spec->table);
    AUTO(str) char *place = pg_place(spec->space, spec->table);
    AUTO(str)
    char *sql =
        xasprintf("SELECT (%s), (%s), (%s), (%s) FROM %s ORDER BY %s LIMIT %d", spec->id,
                  or_else(spec->checksum, "NULL"), or_else(spec->failed, "false"),
                  or_else(spec->pending, "false"), table, or_else(spec->order, "1"), ENTRIES_MAX);
    AUTO(pg_result) PGresult *result = NULL;

    TRY(pg_try(db, sql, "ledger", place, unseen, &result));
    for (int row = 0; result && row < PQntuples(result); row++) {
        AUTO(str) char *id = value_text(result, row, 0);
        AUTO(str) char *checksum = value_text(result, row, 1);

        if (id)
            ledger_put(ledger, id, checksum, state_of(result, row));
    }
    return NULL;
}

/* "is_locked=1, locked_by=web-1": the row that holds the lock, in its own words. */
static Error *read_lock(PgDb *db, const LedgerSpec *spec, StrList *unseen, Ledger *ledger)
{
    AUTO(str) char *table = pg_quote_in(spec->lock_space, spec->lock_table);
    AUTO(str) char *place = pg_place(spec->lock_space, spec->lock_table);
    AUTO(str) char *sql = xasprintf("SELECT * FROM %s WHERE %s LIMIT 1", table, spec->locked);
    AUTO(pg_result) PGresult *result = NULL;
    AUTO(str_list) StrList values = {0};
    AUTO(str) char *joined = NULL;

    TRY(pg_try(db, sql, "ledger's lock", place, unseen, &result));
    if (!result || PQntuples(result) == 0)
        return NULL;
    for (int column = 0; column < PQnfields(result); column++) {
        AUTO(str) char *value = value_text(result, 0, column);

        if (value)
            str_list_addf(&values, "%s=%s", PQfname(result, column), value);
    }
    joined = str_list_join(&values, ", ");
    ledger->locked_by = xstrndup(joined, LOCK_TEXT_MAX);
    return NULL;
}

static Error *read_ledger(PgDb *db, const LedgerSpec *spec, StrList *unseen, Ledger *ledger)
{
    if (spec->id)
        TRY(read_entries(db, spec, unseen, ledger));
    return spec->lock_table && spec->locked ? read_lock(db, spec, unseen, ledger) : NULL;
}

Error *pg_ledgers_read(PgDb *db, const LedgerSpecList *specs, StrList *unseen, LedgerList *ledgers)
{
    for (size_t i = 0; i < specs->len; i++) {
        const LedgerSpec *spec = &specs->items[i];
        Ledger ledger = {.framework = xstrdup(spec->framework),
                         .space = xstrdup(spec->space),
                         .table = xstrdup(spec->table)};
        Error *err = read_ledger(db, spec, unseen, &ledger);

        LIST_PUSH(ledgers, ledger);
        TRY(err);
    }
    return NULL;
}
