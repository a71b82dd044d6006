#pragma once
/* Dumps in plain SQL: whether one is whole, and what psql says of it. */

#include "base/cancel.h"
#include "base/list.h"

/**
 * Look through a script that psql is to run: it takes the end of the file for the end of COPY's
 * data, so a dump that was cut would pass. What pg_dump --create writes before it connects to the
 * new database is to be left out, so that all goes into the application's.
 *
 * @param[out] ret_start  offset from which to run it
 * @return NULL; ERR_INVALID: the end of it is missing, or it holds several databases (pg_dumpall);
 * ERR_SYSTEM, ERR_CANCELLED
 *
 * Source: pg_dump.c and pg_backup_archiver.c, what begins and ends a plain dump
 */
MUST_USE Error *pg_dump_scan(const char *path, const Cancel *cancel, int64_t *ret_start);

/**
 * The errors that count in what psql wrote with ECHO=errors: all but those of ALTER, GRANT and
 * REVOKE that name a role which is not there, and of \restrict, which only new versions know.
 *
 * @param max  the most that are kept
 * @param errors  appended to, cleaned
 */
void pg_errors_read(const char *said, size_t max, StrList *errors);
