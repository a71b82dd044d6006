#pragma once
/* One attempt each: is it ready now? What was seen goes to *seen, which is replaced. */

#include "engine/ready.h"
#include "engine/ways.h"

#define SEEN_BYTES 300 /* of what a container said: enough to know it again */

/** Ask the ways in turn. */
MUST_USE Error *ready_try_port(const Cancel *cancel, const ReadySpec *spec, Ways *ways, Deadline dl,
                               bool *ret_ready, char **seen);

/* The health check of a container, and what was learnt about it. */
typedef struct HealthProbe {
    StrList test; /* as words; empty: none, or not known yet */
    int64_t timeout_ms;
    bool known;
    Deadline next_own; /* when it is run by ourselves again */
} HealthProbe;

MUST_USE Error *ready_try_health(Engine *engine, const char *container, HealthProbe *probe,
                                 Deadline dl, bool *ret_ready, char **seen);
void health_probe_clear(HealthProbe *probe);
DEFINE_AUTO_VALUE(health_probe, HealthProbe, health_probe_clear)

/** Text of *seen; caller's text is cleaned and capped. */
void ready_seen(char **seen, const char *prefix, const char *text, size_t len);

/* Finds text within one line of a stream that comes in pieces. */
typedef struct LineFinder {
    const char *wanted; /* without a line break, not empty */
    char *carry;        /* end of what came before: shorter than wanted */
    size_t carry_len;
    bool found;
} LineFinder;

void line_finder_feed(LineFinder *finder, const char *bytes, size_t len);
void line_finder_clear(LineFinder *finder);

/** Follow its log from the beginning until the text is there, the container ends, or the time is
 * over. */
MUST_USE Error *ready_follow_log(Engine *engine, const char *container, const char *wanted,
                                 Deadline dl, bool *ret_found);
