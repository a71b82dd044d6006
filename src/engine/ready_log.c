/* A text in a log that is still being written. */

#include <string.h>

#include "engine/internal.h"
#include "engine/logs.h"
#include "engine/ready_parts.h"

#define LOST_PAUSE_MS 50

static bool contains(const char *bytes, size_t len, const char *wanted)
{
    return memmem(bytes, len, wanted, strlen(wanted)) != NULL;
}

void line_finder_feed(LineFinder *finder, const char *bytes, size_t len)
{
    size_t keep = strlen(finder->wanted) - 1; /* what may still become the text */
    size_t head = len < keep ? len : keep;
    size_t joined = finder->carry_len + head;

    if (finder->found || len == 0)
        return;
    if (!finder->carry)
        finder->carry = xmalloc(2 * keep + 1);
    memcpy(finder->carry + finder->carry_len, bytes, head);
    finder->found =
        contains(finder->carry, joined, finder->wanted) || contains(bytes, len, finder->wanted);
    if (len >= keep) {
        memcpy(finder->carry, bytes + len - keep, keep);
        finder->carry_len = keep;
        return;
    }
    finder->carry_len = joined < keep ? joined : keep;
    memmove(finder->carry, finder->carry + joined - finder->carry_len, finder->carry_len);
}

void line_finder_clear(LineFinder *finder)
{
    free(finder->carry);
    *finder = (LineFinder){0};
}

typedef struct LogFinder {
    LogDemux demux;
    LineFinder streams[2]; /* pieces of one stream do not break a line of the other */
} LogFinder;

static bool is_found(const LogFinder *finder)
{
    return finder->streams[0].found || finder->streams[1].found;
}

static Error *on_frame(void *context, LogStream stream, const char *bytes, size_t len)
{
    LogFinder *finder = context;

    line_finder_feed(&finder->streams[stream == LOG_STDERR], bytes, len);
    return is_found(finder) ? error_new(ERR_CONFLICT, 0, "found: no more of it") : NULL;
}

static Error *on_bytes(void *context, const char *bytes, size_t len)
{
    LogFinder *finder = context;

    return log_demux_feed(&finder->demux, bytes, len);
}

/* From the beginning to the end of the log, or of the connection. */
static Error *follow(Engine *engine, const char *container, const char *wanted, Deadline dl,
                     bool *ret_found)
{
    AUTO(str) char *encoded = http_encode(container);
    AUTO(str) char *path = xasprintf("/containers/%s/logs?stdout=1&stderr=1&follow=1", encoded);
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(error) Error *err = NULL;
    LogFinder finder = {.streams = {{.wanted = wanted}, {.wanted = wanted}}};

    log_demux_init(&finder.demux, false, on_frame, &finder);
    err = engine_call(
        engine,
        &(HttpRequest){.method = "GET", .path = path, .sink = on_bytes, .sink_context = &finder},
        dl, &reply);
    *ret_found = is_found(&finder);
    for (size_t i = 0; i < COUNT_OF(finder.streams); i++)
        line_finder_clear(&finder.streams[i]);
    return *ret_found ? NULL : TAKE(err);
}

Error *ready_follow_log(Engine *engine, const char *container, const char *wanted, Deadline dl,
                        bool *ret_found)
{
    for (;;) {
        AUTO(error) Error *err = follow(engine, container, wanted, dl, ret_found);
        AUTO(container_state) ContainerState state = {0};

        if (*ret_found || (err && err->code == ERR_TIMEOUT))
            return NULL;
        if (err && err->code != ERR_SYSTEM) /* a lost connection: it is read again */
            return TAKE(err);
        TRY(engine_container_inspect(engine, container, deadline_in(ENGINE_LOOK_MS), &state));
        if (!err && !state.running) /* all of it was read */
            return NULL;
        if (deadline_left_ms(dl) <= LOST_PAUSE_MS)
            return NULL;
        TRY(cancel_sleep(engine->cancel, LOST_PAUSE_MS));
    }
}
