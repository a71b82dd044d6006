#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/buffer.h"
#include "database/backup.h"
#include "database/links.h"
#include "database/sqlite.h"
#include "database/sqlite_pack.h"
#include "database/sqlite_parts.h"
#include "database/sqlite_script.h"

#define STATEMENT_BYTES_MAX (16U << 20) /* as sqlite_db_open permits */
#define DAMAGE_LINES_MAX    100

/* --- an SQLite file
 * -------------------------------------------------------------------------- */

static Error *copy_bytes(const char *from, const char *to, const Cancel *cancel, Deadline dl)
{
    AUTO(file) FILE *source = fopen(from, "rbe");
    AUTO(file) FILE *target = source ? fopen(to, "wbxe") : NULL;
    char bytes[65536];
    size_t len;

    if (!source || !target)
        return error_errno("copying %s", from);
    while ((len = fread(bytes, 1, sizeof bytes, source)) > 0) {
        TRY(cancel_check(cancel));
        if (deadline_left_ms(dl) == 0)
            return error_new(ERR_TIMEOUT, 0, "copying %s took longer than allowed", from);
        if (fwrite(bytes, 1, len, target) != len)
            return error_errno("copying %s", from);
    }
    if (ferror(source) || fclose(TAKE(target)) != 0)
        return error_errno("copying %s", from);
    return NULL;
}

/* Rows may be in the -wal alone, and a journal says what is to be undone. Source:
 * sqlite.org/tempfiles.html */
static Error *copy_file(const char *backup, const char *to, const Cancel *cancel, Deadline dl)
{
    static const char *const BESIDE[] = {"-wal", "-journal"};

    for (size_t i = 0; i < COUNT_OF(BESIDE); i++) {
        AUTO(str) char *from = xasprintf("%s%s", backup, BESIDE[i]);
        AUTO(str) char *beside = xasprintf("%s%s", to, BESIDE[i]);

        if (access(from, F_OK) == 0)
            TRY(copy_bytes(from, beside, cancel, dl));
    }
    return copy_bytes(backup, to, cancel, dl);
}

/* Rows that break a constraint are what users have; only pages that do not fit together are damage.
 * Source: sqlite.org/pragma.html#pragma_quick_check */
static bool is_damage(const char *line)
{
    static const char *const OF_ROWS[] = {"ok",
                                          "NULL value in",
                                          "CHECK constraint failed",
                                          "NUMERIC value in",
                                          "TEXT value in",
                                          "non-unique entry in"};

    for (size_t i = 0; i < COUNT_OF(OF_ROWS); i++)
        if (text_starts(line, OF_ROWS[i]))
            return false;
    return true;
}

static Error *check_pages(SqliteDb *db)
{
    AUTO(str) char *sql = xasprintf("PRAGMA main.quick_check(%d)", DAMAGE_LINES_MAX);
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row = true;

    TRY(sqlite_prepare(db, sql, &stmt));
    for (;;) {
        AUTO(str) char *line = NULL;

        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            return NULL;
        line = text_clean_line(sqlite_text(stmt, 0));
        if (is_damage(line))
            return error_new(ERR_PROTOCOL, 0, "it is damaged: %s", line);
    }
}

static Error *check_file(SqliteDb *db, const char *path)
{
    AUTO(error) Error *err = NULL;

    TRY(sqlite_schema_load(db, path));
    err = check_pages(db);
    /* a collation or function of the application: integrity looks at what else can be checked */
    return err && sqlite_error_is_local(err) ? NULL : TAKE(err);
}

/* --- SQL
 * ------------------------------------------------------------------------------------- */

/* A line may end a statement only when it ends in a semicolon: asking sqlite3_complete at each
 * would take the square of a long statement's time. */
static bool may_end(const char *line, size_t len)
{
    while (len > 0 && strchr(" \t\r\n", line[len - 1]))
        len--;
    return len > 0 && line[len - 1] == ';';
}

/* What begins at line *line; afterwards what comes next does. */
static Error *run_pending(SqliteDb *db, const char *what, Buf *pending, size_t *line, size_t next)
{
    TRY(sqlite_script_run(db, what, buf_text(pending), *line));
    pending->len = 0;
    *line = next;
    return NULL;
}

static void line_release(char **line)
{
    free(*line);
}

