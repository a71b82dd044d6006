#include "verify/trial.h"

#include "report/safe.h"
#include "verify/contents.h"
#include "verify/experiment.h"
#include "verify/services.h"
#include "verify/shadow.h"
#include "verify/spec.h"

#define PROVIDE_MS        30000
#define LOG_LINES_SHOWN   20
#define LESSON_ROUNDS_MAX 8 /* each is an upgrade of its own */

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
    run_settings_clear(&trial->start_run);
    run_settings_clear(&trial->old_start_run);
    database_copy_free(trial->bare_copy);
    database_copy_free(trial->old_copy);
    database_copy_free(trial->new_copy);
    database_copy_free(trial->fresh_copy);
    reference_list_clear(&trial->references);
    free(trial->mark);
    populate_result_clear(&trial->rows);
    lesson_list_clear(&trial->lessons);
    learnt_list_clear(&trial->learnt);
    statement_list_clear(&trial->statements);
    str_list_clear(&trial->reached);
    data_changes_clear(&trial->data);
    if (trial->database != trial->first)
        database_close(trial->database);
    database_close(trial->first);
    attempt_clear(&trial->old);
    attempt_clear(&trial->new);
    attempt_clear(&trial->rerun);
    attempt_clear(&trial->rerun_again);
    attempt_clear(&trial->fresh);
    attempt_clear(&trial->fresh_again);
    attempt_clear(&trial->together);
    attempt_clear(&trial->rollback);
    attempt_clear(&trial->again);
    str_list_clear(&trial->old_strays);
    str_list_clear(&trial->new_strays);
    migration_set_clear(&trial->old_files);
    migration_set_clear(&trial->new_files);
    free(trial->files_unknown);
    file_tree_clear(&trial->old_tree);
    file_tree_clear(&trial->new_tree);
    file_tree_clear(&trial->volume_tree);
    free(trial->tree_unknown);
    lock_trace_clear(&trial->locks);
    str_map_clear(&trial->could_not);
    (void)pthread_mutex_destroy(&trial->lock);
}

DEFINE_AUTO_VALUE(trial, Trial, trial_clear)

/* How the application is started: as its commands are run, and what `start` says beside. */
static void start_settings(const StartSettings *start, const RunSettings *run, RunSettings *ret_run)
{
    run_settings_copy(run, ret_run);
    for (size_t i = 0; i < start->env.len; i++)
        str_map_set(&ret_run->env, start->env.items[i].key, start->env.items[i].value);
    if (!start->entrypoint_set)
        return;
    str_list_clear(&ret_run->entrypoint);
    str_list_copy(&start->entrypoint, &ret_run->entrypoint);
    ret_run->entrypoint_set = true;
}

static void init_settings(Trial *trial)
{
    const Config *config = trial->session->config;

    run_settings_copy(&config->run, &trial->run);
    config_old_run(config, &trial->old_run);
    services_tell(&config->services, &trial->run.env);
    services_tell(&config->services, &trial->old_run.env);
    start_settings(&config->start, &trial->run, &trial->start_run);
    start_settings(&config->start, &trial->old_run, &trial->old_start_run);
    trial->ready = ready_spec_of(&config->start.ready);
    trial->ready.made = teardown_made;
    trial->ready.made_context = trial->session->teardown;
}

static void trial_init(Trial *trial, Session *session, const Plan *plan, const PlannedPath *path,
                       const CheckPolicy *policy, PathReport *report)
{
    static const Attempt NONE = {.step = -1};

    *trial = (Trial){
        .session = session,
        .plan = plan,
        .path = path,
        .policy = policy,
        .report = report,
        .name =
            xasprintf("seatrial-%s-%zu", session->run_id, (size_t)(path - plan->paths.items) + 1),
        .spec = database_spec_of(&session->config->databases.items[path->database]),
        .old = NONE,
        .new = NONE,
        .rerun = NONE,
        .rerun_again = NONE,
        .fresh = NONE,
        .fresh_again = NONE,
        .together = NONE,
        .rollback = NONE,
        .again = NONE,
        .status = -1,
        .old_status = -1,
        .together_steps = {-1, -1},
        .start = -1,
        .old_again = -1,
        .edge = -1,
        .smoke = -1,
        .old_smoke = -1,
        .traced = -1,
    };
    (void)pthread_mutex_init(&trial->lock, NULL); /* default attributes: cannot fail */
    init_settings(trial);
}

