#pragma once
/* A Postgres database at one moment. */

#include "database/database.h"
#include "database/pg_db.h"

/**
 * Schema, row counts, fingerprints, faults and ledgers, all in one read-only transaction that sees
 * one state.
 *
 * @param ledgers_of  called with the schema once it is read; NULL: no ledgers
 * @param[out] ret_snapshot  exists is false when there is no such database; untouched on error
 * @return NULL, or as pg_db_open and pg_query
 */
MUST_USE Error *pg_snapshot_read(const PgTarget *target, LedgerFinder ledgers_of,
                                 const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot);
/** Schema and ledgers of a database that is in use. @param[out] ret_busy  a client is in the middle
 * of a transaction, or holds what we wait for: ret_snapshot is untouched then */
MUST_USE Error *pg_snapshot_peek(const PgTarget *target, LedgerFinder ledgers_of,
                                 const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot,
                                 bool *ret_busy);
