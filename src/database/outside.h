#pragma once
/* Databases that are no trial's, and are only looked at. */

#include "database/database.h"

/**
 * The schema of an SQLite file of this machine, of which a copy is read, with what is in its -wal;
 * or the one that an SQL script makes.
 *
 * @param[out] ret_snapshot  as of database_snapshot; untouched on error
 * @return NULL; ERR_INVALID: it cannot be read, is damaged, empty, or of another kind;
 * ERR_CANCELLED, ERR_TIMEOUT, ERR_SYSTEM
 */
MUST_USE Error *outside_read_file(const char *path, LedgerFinder ledgers_of, const Cancel *cancel,
                                  Deadline dl, Snapshot *ret_snapshot);
/**
 * The schema of a Postgres database, in one transaction that may only read.
 *
 * @param url  a secret
 * @param[out] ret_snapshot  exists, location, schema, unseen, and of data the ledgers alone
 * @return NULL, or as pg_db_open and pg_query
 */
MUST_USE Error *outside_read_url(const char *url, LedgerFinder ledgers_of, const Cancel *cancel,
                                 Deadline dl, Snapshot *ret_snapshot);
