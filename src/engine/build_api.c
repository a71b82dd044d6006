#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "engine/internal.h"

#define CONTEXT_MAX_BYTES    (INT64_C(64) << 30)
#define DOCKERFILE_MAX_BYTES (16U << 20)
#define IGNORE_MAX_BYTES     (1U << 20)

/* The classic builder takes the context as a tar; leaving out what .dockerignore names is the
 * client's job. Source: docker/cli, cli/command/image/build. */
typedef struct Upload {
    BuildRun *run;
    Spool *spool;
    char *name;        /* of the Dockerfile within the tar */
    char *extra;       /* its text, when it lies outside the context */
    bool ignore_added; /* .dockerignore was met and got a line for it */
    TarRewrite rewrite;
    int fd; /* of the spool, borrowed */
    char *failure;
} Upload;

static void upload_clear(Upload *upload)
{
    spool_free(upload->spool);
    free(upload->name);
    free(upload->extra);
    tar_rewrite_close(&upload->rewrite);
    free(upload->failure);
}

DEFINE_AUTO_VALUE(upload, Upload, upload_clear)

/* --- the context ----------------------------------------------------------------------------- */

/* A Dockerfile elsewhere travels under a name that nothing else has. */
static Error *place_dockerfile(Upload *upload)
{
    const BuildRun *run = upload->run;
    AUTO(str)
    char *folder = xasprintf("%s%s", run->context, text_ends(run->context, "/") ? "" : "/");
    AUTO(str) char *hex = NULL;
    size_t len;

    if (text_starts(run->dockerfile, folder)) {
        upload->name = xstrdup(run->dockerfile + strlen(folder));
        return NULL;
    }
    TRY(file_read(run->dockerfile, DOCKERFILE_MAX_BYTES, &upload->extra, &len));
    hex = random_hex(16);
    upload->name = xasprintf(".dockerfile.%s", hex);
    return NULL;
}

static Error *read_ignore(const BuildRun *run, TarIgnore **ret_ignore)
{
    AUTO(str) char *path = xasprintf("%s/.dockerignore", run->context);
    AUTO(str) char *text = NULL;
    size_t len;
    AUTO(error) Error *err = file_read(path, IGNORE_MAX_BYTES, &text, &len);

    if (err)
        return err->code == ERR_NOT_FOUND ? NULL : TAKE(err);
    return tar_ignore_parse(text, path, ret_ignore);
}

static Error *pack(Upload *upload)
{
    AUTO(tar_ignore) TarIgnore *ignore = NULL;
    AUTO(str_list) StrList keep = {0};

    TRY(place_dockerfile(upload));
    TRY(read_ignore(upload->run, &ignore));
    TRY(spool_new(CONTEXT_MAX_BYTES, &upload->spool));
    str_list_add(&keep, upload->name);
    str_list_add(&keep, ".dockerignore");
    TRY(tar_folder(upload->run->context, ignore, &keep, tar_to_spool, upload->spool));
    upload->fd = spool_rewind(upload->spool);
    return NULL;
}

/* The builder, too, reads .dockerignore: the added file is not to be copied into an image. */
static Error *add_ignore_line(void *context, TarReader *reader, const TarEntry *entry,
                              bool *ret_keep, char **ret_text, size_t *ret_len)
{
    Upload *upload = context;
    AUTO(str) char *text = NULL;
    size_t len;

    (void)ret_keep;
    if (!text_eq(entry->path, ".dockerignore") || entry->type != TAR_FILE)
        return NULL;
    TRY(tar_reader_text(reader, IGNORE_MAX_BYTES, &text, &len));
    *ret_text = xasprintf("%s\n%s\n", text, upload->name);
    *ret_len = strlen(*ret_text);
    upload->ignore_added = true;
    return NULL;
}

static Error *add_text(TarWriter *writer, const char *name, const char *text)
{
    TarEntry entry = {
        .path = name, .type = TAR_FILE, .mode = 0644, .size_bytes = (int64_t)strlen(text)};

    return tar_writer_add(writer, &entry, text);
}

