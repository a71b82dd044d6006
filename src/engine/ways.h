#pragma once
/* Ways from here to a TCP port of a container. */

#include "engine/engine.h"

/* In the order in which they are tried. */
typedef enum WayKind {
    WAY_PUBLISHED,   /* the published port on loopback */
    WAY_ADDRESS,     /* the container's address */
    WAY_NETWORK,     /* its name on the network, joined when this process runs in a container */
    WAY_ENGINE_HOST, /* the published port of the engine's host */
    WAY_COUNT
} WayKind;

/* One way, and what became of it. */
typedef struct Way {
    const char *name; /* for messages: "container's address" */
    char *host;       /* NULL: it does not exist here */
    int port;
    char *problem; /* of the last attempt; NULL: not tried */
} Way;

typedef struct Ways {
    Way items[WAY_COUNT];
    char *joined; /* "network/container": this process was put on the network, and somebody has to
                     take it off again; NULL when not */
} Ways;

typedef struct WaysTo {
    const char *container; /* id, running */
    const char *network;   /* id or name of the network that it is on */
    const char *alias;     /* its name there; NULL: its id */
    int port;              /* that it listens at */
    bool may_join;         /* this process may be put on the network */
} WaysTo;

/** @param[out] ret_ways  ways_clear; untouched on error */
MUST_USE Error *ways_find(Engine *engine, const WaysTo *to, Deadline dl, Ways *ret_ways);
void way_failed(Way *way, const char *problem);
/** "container's address 172.18.0.2: connection refused; ...": what became of each. Caller frees. */
MUST_USE char *ways_problems(const Ways *ways);
void ways_clear(Ways *ways);
DEFINE_AUTO_VALUE(ways, Ways, ways_clear)

/** The network that a server is created on: one that publishes ports, which an isolated one does
 * not. */
const char *ways_first_network(const Engine *engine);
/** Address of the engine's host that its port is published at: loopback, unless the engine is
 * elsewhere. */
const char *ways_publish_host(const Engine *engine);
