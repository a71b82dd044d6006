#include "engine/internal.h"

static char *archive_path(const char *id, const char *path)
{
    AUTO(str) char *container = http_encode(id);
    AUTO(str) char *encoded = http_encode(path);

    return xasprintf("/containers/%s/archive?path=%s", container, encoded);
}

Error *engine_archive_get(Engine *engine, const char *id, const char *path, Deadline dl,
                          EngineSink sink, void *context)
{
    AUTO(str) char *url = archive_path(id, path);
    AUTO(http_reply) HttpReply reply = {0};

    return engine_call(
        engine, &(HttpRequest){.method = "GET", .path = url, .sink = sink, .sink_context = context},
        dl, &reply);
}

Error *engine_archive_put(Engine *engine, const char *id, const char *path, Deadline dl,
                          EngineSource source, void *context, int64_t size_bytes)
{
    AUTO(str) char *url = archive_path(id, path);
    AUTO(http_reply) HttpReply reply = {0};

    return engine_call(engine,
                       &(HttpRequest){.method = "PUT",
                                      .path = url,
                                      .content_type = "application/x-tar",
                                      .source = source,
                                      .source_context = context,
                                      .source_size_bytes = size_bytes},
                       dl, &reply);
}
