#include "verify/experiment.h"

/* The candidate's migrations once more, on a copy of what they made. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;

    TRY(lane_branch(lane, trial->new_copy, &branch));
    return lane_migrate(lane, "rerun", branch, &trial->rerun);
}

static bool applies(const Trial *trial)
{
    return trial->new.snapshot.exists;
}

const Experiment EXPERIMENT_RERUN = {.check = "rerun", .applies = applies, .make = make};
