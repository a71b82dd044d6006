#pragma once
/* The parts of an SQLite snapshot, each read from an open file. What only concerns one object, such
 * as a module that this library lacks, becomes a line in unseen; the rest goes on. */

#include "database/sqlite_db.h"
#include "model/snapshot.h"

/** "no such module: vec0" -> unseen gets "table notes: no such module: vec0". Consumes err.
 * @return NULL when the failure was local, else err */
MUST_USE Error *sqlite_note_unseen(Error *err, const char *what, const char *name, StrList *unseen);
/** As an identifier; caller frees. */
MUST_USE char *sqlite_quote(const char *name);

/** @param[out] ret_schema  sorted; untouched on error */
MUST_USE Error *sqlite_schema_read(SqliteDb *db, StrList *unseen, Schema *ret_schema);
/** The ledgers that specs describe; without any, the header's user_version when it is set. */
MUST_USE Error *sqlite_ledgers_read(SqliteDb *db, const LedgerSpecList *specs, StrList *unseen,
                                    LedgerList *ledgers);
/** Rows and fingerprint of every table of snapshot->schema into snapshot->data. */
MUST_USE Error *sqlite_data_read(SqliteDb *db, const LedgerSpecList *specs, Snapshot *snapshot);
/** Damage, rows that refer to nothing, lagging sequences, left-over tables into snapshot->faults.
 */
MUST_USE Error *sqlite_faults_read(SqliteDb *db, Snapshot *snapshot);
