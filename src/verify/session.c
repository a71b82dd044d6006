#include "verify/session.h"

#include "base/random.h"
#include "base/task.h"
#include "verify/sweep.h"

#define ENGINE_WAIT_MS   30000
#define SERVER_WAIT_MS   10000 /* for a database.url, which may be out of reach */
#define TEARDOWN_WAIT_MS 60000
/* Longest life of a run for those who cannot see its process; longer than any CI job. */
#define LIFETIME_MS (24 * INT64_C(3600000))

/* What ended runs left, removed beside the run's first steps. */
typedef struct SessionSweep {
    const Config *config;
    const Cancel *cancel;
    const char *run_id;
    Engine *engine; /* of its own */
    StrList warnings;
    Task task;
} SessionSweep;

static Error *sweep_all(void *context)
{
    SessionSweep *sweep = context;
    const DatabaseSettingsList *databases = &sweep->config->databases;

    sweep_quietly(sweep->engine, sweep->run_id, deadline_in(ENGINE_WAIT_MS), &sweep->warnings);
    for (size_t i = 0; i < databases->len; i++)
        if (databases->items[i].url)
            sweep_databases_quietly(databases->items[i].url, sweep->run_id, sweep->cancel,
                                    deadline_in(SERVER_WAIT_MS), &sweep->warnings);
    return NULL;
}

/* @param engine  handed over */
static void sweep_begin(Session *session, Engine *engine)
{
    SessionSweep *sweep = xcalloc(1, sizeof *sweep);

    *sweep = (SessionSweep){.config = session->config,
                            .cancel = session->cancel,
                            .run_id = session->run_id,
                            .engine = engine};
    session->sweep = sweep;
    task_begin(&sweep->task, sweep_all, sweep);
}

void session_await_sweep(Session *session, StrList *warnings)
{
    SessionSweep *sweep = TAKE(session->sweep);

    if (!sweep)
        return;
    task_clear(&sweep->task);
    for (size_t i = 0; i < warnings->len; i++)
        str_list_add(&sweep->warnings, warnings->items[i]);
    str_list_clear(warnings);
    *warnings = sweep->warnings;
    engine_close(sweep->engine);
    free(sweep);
}

Error *session_open(const Config *config, const Cancel *cancel, const Progress *progress,
                    Session *ret_session)
{
    EngineOptions options = {.url = config->engine, .cancel = cancel, .progress = progress};
    Session session = {.config = config, .cancel = cancel, .progress = progress};
    AUTO(engine) Engine *engine = NULL, *sweeper = NULL;

    TRY(engine_open(&options, deadline_in(ENGINE_WAIT_MS), &engine));
    TRY(engine_clone(engine, &sweeper));
    session.engine = TAKE(engine);
    session.began_ms = clock_now_ms();
    session.run_id = random_hex(12);
    session.teardown = teardown_new();
    sweep_labels(session.run_id, config->keep, LIFETIME_MS, &session.labels);
    sweep_begin(&session, TAKE(sweeper));
    *ret_session = session;
    return NULL;
}

static void keep_all(const Session *session, StrList *warnings)
{
    AUTO(str_list) StrList databases = {0};
    AUTO(str) char *names = NULL;

    if (teardown_count(session->teardown) == 0)
        return;
    teardown_names(session->teardown, TEARDOWN_DATABASE, &databases);
    names = str_list_join(&databases, ", ");
    if (databases.len > 0)
        str_list_addf(warnings, "kept for inspection on the server of database.url: %s", names);
    str_list_addf(warnings,
                  "kept for inspection: docker ps -a --filter label=" LABEL_RUN
                  "=%s (%zu objects; `seatrial clean` removes them)",
                  session->run_id, teardown_count(session->teardown));
}

/* Over connections that a signal does not stop. */
static void remove_since(Session *session, size_t mark, StrList *warnings)
{
    AUTO(engine) Engine *engine = NULL;
    AUTO(error) Error *err = engine_clone_uncancelled(session->engine, &engine);

    if (err)
        str_list_addf(warnings, "the run's objects could not be removed: %s", err->msg);
    else
        teardown_run(session->teardown, mark, engine, deadline_in(TEARDOWN_WAIT_MS), warnings);
}

void session_release(const Session *session, TeardownKind kind, const char *id)
{
    if (!session->config->keep)
        teardown_release(session->teardown, session->engine, kind, id);
}

void session_take_away(Session *session, size_t mark, StrList *warnings)
{
    if (!session->config->keep && !cancel_is_raised(session->cancel))
        remove_since(session, mark, warnings);
}

void session_close(Session *session, StrList *warnings)
{
    if (!session->engine)
        return;
    if (session->config->keep && !cancel_is_raised(session->cancel))
        keep_all(session, warnings);
    else
        remove_since(session, 0, warnings);
    session_await_sweep(session, warnings);
    teardown_free(TAKE(session->teardown));
    str_map_clear(&session->labels);
    free(TAKE(session->run_id));
    engine_close(TAKE(session->engine));
}

int64_t session_elapsed_ms(const Session *session)
{
    return clock_now_ms() - session->began_ms;
}