/* Other lanes append to the list, which moves it. */
Step trial_step(Trial *trial, int step)
{
    Step found;

    (void)pthread_mutex_lock(&trial->lock);
    found = trial->report->steps.items[step];
    (void)pthread_mutex_unlock(&trial->lock);
    return found;
}

bool trial_passed(Trial *trial, int step)
{
    return step >= 0 && trial_step(trial, step).outcome == OUTCOME_PASSED;
}

void trial_could_not(Trial *trial, const char *check, const Error *err)
{
    (void)pthread_mutex_lock(&trial->lock);
    str_map_set(&trial->could_not, check, err->msg);
    (void)pthread_mutex_unlock(&trial->lock);
}

bool trial_wants(const Trial *trial, const char *check)
{
    return check_level(check_find(check), trial->policy) != LEVEL_OFF;
}

/* The database, and what else the application needs: they come up side by side. */
static Error *provide(Lane *lane, const EngineImage *first)
{
    Trial *trial = lane->trial;
    int64_t timeout_ms = trial->session->config->timeout_ms;
    /* a server is a container run as well, but a timeout that is right for a small migration is too
     * short for one that comes up */
    int64_t within_ms = timeout_ms > PROVIDE_MS ? timeout_ms : PROVIDE_MS;

    TRY(services_start(lane));
    TRY_CTX(database_provision(&lane->context, &trial->spec, first->id, deadline_in(within_ms),
                               &trial->first),
            "making the database %s", trial->report->database);
    trial->database = trial->first;
    return services_await(lane);
}

/* What users have is what the backup says, before any release of the trial touches it. */
static Error *restore(Lane *lane, const EngineImage *first)
{
    Trial *trial = lane->trial;
    const char *backup = trial->session->config->data.restore;

    if (!backup)
        return NULL;
    TRY_CTX(database_restore(trial->database, &lane->context, &trial->spec, first->id, backup,
                             deadline_in(TRIAL_COPY_MS)),
            "restoring a backup into the database %s", trial->report->database);
    return NULL;
}

/* A status command of the released image, after its migrations: whether what the one after the
 * upgrade shows was there before. */
static Error *run_status(Lane *lane, const char *step, const PlannedImage *image, int *ret_step)
{
    Trial *trial = lane->trial;
    bool candidate = image == &trial->plan->candidate;
    const Commands *commands = candidate ? &trial->plan->commands : &image->commands;
    LaneRun run = {
        .step = step,
        .image = image,
        .settings = candidate ? &trial->run : &trial->old_run,
        .words = &commands->status,
        .workdir = commands->workdir,
        .database = trial->database,
    };

    return commands->status.len > 0 ? lane_run(lane, &run, ret_step) : NULL;
}

/* The released image's migrations, then those of the releases between when the walk is stepwise. */
static Error *run_olds(Lane *lane)
{
    Trial *trial = lane->trial;
    const PlannedImageList *olds = &trial->path->olds;

    for (size_t i = 0; i < olds->len; i++) {
        LaneRun run = trial_migrator(trial, "old-migrate", &olds->items[i], trial->database);

        trial->last_old = &olds->items[i];
        run.strays = &trial->old_strays;
        if (planned_image_has_none(&olds->items[i]))
            continue;
        TRY(lane_run(lane, &run, &trial->old.step));
        if (!trial_passed(trial, trial->old.step))
            break;
    }
    if (trial_passed(trial, trial->old.step))
        TRY(run_status(lane, "old-status", trial->last_old, &trial->old_status));
    return rows_provide(lane);
}

static Error *look_after(Lane *lane)
{
    Trial *trial = lane->trial;

    TRY(database_copy(trial->database, deadline_in(TRIAL_COPY_MS), &trial->new_copy));
    return lane_look(lane, trial->new_copy, &trial->new);
}

static Error *upgrade(Lane *lane, Contents *contents)
{
    Trial *trial = lane->trial;
    AUTO(error) Error *err = NULL;
    LaneRun run = trial_migrator(trial, "new-migrate", &trial->plan->candidate, trial->database);

    run.strays = &trial->new_strays;
    TRY(trial_mark(trial));
    TRY(lane_run(lane, &run, &trial->new.step));
    TRY(contents_end(contents));
    if (database_is_opaque(&trial->spec))
        return NULL;
    err = look_after(lane);
    /* an upgrade that failed stays so, whatever its database looks like */
    if (!err || err->code == ERR_CANCELLED || trial_passed(trial, trial->new.step))
        return TAKE(err);
    progress_emit(
        trial->session->progress,
        (ProgressEvent){.kind = PROGRESS_NOTE, .what = trial->path->id, .text = err->msg});
    return NULL;
}

