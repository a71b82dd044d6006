#include "check/evidence.h"
#include "check/lesson.h"
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
    Step seed;

    if (run.words->len == 0)
        return NULL;
    TRY(lane_run(lane, &run, &step));
    seed = trial_step(trial, step);
    if (seed.outcome == OUTCOME_PASSED)
        return NULL;
    return error_new(ERR_SYSTEM, seed.exit_code,
                     "seed: the command fails in release %s (exit status %d): what it should have "
                     "made is missing; the end of its log is in the report",
                     trial->last_old->facts.tag, seed.exit_code);
}

/* A backup has its own data: more is made of it only when that is asked for. */
static int64_t rows_wanted(const Trial *trial)
{
    const Config *config = trial->session->config;

    return config->data.restore && !str_list_has(&config->keys, "data.rows") ? 0
                                                                             : config->data.rows;
}

Error *rows_make(Lane *lane, Database *database, PopulateKind kind, PopulateResult *ret_result)
{
    Trial *trial = lane->trial;
    const DataSettings *data = &trial->session->config->data;
    FillSpec fill = {
        .scripts = &data->seed,
        .rows = {.kind = kind,
                 .rows = rows_wanted(trial),
                 .seed = seed_of(trial),
                 .columns = &data->columns,
                 .skip = &data->skip,
                 .lessons = &trial->lessons},
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

    if (rows_wanted(trial) == 0 && data->seed.len == 0)
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

/* --- what they learn -------------------------------------------------------------------------- */

/* What ran, also what failed, as the server tells; else the scripts that were to run. */
static Error *read_statements(Lane *lane, StatementList *ret_statements)
{
    Trial *trial = lane->trial;
    bool known = false;

    TRY_CTX(database_statements(trial->database, lane->session.engine, trial->mark, STATEMENTS_SENT,
                                deadline_in(TRIAL_COPY_MS), ret_statements, &known),
            "reading what SQL the candidate ran");
    for (size_t i = 0; !known && i < trial->new_files.len; i++) {
        const MigrationFile *file = &trial->new_files.items[i];

        if (file->language == LANGUAGE_SQL && file->text)
            statement_list_add_script(ret_statements, file->names[MIGRATION_NAME_STEM], file->text);
    }
    return NULL;
}

/* Keep the lessons with what taught them. */
static void note_lessons(Trial *trial, const Step *failed, const LessonList *lessons,
                         const char *value)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *migration = NULL;

    evidence_find(failed->log_tail, &evidence);
    migration = evidence_migration(failed->log_tail, evidence.line, &trial->old.snapshot,
                                   trial->new.taken ? &trial->new.snapshot : NULL);
    for (size_t i = 0; i < lessons->len; i++)
        learnt_list_add(&trial->learnt, &lessons->items[i], value, evidence.message, migration);
}

/* The database as it was before the upgrade, with other rows. */
typedef struct Anew {
    Database *database;
    DatabaseCopy *copy;
    PopulateResult rows;
    Attempt old;
} Anew;

static void anew_clear(Anew *anew)
{
    database_copy_free(anew->copy);
    database_close(anew->database);
    populate_result_clear(&anew->rows);
    snapshot_clear(&anew->old.snapshot);
}

DEFINE_AUTO_VALUE(anew, Anew, anew_clear)

static Error *make_anew(Lane *lane, Anew *anew)
{
    Trial *trial = lane->trial;
    AUTO(str) char *name = xasprintf("%s-rows%zu", lane->name, trial->lessons.len);
    DatabaseContext context = lane->context;

    context.name = name;
    TRY_CTX(database_branch(&context, &trial->spec, trial->last_old->image.id, trial->bare_copy,
                            deadline_in(TRIAL_COPY_MS), &anew->database),
            "copying the database for other rows");
    TRY(rows_make(lane, anew->database, POPULATE_TYPICAL, &anew->rows));
    TRY(database_copy(anew->database, deadline_in(TRIAL_COPY_MS), &anew->copy));
    return lane_look(lane, anew->copy, &anew->old);
}

/* What the spoilt attempt left is forgotten. */
static void start_again(Trial *trial, Anew *anew)
{
    database_copy_free(trial->old_copy);
    database_copy_free(TAKE(trial->new_copy));
    snapshot_clear(&trial->old.snapshot);
    snapshot_clear(&trial->new.snapshot);
    trial->new.taken = false;
    trial->new.step = -1;
    str_list_clear(&trial->new_strays);
    free(TAKE(trial->mark));
    populate_result_clear(&trial->rows);
    if (trial->database != trial->first)
        database_close(trial->database);
    trial->database = TAKE(anew->database);
    trial->old_copy = TAKE(anew->copy);
    trial->rows = anew->rows;
    anew->rows = (PopulateResult){0};
    trial->old.snapshot = anew->old.snapshot;
    trial->old.taken = true;
    anew->old.snapshot = (Snapshot){0};
}

static void tell(const Trial *trial, const char *why)
{
    progress_emit(trial->session->progress,
                  (ProgressEvent){.kind = PROGRESS_NOTE, .what = trial->path->id, .text = why});
}

static void rename_step(Trial *trial, int step, const char *name)
{
    Step *one;

    (void)pthread_mutex_lock(&trial->lock);
    one = &trial->report->steps.items[step];
    free(one->name);
    one->name = xstrdup(name);
    (void)pthread_mutex_unlock(&trial->lock);
}

static Error *learn(Lane *lane, bool *ret_again)
{
    Trial *trial = lane->trial;
    AUTO(statement_list) StatementList statements = {0};
    AUTO(lesson_list) LessonList lessons = {0};
    AUTO(str) char *table = NULL, *column = NULL, *value = NULL, *why = NULL;
    AUTO(anew) Anew anew = {.old = {.step = -1}};
    Step failed = trial_step(trial, trial->new.step);

    TRY(read_statements(lane, &statements));
    if (lesson_judge(&failed, &statements, &trial->rows.columns, &trial->old.snapshot,
                     &trial->lessons, &lessons, &table, &column, &value, &why) == BLAME_CANDIDATE)
        return NULL;
    tell(trial, why);
    for (size_t i = 0; i < lessons.len; i++) {
        Lesson copy = {0};

        lesson_copy(&lessons.items[i], &copy);
        LIST_PUSH(&trial->lessons, copy);
    }
    TRY(make_anew(lane, &anew));
    note_lessons(trial, &failed, &lessons, value);
    rename_step(trial, trial->new.step, "rows-learn"); /* not the upgrade that is judged */
    start_again(trial, &anew);
    *ret_again = true;
    return NULL;
}

Error *rows_learn(Lane *lane, bool *ret_again)
{
    Trial *trial = lane->trial;
    AUTO(error) Error *err = NULL;

    *ret_again = false;
    if (!trial->has_rows || trial->rows.rows == 0)
        return NULL;
    err = learn(lane, ret_again);
    if (!err || err->code == ERR_CANCELLED)
        return TAKE(err);
    /* the upgrade failed, and that was seen: it stays so when nobody can tell whether the rows are
     * to blame */
    trial_could_not(trial, "edge-data", err);
    return NULL;
}
