#pragma once
/* An SQLite database at one moment, out of the copy of a volume. */

#include "database/copy.h"

/** As database_snapshot, of a copy that a volume_read made. */
MUST_USE Error *sqlite_snapshot(const VolumeCopy *copy, const DatabaseSpec *spec,
                                LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                                Snapshot *ret_snapshot);
/** As database_peek, of a copy that was made while somebody may have been writing. */
MUST_USE Error *sqlite_peek(const VolumeCopy *copy, const DatabaseSpec *spec,
                            LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                            Snapshot *ret_snapshot, bool *ret_busy);
