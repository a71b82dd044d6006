#pragma once
/* A volume's content with another database file: what is unpacked over the volume. */

#include "database/sqlite_file.h"

/**
 * The archive of a file that was changed, or is new: itself, the folders on the way, and what was
 * beside it emptied. A file keeps its owner and mode; a new one has those of its folder.
 *
 * @param file  path: what is packed; inner: where it belongs
 * @return NULL; ERR_CONFLICT: a new file would lie behind a symbolic link; ERR_CANCELLED,
 * ERR_TIMEOUT, ERR_SYSTEM (disk), ERR_LIMIT, ERR_PROTOCOL
 */
MUST_USE Error *sqlite_pack(const VolumeCopy *copy, const SqliteFile *file, const Cancel *cancel,
                            Deadline dl, VolumeCopy **ret_changed);
