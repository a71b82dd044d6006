#include <stdatomic.h>
#include <unistd.h>

#include "verify/experiment.h"

static const Experiment *const EXPERIMENTS[] = {
    &EXPERIMENT_RERUN, &EXPERIMENT_EDGE,     &EXPERIMENT_CONCURRENT,
    &EXPERIMENT_START, &EXPERIMENT_ROLLBACK, &EXPERIMENT_SMOKE,
};

/* The experiments of one trial, taken by some threads one after another. */
typedef struct Work {
    Trial *trial;
    const Experiment *chosen[COUNT_OF(EXPERIMENTS)];
    size_t count;
    atomic_size_t next;
} Work;

static Error *make_one(Trial *trial, const Experiment *experiment)
{
    AUTO(lane) Lane lane = {0};

    TRY(lane_open(trial, experiment->check, &lane));
    return experiment->make(&lane);
}

/* What could not be made is an error of its check, and takes nothing from what others see. */
static void note(Work *work, const Experiment *experiment, Error *err)
{
    (void)pthread_mutex_lock(&work->trial->lock);
    str_map_set(&work->trial->could_not, experiment->check, err->msg);
    (void)pthread_mutex_unlock(&work->trial->lock);
    error_free(err);
}

static void *make_some(void *context)
{
    Work *work = context;

    for (;;) {
        size_t i = atomic_fetch_add(&work->next, 1);
        Error *err;

        if (i >= work->count)
            return NULL;
        err = make_one(work->trial, work->chosen[i]);
        if (err)
            note(work, work->chosen[i], err);
    }
}

/* Containers mostly wait: two at a time even on one core. */
static size_t threads_for(size_t count)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = cores > 2 ? (size_t)cores : 2;

    return count < most ? count : most;
}

Error *experiments_make(Trial *trial)
{
    Work work = {.trial = trial};
    pthread_t threads[COUNT_OF(EXPERIMENTS)];
    size_t started = 0;
    bool opaque = database_is_opaque(&trial->spec);

    for (size_t i = 0; i < COUNT_OF(EXPERIMENTS); i++) {
        const Experiment *one = EXPERIMENTS[i];

        if (opaque && !one->in_place)
            continue;
        if (trial_wants(trial, one->check) && (!one->applies || one->applies(trial)))
            work.chosen[work.count++] = one;
    }
    /* this thread is one of them */
    while (!opaque && started + 1 < threads_for(work.count) &&
           pthread_create(&threads[started], NULL, make_some, &work) == 0)
        started++;
    (void)make_some(&work);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    return cancel_check(trial->session->cancel);
}
