#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/internal.h"

#define INDEX_MAX_BYTES (16U << 20)
#define SHOW_EVERY_MS   100

/* The two forms that an image archive may have, both at once since Docker 25.
 * Source: moby/moby image/spec (manifest.json, repositories); opencontainers/image-spec,
 * image-layout.md (index.json); the annotations are containerd's and Podman's names of an image. */
typedef struct ImageArchive {
    Engine *engine;
    const char *path;
    int fd;
    int64_t size_bytes;
    const char *tag;  /* as asked for */
    char *full_tag;   /* "docker.io/library/seatrial-candidate:run" */
    char *ref_name;   /* the tag alone */
    char *manifest, *index; /* texts of manifest.json and index.json; NULL where absent */
    TarRewrite rewrite;
    char *what;
    int64_t sent_bytes, shown_ms;
    char *failure;
} ImageArchive;

static void image_archive_clear(ImageArchive *archive)
{
    fd_auto_release(&archive->fd);
    free(archive->full_tag);
    free(archive->ref_name);
    free(archive->manifest);
    free(archive->index);
    tar_rewrite_close(&archive->rewrite);
    free(archive->what);
    free(archive->failure);
}

DEFINE_AUTO_VALUE(image_archive, ImageArchive, image_archive_clear)

/* --- looking into it ---------------------------------------------------------------------------- */

static Error *open_archive(ImageArchive *archive)
{
    struct stat info;

    archive->fd = open(archive->path, O_RDONLY | O_CLOEXEC);
    if (archive->fd < 0)
        return error_new(ERR_INVALID, errno, "%s: cannot be opened: %m", archive->path);
    if (fstat(archive->fd, &info) != 0)
        return error_errno("%s", archive->path);
    if (!S_ISREG(info.st_mode))
        return error_new(ERR_INVALID, 0, "%s: wanted the file of an image archive", archive->path);
    archive->size_bytes = info.st_size;
    return NULL;
}

static Error *keep_text(TarReader *reader, const TarEntry *entry, char **slot)
{
    size_t len;

    if (entry->type != TAR_FILE)
        return error_new(ERR_INVALID, 0, "its %s is no file", entry->path);
    free(TAKE(*slot)); /* unpacking the archive, too, lets the last one win */
    return tar_reader_text(reader, INDEX_MAX_BYTES, slot, &len);
}

static Error *scan(ImageArchive *archive)
{
    AUTO(tar_reader) TarReader *reader = NULL;
    TarEntry entry;
    bool more;

    TRY(tar_reader_open_fd(archive->fd, &reader));
    for (;;) {
        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            break;
        if (text_eq(entry.path, "manifest.json"))
            TRY(keep_text(reader, &entry, &archive->manifest));
        else if (text_eq(entry.path, "index.json"))
            TRY(keep_text(reader, &entry, &archive->index));
    }
    if (archive->manifest || archive->index)
        return NULL;
    return error_new(ERR_INVALID, 0,
                     "it has neither manifest.json nor index.json: wanted an archive by docker "
                     "save or an OCI archive (docker export makes none)");
}

/* --- tags of ours ------------------------------------------------------------------------------- */

/* Take a member out, and with it all of its name in any case of letters: the engine's decoder (Go) takes
 * the last of them. NULL when there is none. */
static cJSON *take_member(cJSON *object, const char *key)
{
    cJSON *found = NULL, *item;

    while ((item = cJSON_DetachItemFromObject(object, key))) {
        cJSON_Delete(found);
        found = item;
    }
    return found;
}

static Error *one_image(const cJSON *list, const char *file)
{
    int count = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : -1;

    if (count < 0)
        return error_new(ERR_INVALID, 0, "its %s is no list of images", file);
    if (count != 1)
        return error_new(ERR_INVALID, 0, "its %s lists %d images; wanted one", file, count);
    return NULL;
}

static Error *print(const cJSON *root, char **ret_text, size_t *ret_len)
{
    AUTO(json_text) char *text = json_print(root, false);

    *ret_text = xstrdup(text);
    *ret_len = strlen(text);
    return NULL;
}

