#pragma once
/* Waiting for a container to be ready: by its health check, an answer, its log, a command, its end.
 */

#include "engine/engine.h"

typedef enum ReadyHow {
    READY_HEALTHCHECK,
    READY_HTTP,
    READY_TCP,
    READY_LOG,
    READY_EXEC,
    READY_EXIT
} ReadyHow;

typedef struct ReadySpec {
    ReadyHow how;
    int port;            /* of HTTP and TCP, in the container */
    const char *path;    /* of HTTP: asked for as it is; "/" */
    int status;          /* of HTTP: 200; a redirect is not followed, it has a status too */
    const char *log;     /* text within one line of its output */
    const StrList *exec; /* a command in it that exits with 0 */
    int exit_code;       /* of EXIT: the status that it ends with */

    const char *alias; /* its name on the network; NULL: its id */
    /* Called when this process, in a container itself, was put on the network to reach it: kind
     * "connection", id "network/container". NULL: it is not put there. */
    void (*made)(void *context, const char *kind, const char *id);
    void *made_context;
} ReadySpec;

typedef struct Readiness {
    bool ready;
    bool ended;       /* the container has ended; with READY_EXIT it may be ready all the same */
    int exit_code;    /* once it has ended */
    int64_t after_ms; /* since the wait began */
    char *seen; /* what was seen last, on one line, cleaned, capped: "HTTP 503: starting", "redirect
                   to /login (302)", "connection refused", "unhealthy: ..."; NULL nothing */
} Readiness;

/**
 * Poll a started container until it is ready, has ended, or the time is over: none of the three is
 * an Error. A container that is unhealthy may still become healthy, and is waited for.
 *
 * @param network  that it is on: id or name
 * @param[out] ret  readiness_clear; untouched on error
 * @return NULL; ERR_INVALID: READY_HEALTHCHECK of a container without a health check;
 * ERR_CANCELLED; else as the engine's calls
 */
MUST_USE Error *engine_ready_wait(Engine *engine, const char *container, const char *network,
                                  const ReadySpec *spec, Deadline dl, Readiness *ret);
void readiness_clear(Readiness *readiness);
DEFINE_AUTO_VALUE(readiness, Readiness, readiness_clear)