static Error *run_lines(SqliteDb *db, const char *path, FILE *file)
{
    AUTO(buf) Buf pending = BUF_INIT(STATEMENT_BYTES_MAX);
    __attribute__((cleanup(line_release))) char *line = NULL;
    size_t cap = 0, first = 1, number = 0;
    ssize_t len;

    while ((len = getline(&line, &cap, file)) >= 0) {
        number++;
        if (memchr(line, '\0', (size_t)len))
            return error_new(ERR_INVALID, 0, "%s:%zu: holds a zero byte", path, number);
        TRY_CTX(buf_append(&pending, line, (size_t)len), "%s:%zu", path, first);
        if (may_end(line, (size_t)len) && sqlite3_complete(buf_text(&pending)))
            TRY(run_pending(db, path, &pending, &first, number + 1));
    }
    if (ferror(file))
        return error_errno("reading %s", path);
    if (pending.len > 0)
        TRY(run_pending(db, path, &pending, &first, number + 1));
    if (!sqlite3_get_autocommit(db->db))
        return error_new(ERR_INVALID, 0, "%s ends inside a transaction: the end of it is missing",
                         path);
    return NULL;
}

/* The user's own SQL: what .dump writes of virtual tables needs a schema that can be written. */
static Error *run_file(SqliteDb *db, const char *path)
{
    AUTO(file) FILE *file = fopen(path, "re");

    if (!file)
        return error_errno("%s", path);
    (void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 0, (int *)NULL);
    (void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 1, (int *)NULL);
    (void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_ENABLE_VIEW, 1, (int *)NULL);
    return run_lines(db, path, file);
}

/* --- either
 * ---------------------------------------------------------------------------------- */

static Error *refuse_empty(SqliteDb *db, const char *backup)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row;

    TRY(sqlite_prepare(db, "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' LIMIT 1", &stmt));
    TRY(sqlite_step(db, stmt, &row));
    return row ? NULL : error_new(ERR_INVALID, 0, "%s holds no table", backup);
}

/* All that was written goes into the file itself, as in sqlite_fill. */
static Error *make_file(const char *backup, BackupKind kind, const char *to, const Cancel *cancel,
                        Deadline dl)
{
    AUTO(sqlite_db) SqliteDb db = {0};
    AUTO(fd) int made = -1;

    if (kind == BACKUP_SQLITE)
        TRY(copy_file(backup, to, cancel, dl));
    else if ((made = open(to, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600)) < 0)
        return error_errno("making %s", to);
    TRY(sqlite_db_open(to, cancel, dl, &db));
    if (kind == BACKUP_SQL)
        TRY(run_file(&db, backup));
    TRY(check_file(&db, to));
    TRY(refuse_empty(&db, backup));
    return sqlite_run(&db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

static Error *restore(const char *backup, const char *to, const Cancel *cancel, Deadline dl)
{
    BackupKind kind;
    AUTO(error) Error *err = NULL;

    TRY(backup_kind(backup, &kind));
    if (kind != BACKUP_SQLITE && kind != BACKUP_SQL)
        return error_new(ERR_INVALID, 0, "%s is %s, and the database is an SQLite file", backup,
                         backup_kind_text(kind));
    err = make_file(backup, kind, to, cancel, dl);
    if (!err || (err->code != ERR_PROTOCOL && err->code != ERR_CONFLICT && err->code != ERR_LIMIT))
        return TAKE(err);
    err->code = ERR_INVALID; /* the file that the settings name is at fault */
    return text_starts(err->msg, backup) ? TAKE(err) : error_wrap(TAKE(err), "%s", backup);
}

Error *sqlite_restore(const VolumeCopy *copy, const DatabaseSpec *spec, const char *backup,
                      const Cancel *cancel, Deadline dl, VolumeCopy **ret_changed)
{
    AUTO(sqlite_file) SqliteFile file = {0};
    AUTO(str) char *path = NULL;
    AUTO(str) char *restored = NULL;

    TRY(path_clean("database.sqlite", spec->sqlite, &path));
    TRY_CTX(sqlite_file_extract(copy, path, cancel, dl, &file), "reading %s", path);
    if (file.problem)
        return error_new(ERR_CONFLICT, 0, "%s: %s", path, file.problem);
    restored = xasprintf("%s/restored", file.folder);
    TRY_CTX(restore(backup, restored, cancel, dl), "data.restore");
    free(file.path);
    file.path = TAKE(restored);
    if (!file.inner)
        file.inner = xstrdup(path + strlen(copy->volume) + 1);
    return sqlite_pack(copy, &file, cancel, dl, ret_changed);
}
