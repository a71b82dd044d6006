#pragma once
/* An SQLite file that nobody vouches for: opened defensively, stopped by a deadline or a signal. */

#include <sqlite3.h>

#include "base/cancel.h"
#include "base/clock.h"
#include "base/list.h"

enum { SQLITE_TEXT_MAX = 1 << 20 }; /* of a statement in the schema that we take apart */

typedef struct SqliteDb {
    sqlite3 *db;
    const Cancel *cancel; /* borrowed; may be NULL */
    Deadline deadline;
} SqliteDb;

/**
 * Open a private copy for reading. It is opened for writing too, because only then a journal is
 * rolled back and a -wal recovered.
 *
 * @param db  the address must not change until sqlite_db_close
 * @return NULL, or as sqlite_db_error
 */
MUST_USE Error *sqlite_db_open(const char *path, const Cancel *cancel, Deadline dl, SqliteDb *db);
void sqlite_db_close(SqliteDb *db);
DEFINE_AUTO_VALUE(sqlite_db, SqliteDb, sqlite_db_close)

/**
 * What the last call's failure means:
 *  ERR_CANCELLED, ERR_TIMEOUT  stopped
 *  ERR_PROTOCOL  the file is damaged or no database
 *  ERR_CONFLICT  SQL that cannot run here, such as a collation, function or module that only the
 *                application has
 *  ERR_LIMIT     a value beyond the cap
 *  ERR_SYSTEM    disk, memory
 */
MUST_USE Error *sqlite_db_error(SqliteDb *db);
/** Whether a failure concerns one object only, so that the rest can still be looked at. */
bool sqlite_error_is_local(const Error *err);

MUST_USE Error *sqlite_prepare(SqliteDb *db, const char *sql, sqlite3_stmt **ret_stmt);
/** @param[out] ret_row  false at the end */
MUST_USE Error *sqlite_step(SqliteDb *db, sqlite3_stmt *stmt, bool *ret_row);
/** Start a statement anew with this text as its first parameter. */
void sqlite_restart(sqlite3_stmt *stmt, const char *text);
/** Run a statement that yields nothing we want. */
MUST_USE Error *sqlite_run(SqliteDb *db, const char *sql);
/** A column as text, "" for NULL; good until the next step. */
const char *sqlite_text(sqlite3_stmt *stmt, int column);

static inline void stmt_auto_release(sqlite3_stmt **slot)
{
    (void)sqlite3_finalize(*slot); /* repeats the error of the last step, which was looked at */
}