static Error *run_candidate(Lane *lane, Contents *contents)
{
    Trial *trial = lane->trial;

    for (int round = 0; round <= LESSON_ROUNDS_MAX; round++) {
        bool again = false;

        TRY(upgrade(lane, contents));
        if (!trial_passed(trial, trial->new.step) && round < LESSON_ROUNDS_MAX)
            TRY(rows_learn(lane, &again));
        if (!again)
            break;
    }
    if (!trial_passed(trial, trial->new.step)) {
        trial_reached(lane);
        return NULL;
    }
    if (!database_is_opaque(&trial->spec))
        TRY(trial_follow(lane));
    return run_status(lane, "status", &trial->plan->candidate, &trial->status);
}

static Error *walk(Lane *lane)
{
    Trial *trial = lane->trial;
    AUTO(contents) Contents contents = {0};

    TRY(restore(lane, &trial->path->olds.items[0].image));
    TRY(run_olds(lane));
    /* no step at all: no old image has migrations, and the candidate's run on nothing */
    if ((trial->old.step >= 0 && !trial_passed(trial, trial->old.step)) ||
        trial->plan->commands.absent)
        return NULL;
    contents_begin(&contents, trial);
    TRY(run_candidate(lane, &contents));
    return shadow_read_volume(lane);
}

static Error *run_all(Trial *trial)
{
    AUTO(lane) Lane lane = {0};
    AUTO(experiments) Experiments experiments = {.trial = trial};

    TRY(trial_network(trial));
    TRY(lane_open(trial, NULL, &lane));
    TRY(provide(&lane, &trial->path->olds.items[0].image));
    experiments_begin(&experiments);
    TRY(walk(&lane));
    TRY(experiments_make(&experiments));
    return trial_references(&lane);
}

/* The last lines of a log, so that no line of it begins one of ours. Caller frees. */
static char *quoted_end(const char *log)
{
    AUTO(str) char *safe = safe_text(log ? log : "");
    AUTO(str_list) StrList lines = {0};
    AUTO(str_list) StrList quoted = {0};

    str_list_split(safe, '\n', &lines);
    for (size_t i = lines.len > LOG_LINES_SHOWN ? lines.len - LOG_LINES_SHOWN : 0; i < lines.len;
         i++)
        if (*lines.items[i])
            str_list_addf(&quoted, "\n  | %s", lines.items[i]);
    return str_list_join(&quoted, "");
}

static Error *install(Trial *trial, Attempt *attempt)
{
    AUTO(lane) Lane lane = {0};
    AUTO(str) char *end = NULL;
    const Step *step;

    TRY(trial_network(trial));
    TRY(lane_open(trial, NULL, &lane));
    TRY(provide(&lane, &trial->plan->candidate.image));
    TRY(lane_migrate(&lane, "migrate", trial->database, attempt));
    if (attempt->taken)
        return NULL;
    step = &trial->report->steps.items[attempt->step];
    end = quoted_end(step->log_tail);
    return error_new(ERR_CONFLICT, 0,
                     "the migrations fail on an empty database (%s, exit status %d)%s",
                     step_end_name(step->end), step->exit_code, end);
}

Error *trial_install(Session *session, const Plan *plan, const PlannedPath *path,
                     Snapshot *ret_snapshot)
{
    AUTO(trial) Trial trial = {0};
    DatabaseSpec spec = database_spec_of(&session->config->databases.items[path->database]);
    AUTO(path_report) PathReport report = {.database = database_describe(&spec)};
    Attempt attempt = {.step = -1};
    Error *err;

    trial_init(&trial, session, plan, path, NULL, &report);
    err = install(&trial, &attempt);
    if (!err) {
        *ret_snapshot = attempt.snapshot;
        attempt.snapshot = (Snapshot){0};
    }
    attempt_clear(&attempt);
    return err;
}

Error *trial_run(Session *session, const Plan *plan, const PlannedPath *path,
                 const CheckPolicy *policy, PathReport *report, StrList *warnings)
{
    AUTO(trial) Trial trial = {0};

    trial_init(&trial, session, plan, path, policy, report);
    trial_warn(&trial, warnings);
    TRY(run_all(&trial));
    trial_judge(&trial);
    trial_describe(&trial, warnings);
    return NULL;
}
