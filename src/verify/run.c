#include "verify/run.h"

#include <string.h>

#include "base/random.h"
#include "verify/application.h"

#define ENGINE_CALL_MS 60000
#define KILL_WAIT_MS   30000
#define LOG_TAIL_BYTES (32 << 10)

/* entrypoint and arguments as they will run, for the report */
static void full_command(const RunSpec *spec, StrList *ret_command)
{
    const StrList *entrypoint =
        spec->settings->entrypoint_set ? &spec->settings->entrypoint : &spec->facts->entrypoint;
    const StrList *words = NULL;
    StrList command = {0};

    for (size_t i = 0; i < entrypoint->len; i++)
        str_list_add(&command, entrypoint->items[i]);
    /* the engine drops the image's command beside another entrypoint, but not beside an empty one
     */
    if (spec->words->len > 0)
        words = spec->words;
    else if (!spec->settings->entrypoint_set || entrypoint->len == 0)
        words = &spec->facts->command;
    for (size_t i = 0; words && i < words->len; i++)
        str_list_add(&command, words->items[i]);
    *ret_command = command;
}

/* Without a network the engine writes no line for the container's own name, which programs look up:
 * Java's getLocalHost. The address is the one that Debian gives a host without one. Source: Debian
 * Reference, 5.1.1 */
static void know_itself(ContainerSpec *container, char **ret_hostname, StrList *ret_hosts)
{
    if (!text_eq(container->network, ENGINE_NO_NETWORK))
        return;
    *ret_hostname = random_hex(12); /* as engines choose them */
    str_list_addf(ret_hosts, "%s:127.0.1.1", *ret_hostname);
    container->hostname = *ret_hostname;
    container->extra_hosts = ret_hosts;
}

static Error *create_container(Session *session, const RunSpec *spec, char **ret_id)
{
    AUTO(str_map) StrMap env = {0};
    AUTO(str) char *hostname = NULL;
    AUTO(str_list) StrList hosts = {0};
    ContainerSpec container = {
        .name = spec->name,
        .image = spec->facts->id,
        .entrypoint = spec->settings->entrypoint_set ? &spec->settings->entrypoint : NULL,
        .command = spec->words->len > 0 ? spec->words : NULL,
        .env = &env,
        .user = spec->settings->user,
        .workdir = spec->settings->workdir ? spec->settings->workdir : spec->workdir,
        .labels = &session->labels,
        .network = spec->network,
        .memory_bytes = session->config->memory_bytes,
    };

    str_map_copy(&spec->settings->env, &env);
    know_itself(&container, &hostname, &hosts);
    database_attach(spec->database, spec->database_spec, &container, &env);
    /* by its name and before it is made: the engine may make it and its reply be lost */
    teardown_add(session->teardown, TEARDOWN_CONTAINER, spec->name);
    TRY_CTX(
        engine_container_create(session->engine, &container, deadline_in(ENGINE_CALL_MS), ret_id),
        "creating a container of %s", spec->image);
    return NULL;
}

/* Wait for the end; at the timeout kill through the engine, which no process can ignore. */
static Error *await_end(Session *session, const char *id, const char *what, bool *ret_timed_out)
{
    bool follow = session->config->verbose > 0;
    AUTO(error)
    Error *err = engine_container_wait(session->engine, id, what, follow,
                                       deadline_in(session->config->timeout_ms));

    if (!err || err->code != ERR_TIMEOUT)
        return TAKE(err);
    TRY_CTX(engine_container_kill(session->engine, id, deadline_in(KILL_WAIT_MS)),
            "killing a container at its timeout");
    TRY_CTX(engine_container_wait(session->engine, id, what, false, deadline_in(KILL_WAIT_MS)),
            "waiting for a killed container");
    *ret_timed_out = true;
    return NULL;
}

static StepEnd end_of(const ContainerState *state, bool timed_out)
{
    if (timed_out)
        return STEP_TIMED_OUT;
    if (state->oom_killed)
        return STEP_OUT_OF_MEMORY;
    /* 128+9: nothing in the container exits so by itself; the engine's flag comes late or never
     * (FACTS A8), so whether it was memory is left to the reader */
    return state->exit_code == 137 ? STEP_KILLED : STEP_EXITED;
}

