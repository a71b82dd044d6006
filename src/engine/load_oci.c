#include <string.h>
#include <unistd.h>

#include "engine/internal.h"

/* Docker's own image store loads no archive without a manifest.json, and an OCI archive has none.
 * What it asks for, the configuration and the layers in their order, stands in the OCI manifest;
 * the file that docker save writes since 25.0 names the same blobs. Source: moby/moby
 * image/tarexport/load.go; opencontainers/image-spec, manifest.md, image-index.md */

#define BLOB_MAX_BYTES (8U << 20)
#define INDEX_DEPTH    4

/* "sha256:..." is "blobs/sha256/..."; NULL when it is no digest. Caller frees. */
static char *blob_path(const char *digest)
{
    size_t name = digest ? strspn(digest, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
    size_t hex = name && digest[name] == ':' ? strspn(digest + name + 1, "0123456789abcdef") : 0;

    if (hex < 32 || digest[name + 1 + hex])
        return NULL;
    return xasprintf("blobs/%.*s/%s", (int)name, digest, digest + name + 1);
}

static Error *read_blob(int fd, const char *digest, cJSON **ret_blob)
{
    AUTO(str) char *path = blob_path(digest);
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(str) char *text = NULL;
    TarEntry entry;
    bool more = true;
    size_t len;

    if (!path)
        return error_new(ERR_INVALID, 0, "its index names an image without a digest");
    if (lseek(fd, 0, SEEK_SET) != 0)
        return error_errno("reading the archive again");
    TRY(tar_reader_open_fd(fd, &reader));
    while (more) {
        TRY(tar_reader_next(reader, &entry, &more));
        if (!more || !text_eq(entry.path, path))
            continue;
        TRY(tar_reader_text(reader, BLOB_MAX_BYTES, &text, &len));
        return json_parse(text, len, path, ret_blob);
    }
    return error_new(ERR_INVALID, 0, "its index names %s, which is not in it", path);
}

/* The digest of the image for a platform; the only one when there is no choice. NULL when none. */
static const char *choose(const cJSON *list, const EngineInfo *platform)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, list)
    {
        if (text_eq(json_str_or(item, "platform.os", ""), platform->os) &&
            text_eq(json_str_or(item, "platform.architecture", ""), platform->arch))
            return json_str_or(item, "digest", NULL);
    }
    return cJSON_GetArraySize(list) == 1 ? json_str_or(list, "0.digest", NULL) : NULL;
}

/* From the index, or indexes within it, to the manifest of one image. */
static Error *find_manifest(int fd, const char *index, const EngineInfo *platform,
                            cJSON **ret_manifest)
{
    AUTO(json) cJSON *blob = NULL;

    TRY(json_parse(index, strlen(index), "index.json", &blob));
    for (int depth = 0; depth < INDEX_DEPTH; depth++) {
        const cJSON *list = json_member(blob, "manifests");
        /* index.json may tell one image several times, by its several tags: the first will do */
        const char *digest =
            depth == 0 ? json_str_or(list, "0.digest", NULL) : choose(list, platform);
        cJSON *next = NULL;

        if (!digest)
            return error_new(ERR_INVALID, 0, "it has no image for %s/%s", platform->os,
                             platform->arch);
        TRY(read_blob(fd, digest, &next));
        cJSON_Delete(blob);
        blob = next;
        if (!json_member(blob, "manifests")) {
            *ret_manifest = TAKE(blob);
            return NULL;
        }
    }
    return error_new(ERR_INVALID, 0, "its index leads to other indexes without end");
}

Error *oci_docker_manifest(int fd, const char *index, const EngineInfo *platform,
                           char **ret_manifest)
{
    AUTO(json) cJSON *manifest = NULL, *list = json_array();
    AUTO(json_text) char *text = NULL;
    cJSON *image = json_object(), *layers = json_array();
    const cJSON *layer;
    AUTO(str) char *config = NULL;

    json_push(list, image);
    json_set(image, "Layers", layers);
    TRY(find_manifest(fd, index, platform, &manifest));
    config = blob_path(json_str_or(manifest, "config.digest", NULL));
    if (!config)
        return error_new(ERR_INVALID, 0, "its manifest names no configuration");
    json_set_str(image, "Config", config);
    cJSON_ArrayForEach(layer, json_member(manifest, "layers"))
    {
        AUTO(str) char *path = blob_path(json_str_or(layer, "digest", NULL));

        if (!path)
            return error_new(ERR_INVALID, 0, "its manifest names a layer without a digest");
        json_push_str(layers, path);
    }
    text = json_print(list, false);
    *ret_manifest = xstrdup(text);
    return NULL;
}
