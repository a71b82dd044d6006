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
} Session;

/** Connect to the engine and sweep what ended runs left. @param warnings appended to */
MUST_USE Error *session_open(const Config *config, const Cancel *cancel, const Progress *progress,
                             Session *ret_session, StrList *warnings);
/** Take away what was made since mark (teardown_count), unless --keep or a signal leave it to
 * session_close. */
void session_take_away(Session *session, size_t mark, StrList *warnings);
/** Take away what the run made (unless --keep: then warnings say what is left), and disconnect. */
void session_close(Session *session, StrList *warnings);
/** Milliseconds since the run began. */
int64_t session_elapsed_ms(const Session *session);
