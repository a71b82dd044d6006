#pragma once
/* An SQLite database at one moment, out of the copy of a volume. */

#include "database/copy.h"
#include "database/sqlite_db.h"
#include "database/sqlite_file.h"

/** As database_snapshot, of a copy that a volume_read made. */
MUST_USE Error *sqlite_snapshot(const VolumeCopy *copy, const DatabaseSpec *spec,
                                LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                                Snapshot *ret_snapshot);
/**
 * Rows in the database of a copy.
 *
 * @param[out] ret_changed  the files that are others now, to be unpacked over the copy's; NULL when
 * there is no database
 */
MUST_USE Error *sqlite_fill(const VolumeCopy *copy, const DatabaseSpec *spec,
                            const FillSpec *fill_spec, LedgerFinder ledgers_of,
                            const Cancel *cancel, Deadline dl, VolumeCopy **ret_changed,
                            PopulateResult *ret_result);
/** As database_peek, of a copy that was made while somebody may have been writing. */
MUST_USE Error *sqlite_peek(const VolumeCopy *copy, const DatabaseSpec *spec,
                            LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                            Snapshot *ret_snapshot, bool *ret_busy);
/** Parse the schema of an open file. @return NULL; ERR_PROTOCOL: the file is damaged or no
 * database; else as sqlite_db_error */
MUST_USE Error *sqlite_schema_load(SqliteDb *db, const char *path);
/**
 * A backup in place of the database, or as its first content.
 *
 * @param copy  of the volume
 * @param backup  an SQLite file, whose -wal beside it counts, or SQL
 * @param[out] ret_changed  what is to be unpacked over the copy's files
 * @return NULL, or ERR_INVALID: the backup cannot be read, is of another kind, damaged, empty, or
 * holds SQL that fails; else as sqlite_snapshot
 */
MUST_USE Error *sqlite_restore(const VolumeCopy *copy, const DatabaseSpec *spec, const char *backup,
                               const Cancel *cancel, Deadline dl, VolumeCopy **ret_changed);
/**
 * The database file of a copy, open for reading.
 *
 * @param[out] file  empty before; cleared by the caller after db, also on error
 * @param[out] db  as file
 * @return NULL; ERR_NOT_FOUND: there is no such file in it; as sqlite_snapshot, and ERR_PROTOCOL
 * for a file that is damaged or no database
 */
MUST_USE Error *sqlite_file_open(const VolumeCopy *copy, const DatabaseSpec *spec,
                                 const Cancel *cancel, Deadline dl, SqliteFile *file, SqliteDb *db);
