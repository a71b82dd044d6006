#include "database/sqlite_db.h"

#include <limits.h>

#include "base/text.h"

enum {
    PROGRESS_STEPS = 20000,      /* virtual machine steps between two looks at the clock */
    VALUE_BYTES_MAX = 256 << 20, /* one value or row; SQLite holds it in memory */
    SQL_BYTES_MAX = 16 << 20,    /* a schema with a longer statement cannot be loaded */
};

/* Not 0 stops the statement with SQLITE_INTERRUPT. */
static int on_progress(void *context)
{
    const SqliteDb *db = context;

    return cancel_is_raised(db->cancel) || deadline_left_ms(db->deadline) == 0;
}

/* Whoever made the file may have written its schema by hand, so nothing in it is run on trust, and
 * the limits are far below what would hurt. Source: sqlite.org/security.html, "Untrusted SQLite
 * Database Files" */
static void defend(sqlite3 *db)
{
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
        /* without trust a CHECK that calls json_valid makes the schema "malformed" (3.40). There is
         * nothing to protect: no function of ours, no extension, no view and no trigger runs here
         */
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, /* the copy is thrown away */
    };

    for (size_t i = 0; i < COUNT_OF(options); i++)
        (void)sqlite3_db_config(db, options[i].option, options[i].value, (int *)NULL);
    (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
    (void)sqlite3_limit(db, SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES_MAX);
    (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
    (void)sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

Error *sqlite_db_open(const char *path, const Cancel *cancel, Deadline dl, SqliteDb *db)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW |
                SQLITE_OPEN_EXRESCODE;

    *db = (SqliteDb){.cancel = cancel, .deadline = dl};
    if (sqlite3_open_v2(path, &db->db, flags, NULL) != SQLITE_OK)
        return sqlite_db_error(db);
    defend(db->db);
    sqlite3_progress_handler(db->db, PROGRESS_STEPS, on_progress, db);
    TRY(sqlite_run(db, "PRAGMA mmap_size = 0"));
    return sqlite_run(db, "PRAGMA cell_size_check = ON");
}

void sqlite_db_close(SqliteDb *db)
{
    (void)sqlite3_close_v2(db->db); /* only read: nothing can get lost */
    db->db = NULL;
}

static ErrCode code_of(int result)
{
    switch (result & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return ERR_PROTOCOL;
    case SQLITE_TOOBIG:
        return ERR_LIMIT;
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
        return ERR_SYSTEM;
    default:
        return ERR_CONFLICT;
    }
}

Error *sqlite_db_error(SqliteDb *db)
{
    int result = db->db ? sqlite3_extended_errcode(db->db) : SQLITE_NOMEM;

    if ((result & 0xff) == SQLITE_INTERRUPT) {
        TRY(cancel_check(db->cancel));
        return error_new(ERR_TIMEOUT, 0, "reading the SQLite database took longer than allowed");
    }
    return error_new(code_of(result), result, "%s",
                     db->db ? sqlite3_errmsg(db->db) : sqlite3_errstr(result));
}

bool sqlite_error_is_local(const Error *err)
{
    return err->code == ERR_CONFLICT || err->code == ERR_LIMIT;
}

Error *sqlite_prepare(SqliteDb *db, const char *sql, sqlite3_stmt **ret_stmt)
{
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(db->db, sql, -1, &stmt, NULL) != SQLITE_OK)
        return sqlite_db_error(db);
    *ret_stmt = stmt;
    return NULL;
}

Error *sqlite_step(SqliteDb *db, sqlite3_stmt *stmt, bool *ret_row)
{
    int result = sqlite3_step(stmt);

    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return sqlite_db_error(db);
    *ret_row = result == SQLITE_ROW;
    return NULL;
}

void sqlite_restart(sqlite3_stmt *stmt, const char *text)
{
    (void)sqlite3_reset(stmt); /* repeats the error of the last step, which was looked at */
    (void)sqlite3_bind_text(stmt, 1, text, -1, SQLITE_TRANSIENT); /* an error shows as no row */
}

Error *sqlite_run(SqliteDb *db, const char *sql)
{
    if (sqlite3_exec(db->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return sqlite_db_error(db);
    return NULL;
}

const char *sqlite_text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt, column);

    return text ? (const char *)text : "";
}
