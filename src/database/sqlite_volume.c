#include <stdlib.h>
#include <string.h>

#include "database/copy.h"
#include "database/links.h"
#include "database/ops.h"
#include "database/pg_url.h"
#include "database/sqlite.h"
#include "database/sqlite_side.h"
#include "database/volume.h"
#include "tar/tar.h"

/* A file in a volume: the database of an application that keeps SQLite. */
typedef struct SqliteDatabase {
    Database base;
    Engine *engine; /* borrowed */
    Volume volume;
    EngineMount mount; /* what a container is given */
} SqliteDatabase;

typedef struct SqliteCopy {
    DatabaseCopy base;
    VolumeCopy *volume; /* owned */
} SqliteCopy;

static char *describe(const DatabaseSpec *spec)
{
    return xasprintf("sqlite %s", spec->sqlite);
}

/* Where the volume is mounted: as the specification says, or the file's folder. */
static Error *mount_of(const DatabaseSpec *spec, char **ret_mount)
{
    AUTO(str) char *file = NULL;
    AUTO(str) char *folder = NULL;
    AUTO(str) char *mount = NULL;

    TRY(path_clean("database.sqlite", spec->sqlite, &file));
    folder = path_folder(file);
    if (!spec->volume && text_eq(folder, "/"))
        return error_new(ERR_INVALID, 0,
                         "database.sqlite: %s lies in the root folder, where no volume can be "
                         "mounted; keep the file in a folder of its own",
                         file);
    TRY(path_clean("database.volume", spec->volume ? spec->volume : folder, &mount));
    if (!path_is_below(file, mount))
        return error_new(ERR_INVALID, 0,
                         "database.volume: %s does not contain the database file %s, so nothing "
                         "that is written there would be kept",
                         mount, file);
    *ret_mount = TAKE(mount);
    return NULL;
}

char *database_volume(const DatabaseSpec *spec)
{
    char *mount = NULL;
    Error *err;

    if (!spec->sqlite)
        return NULL;
    err = mount_of(spec, &mount);
    if (!err)
        return mount;
    error_ignore(err); /* database_provision says what is wrong with these paths */
    return spec->volume ? xstrdup(spec->volume) : path_folder(spec->sqlite);
}

static Error *check_owner(const DatabaseSpec *spec)
{
    int64_t uid, gid;

    return spec->owner ? volume_owner_parse(spec->owner, &uid, &gid) : NULL;
}

Error *database_check(const DatabaseSpec *spec)
{
    AUTO(str) char *mount = NULL;
    AUTO(pg_url) PgUrl url = {0};

    if (spec->url)
        return pg_url_parse(spec->url, &url);
    if (!spec->sqlite)
        return NULL;
    TRY(mount_of(spec, &mount));
    return check_owner(spec);
}

/* The engine fills a volume that is still empty whenever a container with it is created, and gives
 * it the image's owner again: users see that too, but an owner that was asked for has to stay. */
static Database *database_of(Engine *engine, const DatabaseSpec *spec, Volume volume)
{
    SqliteDatabase *database = xcalloc(1, sizeof *database);

    *database = (SqliteDatabase){
        .base.ops = &SQLITE_OPS,
        .engine = engine,
        .volume = volume,
        .mount = {.volume = volume.name, .path = volume.mount, .no_copy = spec->owner != NULL}};
    return &database->base;
}

static Error *provision(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                        Deadline dl, Database **ret_database)
{
    AUTO(str) char *mount = NULL;
    AUTO(volume) Volume volume = {0};

    TRY(mount_of(spec, &mount));
    TRY(check_owner(spec));
    TRY(volume_make(context, mount, image, true, dl, &volume));
    if (spec->owner)
        TRY(volume_set_owner(context->engine, &volume, spec->owner, dl));
    *ret_database = database_of(context->engine, spec, volume);
    volume = (Volume){0};
    return NULL;
}

static Error *fresh(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                    Database *sibling, bool apart, Deadline dl, Database **ret_database)
{
    (void)sibling;
    (void)apart; /* volumes share nothing */
    return provision(context, spec, image, dl, ret_database);
}

static void attach(const Database *base, const DatabaseSpec *spec, ContainerSpec *container,
                   StrMap *env)
{
    const SqliteDatabase *database = (const SqliteDatabase *)base;

    (void)spec;
    (void)env; /* an application finds a file by its path: there is nothing to tell it */
    container->mounts = &database->mount;
    container->mount_count = 1;
}

static Error *copy(Database *base, Deadline dl, DatabaseCopy **ret_copy)
{
    SqliteDatabase *database = (SqliteDatabase *)base;
    AUTO(spool) Spool *spool = NULL;
    SqliteCopy *copy;

    TRY(volume_read(database->engine, &database->volume, dl, &spool));
    copy = xcalloc(1, sizeof *copy);
    *copy = (SqliteCopy){
        .base.ops = &SQLITE_OPS,
        .volume = volume_copy_of(TAKE(spool), database->volume.mount),
    };
    *ret_copy = &copy->base;
    return NULL;
}

static Error *branch(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                     DatabaseCopy *base, Deadline dl, Database **ret_database)
{
    const SqliteCopy *origin = (const SqliteCopy *)base;
    AUTO(str) char *mount = NULL;
    AUTO(volume) Volume volume = {0};

    TRY(mount_of(spec, &mount));
    TRY(volume_make(context, mount, image, false, dl, &volume));
    TRY(volume_write(context->engine, &volume, origin->volume, spec->owner, image, dl));
    *ret_database = database_of(context->engine, spec, volume);
    volume = (Volume){0};
    return NULL;
}

