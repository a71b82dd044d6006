#pragma once
/* What every rendering for people tells first, and in which words. */

#include "model/report.h"

/* What the head of a report is about. All borrowed. */
typedef struct Headline {
    const PathReport *path; /* the first with the report's verdict; NULL: the run as a whole */
    const Finding *finding; /* the path's worst; NULL: the reason says it all */
    const char *reason;     /* of that verdict; NULL: none was given, or none is needed */
} Headline;

Headline story_headline(const Report *report);

typedef struct Tally {
    size_t passed, skipped;            /* checks */
    size_t errors, warnings, accepted; /* findings */
} Tally;

Tally story_tally(const Report *report);
/** "6 checks passed, 2 skipped, 1 warning, 1 finding accepted": of what there is; caller frees. */
MUST_USE char *story_counts(const Report *report);

/** Error-level findings that nothing accepts: what breaks the path. */
bool finding_breaks(const Finding *finding);
/** "migration 003_owner, table notes, column owner", as far as known; caller frees. */
MUST_USE char *finding_place(const Finding *finding);
/** "sha256:" and twelve digits; caller frees. */
MUST_USE char *digest_short(const char *digest);
/** "passed", "failed, exit status 1", "killed at the timeout"; caller frees. */
MUST_USE char *step_ending(const Step *step);
