#include "database/pg_reach.h"

#include "database/pg_admin.h"
#include "engine/ways.h"

#define POLL_MS    10
#define ATTEMPT_MS 1000 /* one way that does not answer must not keep the others waiting */
#define LOOK_MS    500  /* how often the container is looked at */

static Error *find_ways(const DatabaseContext *context, const char *container, const char *alias,
                        int port, Deadline dl, Ways *ways)
{
    TRY(ways_find(context->engine,
                  &(WaysTo){.container = container,
                            .network = context->network,
                            .alias = alias,
                            .port = port,
                            .may_join = true},
                  dl, ways));
    if (ways->joined)
        context->made(context->made_context, "connection", ways->joined);
    return NULL;
}

/* @return true when it answers: target has host and port then */
static Error *try_way(const DatabaseContext *context, Way *way, Deadline dl, PgTarget *target,
                      bool *ret_answers)
{
    PgTarget attempt = *target; /* borrows all but the host */
    AUTO(error) Error *err = NULL;

    attempt.host = way->host;
    attempt.port = way->port;
    err = pg_ready(&attempt, context->cancel, deadline_min(dl, deadline_in(ATTEMPT_MS)));
    if (err && err->code == ERR_CANCELLED)
        return TAKE(err);
    *ret_answers = !err;
    if (err) {
        way_failed(way, err->msg);
        return NULL;
    }
    free(target->host);
    target->host = xstrdup(way->host);
    target->port = way->port;
    return NULL;
}

/* A server that ended never becomes ready. */
static Error *check_alive(const DatabaseContext *context, const char *container, Deadline dl)
{
    AUTO(container_state) ContainerState state = {0};

    TRY(engine_container_inspect(context->engine, container, dl, &state));
    if (state.running)
        return NULL;
    return error_new(ERR_SYSTEM, state.exit_code, "the server ended with exit status %d",
                     state.exit_code);
}

static Error *none_answers(const Ways *ways)
{
    AUTO(str) char *problems = ways_problems(ways);

    return error_new(ERR_TIMEOUT, 0, "it did not become ready in time: %s", problems);
}

Error *pg_reach_wait(const DatabaseContext *context, const char *container, const char *alias,
                     int port, Deadline dl, PgTarget *target)
{
    AUTO(ways) Ways ways = {0};
    Deadline look = deadline_in(LOOK_MS);
    bool answers = false;

    TRY(find_ways(context, container, alias, port, dl, &ways));
    while (deadline_left_ms(dl) > 0) {
        for (size_t i = 0; i < WAY_COUNT && !answers; i++)
            if (ways.items[i].host)
                TRY(try_way(context, &ways.items[i], dl, target, &answers));
        if (answers)
            return NULL;
        if (deadline_left_ms(look) == 0) {
            TRY(check_alive(context, container, dl));
            look = deadline_in(LOOK_MS);
        }
        TRY(cancel_sleep(context->cancel, POLL_MS));
    }
    return none_answers(&ways);
}
