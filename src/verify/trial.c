#include "verify/trial.h"

#include "migrator/framework.h"
#include "migrator/ledger_shapes.h"
#include "verify/run.h"
#include "verify/spec.h"

#define ENGINE_CALL_MS 60000
#define COPY_MS        (30 * INT64_C(60000))

/* A path under way. Steps live in the report, in the order in which they ran; the observation
 * points at them by index once all have run. */
typedef struct Trial {
    Session *session;
    const Plan *plan;
    const PlannedPath *path;
    const CheckPolicy *policy;
    PathReport *report;
    char *name; /* prefix of object names: "seatrial-<run>-1" */
    char *network;
    RunSettings run, old_run; /* as the settings have them, and what detection adds */
    DatabaseSpec spec;
    DatabaseContext context;
    Database *database;
    Snapshot before, after, after_rerun;
    bool has_before, has_after, has_after_rerun;
    StrList old_strays, new_strays;
    const PlannedImage *last_old; /* the released image that ran last */
    int old_step, new_step, status_step,
        rerun_step; /* indices into report->steps; -1 did not run */
} Trial;

static void trial_clear(Trial *trial)
{
    free(trial->name);
    free(trial->network);
    run_settings_clear(&trial->run);
    run_settings_clear(&trial->old_run);
    database_close(trial->database);
    snapshot_clear(&trial->before);
    snapshot_clear(&trial->after);
    snapshot_clear(&trial->after_rerun);
    str_list_clear(&trial->old_strays);
    str_list_clear(&trial->new_strays);
}

DEFINE_AUTO_VALUE(trial, Trial, trial_clear)

static void trial_init(Trial *trial, Session *session, const Plan *plan, const PlannedPath *path,
                       const CheckPolicy *policy, PathReport *report)
{
    const DatabaseSettings *database = &session->config->databases.items[path->database];

    *trial = (Trial){
        .session = session,
        .plan = plan,
        .path = path,
        .policy = policy,
        .report = report,
        .name =
            xasprintf("seatrial-%s-%zu", session->run_id, (size_t)(path - plan->paths.items) + 1),
        .spec = database_spec_of(database),
        .old_step = -1,
        .new_step = -1,
        .status_step = -1,
        .rerun_step = -1,
    };
    run_settings_copy(&session->config->run, &trial->run);
    config_old_run(session->config, &trial->old_run);
    if (!trial->run.workdir)
        trial->run.workdir = xstrdup_null(plan->commands.workdir);
    if (!trial->old_run.workdir)
        trial->old_run.workdir = xstrdup_null(plan->commands.workdir);
    trial->context = (DatabaseContext){
        .engine = session->engine,
        .cancel = session->cancel,
        .labels = &session->labels,
        .name = trial->name,
        .made = teardown_made,
        .made_context = session->teardown,
    };
}

static Error *make_network(Trial *trial)
{
    Session *session = trial->session;
    AUTO(str) char *name = xasprintf("%s-net", trial->name);
    bool isolated = !text_eq(session->config->network, "open");

    /* by its name and before it is made: the engine may make it and its reply be lost */
    teardown_add(session->teardown, TEARDOWN_NETWORK, name);
    TRY_CTX(engine_network_create(session->engine, name, isolated, &session->labels,
                                  deadline_in(ENGINE_CALL_MS), &trial->network),
            "making the trial's network");
    trial->context.network = trial->network;
    return NULL;
}

/* Run a command of an image on a database; the step joins the report. */
static Error *run_step(Trial *trial, const char *step_name, const PlannedImage *image,
                       const RunSettings *settings, const StrList *words, const Database *database,
                       StrList *strays, int *ret_index)
{
    AUTO(str)
    char *name = xasprintf("%s-%zu-%s", trial->name, trial->report->steps.len + 1, step_name);
    Step step = {0};
    RunSpec spec = {
        .step = step_name,
        .path_id = trial->path->id,
        .image = image->facts.image,
        .facts = &image->image,
        .words = words,
        .settings = settings,
        .database = database,
        .database_spec = &trial->spec,
        .network = trial->network,
        .name = name,
    };

    TRY(run_container(trial->session, &spec, &step, strays));
    LIST_PUSH(&trial->report->steps, step);
    *ret_index = (int)trial->report->steps.len - 1;
    return NULL;
}

static bool step_passed(const Trial *trial, int index)
{
    return index >= 0 && trial->report->steps.items[index].outcome == OUTCOME_PASSED;
}

static Error *take_snapshot(Trial *trial, const DatabaseCopy *copy, Snapshot *ret_snapshot,
                            bool *ret_taken)
{
    TRY_CTX(database_snapshot(copy, &trial->spec, ledger_specs_find, trial->session->cancel,
                              deadline_in(COPY_MS), ret_snapshot),
            "reading the database %s", trial->report->database);
    *ret_taken = true;
    return NULL;
}

