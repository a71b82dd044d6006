#pragma once
/* A backup into a database of a server that exists already: SQL over our own connection, what
 * pg_dump packs by the pg_restore of this machine. */

#include "database/backup.h"
#include "database/pg_db.h"

/** Whether that can be done here. @return NULL, or ERR_INVALID that says what to install */
MUST_USE Error *pg_restore_here_check(const char *backup, BackupKind kind);

/**
 * Restore. Owners and rights are left out: all that it makes is the role's.
 *
 * @param target  with the URL of the server
 * @return NULL; ERR_INVALID in the database's or the tool's words; ERR_SYSTEM, ERR_TIMEOUT,
 * ERR_CANCELLED
 */
MUST_USE Error *pg_restore_here(const PgTarget *target, const Cancel *cancel, const char *backup,
                                BackupKind kind, Deadline dl);
