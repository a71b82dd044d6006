#pragma once
/* Experiments: each spoils a database of its own, beside the others, once the main path is through.
 * One file an experiment, one row in experiments.c. */

#include "verify/trial_parts.h"

typedef struct Experiment {
    const char *check; /* it is made while this check is on; also its lane's name */
    bool in_place; /* of an opaque database, which has no copies, it is made on the main one: the
                      last that happens to it */
    bool (*applies)(const Trial *trial); /* NULL: always */
    Error *(*make)(Lane *lane);
} Experiment;

extern const Experiment EXPERIMENT_RERUN, EXPERIMENT_CONCURRENT, EXPERIMENT_START,
    EXPERIMENT_ROLLBACK, EXPERIMENT_EDGE, EXPERIMENT_SMOKE;

/**
 * Make those whose check is on, some at once. One that could not be made is noted in
 * trial->could_not and disturbs no other.
 *
 * @return NULL, or ERR_CANCELLED
 */
MUST_USE Error *experiments_make(Trial *trial);
