#pragma once
/* What all parts of one run share. */

#include "config/config.h"
#include "engine/engine.h"
#include "model/report.h"
#include "verify/teardown.h"

typedef struct Session {
    const Config *config;     /* borrowed */
    const Cancel *cancel;     /* borrowed */
    const Progress *progress; /* borrowed */
    char *run_id;             /* 12 hex digits */
    int64_t began_ms;         /* monotonic */
    StrMap labels;            /* for every object made */
    Engine *engine;
    Teardown *teardown;
    struct SessionSweep *sweep; /* under way; NULL in the copies of lanes */
} Session;

/** Connect to the engine, and begin to sweep what ended runs left. */
MUST_USE Error *session_open(const Config *config, const Cancel *cancel, const Progress *progress,
                             Session *ret_session);
/** Await the sweep: its warnings go before those that are there. */
void session_await_sweep(Session *session, StrList *warnings);
/** Nobody needs an object of the run any more; --keep leaves it all the same. */
void session_release(const Session *session, TeardownKind kind, const char *id);
/** Take away what was made since mark (teardown_count), unless --keep or a signal leave it to
 * session_close. */
void session_take_away(Session *session, size_t mark, StrList *warnings);
/** Take away what the run made (unless --keep: then warnings say what is left), await the sweep,
 * and disconnect. */
void session_close(Session *session, StrList *warnings);
/** Milliseconds since the run began. */
int64_t session_elapsed_ms(const Session *session);
