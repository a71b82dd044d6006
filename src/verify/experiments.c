#include <stdatomic.h>
#include <unistd.h>

#include "verify/experiment.h"

static const Experiment *const EXPERIMENTS[] = {
    &EXPERIMENT_RERUN,    &EXPERIMENT_EDGE,  &EXPERIMENT_CONCURRENT, &EXPERIMENT_START,
    &EXPERIMENT_ROLLBACK, &EXPERIMENT_SMOKE, &EXPERIMENT_FRESH,      &EXPERIMENT_LOCKS,
};

/* Experiments of one trial, taken by some threads one after another. */
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
static void *make_some(void *context)
{
    Work *work = context;

    for (;;) {
        size_t i = atomic_fetch_add(&work->next, 1);
        Error *err;

        if (i >= work->count)
            return NULL;
        err = make_one(work->trial, work->chosen[i]);
        if (err && work->chosen[i]->other)
            trial_could_not(work->trial, work->chosen[i]->other, err);
        if (err)
            trial_could_not(work->trial, work->chosen[i]->check, err);
        error_free(err);
    }
}

static bool is_wanted(const Trial *trial, const Experiment *one)
{
    if (!trial_wants(trial, one->check) && !(one->other && trial_wants(trial, one->other)))
        return false;
    return !one->applies || one->applies(trial);
}

static void choose_alone(Work *work)
{
    for (size_t i = 0; i < COUNT_OF(EXPERIMENTS); i++)
        if (EXPERIMENTS[i]->alone && is_wanted(work->trial, EXPERIMENTS[i]))
            work->chosen[work->count++] = EXPERIMENTS[i];
}

static void choose_others(Work *work)
{
    bool opaque = database_is_opaque(&work->trial->spec);

    for (size_t i = 0; i < COUNT_OF(EXPERIMENTS); i++) {
        const Experiment *one = EXPERIMENTS[i];

        if (!one->alone && (!opaque || one->in_place) && is_wanted(work->trial, one))
            work->chosen[work->count++] = one;
    }
}

static void *make_alone(void *context)
{
    Work work = {.trial = context};

    choose_alone(&work);
    return make_some(&work);
}

/* Containers mostly wait: two at a time even on one core. */
static size_t threads_for(size_t count)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t most = cores > 2 ? (size_t)cores : 2;

    return count < most ? count : most;
}

void experiments_begin(Experiments *experiments)
{
    Trial *trial = experiments->trial;

    /* roles and what else the databases of a server share would be changed by two at once */
    experiments->begun =
        !trial->spec.url && pthread_create(&experiments->beside, NULL, make_alone, trial) == 0;
}

void experiments_end(Experiments *experiments)
{
    if (experiments->begun)
        (void)pthread_join(experiments->beside, NULL);
    experiments->begun = false;
}

Error *experiments_make(Experiments *experiments)
{
    Trial *trial = experiments->trial;
    Work work = {.trial = trial};
    pthread_t threads[COUNT_OF(EXPERIMENTS)];
    size_t started = 0;

    if (trial_passed(trial, trial->new.step))
        choose_others(&work);
    if (!experiments->begun)
        choose_alone(&work);
    /* this thread is one of them; of one database in place no two may be at work */
    while (!database_is_opaque(&trial->spec) && started + 1 < threads_for(work.count) &&
           pthread_create(&threads[started], NULL, make_some, &work) == 0)
        started++;
    (void)make_some(&work);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    experiments_end(experiments);
    return cancel_check(trial->session->cancel);
}
