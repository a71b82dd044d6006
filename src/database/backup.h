#pragma once
/* What a backup is that a trial begins with: by its first bytes, not by its name. */

#include "base/error.h"

typedef enum BackupKind {
    BACKUP_SQLITE,  /* an SQLite file */
    BACKUP_SQL,     /* a script: pg_dump's plain format, sqlite3's .dump, or any other */
    BACKUP_ARCHIVE, /* of pg_dump: custom, or tar */
    BACKUP_FOLDER,  /* of pg_dump: directory */
} BackupKind;

/**
 * Look at a file or folder.
 *
 * @param[out] ret_kind  untouched on error
 * @return NULL, or ERR_INVALID that begins with the path: it cannot be read, is empty, compressed,
 * or nothing that is known
 */
MUST_USE Error *backup_kind(const char *path, BackupKind *ret_kind);
/** "an SQLite file", "a dump of pg_dump"... */
const char *backup_kind_text(BackupKind kind);
