#include "verify/experiment.h"

/* The old image's smoke command on a copy of the upgraded database: old code on the new schema, as
 * in a rolling deploy, or after the code was rolled back. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *old = NULL, *branch = NULL;
    LaneRun run = {
        .step = "old-on-old",
        .image = trial->last_old,
        .settings = &trial->old_run,
        .words = &trial->run.smoke,
        .workdir = trial->last_old->commands.workdir,
    };

    if (!database_is_opaque(&trial->spec)) {
        /* one that fails there as well says nothing of the upgrade */
        TRY(lane_branch(lane, trial->old_copy, &old));
        run.database = old;
        TRY(lane_run(lane, &run, &trial->old_smoke));
        if (!trial_passed(trial, trial->old_smoke))
            return NULL;
        TRY(lane_branch_named(lane, "after", trial->new_copy, &branch));
    }
    run.step = "old-on-new";
    run.database = branch ? branch : trial->database;
    return lane_run(lane, &run, &trial->smoke);
}

/* Without words the image's own command would run, which may well be its server. */
static bool applies(const Trial *trial)
{
    return trial->run.smoke.len > 0;
}

const Experiment EXPERIMENT_SMOKE = {
    .check = "old-on-new", .in_place = true, .applies = applies, .make = make};
