#pragma once
/* An engine client that talks to a story, and what it says on the way. */

#include <string.h>

#include "base/buffer.h"
#include "engine/engine.h"
#include "peer.h"

#define STORY(name) "fixtures/http/engine/" name ".http"

typedef struct Talk {
    Peer *peer;
    Engine *engine;
    Progress progress;
    /* "[kind what: text]" of every event, but of transfers "[3 what done/total]", of steps
     * "[6 what: done of total]" */
    Buf said;
} Talk;

static inline Deadline soon(void)
{
    return deadline_in(20000); /* far beyond what any of these takes */
}

static inline void take_event(void *context, const ProgressEvent *event)
{
    if (event->kind == PROGRESS_TRANSFER)
        buf_addf(context, "[3 %s %lld/%lld]", event->what, (long long)event->done_bytes,
                 (long long)event->total_bytes);
    else if (event->kind == PROGRESS_STEPS)
        buf_addf(context, "[6 %s: %lld of %lld]", event->what, (long long)event->done_steps,
                 (long long)event->total_steps);
    else
        buf_addf(context, "[%d %s: %s]", (int)event->kind, event->what,
                 event->text ? event->text : "");
}

/* Start a story and open an engine on it. */
static inline void talk_begin(Talk *talk, const char *story)
{
    EngineOptions options = {.progress = &talk->progress};
    Error *err;

    *talk = (Talk){.peer = peer_start(story, false)};
    talk->progress = (Progress){.emit = take_event, .context = &talk->said};
    options.url = peer_url(talk->peer);
    err = engine_open(&options, soon(), &talk->engine);
    if (err)
        fail_msg("%s: %s", story, err->msg);
}

static inline void talk_end(Talk *talk)
{
    engine_close(talk->engine);
    peer_finish(talk->peer);
    buf_clear(&talk->said);
}

/* What was said since the last time. */
static inline void said(Talk *talk, const char *want)
{
    assert_string_equal(buf_text(&talk->said), want);
    buf_clear(&talk->said);
}

static inline void works(Error *err)
{
    if (err)
        fail_msg("%s", err->msg);
}

static inline void fails(Error *err, ErrCode code, const char *msg)
{
    if (!err)
        fail_msg("it worked, wanted: %s", msg);
    assert_string_equal(err->msg, msg);
    assert_int_equal(err->code, code);
    error_free(err);
}

/* Nothing of the user's configuration counts. */
static inline int no_configuration(void **state)
{
    static const char *const NAMES[] = {
        "DOCKER_HOST",      "DOCKER_CONTEXT",     "DOCKER_TLS_VERIFY",  "DOCKER_TLS",
        "DOCKER_CERT_PATH", "DOCKER_API_VERSION", "DOCKER_AUTH_CONFIG", "XDG_RUNTIME_DIR"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        (void)unsetenv(NAMES[i]);
    return setenv("DOCKER_CONFIG", "/nonexistent", 1);
}
