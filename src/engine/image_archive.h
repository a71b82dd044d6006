#pragma once
/* An image archive on its way to an engine, under a tag of ours whatever tags it carries.
 *
 * There are two forms, both at once since Docker 25. Source: moby/moby image/spec (manifest.json,
 * repositories); opencontainers/image-spec, image-layout.md (index.json). */

#include "engine/internal.h"

typedef struct ImageArchive {
    int fd;
    int64_t size_bytes;     /* of the file, maybe compressed */
    char *full_tag;         /* "docker.io/library/seatrial-candidate:run" */
    char *ref_name;         /* the tag alone */
    char *manifest, *index; /* texts of manifest.json and index.json; NULL where absent */
    bool manifest_is_ours;  /* an OCI archive has none, and Docker gets one */
    TarRewrite rewrite;
} ImageArchive;

/**
 * Open an archive and see that it holds one image. Clear it whatever comes back; it stays where it
 * is in memory until then.
 *
 * @return NULL, ERR_INVALID (no such file, no image archive, several images), ERR_PROTOCOL
 * (damaged)
 */
MUST_USE Error *image_archive_open(ImageArchive *archive, const char *path, const char *tag,
                                   const EngineInfo *engine);
/** An HttpSource of the archive with our tag in it: context is the ImageArchive. */
MUST_USE Error *image_archive_pull(void *archive, char *buffer, size_t size, size_t *ret_len);
void image_archive_clear(ImageArchive *archive);
DEFINE_AUTO_VALUE(image_archive, ImageArchive, image_archive_clear)
