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

#define PASSWD_BYTES_MAX (1 << 20)

/* How an engine's archive API treats a mounted volume (seen with Docker 20.10 and Podman 4.3):
 * Docker ignores what an archive says of its root, so the volume's folder is put as an entry into
 * its parent; to Podman the parent lies in the image's file system, and the root is the volume's.
 */
typedef struct Ways {
    const char *put_path, *folder;
    /* the volume is filled when a container first starts, and an archive shows everything as the
     * holder's user's */
    bool fills_at_start, hides_owners;
} Ways;

static const Ways *ways_of(const Engine *engine)
{
    static const Ways docker = {.put_path = HOLDER_ROOT, .folder = HOLDER_NAME};
    static const Ways podman = {
        .put_path = HOLDER_PATH, .folder = ".", .fills_at_start = true, .hides_owners = true};

    return engine_info(engine)->is_podman ? &podman : &docker;
}

/* Docker fills an empty volume at create from what the image has at a mount that is not no_copy.
 * Source: moby daemon/create_unix.go, populateVolumes */
static Error *make_holder(const DatabaseContext *context, const Volume *volume, const char *image,
                          const char *role, const EngineMount *mounts, size_t mount_count,
                          Deadline dl, char **ret_id)
{
    AUTO(str) char *name = xasprintf("%s-%s", volume->name, role);
    AUTO(str_list) StrList command = {0};
    AUTO(str_list) StrList entrypoint = {0};
    ContainerSpec spec = {
        .name = name,
        .image = image,
        .entrypoint = &entrypoint,
        .command = &command,
        .labels = context->labels,
        .network = ENGINE_NO_NETWORK,
        .mounts = mounts,
        .mount_count = mount_count,
    };

    /* never run, but the engine wants a command, and images of tools may have none; no image has
     * this one */
    str_list_add(&command, HOLDER_ROOT "/holder");
    /* by its name and before it is made: the engine may make it and its reply be lost */
    if (context->made)
        context->made(context->made_context, "container", name);
    return engine_container_create(context->engine, &spec, dl, ret_id);
}

/* Podman mounts, fills and gives away the volume before it finds that there is nothing to run; what
 * a later container would otherwise do to its owner is done then. Source: containers/podman
 * libpod/container_internal.go, mountNamedVolume and fixVolumePermissions; seen with 4.3. */
static Error *fill_by_start(Engine *engine, const char *container, Deadline dl)
{
    AUTO(error) Error *err = engine_container_start(engine, container, dl);

    if (!err)
        return error_new(ERR_PROTOCOL, 0, "the engine started a container of a missing command");
    return err->code == ERR_INVALID ? NULL : TAKE(err);
}

/* With two mounts of one volume, chance says from which of them Podman takes the owner: the filling
 * is for a container that has the application's alone. */
static Error *make_holders(const DatabaseContext *context, Volume *volume, const char *image,
                           bool fill, Deadline dl)
{
    bool at_start = ways_of(context->engine)->fills_at_start;
    EngineMount mounts[] = {
        {.volume = volume->name, .path = HOLDER_PATH, .no_copy = true},
        {.volume = volume->name, .path = volume->mount},
    };
    AUTO(str) char *filler = NULL;

    if (at_start && fill) {
        TRY(make_holder(context, volume, image, "filler", &mounts[1], 1, dl, &filler));
        TRY(fill_by_start(context->engine, filler, dl));
    }
    TRY(make_holder(context, volume, image, "holder", mounts, fill && !at_start ? 2 : 1, dl,
                    &volume->holder));
    return at_start && !fill ? fill_by_start(context->engine, volume->holder, dl) : NULL;
}