/* The released image's migrations, then those of the releases between when the walk is stepwise. */
static Error *run_olds(Trial *trial)
{
    const PlannedImageList *olds = &trial->path->olds;

    /* a server is a container run as well: it has as long as one to become ready */
    int64_t within_ms = trial->spec.postgres ? trial->session->config->timeout_ms : ENGINE_CALL_MS;

    TRY_CTX(database_provision(&trial->context, &trial->spec, olds->items[0].image.id,
                               deadline_in(within_ms), &trial->database),
            "making the database %s", trial->report->database);
    for (size_t i = 0; i < olds->len; i++) {
        trial->last_old = &olds->items[i];
        TRY(run_step(trial, "old-migrate", &olds->items[i], &trial->old_run,
                     &trial->plan->commands.old_migrate, trial->database, &trial->old_strays,
                     &trial->old_step));
        if (!step_passed(trial, trial->old_step))
            return NULL;
    }
    return NULL;
}

static Error *snapshot_before(Trial *trial)
{
    AUTO(database_copy) DatabaseCopy *copy = NULL;

    TRY(database_copy(trial->database, deadline_in(COPY_MS), &copy));
    return take_snapshot(trial, copy, &trial->before, &trial->has_before);
}

/* The candidate's migrations once more, on a copy of what they made. */
static Error *rerun_on_branch(Trial *trial, DatabaseCopy *upgraded)
{
    const PlannedImage *candidate = &trial->plan->candidate;
    AUTO(str) char *name = xasprintf("%s-rerun", trial->name);
    DatabaseContext context = trial->context;
    AUTO(database) Database *branch = NULL;
    AUTO(database_copy) DatabaseCopy *copy = NULL;

    context.name = name;
    TRY_CTX(database_branch(&context, &trial->spec, candidate->image.id, upgraded,
                            deadline_in(COPY_MS), &branch),
            "copying the database for a second run");
    TRY(run_step(trial, "rerun", candidate, &trial->run, &trial->plan->commands.migrate, branch,
                 NULL, &trial->rerun_step));
    if (!step_passed(trial, trial->rerun_step))
        return NULL;
    TRY(database_copy(branch, deadline_in(COPY_MS), &copy));
    return take_snapshot(trial, copy, &trial->after_rerun, &trial->has_after_rerun);
}

static Error *run_status(Trial *trial)
{
    const RunSettings *run = &trial->run;

    if (trial->plan->commands.status.len == 0)
        return NULL;
    return run_step(trial, "status", &trial->plan->candidate, run, &trial->plan->commands.status,
                    trial->database, NULL, &trial->status_step);
}

static Error *run_candidate(Trial *trial)
{
    const RunSettings *run = &trial->run;
    AUTO(database_copy) DatabaseCopy *upgraded = NULL;

    TRY(run_step(trial, "new-migrate", &trial->plan->candidate, run, &trial->plan->commands.migrate,
                 trial->database, &trial->new_strays, &trial->new_step));
    TRY(database_copy(trial->database, deadline_in(COPY_MS), &upgraded));
    TRY(take_snapshot(trial, upgraded, &trial->after, &trial->has_after));
    if (!step_passed(trial, trial->new_step))
        return NULL;
    TRY(run_status(trial));
    if (trial->after.exists && check_level(check_find("rerun"), trial->policy) != LEVEL_OFF)
        TRY(rerun_on_branch(trial, upgraded));
    return NULL;
}

static Error *run_all(Trial *trial)
{
    TRY(make_network(trial));
    TRY(run_olds(trial));
    TRY(snapshot_before(trial));
    if (step_passed(trial, trial->old_step))
        TRY(run_candidate(trial));
    return NULL;
}

/* --- what was seen
 * ---------------------------------------------------------------------------------- */

static const Step *step_at(const Trial *trial, int index)
{
    return index >= 0 ? &trial->report->steps.items[index] : NULL;
}

/* The line that says so, by the wording of whichever framework keeps a ledger here. */
static char *pending_line(const Trial *trial)
{
    const Step *status = step_at(trial, trial->status_step);
    char *line = NULL;

    if (!status || !status->log_tail)
        return NULL;
    if (trial->plan->commands.framework &&
        framework_status_pending(trial->plan->commands.framework, status->log_tail, &line))
        return line;
    for (size_t i = 0; i < trial->after.ledgers.len; i++)
        if (framework_status_pending(trial->after.ledgers.items[i].framework, status->log_tail,
                                     &line))
            return line;
    /* a command that was given, of a tool that we do not know: any tool's wording will do */
    if (!trial->plan->commands.status_found)
        (void)framework_status_pending(NULL, status->log_tail, &line);
    return line;
}

