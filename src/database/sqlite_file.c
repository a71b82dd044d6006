#include "database/sqlite_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "database/links.h"
#include "tar/tar.h"

enum {
    LINKS_MAX = 1000,
    OTHERS_MAX = 100,
};

/* One reading of the tar. Paths in it are relative to the volume. */
typedef struct Scan {
    const char *wanted;
    SqliteFile *file;
    StrMap links;   /* path -> target */
    bool is_folder; /* the wanted path is one */
    bool is_bare;   /* the archive's folder is ".": its entries do not begin with a name of it */
} Scan;

static void scan_clear(Scan *scan)
{
    str_map_clear(&scan->links);
}

DEFINE_AUTO_VALUE(scan, Scan, scan_clear)

char *sqlite_file_inner(const char *entry, bool is_bare)
{
    const char *slash = strchr(entry, '/');
    const char *named = is_bare ? entry : slash ? slash + 1 : "";
    char *inner = xstrdup(text_eq(entry, ".") ? "" : named);
    size_t len = strlen(inner);

    while (len > 0 && inner[len - 1] == '/')
        inner[--len] = '\0';
    return inner;
}

/* The name under which an entry is extracted: "db", "db-wal", "db-journal"; NULL for other files.
 * -shm is left out: SQLite makes it anew from -wal. Source: sqlite.org/walformat.html */
static const char *extracted_name(const char *wanted, const char *path)
{
    size_t len = strlen(wanted);

    if (!text_starts(path, wanted))
        return NULL;
    if (path[len] == '\0')
        return "db";
    if (text_eq(path + len, "-wal"))
        return "db-wal";
    return text_eq(path + len, "-journal") ? "db-journal" : NULL;
}

static Error *extract(TarReader *reader, const TarEntry *entry, const char *name, SqliteFile *file)
{
    AUTO(str) char *to = xasprintf("%s/%s", file->folder, name);
    int64_t size_bytes = entry->size_bytes;

    TRY_CTX(tar_reader_save(reader, to), "copying the database file");
    if (!text_eq(name, "db-journal"))
        file->size_bytes += size_bytes;
    if (text_eq(name, "db"))
        file->path = TAKE(to);
    return NULL;
}

/* A database in WAL mode has this header too, however little else: switching the mode writes it. */
static Error *is_database(TarReader *reader, bool *ret_yes)
{
    static const char magic[16] = "SQLite format 3";
    char head[sizeof magic] = {0};
    size_t len = 0, got = 1;

    while (len < sizeof head && got > 0) {
        TRY(tar_reader_read(reader, head + len, sizeof head - len, &got));
        len += got;
    }
    *ret_yes = memcmp(head, magic, sizeof magic) == 0;
    return NULL;
}

static Error *look_at_file(TarReader *reader, const TarEntry *entry, const char *path, Scan *scan)
{
    const char *name = extracted_name(scan->wanted, path);
    bool found;

    if (name)
        return extract(reader, entry, name, scan->file);
    if (entry->size_bytes < 16)
        return NULL;
    TRY(is_database(reader, &found));
    if (found && scan->file->others.len < OTHERS_MAX)
        str_list_add(&scan->file->others, path);
    return NULL;
}

static Error *look_at(TarReader *reader, const TarEntry *entry, Scan *scan)
{
    AUTO(str) char *path = sqlite_file_inner(entry->path, scan->is_bare);

    switch (entry->type) {
    case TAR_FILE:
        return look_at_file(reader, entry, path, scan);
    case TAR_SYMLINK:
        if (entry->link && scan->links.len < LINKS_MAX)
            str_map_set(&scan->links, path, entry->link);
        return NULL;
    case TAR_DIRECTORY:
        scan->is_folder |= text_eq(path, scan->wanted);
        return NULL;
    case TAR_OTHER: /* a hard link's bytes are with the name that the archive lists first */
        if (text_eq(path, scan->wanted))
            return error_new(
                ERR_CONFLICT, 0,
                "it is a second hard link to a file of the volume, or no regular file; "
                "neither can be read from an archive");
        return NULL;
    }
    return NULL;
}

