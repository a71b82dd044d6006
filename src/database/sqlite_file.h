#pragma once
/* The database file out of a volume's copy, with what lies beside it, in a private folder. */

#include "database/copy.h"

typedef struct SqliteFile {
    char *folder;       /* removed with all that is in it by sqlite_file_clear */
    char *path;         /* of the extracted file; NULL when there is none */
    char *inner;        /* where it is in the volume, links followed: "app.db"; NULL with path */
    int64_t size_bytes; /* with -wal */
    char *problem;      /* why a file that is named in the volume cannot be had; NULL otherwise */
    StrList others;     /* other SQLite files of the volume, as paths in the container */
} SqliteFile;

/**
 * Extract.
 *
 * @param path  the file's path in the container, clean and below the copy's volume
 * @return NULL, also when the file is not there; ERR_CANCELLED, ERR_TIMEOUT, ERR_SYSTEM (disk),
 *         ERR_PROTOCOL (no tar)
 */
MUST_USE Error *sqlite_file_extract(const VolumeCopy *copy, const char *path, const Cancel *cancel,
                                    Deadline dl, SqliteFile *ret_file);
/** Where an entry of a volume's archive is in the volume: "data/sub/" -> "sub"; "" is the volume's
 * own folder. Caller frees. @param is_bare  the archive's folder is ".": entries do not begin with
 * a name of it */
MUST_USE char *sqlite_file_inner(const char *entry, bool is_bare);
void sqlite_file_clear(SqliteFile *file);
DEFINE_AUTO_VALUE(sqlite_file, SqliteFile, sqlite_file_clear)
