#include "migrator/ledger_shapes.h"
#include "verify/run.h"
#include "verify/trial_parts.h"

Error *lane_open(Trial *trial, const char *name, Lane *ret_lane)
{
    AUTO(lane)
    Lane lane = {
        .trial = trial,
        .session = *trial->session,
        .name = name ? xasprintf("%s-%s", trial->name, name) : xstrdup(trial->name),
    };

    lane.session.engine = NULL;
    TRY(engine_clone(trial->session->engine, &lane.session.engine));
    lane.context = (DatabaseContext){
        .engine = lane.session.engine,
        .cancel = trial->session->cancel,
        .network = trial->network,
        .labels = &trial->session->labels,
        .name = lane.name,
        .made = teardown_made,
        .made_context = trial->session->teardown,
    };
    *ret_lane = lane;
    lane = (Lane){0};
    return NULL;
}

void lane_close(Lane *lane)
{
    engine_close(lane->session.engine);
    free(lane->name);
    *lane = (Lane){0};
}

static int add_step(Trial *trial, Step *step)
{
    int index;

    (void)pthread_mutex_lock(&trial->lock);
    LIST_PUSH(&trial->report->steps, *step);
    index = (int)trial->report->steps.len - 1;
    (void)pthread_mutex_unlock(&trial->lock);
    *step = (Step){0};
    return index;
}

Error *lane_run(Lane *lane, const LaneRun *run, int *ret_step)
{
    Trial *trial = lane->trial;
    AUTO(str) char *name = xasprintf("%s-%d-%s", lane->name, ++lane->runs, run->step);
    AUTO(step) Step step = {0};
    RunSpec spec = {
        .step = run->step,
        .path_id = trial->path->id,
        .image = run->image->facts.image,
        .facts = &run->image->image,
        .words = run->words,
        .settings = run->settings,
        .workdir = run->workdir,
        .database = run->database,
        .database_spec = &trial->spec,
        .ready = run->ready,
        .network = trial->network,
        .name = name,
    };

    TRY(run_container(&lane->session, &spec, &step, run->strays));
    *ret_step = add_step(trial, &step);
    return NULL;
}

Error *lane_look(Lane *lane, const DatabaseCopy *copy, Attempt *attempt)
{
    Trial *trial = lane->trial;

    TRY_CTX(database_snapshot(copy, &trial->spec, ledger_specs_find, lane->session.cancel,
                              deadline_in(TRIAL_COPY_MS), &attempt->snapshot),
            "reading the database %s", trial->report->database);
    attempt->taken = true;
    return NULL;
}

static Error *branch_as(Lane *lane, const char *name, DatabaseCopy *copy, Database **ret_database)
{
    const Trial *trial = lane->trial;
    DatabaseContext context = lane->context;

    context.name = name;
    TRY_CTX(database_branch(&context, &trial->spec, trial->plan->candidate.image.id, copy,
                            deadline_in(TRIAL_COPY_MS), ret_database),
            "copying the database");
    return NULL;
}

Error *lane_branch(Lane *lane, DatabaseCopy *copy, Database **ret_database)
{
    return branch_as(lane, lane->name, copy, ret_database);
}

Error *lane_branch_named(Lane *lane, const char *name, DatabaseCopy *copy, Database **ret_database)
{
    AUTO(str) char *full = xasprintf("%s-%s", lane->name, name);

    return branch_as(lane, full, copy, ret_database);
}

LaneRun trial_migrator(const Trial *trial, const char *step, const PlannedImage *image,
                       Database *database)
{
    bool candidate = image == &trial->plan->candidate;
    const Commands *commands = candidate ? &trial->plan->commands : &image->commands;
    LaneRun run = {
        .step = step,
        .image = image,
        .settings = candidate ? &trial->run : &trial->old_run,
        .words = &commands->migrate,
        .workdir = commands->workdir,
        .database = database,
    };

    if (commands->starts) {
        run.settings = candidate ? &trial->start_run : &trial->old_start_run;
        run.words = &trial->session->config->start.command;
        run.ready = &trial->ready;
    }
    return run;
}

Error *lane_attempt(Lane *lane, const LaneRun *run, Attempt *attempt)
{
    AUTO(database_copy) DatabaseCopy *copy = NULL;

    TRY(lane_run(lane, run, &attempt->step));
    if (!trial_passed(lane->trial, attempt->step) || database_is_opaque(&lane->trial->spec))
        return NULL;
    TRY(database_view(run->database, deadline_in(TRIAL_COPY_MS), &copy));
    TRY(lane_look(lane, copy, attempt));
    return database_copy_drop(copy, deadline_in(TRIAL_CALL_MS));
}

Error *lane_migrate(Lane *lane, const char *step, Database *database, Attempt *attempt)
{
    LaneRun run = trial_migrator(lane->trial, step, &lane->trial->plan->candidate, database);

    return lane_attempt(lane, &run, attempt);
}