/* @param known  end, outcome and reason of the step are set already */
static Error *read_end(Session *session, const char *id, bool timed_out, bool known, Step *step)
{
    AUTO(container_state) ContainerState state = {0};
    Deadline dl = deadline_in(ENGINE_CALL_MS);
    AUTO(str) char *log = NULL;

    TRY(engine_container_inspect(session->engine, id, dl, &state));
    if (state.running) /* its exit status reads 0 then */
        return error_new(ERR_PROTOCOL, 0,
                         "the engine says that the container ended, and that it "
                         "runs");
    TRY(engine_container_log_tail(session->engine, id, LOG_TAIL_BYTES, dl, &log));
    step->exit_code = state.exit_code;
    step->log_tail = text_is_empty(log) ? NULL : TAKE(log);
    /* of an application only the kernel's word counts more than what was seen of it */
    if (known && !(step->outcome == OUTCOME_FAILED && state.oom_killed))
        return NULL;
    step->end = end_of(&state, timed_out);
    step->outcome =
        step->end == STEP_EXITED && state.exit_code == 0 ? OUTCOME_PASSED : OUTCOME_FAILED;
    free(step->reason);
    step->reason = text_is_empty(state.error) ? NULL : xstrdup(state.error);
    return NULL;
}

static bool looks_like_database(const char *path)
{
    static const char *const ENDINGS[] = {".db", ".sqlite", ".sqlite3", ".db3"};

    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++)
        if (text_ends(path, ENDINGS[i]))
            return true;
    return false;
}

static Error *find_strays(Session *session, const char *id, StrList *strays)
{
    AUTO(str_list) StrList paths = {0};

    TRY(engine_container_changes(session->engine, id, deadline_in(ENGINE_CALL_MS), &paths));
    for (size_t i = 0; i < paths.len && strays->len < 20; i++)
        if (looks_like_database(paths.items[i]))
            str_list_add(strays, paths.items[i]);
    return NULL;
}

static Error *run_to_end(Session *session, const RunSpec *spec, const char *what, Step *step,
                         StrList *ret_strays)
{
    AUTO(str) char *id = NULL;
    AUTO(error) Error *err = NULL;
    bool timed_out = false;

    TRY(create_container(session, spec, &id));
    err = engine_container_start(session->engine, id, deadline_in(ENGINE_CALL_MS));
    if (err && err->code == ERR_INVALID) { /* the image's fault: no such command, not executable */
        step->end = STEP_NOT_STARTED;
        step->outcome = OUTCOME_FAILED;
        step->reason = xstrdup(err->msg);
        return NULL;
    }
    if (err)
        return error_wrap(TAKE(err), "starting a container of %s", spec->image);
    if (spec->ready)
        TRY(application_await(session, spec, id, step));
    else
        TRY(await_end(session, id, what, &timed_out));
    TRY(read_end(session, id, timed_out, spec->ready != NULL, step));
    return ret_strays ? find_strays(session, id, ret_strays) : NULL;
}

/* For progress; NULL when it passed. Caller frees. */
static char *how_it_ended(const Step *step)
{
    if (step->outcome == OUTCOME_PASSED)
        return NULL;
    switch (step->end) {
    case STEP_EXITED:
        return xasprintf("failed with exit status %d", step->exit_code);
    case STEP_TIMED_OUT:
        return xstrdup("killed at the timeout");
    case STEP_OUT_OF_MEMORY:
        return xstrdup("killed, out of memory,");
    case STEP_KILLED:
        return xstrdup("killed");
    case STEP_NOT_STARTED:
        return xstrdup("could not be started");
    case STEP_NOT_READY:
        return xstrdup("did not become ready");
    case STEP_STOPPED:
        break;
    }
    return NULL;
}

Error *run_container(Session *session, const RunSpec *spec, Step *ret_step, StrList *ret_strays)
{
    AUTO(str) char *what = xasprintf("%s: %s", spec->path_id, spec->step);
    AUTO(str) char *how = NULL;
    int64_t started_ms = clock_now_ms();
    AUTO(step)
    Step step = {
        .name = xstrdup(spec->step),
        .image = xstrdup(spec->image),
        .started_ms = session_elapsed_ms(session),
        .exit_code = -1,
    };

    full_command(spec, &step.command);
    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_BEGIN, .what = what});
    TRY(run_to_end(session, spec, what, &step, ret_strays));
    session_release(session, TEARDOWN_CONTAINER, spec->name);
    step.duration_ms = clock_now_ms() - started_ms;
    how = how_it_ended(&step);
    progress_emit(session->progress, (ProgressEvent){.kind = PROGRESS_END,
                                                     .what = what,
                                                     .text = how,
                                                     .duration_ms = step.duration_ms});
    *ret_step = step;
    step = (Step){0};
    return NULL;
}
