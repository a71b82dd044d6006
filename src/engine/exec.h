#pragma once
/* A command in a container that runs already. */

#include "engine/engine.h"

/* What a shell says of a command that cannot be run; of the engine it is 126 or 127, either way
 * (moby/moby#45795). */
#define EXEC_NOT_RUN 127

typedef struct ExecSpec {
    const StrList *words;
    EngineSink sink; /* takes what it writes, both streams in turn; NULL: nobody */
    void *context;
} ExecSpec;

/**
 * Run a command in a running container, as the container's user, to its end.
 *
 * @param dl  when it is over the command is left to itself: the engine has no way to end it
 * @param[out] ret_status  0..255; EXEC_NOT_RUN when there is no such command, and why is what the
 * sink got then; untouched on error
 * @return NULL; ERR_NOT_FOUND: no such container; ERR_CONFLICT: it does not run; ERR_TIMEOUT;
 * ERR_CANCELLED; ERR_PROTOCOL; or the sink's error as it is
 * Source: Engine API, POST /containers/{id}/exec, POST /exec/{id}/start, GET /exec/{id}/json
 */
MUST_USE Error *engine_exec(Engine *engine, const char *id, const ExecSpec *spec, Deadline dl,
                            int *ret_status);
/** The same with the end of its output, max_bytes at the most, cleaned and on one line. */
MUST_USE Error *engine_exec_text(Engine *engine, const char *id, const StrList *words,
                                 size_t max_bytes, Deadline dl, int *ret_status, char **ret_text);
