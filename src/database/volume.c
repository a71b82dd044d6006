#include "database/volume.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "database/copy.h"
#include "tar/tar.h"

#define COPY_BYTES_MAX ((int64_t)64 << 30) /* of a volume; TMPDIR is full before */
#define ID_MAX         4294967294U         /* the largest uid; the one above means "none" */

/* Where the holder has the volume for us, whatever the image has at the application's path: a
 * symbolic link there would be all that the archive API shows of it. */
#define HOLDER_ROOT "/.seatrial"
#define HOLDER_NAME "volume"
#define HOLDER_PATH HOLDER_ROOT "/" HOLDER_NAME

/* The engine fills an empty volume at create from what the image has at the mount. A second mount
 * of the same volume is ours. Source: moby daemon/create_unix.go, populateVolumes */
static Error *make_holder(const DatabaseContext *context, const Volume *volume, const char *image,
                          bool fill, Deadline dl, char **ret_id)
{
    AUTO(str) char *name = xasprintf("%s-holder", volume->name);
    AUTO(str_list) StrList command = {0};
    AUTO(str_list) StrList entrypoint = {0};
    EngineMount mounts[] = {
        {.volume = volume->name, .path = HOLDER_PATH, .no_copy = true},
        {.volume = volume->name, .path = volume->mount},
    };
    ContainerSpec spec = {
        .name = name,
        .image = image,
        .entrypoint = &entrypoint,
        .command = &command,
        .labels = context->labels,
        .network = "none",
        .mounts = mounts,
        .mount_count = fill ? 2 : 1,
    };

    /* never run, but the engine wants a command, and images of tools may have none */
    str_list_add(&command, "seatrial-holder");
    return engine_container_create(context->engine, &spec, dl, ret_id);
}

Error *volume_make(const DatabaseContext *context, const char *mount, const char *image, bool fill,
                   Deadline dl, Volume *ret_volume)
{
    AUTO(volume) Volume volume = {.mount = xstrdup(mount)};
    AUTO(str) char *unique = random_hex(6);

    /* POST /volumes/create returns a volume of that name when there is one: the name must be new */
    volume.name = xasprintf("%s-data-%s", context->name, unique);
    TRY_CTX(engine_volume_create(context->engine, volume.name, context->labels, dl),
            "making a volume for %s", mount);
    if (context->made)
        context->made(context->made_context, "volume", volume.name);
    TRY_CTX(make_holder(context, &volume, image, fill, dl, &volume.holder),
            "making the container that holds the volume for %s", mount);
    if (context->made)
        context->made(context->made_context, "container", volume.holder);
    *ret_volume = volume;
    volume = (Volume){0};
    return NULL;
}

Error *volume_owner_parse(const char *owner, int64_t *ret_uid, int64_t *ret_gid)
{
    size_t len = strcspn(owner, ":");
    AUTO(str) char *user = xstrndup(owner, len);
    uint64_t uid, gid = 0;
    AUTO(error) Error *err = parse_u64(user, 0, ID_MAX, &uid);

    if (!err && owner[len])
        err = parse_u64(owner + len + 1, 0, ID_MAX, &gid);
    if (err)
        return error_new(ERR_INVALID, 0, "database.owner: wanted 'uid:gid' in numbers, found '%s'",
                         owner);
    *ret_uid = (int64_t)uid;
    *ret_gid = owner[len] ? (int64_t)gid : -1;
    return NULL;
}

/* The entry of the volume's own folder, which an archive begins with. */
static Error *own_folder(Spool *spool, TarEntry *ret_entry)
{
    AUTO(tar_reader) TarReader *reader = NULL;
    TarEntry entry;
    bool more = false;

    TRY(tar_reader_open_fd(spool_rewind(spool), &reader));
    TRY(tar_reader_next(reader, &entry, &more));
    if (!more || entry.type != TAR_DIRECTORY)
        return error_new(ERR_PROTOCOL, 0, "the engine's archive of a volume begins with no folder");
    *ret_entry = entry;
    ret_entry->path = NULL; /* the reader's, which is closed */
    return NULL;
}

static Error *put_spool(Engine *engine, const Volume *volume, const VolumeCopy *copy, Deadline dl)
{
    /* the transfer itself is what a cancel stops: the engine has the flag */
    CopyStream stream = copy_stream(copy, NULL, dl);

    return engine_archive_put(engine, volume->holder, HOLDER_ROOT, dl, copy_stream_read, &stream,
                              spool_size_bytes(copy->spool));
}

/* A folder's entry alone, unpacked into its parent, changes the folder's owner and mode. Source:
 * Engine API, PUT /containers/{id}/archive; seen on Docker 20.10 for the root of a mounted volume.
 */
static Error *put_folder(Engine *engine, const Volume *volume, const TarEntry *folder, Deadline dl)
{
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_writer) TarWriter *writer = NULL;
    AUTO(volume_copy) VolumeCopy *copy = NULL;
    TarEntry entry = *folder;

    entry.path = HOLDER_NAME;
    TRY(spool_new(1 << 20, &spool));
    TRY(tar_writer_open(tar_to_spool, spool, &writer));
    TRY(tar_writer_add(writer, &entry, NULL));
    TRY(tar_writer_finish(TAKE(writer)));
    copy = volume_copy_of(TAKE(spool), volume->mount);
    return put_spool(engine, volume, copy, dl);
}

static Error *set_owner(Engine *engine, const Volume *volume, const char *owner, Deadline dl)
{
    AUTO(spool) Spool *spool = NULL;
    TarEntry folder;
    int64_t uid, gid;

    TRY(volume_owner_parse(owner, &uid, &gid));
    TRY(volume_read(engine, volume, dl, &spool));
    TRY(own_folder(spool, &folder));
    folder.uid = uid;
    folder.gid = gid < 0 ? folder.gid : gid;
    return put_folder(engine, volume, &folder, dl);
}

Error *volume_set_owner(Engine *engine, const Volume *volume, const char *owner, Deadline dl)
{
    TRY_CTX(set_owner(engine, volume, owner, dl), "giving the volume %s to %s", volume->mount,
            owner);
    return NULL;
}

Error *volume_read(Engine *engine, const Volume *volume, Deadline dl, Spool **ret_spool)
{
    AUTO(spool) Spool *spool = NULL;

    TRY(spool_new(COPY_BYTES_MAX, &spool));
    TRY_CTX(engine_archive_get(engine, volume->holder, HOLDER_PATH, dl, tar_to_spool, spool),
            "copying the volume %s", volume->mount);
    *ret_spool = TAKE(spool);
    return NULL;
}

Error *volume_write(Engine *engine, const Volume *volume, const VolumeCopy *copy, Deadline dl)
{
    TRY_CTX(put_spool(engine, volume, copy, dl), "filling the volume %s", volume->mount);
    return NULL;
}

void volume_clear(Volume *volume)
{
    free(volume->name);
    free(volume->holder);
    free(volume->mount);
    *volume = (Volume){0};
}
