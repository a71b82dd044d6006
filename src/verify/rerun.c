#include "verify/experiment.h"

/* The candidate's migrations on a copy of what they made, read after it. @param[out] ret_done  it
 * left everything as it was, so that a further run would only do the same again */
static Error *run_again(Lane *lane, Database *database, bool *ret_done)
{
    Trial *trial = lane->trial;
    LaneRun run = trial_migrator(trial, "rerun", &trial->plan->candidate, database);
    AUTO(database_copy) DatabaseCopy *copy = NULL;

    TRY(lane_run(lane, &run, &trial->rerun.step));
    if (!trial_passed(trial, trial->rerun.step) || database_is_opaque(&trial->spec))
        return NULL;
    TRY(database_view(database, deadline_in(TRIAL_COPY_MS), &copy));
    TRY(lane_look(lane, copy, &trial->rerun));
    TRY(database_same(trial->new_copy, copy, &trial->spec, lane->session.cancel,
                      deadline_in(TRIAL_COPY_MS), ret_done));
    return database_copy_drop(copy, deadline_in(TRIAL_CALL_MS));
}

/* The upgraded database was read, and what is further wanted of it is wanted of its copy: it can be
 * spoilt itself, unless it is kept for somebody to look at. */
static bool in_place(const Trial *trial)
{
    return database_is_opaque(&trial->spec) ||
           (!trial->session->config->keep && database_is_as_branch(trial->new_copy));
}

/* Twice more: what a second run repairs, or spoils without a word, shows in a third. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;
    Database *database = trial->database;
    bool done = false;

    if (!in_place(trial)) {
        TRY(lane_branch(lane, trial->new_copy, &branch));
        database = branch;
    }
    TRY(run_again(lane, database, &done));
    if (done || !trial_passed(trial, trial->rerun.step))
        return NULL;
    return lane_migrate(lane, "rerun-again", database, &trial->rerun_again);
}

static bool applies(const Trial *trial)
{
    return trial->new.snapshot.exists || database_is_opaque(&trial->spec);
}

const Experiment EXPERIMENT_RERUN = {
    .check = "rerun", .in_place = true, .applies = applies, .make = make};
