#include "database/pg_side.h"

#include "database/pg_parts.h"

enum {
    PAGE_ROWS = 200,
    VALUE_MAX = 32768, /* characters of a value that are compared as text */
};

typedef struct PgSide {
    DataSide base;
    PgDb db;
    PGresult *page; /* rows of the cursor that were fetched */
    int at;         /* the next row of the page */
    size_t columns, key_columns;
} PgSide;

#define BEGIN "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

/* --- row by row ------------------------------------------------------------------------------ */

static char *rows_sql(const PgSide *side, const DataAsk *ask)
{
    AUTO(str_list) StrList columns = {0};
    AUTO(str) char *key = pg_key_text(ask->key);
    AUTO(str)
    char *table = pg_rows_of(&side->base.snapshot->schema, ask->space, ask->table);
    AUTO(str) char *joined = NULL;

    if (key)
        str_list_add(&columns, key);
    for (size_t i = 0; i < ask->columns->len; i++) {
        AUTO(str) char *text = pg_column_text(ask->columns->items[i]);

        str_list_addf(&columns,
                      "CASE WHEN length(%s) > %d THEN left(%s, %d) || md5(%s) ELSE %s END", text,
                      VALUE_MAX, text, VALUE_MAX, text, text);
    }
    joined = str_list_join(&columns, ", ");
    return xasprintf("DECLARE seatrial_rows NO SCROLL CURSOR FOR SELECT %s FROM %s%s%s", joined,
                     table, key ? " ORDER BY " : "", key ? key : "");
}

static Error *open_rows(DataSide *base, const DataAsk *ask)
{
    PgSide *side = (PgSide *)base;
    AUTO(str) char *sql = rows_sql(side, ask);

    side->columns = ask->columns->len;
    side->key_columns = ask->key && ask->key->len ? 1 : 0;
    side->base.values =
        xrealloc(side->base.values, (side->columns + 1) * sizeof *side->base.values);
    return pg_run(&side->db, sql);
}

static Error *next_row(DataSide *base, bool *ret_row)
{
    PgSide *side = (PgSide *)base;

    if (!side->page || side->at == PQntuples(side->page)) {
        AUTO(str) char *fetch = xasprintf("FETCH %d FROM seatrial_rows", PAGE_ROWS);

        PQclear(TAKE(side->page));
        TRY(pg_query(&side->db, fetch, NULL, 0, &side->page));
        side->at = 0;
    }
    *ret_row = side->at < PQntuples(side->page);
    if (!*ret_row)
        return NULL;
    side->base.keys = side->key_columns ? PQgetvalue(side->page, side->at, 0) : NULL;
    for (size_t i = 0; i < side->columns; i++)
        side->base.values[i] = pg_text_null(side->page, side->at, (int)(i + side->key_columns));
    side->at++;
    return NULL;
}

/* A refusal ended the transaction, and a cursor ends with it. */
static void end_rows(DataSide *base)
{
    PgSide *side = (PgSide *)base;

    PQclear(TAKE(side->page));
    side->base.keys = NULL;
    error_ignore(pg_run(&side->db, "ROLLBACK; " BEGIN)); /* a broken connection shows next time */
}

static void close_side(DataSide *base)
{
    PgSide *side = (PgSide *)base;

    PQclear(side->page);
    pg_db_close(&side->db);
    free(side->base.values);
    free(side);
}

static const DataSideOps PG_SIDE_OPS = {
    .open = open_rows,
    .next = next_row,
    .end = end_rows,
    .close = close_side,
    .is_local = pg_error_is_local,
};

Error *pg_side_open(const PgTarget *target, const Snapshot *snapshot, const Cancel *cancel,
                    Deadline dl, DataSide **ret_side)
{
    PgSide *side = xcalloc(1, sizeof *side);
    AUTO(data_side) DataSide *base = &side->base;

    *base = (DataSide){.ops = &PG_SIDE_OPS, .snapshot = snapshot};
    TRY(pg_db_open(target, cancel, dl, &side->db));
    TRY(pg_run(&side->db, BEGIN));
    *ret_side = TAKE(base);
    return NULL;
}
