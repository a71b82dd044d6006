#include "verify/experiment.h"

/* The candidate's application on a copy of the upgraded database. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    const StartSettings *start = &trial->session->config->start;
    const Plan *plan = trial->plan;
    AUTO(database) Database *branch = NULL;
    LaneRun run = {
        .step = "start",
        .image = plan->application.facts.image ? &plan->application : &plan->candidate,
        .settings = &trial->start_run,
        .words = &start->command,
        .ready = &trial->ready,
    };

    if (!database_is_opaque(&trial->spec))
        TRY(lane_branch(lane, trial->new_copy, &branch));
    run.database = branch ? branch : trial->database;
    return lane_run(lane, &run, &trial->start);
}

static bool applies(const Trial *trial)
{
    /* else that was the migration; a level alone does not say what to start */
    return trial->session->config->start.on && !trial->plan->commands.starts;
}

const Experiment EXPERIMENT_START = {
    .check = "start", .in_place = true, .applies = applies, .make = make};
