#include <string.h>

#include "engine/image_archive.h"

#define SHOW_EVERY_MS 100

typedef struct Load {
    Engine *engine;
    ImageArchive archive;
    const char *what;
    int64_t sent_bytes, shown_ms;
    char *failure; /* the first that the stream reports */
} Load;

static void load_clear(Load *load)
{
    image_archive_clear(&load->archive);
    free(load->failure);
}

DEFINE_AUTO_VALUE(load, Load, load_clear)

static Error *pull_bytes(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Load *load = context;
    int64_t now = clock_now_ms(), total = load->archive.size_bytes;

    TRY(image_archive_pull(&load->archive, buffer, size, ret_len));
    load->sent_bytes += (int64_t)*ret_len;
    if (now - load->shown_ms < SHOW_EVERY_MS)
        return NULL;
    load->shown_ms = now;
    /* a compressed archive is longer on the way than on disk: then the total is not known */
    progress_emit(load->engine->progress,
                  (ProgressEvent){.kind = PROGRESS_TRANSFER,
                                  .what = load->what,
                                  .done_bytes = load->sent_bytes,
                                  .total_bytes = load->sent_bytes > total ? 0 : total});
    return NULL;
}

static Error *on_object(void *context, const cJSON *object)
{
    Load *load = context;
    const char *failure = json_stream_failure(object);

    if (failure && !load->failure)
        load->failure = text_clean(failure, strlen(failure));
    return NULL;
}

static Error *send(Load *load, Deadline dl)
{
    AUTO(json_stream) JsonStream stream;
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(str) char *message = NULL;

    json_stream_init(&stream, on_object, load);
    TRY(engine_send(load->engine,
                    /* curl's default type, a form's, makes the engine swallow the archive */
                    &(HttpRequest){.method = "POST",
                                   .path = "/images/load?quiet=0",
                                   .content_type = "application/x-tar",
                                   .source = pull_bytes,
                                   .source_context = load,
                                   .source_size_bytes = -1,
                                   .sink = json_stream_feed,
                                   .sink_context = &stream},
                    dl, &reply));
    message = reply.status == 200 ? TAKE(load->failure) : engine_reply_message(&reply);
    if (!message)
        return json_stream_end(&stream);
    return error_new(ERR_SYSTEM, 0, "engine: %s%s", message,
                     load->archive.manifest_is_ours
                         ? " (this is an OCI archive; one by docker save suits every engine)"
                         : "");
}

Error *engine_image_load(Engine *engine, const char *path, const char *tag, Deadline dl,
                         char **ret_ref)
{
    AUTO(str) char *what = xasprintf("load %s", path);
    AUTO(load) Load load = {.engine = engine, .what = what, .archive = {.fd = -1}};
    AUTO(engine_image) EngineImage image = {0};
    const char *ref;

    TRY_CTX(image_archive_open(&load.archive, path, tag, &engine->info), "%s", path);
    TRY(send(&load, dl));
    /* Podman takes a short name for one of its own registry "localhost" */
    ref = engine->info.is_podman ? load.archive.full_tag : tag;
    TRY_CTX(engine_image_inspect(engine, ref, dl, &image), "looking for what %s held", path);
    *ret_ref = xstrdup(ref);
    return NULL;
}
