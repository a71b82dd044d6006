#pragma once
/* A Postgres server for the tests of one program, and short ways to use it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database/pg_db.h"
#include "model/snapshot.h"

/** Group setup: initdb and start, with a socket and a loopback port, fsync off. Skips the program
 * (status 77) where there is no server. */
int pg_test_start(void **state);
int pg_test_stop(void **state);
/** Where a database of it is, for its superuser; cleared by the caller. */
PgTarget pg_test_target(const char *database);
const char *pg_test_socket_folder(void);
int pg_test_port(void);

/** End the test when there is an error. */
void pg_must(Error *err);
PgDb pg_test_open(const char *database);
/** A database that is not there yet, with this SQL run in it; NULL: none. */
void pg_make(const char *database, const char *sql);
void pg_drop(const char *database);
/** A file of fixtures; caller frees. */
char *pg_file_text(const char *path);
/** Run SQL in a database as its superuser. */
void pg_do(const char *database, const char *sql);
/** pg_dump into a file. @param schema_only  without rows: materialized views are not filled */
void pg_dump_to(const char *from, const char *file, bool schema_only);
/** pg_dump of one into another. */
void pg_dump_into(const char *from, const char *to);
void pg_schema_of(const char *database, Schema *ret_schema);
/** The snapshot, with the ledgers of migrator/. */
void pg_snapshot_of(const char *database, Snapshot *ret_snapshot);
/** All differences, one a line; caller frees. */
char *pg_diff_text(const Schema *a, const Schema *b, size_t *ret_count);
