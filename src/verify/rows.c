#include "migrator/ledger_shapes.h"
#include "verify/trial_parts.h"

/* FNV-1a, 64 bits: the same release is filled with the same rows each time.
 * Source: Fowler, Noll, Vo, "FNV Hash", offset basis and prime of 64 bits */
static uint64_t seed_of(const Trial *trial)
{
    uint64_t seed = UINT64_C(0xcbf29ce484222325);

    for (const char *c = trial->path->olds.items[0].facts.tag; c && *c; c++)
        seed = (seed ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    return seed;
}

static Error *run_seed(Lane *lane)
{
    Trial *trial = lane->trial;
    LaneRun run = {
        .step = "seed",
        .image = trial->last_old,
        .settings = &trial->old_run,
        .words = &trial->run.seed,
        .workdir = trial->last_old->commands.workdir,
        .database = trial->database,
    };
    int step = -1;

    if (run.words->len == 0)
        return NULL;
    TRY(lane_run(lane, &run, &step));
    if (trial_passed(trial, step))
        return NULL;
    return error_new(ERR_SYSTEM, trial->report->steps.items[step].exit_code,
                     "seed: the command fails in release %s (exit status %d): what it should have "
                     "made is missing; the end of its log is in the report",
                     trial->last_old->facts.tag, trial->report->steps.items[step].exit_code);
}

Error *rows_make(Lane *lane, Database *database, PopulateKind kind, PopulateResult *ret_result)
{
    Trial *trial = lane->trial;
    const DataSettings *data = &trial->session->config->data;
    FillSpec fill = {
        .scripts = &data->seed,
        .rows = {.kind = kind,
                 .rows = data->rows,
                 .seed = seed_of(trial),
                 .columns = &data->columns,
                 .skip = &data->skip},
    };

    TRY_CTX(database_fill(database, &trial->spec, trial->plan->candidate.image.id, trial->bare_copy,
                          &fill, ledger_specs_find, lane->session.cancel,
                          deadline_in(TRIAL_COPY_MS), ret_result),
            "making rows in the database %s", trial->report->database);
    return NULL;
}

/* The content before is kept: other rows may have to be made in it. */
static Error *fill(Lane *lane)
{
    Trial *trial = lane->trial;
    const DataSettings *data = &trial->session->config->data;

    if (data->rows == 0 && data->seed.len == 0)
        return NULL;
    TRY(database_copy(trial->database, deadline_in(TRIAL_COPY_MS), &trial->bare_copy));
    TRY(rows_make(lane, trial->database, POPULATE_TYPICAL, &trial->rows));
    trial->has_rows = true;
    return NULL;
}

Error *rows_provide(Lane *lane)
{
    Trial *trial = lane->trial;
    bool passed = trial_passed(trial, trial->old.step);

    if (passed)
        TRY(run_seed(lane));
    if (database_is_opaque(&trial->spec))
        return NULL;
    if (passed)
        TRY(fill(lane));
    TRY(database_copy(trial->database, deadline_in(TRIAL_COPY_MS), &trial->old_copy));
    return lane_look(lane, trial->old_copy, &trial->old);
}
