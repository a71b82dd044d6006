#include "engine/ways.h"

#include <string.h>

#include "base/buffer.h"

#define ID_NAME_LEN 12 /* of a container's id: the name that every network knows it by */

void ways_clear(Ways *ways)
{
    for (size_t i = 0; i < WAY_COUNT; i++) {
        free(ways->items[i].host);
        free(ways->items[i].problem);
    }
    free(ways->joined);
    *ways = (Ways){0};
}

void way_failed(Way *way, const char *problem)
{
    free(way->problem);
    way->problem = text_clean_line(problem);
}

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

const char *ways_first_network(const Engine *engine)
{
    /* Podman's default network is called otherwise; "bridge" asks for a bridge on both */
    (void)engine;
    return "bridge";
}

const char *ways_publish_host(const Engine *engine)
{
    AUTO(str) char *host = engine_host(engine);

    return host && !is_loopback(host) ? "" : "127.0.0.1";
}

/* Inside a container the host's loopback is not ours: join the network instead. */
static Error *join_network(Engine *engine, const WaysTo *to, Deadline dl, Ways *ways)
{
    AUTO(str) char *self = NULL;
    AUTO(error) Error *err = NULL;
    Way *way = &ways->items[WAY_NETWORK];

    TRY(engine_container_self(engine, dl, &self));
    if (!self)
        return NULL;
    err = engine_network_connect(engine, to->network, self, NULL, dl);
    if (err && err->code == ERR_CANCELLED)
        return TAKE(err);
    /* somebody else's wait has joined it, and takes care that it is left again. Source: libnetwork
     * error.go, EndpointNameExists; podman "is already connected to network" */
    if (err && !strstr(err->msg, "already")) { /* another way may do */
        way_failed(way, err->msg);
        return NULL;
    }
    if (!err)
        ways->joined = xasprintf("%s/%s", to->network, self);
    way->host = to->alias ? xstrdup(to->alias) : xstrndup(to->container, ID_NAME_LEN);
    way->port = to->port;
    return NULL;
}

Error *ways_find(Engine *engine, const WaysTo *to, Deadline dl, Ways *ret_ways)
{
    AUTO(container_reach) ContainerReach reach = {0};
    AUTO(str) char *host = engine_host(engine);
    AUTO(ways)
    Ways ways = {.items = {
                     [WAY_PUBLISHED] = {.name = "published port on loopback"},
                     [WAY_ADDRESS] = {.name = "container's address"},
                     [WAY_NETWORK] = {.name = "trial's network"},
                     [WAY_ENGINE_HOST] = {.name = "engine's host"},
                 }};

    TRY(engine_container_reach(engine, to->container, to->network, to->port, dl, &reach));
    if (reach.published_port > 0 && (!host || is_loopback(host)))
        ways.items[WAY_PUBLISHED].host = xstrdup("127.0.0.1");
    ways.items[WAY_PUBLISHED].port = reach.published_port;
    ways.items[WAY_ADDRESS].host = TAKE(reach.address);
    ways.items[WAY_ADDRESS].port = to->port;
    if (reach.published_port > 0 && host && !is_loopback(host))
        ways.items[WAY_ENGINE_HOST].host = TAKE(host);
    ways.items[WAY_ENGINE_HOST].port = reach.published_port;
    if (to->may_join)
        TRY(join_network(engine, to, dl, &ways));
    *ret_ways = ways;
    ways = (Ways){0};
    return NULL;
}

char *ways_problems(const Ways *ways)
{
    AUTO(buf) Buf list = {0};

    for (size_t i = 0; i < WAY_COUNT; i++) {
        const Way *way = &ways->items[i];

        if (way->host || way->problem)
            buf_addf(&list, "%s%s%s%s: %s", list.len > 0 ? "; " : "", way->name,
                     way->host ? " " : "", way->host ? way->host : "",
                     way->problem ? way->problem : "not tried");
    }
    return buf_take(&list);
}