static Error *snapshot(const DatabaseCopy *base, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                       const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot)
{
    const SqliteCopy *origin = (const SqliteCopy *)base;

    return sqlite_snapshot(origin->volume, spec, ledgers_of, cancel, dl, ret_snapshot);
}

static Error *peek(Database *base, Engine *engine, const DatabaseSpec *spec,
                   LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                   Snapshot *ret_snapshot, bool *ret_busy)
{
    const SqliteDatabase *database = (const SqliteDatabase *)base;
    AUTO(spool) Spool *spool = NULL;
    AUTO(volume_copy) VolumeCopy *copied = NULL;

    TRY(volume_read(engine, &database->volume, dl, &spool));
    copied = volume_copy_of(TAKE(spool), database->volume.mount);
    return sqlite_peek(copied, spec, ledgers_of, cancel, dl, ret_snapshot, ret_busy);
}

static Error *compare(const DatabaseCopy *before, const Snapshot *before_snapshot,
                      const DatabaseCopy *after, const Snapshot *after_snapshot,
                      const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                      DataChanges *ret_changes)
{
    AUTO(data_side) DataSide *one = NULL, *other = NULL;

    TRY(sqlite_side_open(((const SqliteCopy *)before)->volume, spec, before_snapshot, cancel, dl,
                         &one));
    TRY(sqlite_side_open(((const SqliteCopy *)after)->volume, spec, after_snapshot, cancel, dl,
                         &other));
    return data_compare(one, other, ret_changes);
}

static Error *side(const DatabaseCopy *copy, const DatabaseSpec *spec, const Snapshot *snapshot,
                   const Cancel *cancel, Deadline dl, DataSide **ret_side)
{
    return sqlite_side_open(((const SqliteCopy *)copy)->volume, spec, snapshot, cancel, dl,
                            ret_side);
}

static Error *restore(Database *base, const DatabaseContext *context, const DatabaseSpec *spec,
                      const char *image, const char *backup, Deadline dl)
{
    const SqliteDatabase *database = (const SqliteDatabase *)base;
    AUTO(spool) Spool *spool = NULL;
    AUTO(volume_copy) VolumeCopy *content = NULL;
    AUTO(volume_copy) VolumeCopy *changed = NULL;

    TRY(volume_read(context->engine, &database->volume, dl, &spool));
    content = volume_copy_of(TAKE(spool), database->volume.mount);
    TRY(sqlite_restore(content, spec, backup, context->cancel, dl, &changed));
    return volume_write(context->engine, &database->volume, changed, spec->owner, image, dl);
}

static Error *fill(Database *base, const DatabaseSpec *spec, const char *image,
                   const DatabaseCopy *copy, const FillSpec *fill_spec, LedgerFinder ledgers_of,
                   const Cancel *cancel, Deadline dl, PopulateResult *ret_result)
{
    const SqliteDatabase *database = (const SqliteDatabase *)base;
    const SqliteCopy *content = (const SqliteCopy *)copy;
    AUTO(volume_copy) VolumeCopy *changed = NULL;
    AUTO(populate_result) PopulateResult result = {0};

    TRY(sqlite_fill(content->volume, spec, fill_spec, ledgers_of, cancel, dl, &changed, &result));
    if (changed)
        TRY(volume_write(database->engine, &database->volume, changed, spec->owner, image, dl));
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}

static Error *tree(const DatabaseCopy *base, const Cancel *cancel, Deadline dl, FileTree *ret_tree)
{
    const SqliteCopy *origin = (const SqliteCopy *)base;
    CopyStream stream = copy_stream(origin->volume, cancel, dl);
    AUTO(tar_reader) TarReader *reader = NULL;

    TRY(tar_reader_open(copy_stream_read, &stream, &reader));
    return tar_tree(reader, ret_tree);
}

/* @param without  path of a file that does not count */
static bool has_all(const FileTree *tree, const FileTree *of, const char *without)
{
    for (size_t i = 0; i < of->len; i++)
        if (!text_eq(of->items[i].path, without) && !file_tree_has_same(tree, &of->items[i]))
            return false;
    return true;
}

/* Source: sqlite.org/walformat.html: the -shm file holds nothing that lasts */
static Error *same(const DatabaseCopy *one, const DatabaseCopy *other, const DatabaseSpec *spec,
                   const Cancel *cancel, Deadline dl, bool *ret_same)
{
    const char *mount = ((const SqliteCopy *)one)->volume->volume;
    AUTO(str) char *path = NULL, *shm = NULL;
    AUTO(file_tree) FileTree first = {0}, second = {0};

    TRY(path_clean("database.sqlite", spec->sqlite, &path));
    shm = xasprintf("%s-shm", path_is_below(path, mount) ? path + strlen(mount) + 1 : path);
    TRY(tree(one, cancel, dl, &first));
    TRY(tree(other, cancel, dl, &second));
    *ret_same = has_all(&first, &second, shm) && has_all(&second, &first, shm);
    return NULL;
}

static void copy_free(DatabaseCopy *base)
{
    SqliteCopy *origin = (SqliteCopy *)base;

    volume_copy_free(origin->volume);
    free(origin);
}

static void close_database(Database *base)
{
    SqliteDatabase *database = (SqliteDatabase *)base;

    volume_clear(&database->volume);
    free(database);
}

const DatabaseOps SQLITE_OPS = {
    .kind = "sqlite",
    .describe = describe,
    .provision = provision,
    .fresh = fresh,
    .attach = attach,
    .copy = copy,
    .branch = branch,
    .tree = tree,
    .same = same,
    .snapshot = snapshot,
    .peek = peek,
    .restore = restore,
    .fill = fill,
    .compare = compare,
    .side = side,
    .copy_free = copy_free,
    .close = close_database,
};
