#pragma once
/* The parts of a Postgres snapshot, each read over an open connection, in one transaction. What
 * only concerns one object, such as a table that the role may not read, becomes a line in unseen;
 * the rest goes on. */

#include "database/pg_db.h"
#include "model/snapshot.h"

/**
 * A query whose refusal leaves the transaction usable: "permission denied for table notes" ->
 * unseen gets "rows of public.notes: permission denied for table notes".
 *
 * @param[out] ret_result  NULL when the server refused; untouched on error
 * @return NULL, or as pg_query what is not local
 */
MUST_USE Error *pg_try(PgDb *db, const char *sql, const char *what, const char *name,
                       StrList *unseen, PGresult **ret_result);
/** "public.notes", as it is, for messages; caller frees. */
MUST_USE char *pg_place(const char *space, const char *name);

/** The ledgers that specs describe. */
MUST_USE Error *pg_ledgers_read(PgDb *db, const LedgerSpecList *specs, StrList *unseen,
                                LedgerList *ledgers);
/** A column's value, "t.name", as text that is compared byte by byte; caller frees. */
MUST_USE char *pg_column_text(const char *column);
/** Those of a key with DATA_KEY_SEPARATOR between them; NULL without a key. Caller frees. */
MUST_USE char *pg_key_text(const StrList *key);
/** A table as what SELECT reads from, named t: a partitioned one has its rows in its partitions,
 * one that others inherit from is asked for its own only. Caller frees. */
MUST_USE char *pg_rows_of(const Schema *schema, const char *space, const char *table);
/** Every table of snapshot->schema in brief into snapshot->data. The rows of a partitioned table
 * are told of it, not of its partitions. */
MUST_USE Error *pg_data_read(PgDb *db, const LedgerSpecList *specs, Snapshot *snapshot);
/** Invalid indexes, constraints that are not validated, switched off or broken, lagging sequences,
 * left-over tables and transactions into snapshot->faults. */
MUST_USE Error *pg_faults_read(PgDb *db, Snapshot *snapshot);
/** Sequences that will give values which their columns have passed. */
MUST_USE Error *pg_sequences_check(PgDb *db, StrList *unseen, FaultList *faults);
