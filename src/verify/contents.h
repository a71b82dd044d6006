#pragma once
/* What the images of a trial contain, read beside what they do. */

#include "base/task.h"
#include "verify/trial_parts.h"

typedef struct Contents {
    Trial *trial;
    Task task;
} Contents;

/** Begin, by a thread of its own: the old database was looked at, since its ledger may name the
 * framework. */
void contents_begin(Contents *contents, Trial *trial);
/**
 * Await it: then the files and trees of the trial are there, or why they are not. What could not be
 * read is said by the checks that want it: they are skipped then.
 *
 * @return NULL, or ERR_CANCELLED
 */
MUST_USE Error *contents_end(Contents *contents);
void contents_clear(Contents *contents);
DEFINE_AUTO_VALUE(contents, Contents, contents_clear)
