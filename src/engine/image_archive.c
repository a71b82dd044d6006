#include "engine/image_archive.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define INDEX_MAX_BYTES (16U << 20)

void image_archive_clear(ImageArchive *archive)
{
    fd_auto_release(&archive->fd);
    free(archive->full_tag);
    free(archive->ref_name);
    free(archive->manifest);
    free(archive->index);
    tar_rewrite_close(&archive->rewrite);
    *archive = (ImageArchive){.fd = -1};
}

/* --- looking into it ------------------------------------------------------------------------- */

static Error *open_file(ImageArchive *archive, const char *path)
{
    struct stat info;

    archive->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (archive->fd < 0)
        return error_new(ERR_INVALID, errno, "cannot be opened: %m");
    if (fstat(archive->fd, &info) != 0)
        return error_errno("cannot be looked at");
    if (!S_ISREG(info.st_mode))
        return error_new(ERR_INVALID, 0, "wanted a file");
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

/* --- tags of ours ---------------------------------------------------------------------------- */

/* Take a member out, and with it all of its name in any case of letters: the engine's decoder (Go)
 * takes the last of them. NULL when there is none. */
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

/* The files that give names to images get ours. Deeper down such files mean nothing, but a link in
 * the archive could lead to them: they are left out. */
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

static Error *add_manifest(void *context, TarWriter *writer)
{
    const ImageArchive *archive = context;
    TarEntry entry = {.path = "manifest.json", .type = TAR_FILE, .mode = 0644};
    AUTO(str) char *text = NULL;
    size_t len;

    if (!archive->manifest_is_ours)
        return NULL;
    TRY(retag_manifest(archive, archive->manifest, &text, &len));
    entry.size_bytes = (int64_t)len;
    return tar_writer_add(writer, &entry, text);
}

/* --- open and read --------------------------------------------------------------------------- */

static Error *name_it(ImageArchive *archive, const char *tag)
{
    AUTO(image_ref) ImageRef ref = {0};

    TRY(image_ref_parse(tag, &ref));
    archive->ref_name = xstrdup(ref.tag ? ref.tag : "latest");
    archive->full_tag = xasprintf("%s/%s:%s", ref.registry, ref.repository, archive->ref_name);
    return NULL;
}

Error *image_archive_open(ImageArchive *archive, const char *path, const char *tag,
                          const EngineInfo *engine)
{
    *archive = (ImageArchive){.fd = -1};
    TRY(name_it(archive, tag));
    TRY(open_file(archive, path));
    TRY(scan(archive));
    TRY(check_contents(archive));
    if (!archive->manifest && !engine->is_podman) {
        TRY(oci_docker_manifest(archive->fd, archive->index, engine, &archive->manifest));
        archive->manifest_is_ours = true;
    }
    if (lseek(archive->fd, 0, SEEK_SET) != 0)
        return error_errno("cannot be read twice");
    return tar_rewrite_open(&archive->rewrite, archive->fd, edit, add_manifest, archive);
}

Error *image_archive_pull(void *context, char *buffer, size_t size, size_t *ret_len)
{
    ImageArchive *archive = context;

    return tar_rewrite_pull(&archive->rewrite, buffer, size, ret_len);
}
