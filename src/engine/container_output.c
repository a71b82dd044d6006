#include <string.h>

#include "engine/internal.h"
#include "engine/logs.h"

#define WAIT_RETRIES  3
#define WAIT_PAUSE_MS 500

/* --- what it writes while it runs ------------------------------------------------------------ */

/* One of stdout and stderr: lines of one do not break those of the other. */
typedef struct FollowStream {
    Lines lines;
    uint64_t seen_bytes, skip_bytes; /* shown so far; to be passed over when it is read again */
} FollowStream;

typedef struct Follow {
    LogDemux demux;
    FollowStream streams[2];
    bool complete; /* the log was followed to its end */
} Follow;

static Error *on_frame(void *context, LogStream stream, const char *bytes, size_t len)
{
    Follow *follow = context;
    FollowStream *to = &follow->streams[stream == LOG_STDOUT ? 0 : 1];
    size_t known = to->skip_bytes < len ? (size_t)to->skip_bytes : len;

    to->skip_bytes -= known;
    to->seen_bytes += len - known;
    lines_feed(&to->lines, bytes + known, len - known);
    return NULL;
}

static Error *on_log_bytes(void *context, const char *bytes, size_t len)
{
    Follow *follow = context;

    return log_demux_feed(&follow->demux, bytes, len);
}

static void follow_init(Follow *follow, const Engine *engine, const char *what)
{
    *follow = (Follow){0};
    /* our containers have no TTY, so their output is framed, whatever the API version */
    log_demux_init(&follow->demux, false, on_frame, follow);
    for (size_t i = 0; i < COUNT_OF(follow->streams); i++)
        lines_init(&follow->streams[i].lines, engine->progress, what);
}

/* The answer about the end may come before the last lines do: show what was not shown yet. */
static Error *follow_rest(Engine *engine, const char *id, Follow *follow, Deadline dl)
{
    AUTO(str) char *encoded = http_encode(id);
    AUTO(str) char *path = xasprintf("/containers/%s/logs?stdout=1&stderr=1", encoded);
    AUTO(http_reply) HttpReply reply = {0};

    log_demux_init(&follow->demux, false, on_frame, follow);
    for (size_t i = 0; i < COUNT_OF(follow->streams); i++)
        follow->streams[i].skip_bytes = follow->streams[i].seen_bytes;
    return engine_call(
        engine,
        &(HttpRequest){.method = "GET", .path = path, .sink = on_log_bytes, .sink_context = follow},
        dl, &reply);
}

static void follow_end(Engine *engine, const char *id, Follow *follow, bool stopped, Deadline dl)
{
    if (stopped && !follow->complete)
        /* lines for the eye: what the report shows of the log is read on its own */
        error_ignore(follow_rest(engine, id, follow, dl));
    for (size_t i = 0; i < COUNT_OF(follow->streams); i++)
        lines_end(&follow->streams[i].lines);
}

/* --- waiting for its end --------------------------------------------------------------------- */

static Error *read_wait(const HttpReply *reply)
{
    AUTO(json) cJSON *root = NULL;
    int64_t status;
    const char *message;

    if (reply->status != 200)
        return engine_reply_error(reply);
    TRY(json_parse(reply->body.data, reply->body.len, "wait", &root));
    message = json_str_or(root, "Error.Message", NULL);
    if (!text_is_empty(message))
        return error_new(ERR_SYSTEM, 0, "engine: %s", message);
    return json_get_i64(root, "wait", "StatusCode", &status);
}

/* One request that waits and, beside it, one that follows the log. */
static Error *wait_once(Engine *engine, const char *id, Follow *follow, Deadline dl)
{
    AUTO(str) char *encoded = http_encode(id);
    /* "next-exit" would need to be sent before the start, and Podman can miss a fast exit then
     * (containers/podman#28514); this one answers at once when it has stopped already */
    AUTO(str)
    char *wait = xasprintf("/v%s/containers/%s/wait?condition=not-running",
                           engine->info.api_version, encoded);
    AUTO(str)
    char *logs = xasprintf("/v%s/containers/%s/logs?stdout=1&stderr=1&follow=1",
                           engine->info.api_version, encoded);
    HttpExchange exchanges[2] = {
        {.request = {.method = "POST", .path = wait}},
        {.request = {.method = "GET", .path = logs, .sink = on_log_bytes, .sink_context = follow},
         .auxiliary = true},
    };
    Error *err = http_send_all(engine->http, exchanges, follow ? 2 : 1, dl);

    if (!err)
        err = TAKE(exchanges[0].error);
    if (!err)
        err = read_wait(&exchanges[0].reply);
    if (follow)
        follow->complete =
            exchanges[1].done && !exchanges[1].error && exchanges[1].reply.status == 200;
    for (size_t i = 0; i < COUNT_OF(exchanges); i++) {
        http_reply_clear(&exchanges[i].reply);
        error_free(exchanges[i].error); /* the log is read again after the end */
    }
    return err;
}

