#include "database/pg_side.h"

#include <string.h>

#include "base/buffer.h"
#include "database/pg_parts.h"

enum {
    PAGE_ROWS = 200,
    COLUMNS_MAX = 300, /* in one statement: each is four of at most 1664 columns of a result */
    VALUE_MAX = 32768, /* characters of a value that are compared as text */
    SQL_MAX = 4 << 20,
};

typedef struct PgSide {
    DataSide base;
    PgDb db;
    PGresult *page; /* rows of the cursor that were fetched */
    int at;         /* the next row of the page */
    size_t columns, key_columns;
} PgSide;

#define BEGIN "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

static char *text_of(const char *column)
{
    AUTO(str) char *quoted = pg_quote(column);

    return xasprintf("t.%s::text COLLATE pg_catalog.\"C\"", quoted);
}

/* The parts with a separator between them; NULL without a key. */
static char *key_of(const DataAsk *ask)
{
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; ask->key && i < ask->key->len; i++) {
        AUTO(str) char *text = text_of(ask->key->items[i]);

        str_list_addf(&parts, "COALESCE(%s, '')", text);
    }
    return parts.len ? str_list_join(&parts, " || E'\\x01' || ") : NULL;
}

static char *table_of(const PgSide *side, const DataAsk *ask)
{
    const SchemaObject *table =
        schema_find(&side->base.snapshot->schema, SCHEMA_TABLE, ask->space, "", ask->table);
    AUTO(str) char *name = pg_quote_in(ask->space, ask->table);

    return xasprintf("%s%s AS t",
                     table && str_map_has(&table->attributes, "partitioned by") ? "" : "ONLY ",
                     name);
}

/* --- in brief -------------------------------------------------------------------------------- */

#define SUM(what) "mod(COALESCE(sum(" what "), 0), 9223372036854775808)::bigint"

/* A value's hash with its row's key is the value's hash with the key's as seed. */
static char *summary_sql(const PgSide *side, const DataAsk *ask, size_t from, size_t to)
{
    AUTO(buf) Buf sql = BUF_INIT(SQL_MAX);
    AUTO(str) char *key = key_of(ask);
    AUTO(str) char *table = table_of(side, ask);

    for (size_t i = from; i < to; i++)
        buf_addf(
            &sql,
            "%s count(h%zu), " SUM("h%zu") ", " SUM("k%zu") ", "
                                                            "COALESCE(min(h%zu) = max(h%zu), true)",
            i == from ? "SELECT" : ",", i, i, i, i, i);
    buf_adds(&sql, " FROM (SELECT ");
    for (size_t i = from; i < to; i++)
        buf_addf(&sql, "%shashtextextended(c%zu, 0) AS h%zu, hashtextextended(c%zu, seed) AS k%zu",
                 i == from ? "" : ", ", i, i, i, i);
    buf_adds(&sql, " FROM (SELECT ");
    for (size_t i = from; i < to; i++) {
        AUTO(str) char *text = text_of(ask->columns->items[i]);

        buf_addf(&sql, "%s AS c%zu, ", text, i);
    }
    /* OFFSET 0 keeps the planner from computing text and seed once for each use */
    buf_addf(&sql, "hashtextextended(%s, 1) AS seed FROM %s OFFSET 0) AS v OFFSET 0) AS r",
             key ? key : "''", table);
    return buf_take(&sql);
}

static Error *summarise(DataSide *base, const DataAsk *ask, ColumnSummary *ret_summaries)
{
    PgSide *side = (PgSide *)base;
    size_t count = ask->columns->len;

    for (size_t from = 0; from < count; from += COLUMNS_MAX) {
        size_t to = from + COLUMNS_MAX < count ? from + COLUMNS_MAX : count;
        AUTO(str) char *sql = summary_sql(side, ask, from, to);
        AUTO(pg_result) PGresult *result = NULL;

        TRY(pg_query(&side->db, sql, NULL, 0, &result));
        for (size_t i = from; i < to; i++) {
            int column = (int)(i - from) * 4;

            ret_summaries[i] = (ColumnSummary){
                .values = pg_i64(result, 0, column),
                .all = (uint64_t)pg_i64(result, 0, column + 1),
                .keyed = (uint64_t)pg_i64(result, 0, column + 2),
                .constant = pg_bool(result, 0, column + 3),
            };
        }
    }
    return NULL;
}

/* --- row by row ------------------------------------------------------------------------------ */

static char *rows_sql(const PgSide *side, const DataAsk *ask)
{
    AUTO(str_list) StrList columns = {0};
    AUTO(str) char *key = key_of(ask);
    AUTO(str) char *table = table_of(side, ask);
    AUTO(str) char *joined = NULL;

    if (key)
        str_list_add(&columns, key);
    for (size_t i = 0; i < ask->columns->len; i++) {
        AUTO(str) char *text = text_of(ask->columns->items[i]);

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
    .summarise = summarise,
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