static Error *retag_manifest(const ImageArchive *archive, const char *text, char **ret_text,
                             size_t *ret_len)
{
    AUTO(json) cJSON *root = NULL;
    cJSON *image, *tags;

    TRY(json_parse(text, strlen(text), "manifest.json", &root));
    image = cJSON_GetArrayItem(root, 0);
    tags = json_array();
    json_push_str(tags, archive->full_tag);
    cJSON_Delete(take_member(image, "RepoTags"));
    json_set(image, "RepoTags", tags);
    return print(root, ret_text, ret_len);
}

static void rename_descriptor(const ImageArchive *archive, cJSON *descriptor, bool is_first)
{
    static const char *const NAMES[] = {"org.opencontainers.image.ref.name",
                                        "io.containerd.image.name"};
    cJSON *annotations = take_member(descriptor, "annotations");

    if (!cJSON_IsObject(annotations)) {
        cJSON_Delete(annotations);
        annotations = json_object();
    }
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        cJSON_Delete(take_member(annotations, NAMES[i]));
    if (is_first) {
        json_set_str(annotations, NAMES[0], archive->ref_name);
        json_set_str(annotations, NAMES[1], archive->full_tag);
    }
    json_set(descriptor, "annotations", annotations);
}

static Error *retag_index(const ImageArchive *archive, const char *text, char **ret_text,
                          size_t *ret_len)
{
    AUTO(json) cJSON *root = NULL;
    cJSON *list, *descriptor;
    bool is_first = true;

    TRY(json_parse(text, strlen(text), "index.json", &root));
    list = take_member(root, "manifests");
    json_set(root, "manifests", list);
    cJSON_ArrayForEach(descriptor, list)
    {
        rename_descriptor(archive, descriptor, is_first);
        is_first = false;
    }
    return print(root, ret_text, ret_len);
}

/* One image: several descriptors of the same digest are its several tags. */
static Error *check_index(const ImageArchive *archive)
{
    AUTO(json) cJSON *root = NULL;
    AUTO(json) cJSON *list = NULL;
    const cJSON *descriptor;
    const char *first = NULL;

    TRY(json_parse(archive->index, strlen(archive->index), "index.json", &root));
    list = take_member(root, "manifests");
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0)
        return error_new(ERR_INVALID, 0, "its index.json lists no image");
    cJSON_ArrayForEach(descriptor, list)
    {
        const char *digest = json_str_or(descriptor, "digest", NULL);

        if (!digest)
            return error_new(ERR_INVALID, 0, "its index.json lists an image without a digest");
        if (first && !text_eq(first, digest) && !archive->manifest)
            return error_new(ERR_INVALID, 0, "its index.json lists %d images; wanted one",
                             cJSON_GetArraySize(list));
        first = first ? first : digest;
    }
    return NULL;
}

static Error *check_contents(const ImageArchive *archive)
{
    AUTO(json) cJSON *root = NULL;

    if (archive->manifest) {
        TRY(json_parse(archive->manifest, strlen(archive->manifest), "manifest.json", &root));
        TRY(one_image(root, "manifest.json"));
        if (!cJSON_IsObject(cJSON_GetArrayItem(root, 0)))
            return error_new(ERR_INVALID, 0, "its manifest.json describes no image");
    }
    return archive->index ? check_index(archive) : NULL;
}

static bool is_index_name(const char *name)
{
    return text_eq(name, "manifest.json") || text_eq(name, "index.json") ||
           text_eq(name, "repositories");
}

/* The files that give names to images get ours. Deeper down such files mean nothing, but a link in the
 * archive could lead to them: they are left out. */
static Error *edit(void *context, TarReader *reader, const TarEntry *entry, bool *ret_keep,
                   char **ret_text, size_t *ret_len)
{
    const ImageArchive *archive = context;
    const char *slash = strrchr(entry->path, '/');

    (void)reader;
    if (entry->type == TAR_OTHER)
        return error_new(ERR_INVALID, 0, "its entry %s is neither file, folder nor symbolic link",
                         entry->path);
    if (!is_index_name(slash ? slash + 1 : entry->path)) {
        *ret_keep = !text_eq(entry->path, ".");
        return NULL;
    }
    *ret_keep = !slash && !text_eq(entry->path, "repositories");
    if (!*ret_keep)
        return NULL;
    return text_eq(entry->path, "manifest.json")
               ? retag_manifest(archive, archive->manifest, ret_text, ret_len)
               : retag_index(archive, archive->index, ret_text, ret_len);
}