static Error *add_dockerfile(void *context, TarWriter *writer)
{
    const Upload *upload = context;
    AUTO(str) char *ignore = xasprintf(".dockerignore\n%s\n", upload->name);

    if (!upload->ignore_added)
        TRY(add_text(writer, ".dockerignore", ignore));
    return add_text(writer, upload->name, upload->extra);
}

static Error *pull_spool(void *context, char *buffer, size_t size, size_t *ret_len)
{
    const Upload *upload = context;
    ssize_t len;

    do
        len = read(upload->fd, buffer, size);
    while (len < 0 && errno == EINTR);
    if (len < 0)
        return error_errno("reading the packed build context");
    *ret_len = (size_t)len;
    return NULL;
}

/* --- the request ----------------------------------------------------------------------------- */

static void add_query(Buf *path, const char *key, const char *value)
{
    AUTO(str) char *encoded = text_is_empty(value) ? NULL : http_encode(value);

    if (encoded)
        buf_addf(path, "&%s=%s", key, encoded);
}

static void add_map(Buf *path, const char *key, const StrMap *map, bool from_env)
{
    AUTO(json) cJSON *object = json_object();
    AUTO(json_text) char *text = NULL;

    for (size_t i = 0; map && i < map->len; i++) {
        const char *value = map->items[i].value;

        if (!value && from_env)
            value = getenv(map->items[i].key); /* as --build-arg KEY does */
        if (value)
            json_set_str(object, map->items[i].key, value);
    }
    text = json_print(object, false);
    if (map && map->len > 0)
        add_query(path, key, text);
}

static char *build_path(const Upload *upload)
{
    const EngineBuild *build = upload->run->build;
    AUTO(buf) Buf path = {0};

    buf_adds(&path, "/build?rm=1&forcerm=1");
    add_query(&path, "dockerfile", upload->name);
    add_query(&path, "t", build->tag);
    add_query(&path, "target", build->target);
    add_query(&path, "platform", build->platform);
    add_map(&path, "buildargs", build->args, true);
    add_map(&path, "labels", build->labels, false);
    return buf_take(&path);
}

static Error *on_object(void *context, const cJSON *object)
{
    Upload *upload = context;
    const char *failure = json_stream_failure(object);
    const char *text = json_str_or(object, "stream", NULL);

    if (failure && !upload->failure)
        upload->failure = text_clean(failure, strlen(failure));
    return text ? build_output(upload->run, text, strlen(text)) : NULL;
}

static Error *send(Upload *upload, const StrList *headers, Deadline dl)
{
    AUTO(str) char *path = build_path(upload);
    AUTO(json_stream) JsonStream stream;
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(str) char *message = NULL;
    HttpRequest request = {.method = "POST",
                           .path = path,
                           .headers = headers,
                           .content_type = "application/x-tar",
                           .source = pull_spool,
                           .source_context = upload,
                           .source_size_bytes = spool_size_bytes(upload->spool),
                           .sink = json_stream_feed,
                           .sink_context = &stream};

    json_stream_init(&stream, on_object, upload);
    if (upload->extra) {
        TRY(tar_rewrite_open(&upload->rewrite, upload->fd, add_ignore_line, add_dockerfile,
                             upload));
        request.source = tar_rewrite_pull;
        request.source_context = &upload->rewrite;
        request.source_size_bytes = -1;
    }
    TRY(engine_send(upload->run->engine, &request, dl, &reply));
    message = reply.status == 200 ? TAKE(upload->failure) : engine_reply_message(&reply);
    if (message)
        return build_failed(upload->run, "the engine's builder", message);
    return json_stream_end(&stream);
}

Error *build_by_api(BuildRun *run, Deadline dl)
{
    AUTO(upload) Upload upload = {.run = run};
    AUTO(str_list) StrList headers = {0};
    AUTO(str) char *auth = credentials_header_all(run->engine->cancel, dl);

    TRY(pack(&upload));
    if (auth)
        str_list_addf(&headers, "X-Registry-Config: %s", auth);
    return send(&upload, &headers, dl);
}
