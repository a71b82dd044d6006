#include "verify/experiment.h"

/* One of two migrators that work on one database. */
typedef struct Twin {
    Lane lane;
    LaneRun run;
    int step;
    Error *err;
} Twin;

static void twin_clear(Twin *twin)
{
    lane_close(&twin->lane);
    error_free(twin->err);
}

DEFINE_AUTO_VALUE(twin, Twin, twin_clear)

static void *run_twin(void *context)
{
    Twin *twin = context;

    twin->err = lane_run(&twin->lane, &twin->run, &twin->step);
    return NULL;
}

/* This thread runs the first, another one the second. */
static Error *run_both(Twin *first, Twin *second)
{
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, run_twin, second);

    if (failed)
        return error_new(ERR_SYSTEM, failed, "starting a thread");
    (void)run_twin(first);
    (void)pthread_join(thread, NULL);
    TRY(TAKE(first->err));
    return TAKE(second->err);
}

/* Two of the candidate's migrators at the same moment, on a copy of the old database; once more
 * where one of them failed, as whoever restarts containers would. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;
    AUTO(twin) Twin first = {.step = -1}, second = {.step = -1};
    AUTO(database_copy) DatabaseCopy *copy = NULL;

    TRY(lane_branch(lane, trial->old_copy, &branch));
    TRY(lane_open(trial, "concurrent-1", &first.lane));
    TRY(lane_open(trial, "concurrent-2", &second.lane));
    first.run = trial_migrator(trial, "concurrent", &trial->plan->candidate, branch);
    second.run = first.run;
    TRY(run_both(&first, &second));
    trial->together_steps[0] = first.step;
    trial->together_steps[1] = second.step;
    if (!trial_passed(trial, first.step) || !trial_passed(trial, second.step))
        return lane_migrate(lane, "concurrent-again", branch, &trial->together);
    TRY(database_copy(branch, deadline_in(TRIAL_COPY_MS), &copy));
    return lane_look(lane, copy, &trial->together);
}

const Experiment EXPERIMENT_CONCURRENT = {.check = "concurrent", .make = make};
