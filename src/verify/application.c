#include "verify/application.h"

#include "migrator/ledger_shapes.h"

#define ENGINE_CALL_MS 60000
#define KILL_WAIT_MS   30000
#define GRACE_S        3 /* the database is at rest: what is left to do is of no interest */
#define POLL_MS        100
#define POLL_MAX_MS    10000
/* How long nothing may change; the database of an application whose pools and workers are never at
 * rest has to stand still for longer. */
#define REST_MS        500
#define REST_BUSY_MS   30000
#define REST_UNSEEN_MS 3000 /* of a database that cannot be looked into */

/* The database of an application while it runs. */
typedef struct Rest {
    Snapshot last;
    bool seen;         /* last is filled */
    int64_t change_ms; /* when it last changed */
} Rest;

static void rest_clear(Rest *rest)
{
    snapshot_clear(&rest->last);
}

DEFINE_AUTO_VALUE(rest, Rest, rest_clear)

static Error *look_again(Session *session, const RunSpec *spec, Rest *rest, bool *ret_busy)
{
    AUTO(snapshot) Snapshot now = {0};

    TRY(database_peek(spec->database, session->engine, spec->database_spec, ledger_specs_find,
                      session->cancel, deadline_in(ENGINE_CALL_MS), &now, ret_busy));
    if (*ret_busy || (rest->seen && snapshot_same_shape(&rest->last, &now)))
        return NULL;
    snapshot_clear(&rest->last);
    rest->last = now;
    rest->seen = true;
    rest->change_ms = clock_now_ms();
    now = (Snapshot){0};
    return NULL;
}

static Error *is_running(Session *session, const char *id, bool *ret_running)
{
    AUTO(container_state) ContainerState state = {0};

    TRY(engine_container_inspect(session->engine, id, deadline_in(ENGINE_CALL_MS), &state));
    *ret_running = state.running;
    return NULL;
}

/* An application may answer before its migrations are through, and migrate behind its back.
 * @param[out] ret_at_rest  false: the deadline came first */
static Error *await_rest(Session *session, const RunSpec *spec, const char *id, Deadline dl,
                         bool *ret_at_rest)
{
    AUTO(rest) Rest rest = {.change_ms = clock_now_ms()};
    bool running = true;

    *ret_at_rest = true;
    while (running) {
        bool busy = false;
        int64_t began_ms = clock_now_ms(), still_ms, pause_ms;

        TRY(look_again(session, spec, &rest, &busy));
        /* a large file is copied at each look: no more than half of the time goes there */
        pause_ms = clock_now_ms() - began_ms;
        still_ms = clock_now_ms() - rest.change_ms;
        if (still_ms >= (busy ? REST_BUSY_MS : REST_MS))
            return NULL;
        if (deadline_left_ms(dl) == 0) {
            *ret_at_rest = false;
            return NULL;
        }
        pause_ms = pause_ms < POLL_MS ? POLL_MS : pause_ms > POLL_MAX_MS ? POLL_MAX_MS : pause_ms;
        TRY(cancel_sleep(session->cancel, (int)pause_ms));
        TRY(is_running(session, id, &running));
    }
    return NULL;
}

static Error *kill_now(Session *session, const char *id, const char *what)
{
    TRY_CTX(engine_container_kill(session->engine, id, deadline_in(KILL_WAIT_MS)),
            "killing a container at its timeout");
    return engine_container_wait(session->engine, id, what, false, deadline_in(KILL_WAIT_MS));
}

static void end_step(Step *step, StepEnd end, Outcome outcome, char *reason)
{
    step->end = end;
    step->outcome = outcome;
    free(step->reason);
    step->reason = reason;
}

/* It came to its end before it was ready, which is what was asked for only when ready is {exit}. */
static void ended_early(const Readiness *readiness, Step *step)
{
    end_step(step, STEP_EXITED, OUTCOME_FAILED,
             xasprintf("it ended before it was ready%s%s", readiness->seen ? "; seen last: " : "",
                       readiness->seen ? readiness->seen : ""));
}

static Error *stop(Session *session, const RunSpec *spec, const char *id, Deadline dl, Step *step)
{
    bool at_rest = true, running = true;
    AUTO(container_state) ContainerState state = {0};

    if (database_is_opaque(spec->database_spec)) /* nobody can tell when it is at rest */
        TRY(cancel_sleep(session->cancel, REST_UNSEEN_MS));
    else
        TRY_CTX(await_rest(session, spec, id, dl, &at_rest), "waiting for the migrations");
    TRY(is_running(session, id, &running));
    TRY(engine_container_stop(session->engine, id, GRACE_S, deadline_in(ENGINE_CALL_MS)));
    TRY(engine_container_inspect(session->engine, id, deadline_in(ENGINE_CALL_MS), &state));
    if (!at_rest)
        end_step(step, STEP_TIMED_OUT, OUTCOME_FAILED, NULL);
    else if (running) /* its exit status is ours: by SIGTERM many applications exit with 1 */
        end_step(step, STEP_STOPPED, OUTCOME_PASSED, NULL);
    else
        end_step(step, STEP_EXITED, state.exit_code == 0 ? OUTCOME_PASSED : OUTCOME_FAILED,
                 state.exit_code == 0 ? NULL : xstrdup("it ended after it had become ready"));
    return NULL;
}

Error *application_await(Session *session, const RunSpec *spec, const char *id, Step *step)
{
    Deadline dl = deadline_in(session->config->timeout_ms);
    AUTO(readiness) Readiness readiness = {0};

    TRY_CTX(engine_ready_wait(session->engine, id, spec->network, spec->ready, dl, &readiness),
            "waiting until %s is ready", spec->image);
    if (readiness.ready && spec->ready->how == READY_EXIT) {
        end_step(step, STEP_EXITED, OUTCOME_PASSED, NULL);
        return NULL;
    }
    if (readiness.ready)
        return stop(session, spec, id, dl, step);
    if (readiness.ended) {
        ended_early(&readiness, step);
        return NULL;
    }
    TRY(kill_now(session, id, spec->step));
    end_step(step, STEP_NOT_READY, OUTCOME_FAILED, TAKE(readiness.seen));
    return NULL;
}
