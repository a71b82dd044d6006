#include "verify/experiment.h"

/* The candidate's migrations once more, on a copy of what they made. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;

    if (database_is_opaque(&trial->spec))
        return lane_migrate(lane, "rerun", trial->database, &trial->rerun);
    TRY(lane_branch(lane, trial->new_copy, &branch));
    return lane_migrate(lane, "rerun", branch, &trial->rerun);
}

static bool applies(const Trial *trial)
{
    return trial->new.snapshot.exists || database_is_opaque(&trial->spec);
}

const Experiment EXPERIMENT_RERUN = {
    .check = "rerun", .in_place = true, .applies = applies, .make = make};
