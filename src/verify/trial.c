#include "verify/trial.h"

#include "verify/experiment.h"
#include "verify/spec.h"

static void attempt_clear(Attempt *attempt)
{
    snapshot_clear(&attempt->snapshot);
}

static void trial_clear(Trial *trial)
{
    free(trial->name);
    free(trial->network);
    run_settings_clear(&trial->run);
    run_settings_clear(&trial->old_run);
    database_copy_free(trial->old_copy);
    database_copy_free(trial->new_copy);
    database_close(trial->database);
    attempt_clear(&trial->old);
    attempt_clear(&trial->new);
    attempt_clear(&trial->rerun);
    str_list_clear(&trial->old_strays);
    str_list_clear(&trial->new_strays);
    str_map_clear(&trial->could_not);
    (void)pthread_mutex_destroy(&trial->lock);
}

DEFINE_AUTO_VALUE(trial, Trial, trial_clear)

static void trial_init(Trial *trial, Session *session, const Plan *plan, const PlannedPath *path,
                       const CheckPolicy *policy, PathReport *report)
{
    *trial = (Trial){
        .session = session,
        .plan = plan,
        .path = path,
        .policy = policy,
        .report = report,
        .name =
            xasprintf("seatrial-%s-%zu", session->run_id, (size_t)(path - plan->paths.items) + 1),
        .spec = database_spec_of(&session->config->databases.items[path->database]),
        .old = {.step = -1},
        .new = {.step = -1},
        .rerun = {.step = -1},
        .status = -1,
    };
    (void)pthread_mutex_init(&trial->lock, NULL); /* default attributes: cannot fail */
    run_settings_copy(&session->config->run, &trial->run);
    config_old_run(session->config, &trial->old_run);
    if (!trial->run.workdir)
        trial->run.workdir = xstrdup_null(plan->commands.workdir);
}

bool trial_passed(Trial *trial, int step)
{
    bool passed;

    (void)pthread_mutex_lock(&trial->lock);
    passed = step >= 0 && trial->report->steps.items[step].outcome == OUTCOME_PASSED;
    (void)pthread_mutex_unlock(&trial->lock);
    return passed;
}

bool trial_wants(const Trial *trial, const char *check)
{
    return check_level(check_find(check), trial->policy) != LEVEL_OFF;
}

static Error *make_network(Trial *trial)
{
    Session *session = trial->session;
    AUTO(str) char *name = xasprintf("%s-net", trial->name);
    bool isolated = !text_eq(session->config->network, "open");

    /* by its name and before it is made: the engine may make it and its reply be lost */
    teardown_add(session->teardown, TEARDOWN_NETWORK, name);
    TRY_CTX(engine_network_create(session->engine, name, isolated, &session->labels,
                                  deadline_in(TRIAL_CALL_MS), &trial->network),
            "making the trial's network");
    return NULL;
}

/* The released image's migrations, then those of the releases between when the walk is stepwise. */
static Error *run_olds(Lane *lane)
{
    Trial *trial = lane->trial;
    const PlannedImageList *olds = &trial->path->olds;
    /* a server is a container run as well: it has as long as one to become ready */
    int64_t within_ms = trial->spec.postgres ? trial->session->config->timeout_ms : TRIAL_CALL_MS;

    TRY_CTX(database_provision(&lane->context, &trial->spec, olds->items[0].image.id,
                               deadline_in(within_ms), &trial->database),
            "making the database %s", trial->report->database);
    for (size_t i = 0; i < olds->len; i++) {
        const Commands *commands = &olds->items[i].commands;
        AUTO(run_settings) RunSettings settings = {0};
        LaneRun run = {
            .step = "old-migrate",
            .image = &olds->items[i],
            .settings = &settings,
            .words = &commands->migrate,
            .database = trial->database,
            .strays = &trial->old_strays,
        };

        trial->last_old = &olds->items[i];
        if (planned_image_has_none(&olds->items[i]))
            continue;
        run_settings_copy(&trial->old_run, &settings);
        if (!settings.workdir)
            settings.workdir = xstrdup_null(commands->workdir);
        TRY(lane_run(lane, &run, &trial->old.step));
        if (!trial_passed(trial, trial->old.step))
            break;
    }
    TRY(database_copy(trial->database, deadline_in(TRIAL_COPY_MS), &trial->old_copy));
    return lane_look(lane, trial->old_copy, &trial->old);
}

static Error *run_candidate(Lane *lane)
{
    Trial *trial = lane->trial;
    const Commands *commands = &trial->plan->commands;
    LaneRun migrate = {
        .step = "new-migrate",
        .image = &trial->plan->candidate,
        .settings = &trial->run,
        .words = &commands->migrate,
        .database = trial->database,
        .strays = &trial->new_strays,
    };
    LaneRun status = migrate;

    TRY(lane_run(lane, &migrate, &trial->new.step));
    TRY(database_copy(trial->database, deadline_in(TRIAL_COPY_MS), &trial->new_copy));
    TRY(lane_look(lane, trial->new_copy, &trial->new));
    if (!trial_passed(trial, trial->new.step) || commands->status.len == 0)
        return NULL;
    status.step = "status";
    status.words = &commands->status;
    status.strays = NULL;
    return lane_run(lane, &status, &trial->status);
}

static Error *run_all(Trial *trial)
{
    AUTO(lane) Lane lane = {0};

    TRY(make_network(trial));
    TRY(lane_open(trial, NULL, &lane));
    TRY(run_olds(&lane));
    /* no step at all: no old image has migrations, and the candidate's run on nothing */
    if ((trial->old.step >= 0 && !trial_passed(trial, trial->old.step)) ||
        trial->plan->commands.absent)
        return NULL;
    TRY(run_candidate(&lane));
    return trial_passed(trial, trial->new.step) ? experiments_make(trial) : NULL;
}

Error *trial_run(Session *session, const Plan *plan, const PlannedPath *path,
                 const CheckPolicy *policy, PathReport *report, StrList *warnings)
{
    AUTO(trial) Trial trial = {0};

    trial_init(&trial, session, plan, path, policy, report);
    TRY(run_all(&trial));
    trial_judge(&trial);
    trial_describe(&trial, warnings);
    return NULL;
}
