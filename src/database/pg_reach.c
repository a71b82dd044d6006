#include "database/pg_reach.h"

#include <string.h>

#include "base/buffer.h"
#include "database/pg_admin.h"
#include "database/pg_server.h"

#define POLL_MS    10
#define ATTEMPT_MS 1000 /* one way that does not answer must not keep the others waiting */
#define LOOK_MS    500  /* how often the container is looked at */

/* One way, and what became of it. */
typedef struct Way {
    const char *name; /* for messages */
    char *host;       /* NULL: it does not exist here */
    int port;
    char *problem; /* of the last attempt */
} Way;

enum { WAY_PUBLISHED, WAY_ADDRESS, WAY_NETWORK, WAY_ENGINE_HOST, WAY_COUNT };

typedef struct Ways {
    Way items[WAY_COUNT];
} Ways;

static void ways_clear(Ways *ways)
{
    for (size_t i = 0; i < WAY_COUNT; i++) {
        free(ways->items[i].host);
        free(ways->items[i].problem);
    }
}

DEFINE_AUTO_VALUE(ways, Ways, ways_clear)

/* "docker" of "tcp://docker:2376"; NULL for a socket. Caller frees. */
static char *engine_host(const Engine *engine)
{
    const char *url = engine_info(engine)->url;
    const char *host = strstr(url, "://");

    if (!host || text_starts(url, "unix:"))
        return NULL;
    host += 3;
    if (*host == '[')
        return xstrndup(host + 1, strcspn(host + 1, "]"));
    return xstrndup(host, strcspn(host, ":/"));
}

static bool is_loopback(const char *host)
{
    return text_eq(host, "localhost") || text_starts(host, "127.") || text_eq(host, "::1");
}

const char *pg_reach_first_network(const Engine *engine)
{
    /* Podman's default network is called otherwise; "bridge" asks for a bridge on both */
    (void)engine;
    return "bridge";
}

const char *pg_reach_publish_host(const Engine *engine)
{
    AUTO(str) char *host = engine_host(engine);

    return host && !is_loopback(host) ? "" : "127.0.0.1";
}

/* Inside a container the host's loopback is not ours: join the trial's network instead. */
static Error *join_network(const DatabaseContext *context, Deadline dl, Way *way)
{
    AUTO(str) char *self = NULL;
    AUTO(str) char *connection = NULL;
    AUTO(error) Error *err = NULL;

    TRY(engine_container_self(context->engine, dl, &self));
    if (!self)
        return NULL;
    err = engine_network_connect(context->engine, context->network, self, NULL, dl);
    if (err && err->code == ERR_CANCELLED)
        return TAKE(err);
    if (err) { /* another way may do */
        way->problem = xstrdup(err->msg);
        return NULL;
    }
    connection = xasprintf("%s/%s", context->network, self);
    context->made(context->made_context, "connection", connection);
    way->host = xstrdup(PG_SERVER_ALIAS);
    way->port = PG_SERVER_PORT;
    return NULL;
}

static Error *find_ways(const DatabaseContext *context, const char *container, int port,
                        Deadline dl, Ways *ways)
{
    AUTO(container_reach) ContainerReach reach = {0};
    AUTO(str) char *host = engine_host(context->engine);

    *ways = (Ways){{
        [WAY_PUBLISHED] = {.name = "published port on loopback"},
        [WAY_ADDRESS] = {.name = "container's address"},
        [WAY_NETWORK] = {.name = "trial's network"},
        [WAY_ENGINE_HOST] = {.name = "engine's host"},
    }};
    TRY(engine_container_reach(context->engine, container, context->network, port, dl, &reach));
    if (reach.published_port > 0 && (!host || is_loopback(host)))
        ways->items[WAY_PUBLISHED].host = xstrdup("127.0.0.1");
    ways->items[WAY_PUBLISHED].port = reach.published_port;
    ways->items[WAY_ADDRESS].host = TAKE(reach.address);
    ways->items[WAY_ADDRESS].port = port;
    if (reach.published_port > 0 && host && !is_loopback(host))
        ways->items[WAY_ENGINE_HOST].host = TAKE(host);
    ways->items[WAY_ENGINE_HOST].port = reach.published_port;
    return join_network(context, dl, &ways->items[WAY_NETWORK]);
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
        free(way->problem);
        way->problem = text_clean_line(err->msg); /* libpq's are of several lines */
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
    AUTO(buf) Buf list = {0};

    for (size_t i = 0; i < WAY_COUNT; i++) {
        const Way *way = &ways->items[i];

        if (way->host || way->problem)
            buf_addf(&list, "%s%s%s%s: %s", list.len > 0 ? "; " : "", way->name,
                     way->host ? " " : "", way->host ? way->host : "",
                     way->problem ? way->problem : "not tried");
    }
    return error_new(ERR_TIMEOUT, 0, "it did not become ready in time: %s", buf_text(&list));
}

Error *pg_reach_wait(const DatabaseContext *context, const char *container, int port, Deadline dl,
                     PgTarget *target)
{
    AUTO(ways) Ways ways = {0};
    Deadline look = deadline_in(LOOK_MS);
    bool answers = false;

    TRY(find_ways(context, container, port, dl, &ways));
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