/* --- sending ------------------------------------------------------------------------------------ */

static Error *pull_bytes(void *context, char *buffer, size_t size, size_t *ret_len)
{
    ImageArchive *archive = context;
    int64_t now = clock_now_ms();

    TRY(tar_rewrite_pull(&archive->rewrite, buffer, size, ret_len));
    archive->sent_bytes += (int64_t)*ret_len;
    if (now - archive->shown_ms < SHOW_EVERY_MS)
        return NULL;
    archive->shown_ms = now;
    /* a compressed archive is longer on the way than on disk: then the total is not known */
    progress_emit(archive->engine->progress,
                  (ProgressEvent){.kind = PROGRESS_TRANSFER,
                                  .what = archive->what,
                                  .done_bytes = archive->sent_bytes,
                                  .total_bytes = archive->sent_bytes > archive->size_bytes
                                                     ? 0
                                                     : archive->size_bytes});
    return NULL;
}

static Error *on_object(void *context, const cJSON *object)
{
    ImageArchive *archive = context;
    const char *failure = json_stream_failure(object);

    if (failure && !archive->failure)
        archive->failure = text_clean(failure, strlen(failure));
    return NULL;
}

static Error *refused(const ImageArchive *archive, const char *message)
{
    if (archive->manifest || archive->engine->info.is_podman)
        return error_new(ERR_SYSTEM, 0, "engine: %s", message);
    return error_new(ERR_INVALID, 0,
                     "this engine (%s) does not load an OCI archive without a manifest.json; Podman "
                     "and Docker's containerd image store do. Make it one of docker save "
                     "(skopeo copy oci-archive:IN docker-archive:OUT). engine: %s",
                     archive->engine->info.server, message);
}

static Error *send(ImageArchive *archive, Deadline dl)
{
    AUTO(json_stream) JsonStream stream;
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(str) char *message = NULL;

    if (lseek(archive->fd, 0, SEEK_SET) != 0)
        return error_errno("%s", archive->path);
    TRY(tar_rewrite_open(&archive->rewrite, archive->fd, edit, NULL, archive));
    json_stream_init(&stream, on_object, archive);
    TRY(engine_send(archive->engine,
                    /* curl's default type, a form's, makes the engine swallow the archive */
                    &(HttpRequest){.method = "POST",
                                   .path = "/images/load?quiet=0",
                                   .content_type = "application/x-tar",
                                   .source = pull_bytes,
                                   .source_context = archive,
                                   .source_size_bytes = -1,
                                   .sink = json_stream_feed,
                                   .sink_context = &stream},
                    dl, &reply));
    message = reply.status == 200 ? TAKE(archive->failure) : engine_reply_message(&reply);
    if (message)
        return refused(archive, message);
    return json_stream_end(&stream);
}

static Error *load(ImageArchive *archive, Deadline dl)
{
    AUTO(image_ref) ImageRef ref = {0};

    TRY(image_ref_parse(archive->tag, &ref));
    archive->ref_name = xstrdup(ref.tag ? ref.tag : "latest");
    archive->full_tag = xasprintf("%s/%s:%s", ref.registry, ref.repository, archive->ref_name);
    TRY(open_archive(archive));
    TRY(scan(archive));
    TRY(check_contents(archive));
    return send(archive, dl);
}

Error *engine_image_load(Engine *engine, const char *path, const char *tag, Deadline dl,
                         char **ret_ref)
{
    AUTO(image_archive) ImageArchive archive = {
        .engine = engine, .path = path, .tag = tag, .fd = -1, .what = xasprintf("load %s", path)};
    AUTO(engine_image) EngineImage image = {0};
    const char *ref;

    TRY_CTX(load(&archive, dl), "loading %s", path);
    /* Podman takes a short name for one of its own registry "localhost" */
    ref = engine->info.is_podman ? archive.full_tag : tag;
    TRY_CTX(engine_image_inspect(engine, ref, dl, &image), "looking for what %s held", path);
    *ret_ref = xstrdup(ref);
    return NULL;
}
