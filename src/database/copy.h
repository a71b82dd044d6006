#pragma once
/* A volume's contents: the tar that the engine gave, kept in a file without a name. */

#include "base/cancel.h"
#include "base/clock.h"
#include "base/spool.h"
#include "database/database.h"

typedef struct VolumeCopy {
    Spool *spool; /* entries are named from one folder, the volume's own: "data/app.db", or "." */
    char *volume; /* where it was mounted: "/app/data" */
} VolumeCopy;

/** Make a copy of a tar that is written already; the copy owns the spool. */
VolumeCopy *volume_copy_of(Spool *spool, const char *volume);
void volume_copy_free(VolumeCopy *copy);
DEFINE_AUTO(volume_copy, VolumeCopy *, volume_copy_free)

/**
 * The same content, of which every entry has this owner: for an engine that does not tell the real
 * ones. Whoever runs may read and write it, so that a process that changes its user, as many
 * entrypoints do, finds no lock where there was none. Entries are named from ".".
 *
 * @return NULL, ERR_CONFLICT for a hard link or special file, ERR_CANCELLED, ERR_TIMEOUT,
 * ERR_LIMIT, ERR_PROTOCOL
 */
MUST_USE Error *volume_copy_owned(const VolumeCopy *copy, int64_t uid, int64_t gid, Deadline dl,
                                  VolumeCopy **ret_copy);

/* Reads a copy from its start. Streams of one copy do not disturb each other, also in two threads.
 */
typedef struct CopyStream {
    int fd; /* borrowed */
    int64_t offset;
    const Cancel *cancel; /* borrowed; may be NULL */
    Deadline deadline;
} CopyStream;

CopyStream copy_stream(const VolumeCopy *copy, const Cancel *cancel, Deadline dl);
/** A TarSource and EngineSource with a CopyStream as context. */
MUST_USE Error *copy_stream_read(void *stream, char *buffer, size_t size, size_t *ret_len);