Error *volume_make(const DatabaseContext *context, const char *mount, const char *image, bool fill,
                   Deadline dl, Volume *ret_volume)
{
    AUTO(volume) Volume volume = {.mount = xstrdup(mount)};
    AUTO(str) char *unique = random_hex(6);

    /* POST /volumes/create returns a volume of that name when there is one: the name must be new */
    volume.name = xasprintf("%s-data-%s", context->name, unique);
    if (context->made)
        context->made(context->made_context, "volume", volume.name);
    TRY_CTX(engine_volume_create(context->engine, volume.name, context->labels, dl),
            "making a volume for %s", mount);
    TRY_CTX(make_holders(context, &volume, image, fill, dl),
            "making the container that holds the volume for %s", mount);
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

    return engine_archive_put(engine, volume->holder, ways_of(engine)->put_path, dl,
                              copy_stream_read, &stream, spool_size_bytes(copy->spool));
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

    entry.path = ways_of(engine)->folder;
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

/* A line is "name:password:uid:gid:...". Source: passwd(5) */
bool volume_passwd_find(const char *passwd, const char *name, int64_t *ret_uid, int64_t *ret_gid)
{
    size_t len = strlen(name);

    for (const char *line = passwd; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        const char *ids;

        if (strncmp(line, name, len) != 0 || line[len] != ':')
            continue;
        ids = line + len + 1;
        ids += strcspn(ids, ":\n");
        if (*ids == ':') {
            size_t uid_len = strcspn(ids + 1, ":\n");
            const char *gid = ids + 1 + uid_len;
            size_t gid_len = *gid == ':' ? strcspn(gid + 1, ":\n") : 0;
            AUTO(str)
            char *owner = xasprintf("%.*s:%.*s", (int)uid_len, ids + 1, (int)gid_len,
                                    *gid == ':' ? gid + 1 : "");
            AUTO(error) Error *err = volume_owner_parse(owner, ret_uid, ret_gid);

            return !err;
        }
    }
    return false;
}

static Error *read_passwd(Engine *engine, const Volume *volume, Deadline dl, char **ret_text)
{
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_reader) TarReader *reader = NULL;
    TarEntry entry;
    bool more = false;
    size_t len;

    TRY(spool_new(2 * PASSWD_BYTES_MAX, &spool));
    TRY(engine_archive_get(engine, volume->holder, "/etc/passwd", dl, tar_to_spool, spool));
    TRY(tar_reader_open_fd(spool_rewind(spool), &reader));
    TRY(tar_reader_next(reader, &entry, &more));
    if (!more || entry.type != TAR_FILE)
        return error_new(ERR_NOT_FOUND, 0, "it is no file");
    return tar_reader_text(reader, PASSWD_BYTES_MAX, ret_text, &len);
}

/* The group of a user by number is left at 0 as the engine does; the owner's rights decide. */
static Error *image_owner(Engine *engine, const Volume *volume, const char *image, Deadline dl,
                          int64_t *ret_uid, int64_t *ret_gid)
{
    AUTO(engine_image) EngineImage facts = {0};
    AUTO(str) char *user = NULL, *passwd = NULL;
    AUTO(error) Error *err = NULL;
    uint64_t uid, gid = 0;

    TRY(engine_image_inspect(engine, image, dl, &facts));
    user = xstrndup(facts.user ? facts.user : "", strcspn(facts.user ? facts.user : "", ":"));
    if (text_is_empty(user) || text_eq(user, "root")) {
        *ret_uid = *ret_gid = 0;
        return NULL;
    }
    err = parse_u64(user, 0, ID_MAX, &uid);
    if (!err) {
        const char *group = facts.user + strlen(user);

        if (*group == ':')
            error_ignore(parse_u64(group + 1, 0, ID_MAX, &gid)); /* a name: see above */
        *ret_uid = (int64_t)uid;
        *ret_gid = (int64_t)gid;
        return NULL;
    }
    error_free(TAKE(err));
    err = read_passwd(engine, volume, dl, &passwd);
    if (err && err->code != ERR_NOT_FOUND && err->code != ERR_PROTOCOL && err->code != ERR_LIMIT)
        return TAKE(err);
    if (err || !volume_passwd_find(passwd, user, ret_uid, ret_gid))
        return error_new(ERR_CONFLICT, 0,
                         "the image runs as user '%s', whose number its /etc/passwd does not tell, "
                         "and this engine does not tell who owns the files; set database.owner",
                         user);
    return NULL;
}

static Error *put_owned(Engine *engine, const Volume *volume, const VolumeCopy *copy,
                        const char *owner, const char *image, Deadline dl)
{
    AUTO(volume_copy) VolumeCopy *owned = NULL;
    int64_t uid, gid;

    if (!ways_of(engine)->hides_owners)
        return put_spool(engine, volume, copy, dl);
    if (owner)
        TRY(volume_owner_parse(owner, &uid, &gid));
    else
        TRY(image_owner(engine, volume, image, dl, &uid, &gid));
    TRY(volume_copy_owned(copy, uid, gid < 0 ? 0 : gid, dl, &owned));
    return put_spool(engine, volume, owned, dl);
}

Error *volume_write(Engine *engine, const Volume *volume, const VolumeCopy *copy, const char *owner,
                    const char *image, Deadline dl)
{
    TRY_CTX(put_owned(engine, volume, copy, owner, image, dl), "filling the volume %s",
            volume->mount);
    return NULL;
}

void volume_clear(Volume *volume)
{
    free(volume->name);
    free(volume->holder);
    free(volume->mount);
    *volume = (Volume){0};
}
