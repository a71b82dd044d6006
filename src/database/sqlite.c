#include "database/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/buffer.h"
#include "database/links.h"
#include "database/sqlite_file.h"
#include "database/sqlite_parts.h"

DEFINE_AUTO_VALUE(snapshot_ledgers, LedgerSpecList, ledger_spec_list_clear)

/* The library that last wrote the file, from its header. Source: sqlite.org/fileformat2.html,
 * offset 96 */
static unsigned writer_version(const char *path)
{
    AUTO(file) FILE *file = fopen(path, "rbe");
    unsigned char head[100];

    if (!file || fread(head, 1, sizeof head, file) != sizeof head)
        return 0;
    return (unsigned)head[96] << 24 | (unsigned)head[97] << 16 | (unsigned)head[98] << 8 | head[99];
}

/* A schema that this library cannot parse is damaged, unless a newer library wrote it: then single
 * statements are left out, which writable_schema permits. */
Error *sqlite_schema_load(SqliteDb *db, const char *path)
{
    AUTO(error) Error *err = sqlite_run(db, "SELECT count(*) FROM main.sqlite_schema");

    if (err && err->code == ERR_CONFLICT)
        err->code = ERR_PROTOCOL; /* "unsupported file format": it is the file, not our SQL */
    if (!err || err->code != ERR_PROTOCOL || !text_starts(err->msg, "malformed database schema") ||
        writer_version(path) <= (unsigned)sqlite3_libversion_number())
        return TAKE(err);
    (void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 0, (int *)NULL);
    TRY(sqlite_run(db, "PRAGMA writable_schema = ON"));
    return sqlite_run(db, "SELECT count(*) FROM main.sqlite_schema");
}

typedef enum Depth { DEPTH_LEDGERS, DEPTH_ALL } Depth;

static Error *read_database(SqliteDb *db, LedgerFinder ledgers_of, Depth depth, Snapshot *snapshot)
{
    AUTO(snapshot_ledgers) LedgerSpecList specs = {0};

    TRY(sqlite_schema_read(db, &snapshot->unseen, &snapshot->schema));
    if (ledgers_of)
        ledgers_of(&snapshot->schema, &specs);
    TRY(sqlite_ledgers_read(db, &specs, &snapshot->unseen, &snapshot->ledgers));
    if (depth == DEPTH_LEDGERS)
        return NULL;
    TRY(sqlite_data_read(db, &specs, snapshot));
    return sqlite_faults_read(db, snapshot);
}

/* Garbage, an encrypted file, a damaged schema: the database's own words are the fault. */
static Error *read_file(const SqliteFile *file, LedgerFinder ledgers_of, Depth depth,
                        const Cancel *cancel, Deadline dl, Snapshot *snapshot)
{
    AUTO(sqlite_db) SqliteDb db = {0};
    AUTO(error) Error *err = sqlite_db_open(file->path, cancel, dl, &db);

    if (!err)
        err = sqlite_schema_load(&db, file->path);
    if (!err)
        err = read_database(&db, ledgers_of, depth, snapshot);
    if (!err || err->code != ERR_PROTOCOL)
        return TAKE(err);
    fault_list_add(&snapshot->faults, FAULT_UNREADABLE, NULL, NULL, err->msg, 0);
    return NULL;
}

static Error *read_copy(const VolumeCopy *copy, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                        Depth depth, const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot)
{
    AUTO(snapshot) Snapshot snapshot = {0};
    AUTO(sqlite_file) SqliteFile file = {0};
    AUTO(str) char *path = NULL;

    TRY(path_clean("database.sqlite", spec->sqlite, &path));
    if (!path_is_below(path, copy->volume))
        return error_new(ERR_INVALID, 0, "the volume %s does not contain the database file %s",
                         copy->volume, path);
    TRY_CTX(sqlite_file_extract(copy, path, cancel, dl, &file), "reading %s", path);
    snapshot.location = xstrdup(path);
    snapshot.exists = file.path != NULL;
    snapshot.size_bytes = file.size_bytes;
    snapshot.other_databases = file.others;
    file.others = (StrList){0};
    if (file.problem)
        fault_list_add(&snapshot.faults, FAULT_UNREADABLE, NULL, NULL, file.problem, 0);
    if (file.path)
        TRY_CTX(read_file(&file, ledgers_of, depth, cancel, dl, &snapshot), "reading %s", path);
    *ret_snapshot = snapshot;
    snapshot = (Snapshot){0};
    return NULL;
}

Error *sqlite_snapshot(const VolumeCopy *copy, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                       const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot)
{
    return read_copy(copy, spec, ledgers_of, DEPTH_ALL, cancel, dl, ret_snapshot);
}

Error *sqlite_peek(const VolumeCopy *copy, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                   const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot, bool *ret_busy)
{
    AUTO(snapshot) Snapshot snapshot = {0};

    TRY(read_copy(copy, spec, ledgers_of, DEPTH_LEDGERS, cancel, dl, &snapshot));
    /* a torn copy reads like a damaged file */
    *ret_busy = snapshot.faults.len > 0;
    if (*ret_busy)
        return NULL;
    *ret_snapshot = snapshot;
    snapshot = (Snapshot){0};
    return NULL;
}

Error *sqlite_file_open(const VolumeCopy *copy, const DatabaseSpec *spec, const Cancel *cancel,
                        Deadline dl, SqliteFile *file, SqliteDb *db)
{
    AUTO(str) char *path = NULL;

    TRY(path_clean("database.sqlite", spec->sqlite, &path));
    if (!path_is_below(path, copy->volume))
        return error_new(ERR_INVALID, 0, "the volume %s does not contain the database file %s",
                         copy->volume, path);
    TRY_CTX(sqlite_file_extract(copy, path, cancel, dl, file), "reading %s", path);
    if (!file->path)
        return error_new(ERR_NOT_FOUND, 0, "there is no file %s", path);
    TRY(sqlite_db_open(file->path, cancel, dl, db));
    return sqlite_schema_load(db, file->path);
}