static void judge(const Trial *trial)
{
    const PlannedImage *last = trial->last_old;
    /* a release between that fails is the one to name */
    const PlannedImage *from =
        step_passed(trial, trial->old_step) ? &trial->path->olds.items[0] : last;
    const PlannedImage *candidate = &trial->plan->candidate;
    const Config *config = trial->session->config;
    AUTO(str) char *volume = database_volume(&trial->spec);
    AUTO(str) char *pending = pending_line(trial);
    Observation seen = {
        .path_id = trial->path->id,
        .from_tag = from->facts.tag,
        .candidate_tag = candidate->facts.tag ? candidate->facts.tag : candidate->facts.image,
        .from_image = &last->facts,
        .candidate_image = &candidate->facts,
        .image_user = config->run.user ? config->run.user : candidate->image.user,
        .database = trial->report->database,
        .volume = volume,
        .timeout_ms = config->timeout_ms,
        .memory_bytes = config->memory_bytes,
        .old_migrate = step_at(trial, trial->old_step),
        .new_migrate = step_at(trial, trial->new_step),
        .status = step_at(trial, trial->status_step),
        .status_pending = pending,
        .status_found = trial->plan->commands.status_found,
        .rerun = step_at(trial, trial->rerun_step),
        .before = trial->has_before ? &trial->before : NULL,
        .after = trial->has_after ? &trial->after : NULL,
        .after_rerun = trial->has_after_rerun ? &trial->after_rerun : NULL,
        .old_strays = &trial->old_strays,
        .new_strays = &trial->new_strays,
    };

    check_judge(&seen, trial->policy, trial->report);
}

static void describe_schema(const Trial *trial)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    PathReport *report = trial->report;

    if (!trial->has_before || !trial->has_after)
        return;
    schema_diff(&trial->before.schema, &trial->after.schema, &diff);
    for (size_t i = 0; i < diff.len; i++) {
        const SchemaDifference *one = &diff.items[i];

        switch (one->change) {
        case SCHEMA_ADDED:
            str_list_add_owned(&report->schema_added, schema_difference_object(one));
            break;
        case SCHEMA_REMOVED:
            str_list_add_owned(&report->schema_removed, schema_difference_object(one));
            break;
        case SCHEMA_CHANGED:
            str_list_add_owned(&report->schema_changed, schema_difference_text(one));
            break;
        }
    }
}

static void describe_migrations(const Trial *trial)
{
    PathReport *report = trial->report;

    if (!trial->has_before || !trial->has_after)
        return;
    ledger_added(&trial->before.ledgers, &trial->after.ledgers, &report->migrations_applied);
    for (size_t i = 0; i < trial->after.ledgers.len; i++) {
        const Ledger *ledger = &trial->after.ledgers.items[i];

        for (size_t j = 0; j < ledger->len; j++)
            if (ledger->items[j].state != LEDGER_APPLIED)
                str_list_add(&report->migrations_pending, ledger->items[j].id);
    }
}

static void describe_data(const Trial *trial)
{
    PathReport *report = trial->report;

    if (!trial->has_before)
        return;
    report->tables = (int64_t)snapshot_user_tables(&trial->before);
    report->rows = snapshot_rows(&trial->before);
    for (size_t i = 0; i < trial->before.data.len; i++) {
        const TableData *table = &trial->before.data.items[i];

        report->tables_with_rows += !table->is_ledger && table->rows > 0;
    }
}

/* An upgrade of empty tables proves little, and a reader must know that it was one. */
static void describe_emptiness(const Trial *trial, StrList *warnings)
{
    size_t tables = trial->has_before ? snapshot_user_tables(&trial->before) : 0;

    if (tables > 0 && snapshot_rows(&trial->before) == 0)
        str_list_addf(warnings,
                      "%s: the old migrations left all %zu tables empty: what goes wrong only with "
                      "rows was not tried",
                      trial->path->id, tables);
}

/* What was not looked at is said: it did not pass. */
static void describe_unseen(const Trial *trial, StrList *warnings)
{
    for (size_t i = 0; trial->has_before && i < trial->before.unseen.len; i++)
        if (!str_list_has(&trial->after.unseen, trial->before.unseen.items[i]))
            str_list_addf(warnings, "%s: could not be looked at before the upgrade: %s",
                          trial->path->id, trial->before.unseen.items[i]);
    for (size_t i = 0; trial->has_after && i < trial->after.unseen.len; i++)
        str_list_addf(warnings, "%s: could not be looked at: %s", trial->path->id,
                      trial->after.unseen.items[i]);
}

Error *trial_run(Session *session, const Plan *plan, const PlannedPath *path,
                 const CheckPolicy *policy, PathReport *report, StrList *warnings)
{
    AUTO(trial) Trial trial = {0};

    trial_init(&trial, session, plan, path, policy, report);
    TRY(run_all(&trial));
    judge(&trial);
    describe_schema(&trial);
    describe_migrations(&trial);
    describe_data(&trial);
    describe_unseen(&trial, warnings);
    describe_emptiness(&trial, warnings);
    return NULL;
}
