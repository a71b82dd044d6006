#include "engine/ready.h"

#include <string.h>

#include "engine/exec.h"
#include "engine/internal.h"
#include "engine/ready_parts.h"

#define POLL_MS     50
#define EXEC_MS     10000 /* one run of the command */
#define SEEN_LOG_MS 5000

/* A wait under way. */
typedef struct Wait {
    Engine *engine;
    const char *container;
    const ReadySpec *spec;
    Deadline dl;
    Ways ways;
    HealthProbe health;
    char *seen;
} Wait;

static void wait_clear(Wait *wait)
{
    ways_clear(&wait->ways);
    health_probe_clear(&wait->health);
    free(wait->seen);
}

DEFINE_AUTO_VALUE(wait, Wait, wait_clear)

void readiness_clear(Readiness *readiness)
{
    free(readiness->seen);
    *readiness = (Readiness){0};
}

static Error *find_ways(Wait *wait, const char *network)
{
    const ReadySpec *spec = wait->spec;

    TRY(ways_find(wait->engine,
                  &(WaysTo){.container = wait->container,
                            .network = network,
                            .alias = spec->alias,
                            .port = spec->port,
                            .may_join = spec->made != NULL},
                  wait->dl, &wait->ways));
    if (wait->ways.joined)
        spec->made(spec->made_context, "connection", wait->ways.joined);
    return NULL;
}

static Error *try_exec(Wait *wait, bool *ret_ready)
{
    AUTO(str) char *text = NULL;
    AUTO(str) char *what = NULL;
    int status = 0;
    AUTO(error)
    Error *err = engine_exec_text(wait->engine, wait->container, wait->spec->exec, SEEN_BYTES,
                                  deadline_min(wait->dl, deadline_in(EXEC_MS)), &status, &text);

    if (err && err->code != ERR_CONFLICT && err->code != ERR_TIMEOUT)
        return TAKE(err);
    if (err && wait->seen && deadline_left_ms(wait->dl) == 0)
        return NULL; /* what was seen before says more */
    if (err) {       /* it ended, or the command hangs */
        ready_seen(&wait->seen, "", err->msg, strlen(err->msg));
        return NULL;
    }
    *ret_ready = status == 0;
    what = xasprintf("%s exits with %d", wait->spec->exec->items[0], status);
    ready_seen(&wait->seen, what, text, strlen(text));
    return NULL;
}

static Error *try_once(Wait *wait, bool *ret_ready)
{
    *ret_ready = false;
    switch (wait->spec->how) {
    case READY_HEALTHCHECK:
        return ready_try_health(wait->engine, wait->container, &wait->health, wait->dl, ret_ready,
                                &wait->seen);
    case READY_HTTP:
    case READY_TCP:
        return ready_try_port(wait->engine->cancel, wait->spec, &wait->ways, wait->dl, ret_ready,
                              &wait->seen);
    case READY_EXEC:
        return try_exec(wait, ret_ready);
    case READY_LOG: /* returns at the end of the log only */
        return ready_follow_log(wait->engine, wait->container, wait->spec->log, wait->dl,
                                ret_ready);
    case READY_EXIT:
        break; /* the look at the container tells */
    }
    return NULL;
}

/* What a container that is waited for says last. */
static void see_log(Wait *wait)
{
    AUTO(str) char *log = NULL;
    AUTO(error)
    Error *err = engine_container_log_tail(wait->engine, wait->container, SEEN_BYTES,
                                           deadline_in(SEEN_LOG_MS), &log);

    if (!err && !text_is_empty(log)) /* only for the eye */
        ready_seen(&wait->seen, "its log ends", log, strlen(log));
}

static Error *look(const Wait *wait, Readiness *readiness)
{
    AUTO(container_state) ContainerState state = {0};

    TRY(engine_container_inspect(wait->engine, wait->container, deadline_in(ENGINE_LOOK_MS),
                                 &state));
    readiness->ended = !state.running;
    readiness->exit_code = state.exit_code;
    return NULL;
}

/* Until it is ready, has ended or the time is over. */
static Error *poll_until(Wait *wait, Readiness *readiness)
{
    for (;;) {
        bool ready = false;
        AUTO(error) Error *err = try_once(wait, &ready);

        if (err && err->code != ERR_TIMEOUT)
            return TAKE(err);
        TRY(look(wait, readiness));
        readiness->ready = ready && !readiness->ended;
        if (readiness->ready || readiness->ended)
            break;
        if (deadline_left_ms(wait->dl) <= POLL_MS)
            break;
        TRY(cancel_sleep(wait->engine->cancel, POLL_MS));
    }
    if (wait->spec->how == READY_EXIT)
        readiness->ready = readiness->ended && readiness->exit_code == wait->spec->exit_code;
    return NULL;
}

Error *engine_ready_wait(Engine *engine, const char *container, const char *network,
                         const ReadySpec *spec, Deadline dl, Readiness *ret)
{
    int64_t began_ms = clock_now_ms();
    Readiness readiness = {0};
    AUTO(wait)
    Wait wait = {.engine = engine, .container = container, .spec = spec, .dl = dl};

    if (spec->how == READY_HTTP || spec->how == READY_TCP)
        TRY(find_ways(&wait, network));
    TRY(poll_until(&wait, &readiness));
    if (!readiness.ready && !wait.seen)
        see_log(&wait);
    readiness.after_ms = clock_now_ms() - began_ms;
    readiness.seen = TAKE(wait.seen);
    *ret = readiness;
    return NULL;
}
