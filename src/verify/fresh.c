#include "verify/experiment.h"

/* The candidate on an empty database, and once more as after a restart. */
static Error *make(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(database) Database *database = NULL;
    /* the server of a URL is shared: then the main path is through */
    bool apart = !trial->spec.url;
    LaneRun run;

    TRY_CTX(database_fresh(&lane->context, &trial->spec, trial->plan->candidate.image.id,
                           trial->first, apart, deadline_in(TRIAL_COPY_MS), &database),
            "making an empty database");
    run = trial_migrator(trial, "fresh-install", &trial->plan->candidate, database);
    TRY(lane_run(lane, &run, &trial->fresh.step));
    if (!trial_passed(trial, trial->fresh.step))
        return NULL;
    if (!database_is_opaque(&trial->spec)) {
        TRY(database_copy(database, deadline_in(TRIAL_COPY_MS), &trial->fresh_copy));
        TRY(lane_look(lane, trial->fresh_copy, &trial->fresh));
    }
    return lane_migrate(lane, "fresh-again", database, &trial->fresh_again);
}

/* Where no old image has migrations, the upgrade itself began on an empty database. */
static bool begins_empty(const Trial *trial)
{
    const PlannedImageList *olds = &trial->path->olds;

    for (size_t i = 0; i < olds->len; i++)
        if (!planned_image_has_none(&olds->items[i]))
            return false;
    return !trial->session->config->data.restore;
}

static bool applies(const Trial *trial)
{
    return !trial->plan->commands.absent && !begins_empty(trial) &&
           database_is_told(&trial->spec, &trial->run.env);
}

const Experiment EXPERIMENT_FRESH = {.check = "fresh-install",
                                     .other = "schema-parity",
                                     .alone = true,
                                     .applies = applies,
                                     .make = make};
