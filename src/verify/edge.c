#include "verify/experiment.h"

/* The candidate's migrations over rows that the old schema permits and that no typical data has. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;
    AUTO(populate_result) PopulateResult rows = {0};
    LaneRun run;

    TRY(lane_branch(lane, trial->bare_copy, &branch));
    TRY(rows_make(lane, branch, POPULATE_EDGE, &rows));
    if (rows.rows == 0)
        return NULL; /* the upgrade of an empty database is no proof */
    run = trial_migrator(trial, "edge", &trial->plan->candidate, branch);
    return lane_run(lane, &run, &trial->edge);
}

static bool applies(const Trial *trial)
{
    return trial->has_rows && trial->rows.filled > 0;
}

const Experiment EXPERIMENT_EDGE = {.check = "edge-data", .applies = applies, .make = make};
