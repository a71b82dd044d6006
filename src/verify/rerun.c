#include "verify/experiment.h"

/* The candidate's migrations twice more, on a copy of what they made: what a second run repairs, or
 * spoils without a word, shows in a third. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;
    Database *database = trial->database;

    if (!database_is_opaque(&trial->spec)) {
        TRY(lane_branch(lane, trial->new_copy, &branch));
        database = branch;
    }
    TRY(lane_migrate(lane, "rerun", database, &trial->rerun));
    if (!trial_passed(trial, trial->rerun.step))
        return NULL;
    return lane_migrate(lane, "rerun-again", database, &trial->rerun_again);
}

static bool applies(const Trial *trial)
{
    return trial->new.snapshot.exists || database_is_opaque(&trial->spec);
}

const Experiment EXPERIMENT_RERUN = {
    .check = "rerun", .in_place = true, .applies = applies, .make = make};