static Error *run_scan(const VolumeCopy *copy, const Cancel *cancel, Deadline dl, Scan *scan)
{
    CopyStream stream = copy_stream(copy, cancel, dl);
    AUTO(tar_reader) TarReader *reader = NULL;

    TRY(tar_reader_open(copy_stream_read, &stream, &reader));
    for (bool first = true;; first = false) {
        TarEntry entry;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            return NULL;
        if (first) /* Podman's archive of a mount point */
            scan->is_bare = text_eq(entry.path, ".");
        TRY(look_at(reader, &entry, scan));
    }
}

static Error *make_folder(SqliteFile *file)
{
    const char *dir = getenv("TMPDIR");
    AUTO(str) char *path = xasprintf("%s/seatrial-XXXXXX", text_is_empty(dir) ? "/tmp" : dir);

    if (!mkdtemp(path))
        return error_errno("making a temporary folder %s", path);
    file->folder = TAKE(path);
    return NULL;
}

/* What lies beside the link itself is not the database's: SQLite looks beside the file. */
static void forget_extracted(SqliteFile *file)
{
    static const char *const names[] = {"db-wal", "db-journal"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        AUTO(str) char *path = xasprintf("%s/%s", file->folder, names[i]);

        (void)unlink(path); /* usually it is not there */
    }
    file->size_bytes = 0;
    str_list_clear(&file->others); /* the next reading finds them again, but for the target */
}

/* The file may be reached through symbolic links, which the container would follow too. */
static Error *follow_links(const VolumeCopy *copy, const Cancel *cancel, Deadline dl,
                           const Scan *scan)
{
    AUTO(str) char *target = NULL;
    AUTO(scan) Scan second = {0};
    AUTO(str) char *outside = links_resolve(&scan->links, copy->volume, scan->wanted, &target);

    if (outside) {
        scan->file->problem =
            xasprintf("%s/%s is reached by a symbolic link to %s, which is not in the volume %s",
                      copy->volume, scan->wanted, outside, copy->volume);
        return NULL;
    }
    if (text_eq(target, scan->wanted))
        return NULL; /* no link on the way: it is not there */
    forget_extracted(scan->file);
    second = (Scan){.wanted = target, .file = scan->file};
    TRY(run_scan(copy, cancel, dl, &second));
    if (scan->file->path)
        scan->file->inner = TAKE(target);
    return NULL;
}

static void as_container_paths(const VolumeCopy *copy, StrList *paths)
{
    for (size_t i = 0; i < paths->len; i++) {
        AUTO(str) char *inner = paths->items[i];

        paths->items[i] = xasprintf("%s/%s", copy->volume, inner);
    }
    str_list_sort(paths);
}

Error *sqlite_file_extract(const VolumeCopy *copy, const char *path, const Cancel *cancel,
                           Deadline dl, SqliteFile *ret_file)
{
    AUTO(sqlite_file) SqliteFile file = {0};
    AUTO(scan) Scan scan = {.wanted = path + strlen(copy->volume) + 1, .file = &file};

    TRY(make_folder(&file));
    TRY(run_scan(copy, cancel, dl, &scan));
    if (!file.path)
        TRY(follow_links(copy, cancel, dl, &scan));
    if (!file.path && scan.is_folder)
        file.problem = xasprintf("%s is a folder", path);
    if (file.path && !file.inner)
        file.inner = xstrdup(scan.wanted);
    as_container_paths(copy, &file.others);
    *ret_file = file;
    file = (SqliteFile){0};
    return NULL;
}

/* The folder is flat: SQLite puts its own files beside the database. */
static void remove_folder(const char *folder)
{
    DIR *dir = opendir(folder);

    for (struct dirent *entry; dir && (entry = readdir(dir));)
        (void)unlinkat(dirfd(dir), entry->d_name, 0); /* "." and ".." are refused */
    if (dir)
        (void)closedir(dir);
    (void)rmdir(folder); /* what cannot be removed is a private folder in /tmp */
}

void sqlite_file_clear(SqliteFile *file)
{
    if (file->folder)
        remove_folder(file->folder);
    free(file->folder);
    free(file->path);
    free(file->inner);
    free(file->problem);
    str_list_clear(&file->others);
    *file = (SqliteFile){0};
}
