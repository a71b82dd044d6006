#include <string.h>

#include "engine/internal.h"

#define PULL_RETRIES   3
#define RETRY_PAUSE_MS 1000 /* doubled each time */
#define SHOW_EVERY_MS  100
#define LAYERS_MAX     1024

typedef struct Layer {
    char *id;
    int64_t done_bytes, total_bytes;
} Layer;

typedef struct Pull {
    Engine *engine;
    const char *what;
    Layer *items; /* of the current attempt */
    size_t len, cap;
    int64_t shown_ms;
    char *failure; /* the first that the stream reports */
} Pull;

static void pull_clear(Pull *pull)
{
    for (size_t i = 0; i < pull->len; i++)
        free(pull->items[i].id);
    free(pull->items);
    free(pull->failure);
    *pull = (Pull){0};
}

DEFINE_AUTO_VALUE(pull, Pull, pull_clear)

/* --- the stream ------------------------------------------------------------------------------ */

static Layer *layer_of(Pull *pull, const char *id)
{
    for (size_t i = 0; i < pull->len; i++)
        if (text_eq(pull->items[i].id, id))
            return &pull->items[i];
    if (pull->len == LAYERS_MAX)
        return NULL;
    LIST_PUSH(pull, ((Layer){.id = xstrdup(id)}));
    return &pull->items[pull->len - 1];
}

static void show(Pull *pull)
{
    ProgressEvent event = {.kind = PROGRESS_TRANSFER, .what = pull->what};
    int64_t now = clock_now_ms();

    if (now - pull->shown_ms < SHOW_EVERY_MS)
        return;
    pull->shown_ms = now;
    for (size_t i = 0; i < pull->len; i++) {
        /* sums of outside numbers: what does not fit is not added */
        if (__builtin_add_overflow(event.done_bytes, pull->items[i].done_bytes,
                                   &event.done_bytes) ||
            __builtin_add_overflow(event.total_bytes, pull->items[i].total_bytes,
                                   &event.total_bytes))
            return;
    }
    if (event.total_bytes > 0)
        progress_emit(pull->engine->progress, event);
}

/* Only the download counts as transfer; extracting reports the same sizes a second time. */
static void note_layer(Pull *pull, const cJSON *object)
{
    const char *status = json_str_or(object, "status", ""), *id = json_str_or(object, "id", NULL);
    int64_t current = json_i64_or(object, "progressDetail.current", 0);
    int64_t total = json_i64_or(object, "progressDetail.total", 0);
    Layer *layer;

    if (!id || current < 0 || total < 0)
        return;
    if (text_eq(status, "Downloading")) {
        layer = layer_of(pull, id);
        if (layer) {
            layer->done_bytes = current;
            layer->total_bytes = total > current ? total : current;
        }
    } else if (text_eq(status, "Download complete")) {
        layer = layer_of(pull, id);
        if (layer)
            layer->done_bytes = layer->total_bytes;
    } else {
        return;
    }
    show(pull);
}

static Error *on_object(void *context, const cJSON *object)
{
    Pull *pull = context;
    const char *failure = json_stream_failure(object);

    /* read to the end all the same: hanging up would cancel what other layers still do */
    if (failure && !pull->failure)
        pull->failure = xstrdup(failure);
    if (!failure)
        note_layer(pull, object);
    return NULL;
}

/* --- one attempt ----------------------------------------------------------------------------- */

static char *pull_path(const ImageRef *ref, const char *platform)
{
    /* the full name: Podman asks its own list of registries about a short one. Without a tag the
     * engine would pull every tag. */
    AUTO(str) char *name = xasprintf("%s/%s", ref->registry, ref->repository);
    AUTO(str) char *image = http_encode(name);
    AUTO(str) char *tag = http_encode(ref->digest ? ref->digest : ref->tag ? ref->tag : "latest");
    AUTO(str) char *wanted = text_is_empty(platform) ? NULL : http_encode(platform);

    return xasprintf("/images/create?fromImage=%s&tag=%s%s%s", image, tag,
                     wanted ? "&platform=" : "", wanted ? wanted : "");
}

/* @param[out] ret_again  the error may be gone a moment later */
static Error *pull_once(Pull *pull, const HttpRequest *request, const ImageRef *ref, Deadline dl,
                        bool *ret_again)
{
    AUTO(json_stream) JsonStream stream;
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(str) char *message = NULL;
    AUTO(error) Error *err = NULL;
    HttpRequest attempt = *request;

    json_stream_init(&stream, on_object, pull);
    attempt.sink = json_stream_feed;
    attempt.sink_context = &stream;
    err = engine_send(pull->engine, &attempt, dl, &reply);
    if (!err && reply.status == 200)
        err = json_stream_end(&stream);
    if (err) {
        *ret_again = err->code == ERR_SYSTEM; /* the connection to the engine */
        return TAKE(err);
    }
    /* what fails before the engine's first flush has a status; later it stands in the 200 */
    message = reply.status == 200 ? TAKE(pull->failure) : engine_reply_message(&reply);
    if (!message)
        return NULL;
    *ret_again = registry_error_is_transient(message, reply.status);
    return registry_error(message, reply.status == 200 ? 0 : reply.status, ref);
}

/* Wait before another attempt. @return false when there is no time for it */
static bool pause_before(Pull *pull, int pause_ms, Deadline dl, const Error *why)
{
    AUTO(str) char *text = xasprintf("%s; trying again", why->msg);
    AUTO(error) Error *stopped = NULL;

    if (deadline_left_ms(dl) <= pause_ms)
        return false;
    progress_emit(pull->engine->progress,
                  (ProgressEvent){.kind = PROGRESS_NOTE, .what = pull->what, .text = text});
    stopped = cancel_sleep(pull->engine->cancel, pause_ms);
    return !stopped;
}

static Error *pull_with_retries(Engine *engine, const char *what, const HttpRequest *request,
                                const ImageRef *ref, Deadline dl)
{
    int pause_ms = RETRY_PAUSE_MS;

    for (int left = PULL_RETRIES;; left--, pause_ms *= 2) {
        AUTO(pull) Pull pull = {.engine = engine, .what = what};
        bool again = false;
        AUTO(error) Error *err = pull_once(&pull, request, ref, dl, &again);

        if (!err || !again || left == 0)
            return TAKE(err);
        if (!pause_before(&pull, pause_ms, dl, err)) {
            TRY(cancel_check(engine->cancel));
            return TAKE(err);
        }
    }
}

Error *engine_image_pull(Engine *engine, const char *ref, const char *platform, Deadline dl)
{
    AUTO(image_ref) ImageRef parsed = {0};
    AUTO(str_list) StrList headers = {0};
    AUTO(str) char *path = NULL, *what = NULL;
    int64_t began_ms = clock_now_ms();
    Error *err;

    TRY(image_ref_parse(ref, &parsed));
    registry_add_auth(engine, ref, dl, &headers);
    path = pull_path(&parsed, platform);
    what = xasprintf("pull %s", ref);
    progress_emit(engine->progress, (ProgressEvent){.kind = PROGRESS_BEGIN, .what = what});
    err = pull_with_retries(engine, what,
                            &(HttpRequest){.method = "POST", .path = path, .headers = &headers},
                            &parsed, dl);
    progress_emit(engine->progress, (ProgressEvent){.kind = PROGRESS_END,
                                                    .what = what,
                                                    .text = err ? "failed" : NULL,
                                                    .duration_ms = clock_now_ms() - began_ms});
    return err;
}