Error *engine_container_wait(Engine *engine, const char *id, const char *what, bool follow,
                             Deadline dl)
{
    AUTO(error) Error *err = NULL;
    Follow output;

    follow_init(&output, engine, what);
    err = wait_once(engine, id, follow ? &output : NULL, dl);
    /* a lost connection says nothing about the container; asking again is free. The log is not
     * followed any more: it would begin anew. */
    for (int left = WAIT_RETRIES; err && err->code == ERR_SYSTEM && left > 0; left--) {
        if (deadline_left_ms(dl) <= WAIT_PAUSE_MS)
            break;
        TRY(cancel_sleep(engine->cancel, WAIT_PAUSE_MS));
        error_free(TAKE(err));
        err = wait_once(engine, id, NULL, dl);
    }
    if (follow)
        follow_end(engine, id, &output, !err, dl);
    if (err && err->code == ERR_TIMEOUT)
        return error_new(ERR_TIMEOUT, 0, "container %.12s did not stop in time", id);
    return TAKE(err);
}

/* --- the end of its log ---------------------------------------------------------------------- */

/* The engine orders the two streams as it read them: a flood on one may come after the last words
 * on the other, so standard error has a tail of its own beside the common one. */
typedef struct TailReader {
    LogDemux demux;
    Tail all, errors;
} TailReader;

static Error *on_tail_frame(void *context, LogStream stream, const char *bytes, size_t len)
{
    TailReader *reader = context;

    tail_append(&reader->all, bytes, len);
    if (stream == LOG_STDERR)
        tail_append(&reader->errors, bytes, len);
    return NULL;
}

static Error *on_tail_bytes(void *context, const char *bytes, size_t len)
{
    TailReader *reader = context;

    return log_demux_feed(&reader->demux, bytes, len);
}

static void tail_reader_init(TailReader *reader, size_t max_bytes)
{
    tail_init(&reader->errors, max_bytes / 4);
    tail_init(&reader->all, max_bytes - max_bytes / 4);
    log_demux_init(&reader->demux, false, on_tail_frame, reader);
}

static void tail_reader_clear(TailReader *reader)
{
    tail_clear(&reader->all);
    tail_clear(&reader->errors);
}

DEFINE_AUTO_VALUE(tail_reader, TailReader, tail_reader_clear)

/* The end of everything; behind it the end of standard error where the flood left nothing of it. */
static char *tail_reader_text(const TailReader *reader)
{
    size_t all_len, errors_len;
    AUTO(str) char *all = tail_text(&reader->all, &all_len);
    AUTO(str) char *errors = tail_text(&reader->errors, &errors_len);
    AUTO(str) char *clean = text_clean(all, all_len);
    AUTO(str) char *clean_errors = text_clean(errors, errors_len);

    if (!*clean_errors || reader->all.total <= reader->all.cap || strstr(clean, clean_errors))
        return TAKE(clean);
    return xasprintf("%s%s... and on standard error:\n%s", clean,
                     text_ends(clean, "\n") ? "" : "\n", clean_errors);
}

Error *engine_container_log_tail(Engine *engine, const char *id, size_t max_bytes, Deadline dl,
                                 char **ret_text)
{
    AUTO(str) char *encoded = http_encode(id);
    /* Every line has a byte at least, its newline: so many lines are enough. With a number, Podman
     * 4.3 glues a last line that has no newline to the one before it; "all" reads it right. */
    AUTO(str)
    char *lines = engine->info.is_podman ? xstrdup("all") : xasprintf("%zu", max_bytes + 1);
    AUTO(str)
    char *path = xasprintf("/containers/%s/logs?stdout=1&stderr=1&tail=%s", encoded, lines);
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(tail_reader) TailReader reader = {0};

    tail_reader_init(&reader, max_bytes);
    TRY(engine_call(
        engine,
        &(HttpRequest){
            .method = "GET", .path = path, .sink = on_tail_bytes, .sink_context = &reader},
        dl, &reply));
    *ret_text = tail_reader_text(&reader);
    return NULL;
}

/* --- standard error, whole ------------------------------------------------------------------- */

typedef struct ErrorsReader {
    LogDemux demux;
    EngineLogSink sink;
    void *context;
} ErrorsReader;

static Error *on_errors_frame(void *context, LogStream stream, const char *bytes, size_t len)
{
    const ErrorsReader *reader = context;

    return stream == LOG_STDERR ? reader->sink(reader->context, bytes, len) : NULL;
}

static Error *on_errors_bytes(void *context, const char *bytes, size_t len)
{
    ErrorsReader *reader = context;

    return log_demux_feed(&reader->demux, bytes, len);
}

Error *engine_container_errors(Engine *engine, const char *id, Deadline dl, EngineLogSink sink,
                               void *context)
{
    AUTO(str) char *encoded = http_encode(id);
    AUTO(str) char *path = xasprintf("/containers/%s/logs?stderr=1", encoded);
    AUTO(http_reply) HttpReply reply = {0};
    ErrorsReader reader = {.sink = sink, .context = context};

    log_demux_init(&reader.demux, false, on_errors_frame, &reader);
    return engine_call(
        engine,
        &(HttpRequest){
            .method = "GET", .path = path, .sink = on_errors_bytes, .sink_context = &reader},
        dl, &reply);
}
