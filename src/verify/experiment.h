#pragma once
/* Experiments: each spoils a database of its own, beside the others: those that need nothing of the
 * main path beside that, too, the others once it is through. One file an experiment, one row in
 * experiments.c. */

#include "verify/trial_parts.h"

typedef struct Experiment {
    const char *check; /* it is made while this check is on; also its lane's name */
    const char *other; /* or this one; NULL none */
    bool alone;        /* it needs nothing of the main path: it is made however that ends */
    bool in_place; /* of an opaque database, which has no copies, it is made on the main one: the
                      last that happens to it */
    bool (*applies)(const Trial *trial); /* NULL: always */
    Error *(*make)(Lane *lane);
} Experiment;

extern const Experiment EXPERIMENT_RERUN, EXPERIMENT_CONCURRENT, EXPERIMENT_START,
    EXPERIMENT_ROLLBACK, EXPERIMENT_EDGE, EXPERIMENT_SMOKE, EXPERIMENT_FRESH, EXPERIMENT_LOCKS;

/* Those of one trial. */
typedef struct Experiments {
    Trial *trial;
    pthread_t beside; /* makes those that are alone, beside the main path */
    bool begun;
} Experiments;

/** Make those that are alone, by a thread of their own, unless they share a server with the main
 * path: what is there must not change while it is at work. The trial's first database is there. */
void experiments_begin(Experiments *experiments);
/**
 * Make the others whose check is on, some at once, and await all. One that could not be made is
 * noted in trial->could_not and disturbs no other.
 *
 * @return NULL, or ERR_CANCELLED
 */
MUST_USE Error *experiments_make(Experiments *experiments);
/** Await what was begun. */
void experiments_end(Experiments *experiments);
DEFINE_AUTO_VALUE(experiments, Experiments, experiments_end)
