#pragma once
/* A run of the migrations that should find nothing to do, and what it did all the same. */

#include "model/observation.h"

typedef struct Repeat {
    const char *check;
    const char *what; /* "running the migrations a second time" */
    const Snapshot *before, *after;
} Repeat;

extern const char REPEAT_HINT[];

/** Findings for all that it changed; both snapshots are there. */
void repeat_judge(const Repeat *repeat, FindingList *findings);
/** The finding for one that failed; the snapshots may be NULL. */
void repeat_failed(const Repeat *repeat, const Step *step, const Observation *seen,
                   FindingList *findings);
