#pragma once
/* Bytes too many for memory: a temporary file that has no name, gone with the process. */

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

typedef struct Spool Spool;

/** An empty spool in $TMPDIR or /tmp. @param max_bytes cap on what may be written */
MUST_USE Error *spool_new(int64_t max_bytes, Spool **ret_spool);
/** Append. @return NULL, ERR_LIMIT past the cap, ERR_SYSTEM (disk full) */
MUST_USE Error *spool_write(Spool *spool, const void *bytes, size_t len);
/** Its descriptor, positioned at the start for reading; borrowed. */
int spool_rewind(Spool *spool);
int64_t spool_size_bytes(const Spool *spool);
void spool_free(Spool *spool);
DEFINE_AUTO(spool, Spool *, spool_free)
