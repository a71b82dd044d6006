#include "database/sqlite_side.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "database/fingerprint.h"
#include "database/sqlite.h"
#include "database/sqlite_file.h"
#include "database/sqlite_parts.h"

enum { VALUE_MAX = 32768 };

typedef struct SqliteSide {
    DataSide base;
    SqliteFile file;
    SqliteDb db;
    sqlite3_stmt *rows;
    size_t columns;
    bool keyed;
    char **texts; /* of the current row; NULL where SQLite's own text will do */
} SqliteSide;

/* As text whatever its storage class; a blob, and text that a zero byte would cut, as hex. */
static char *text_of(const char *column)
{
    AUTO(str) char *name = sqlite_quote(column);

    return xasprintf("CASE WHEN typeof(%s) = 'blob' OR instr(%s, char(0)) > 0 THEN hex(%s) ELSE "
                     "CAST(%s AS TEXT) END",
                     name, name, name, name);
}

static char *key_of(const DataAsk *ask)
{
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; ask->key && i < ask->key->len; i++) {
        AUTO(str) char *text = text_of(ask->key->items[i]);

        str_list_addf(&parts, "COALESCE(%s, '')", text);
    }
    return parts.len ? str_list_join(&parts, " || char(1) || ") : NULL;
}

/* --- row by row ------------------------------------------------------------------------------ */

static void forget_texts(SqliteSide *side)
{
    for (size_t i = 0; i < side->columns; i++)
        free(TAKE(side->texts[i]));
}

static Error *open_rows(DataSide *base, const DataAsk *ask)
{
    SqliteSide *side = (SqliteSide *)base;
    AUTO(str_list) StrList columns = {0};
    AUTO(str) char *key = key_of(ask);
    AUTO(str) char *joined = NULL;
    AUTO(str) char *table = sqlite_quote(ask->table);
    AUTO(str) char *sql = NULL;

    if (key)
        str_list_add(&columns, key);
    for (size_t i = 0; i < ask->columns->len; i++)
        str_list_add_owned(&columns, text_of(ask->columns->items[i]));
    joined = str_list_join(&columns, ", ");
    sql = xasprintf("SELECT %s FROM main.%s%s", joined, table, key ? " ORDER BY 1" : "");
    side->columns = ask->columns->len;
    side->keyed = key != NULL;
    side->base.values =
        xrealloc(side->base.values, (side->columns + 1) * sizeof *side->base.values);
    side->texts = xcalloc(side->columns + 1, sizeof *side->texts);
    return sqlite_prepare(&side->db, sql, &side->rows);
}

/* A long value is cut, and told apart from others by a hash of all of it. */
static const char *value_at(SqliteSide *side, size_t index, int column)
{
    int bytes;
    const char *text;
    RowHash hash;
    uint64_t sum[2];

    if (sqlite3_column_type(side->rows, column) == SQLITE_NULL)
        return NULL;
    text = sqlite_text(side->rows, column);
    bytes = sqlite3_column_bytes(side->rows, column);
    if (bytes <= VALUE_MAX)
        return text;
    row_hash_begin(&hash);
    row_hash_bytes(&hash, text, (size_t)bytes);
    row_hash_end(&hash, sum);
    side->texts[index] =
        xasprintf("%.*s%016" PRIx64 "%016" PRIx64, VALUE_MAX, text, sum[0], sum[1]);
    return side->texts[index];
}

static Error *next_row(DataSide *base, bool *ret_row)
{
    SqliteSide *side = (SqliteSide *)base;

    forget_texts(side);
    TRY(sqlite_step(&side->db, side->rows, ret_row));
    if (!*ret_row)
        return NULL;
    /* SQLite keeps it for us, and we only read it */
    side->base.keys = side->keyed ? (char *)(uintptr_t)sqlite_text(side->rows, 0) : NULL;
    for (size_t i = 0; i < side->columns; i++)
        side->base.values[i] = value_at(side, i, (int)(i + side->keyed));
    return NULL;
}

static void end_rows(DataSide *base)
{
    SqliteSide *side = (SqliteSide *)base;

    if (side->texts)
        forget_texts(side);
    free(TAKE(side->texts));
    (void)sqlite3_finalize(TAKE(side->rows)); /* repeats the error of the last step */
    side->columns = 0;
    side->base.keys = NULL;
}

static void close_side(DataSide *base)
{
    SqliteSide *side = (SqliteSide *)base;

    end_rows(base);
    sqlite_db_close(&side->db);
    sqlite_file_clear(&side->file);
    free(side->base.values);
    free(side);
}

/* A damaged table is a fault of the snapshot already. */
static bool is_local(const Error *err)
{
    return sqlite_error_is_local(err) || err->code == ERR_PROTOCOL;
}

static const DataSideOps SQLITE_SIDE_OPS = {
    .open = open_rows,
    .next = next_row,
    .end = end_rows,
    .close = close_side,
    .is_local = is_local,
};

Error *sqlite_side_open(const VolumeCopy *copy, const DatabaseSpec *spec, const Snapshot *snapshot,
                        const Cancel *cancel, Deadline dl, DataSide **ret_side)
{
    SqliteSide *side = xcalloc(1, sizeof *side);
    AUTO(data_side) DataSide *base = &side->base;

    *base = (DataSide){.ops = &SQLITE_SIDE_OPS, .snapshot = snapshot};
    TRY(sqlite_file_open(copy, spec, cancel, dl, &side->file, &side->db));
    *ret_side = TAKE(base);
    return NULL;
}
