#include "verify/experiment.h"

/* Down by the candidate's own command, then the old image's migrations, then up again: what a user
 * does who goes back to the old release, and comes again. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *branch = NULL;
    LaneRun down = {
        .step = "rollback",
        .image = &trial->plan->candidate,
        .settings = &trial->run,
        .words = &trial->run.rollback,
        .workdir = trial->plan->commands.workdir,
    };
    LaneRun old;

    TRY(lane_branch(lane, trial->new_copy, &branch));
    down.database = branch;
    TRY(lane_attempt(lane, &down, &trial->rollback));
    if (!trial_passed(trial, trial->rollback.step))
        return NULL;
    if (!planned_image_has_none(trial->last_old)) { /* else its own command would run */
        old = trial_migrator(trial, "old-again", trial->last_old, branch);
        TRY(lane_run(lane, &old, &trial->old_again));
        if (!trial_passed(trial, trial->old_again))
            return NULL;
    }
    return lane_migrate(lane, "new-again", branch, &trial->again);
}

/* Without words the image's own command would run, which goes up. */
static bool applies(const Trial *trial)
{
    return trial->run.rollback.len > 0;
}

const Experiment EXPERIMENT_ROLLBACK = {.check = "rollback", .applies = applies, .make = make};
