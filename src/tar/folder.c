#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "tar/internal.h"

#define BUFFER_BYTES (64 << 10)
#define DEPTH_MAX    256 /* each level holds a descriptor */

typedef struct Walk {
    TarWriter *writer;
    const TarIgnore *ignore;
    const StrList *always_keep;
    const char *folder; /* for messages */
    char *buffer;       /* BUFFER_BYTES; not on the stack, on which 256 folders may stand */
} Walk;

static inline void dir_close(DIR *dir)
{
    (void)closedir(dir); /* was only read */
}

DEFINE_AUTO(dir, DIR *, dir_close)

/* Is path named in always_keep, or a folder above something that is? */
static bool is_kept(const Walk *walk, const char *path, bool *ret_above)
{
    size_t len = strlen(path);
    bool kept = false;

    *ret_above = false;
    for (size_t i = 0; walk->always_keep && i < walk->always_keep->len; i++) {
        const char *keep = walk->always_keep->items[i];

        kept |= strcmp(keep, path) == 0;
        *ret_above |= strncmp(keep, path, len) == 0 && keep[len] == '/';
    }
    return kept;
}

static Error *entry_error(const Walk *walk, const char *path)
{
    AUTO(str) char *shown = NULL;
    int saved = errno;

    shown = text_clean_line(path);
    errno = saved;
    return error_errno("%s/%s", walk->folder, shown);
}

/* Exactly the bytes that the header announced: what is written behind them meanwhile is not read.
 */
static Error *push_file(const Walk *walk, int fd, const char *path, int64_t left_bytes)
{
    while (left_bytes > 0) {
        size_t want = left_bytes < BUFFER_BYTES ? (size_t)left_bytes : BUFFER_BYTES;
        ssize_t len = read(fd, walk->buffer, want);

        if (len < 0 && errno == EINTR)
            continue;
        if (len < 0)
            return entry_error(walk, path);
        if (len == 0) {
            AUTO(str) char *shown = text_clean_line(path);

            return error_new(ERR_SYSTEM, 0, "%s/%s: became shorter while it was read", walk->folder,
                             shown);
        }
        TRY(tar_writer_push(walk->writer, walk->buffer, (size_t)len));
        left_bytes -= len;
    }
    return NULL;
}

static TarEntry entry_of(const struct stat *status, const char *path, TarType type)
{
    return (TarEntry){.path = path,
                      .type = type,
                      .size_bytes = type == TAR_FILE ? status->st_size : 0,
                      .mtime_s = status->st_mtim.tv_sec,
                      .mode = (int)(status->st_mode & 07777)};
}

static Error *add_file(const Walk *walk, int dir_fd, const char *name, const char *path)
{
    /* non-blocking: what was a file a moment ago may be a named pipe now */
    AUTO(fd) int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    TarEntry entry;

    if (fd < 0 || fstat(fd, &status) != 0)
        return entry_error(walk, path);
    if (!S_ISREG(status.st_mode))
        return NULL;
    entry = entry_of(&status, path, TAR_FILE);
    TRY(tar_writer_add(walk->writer, &entry, NULL));
    return push_file(walk, fd, path, entry.size_bytes);
}

static Error *add_link(const Walk *walk, int dir_fd, const char *name, const char *path,
                       const struct stat *status)
{
    TarEntry entry = entry_of(status, path, TAR_SYMLINK);
    ssize_t len = readlinkat(dir_fd, name, walk->buffer, BUFFER_BYTES - 1);

    if (len < 0)
        return entry_error(walk, path);
    walk->buffer[len] = '\0';
    entry.link = walk->buffer;
    return tar_writer_add(walk->writer, &entry, NULL);
}

static Error *walk_folder(const Walk *walk, int fd, const char *prefix, int depth);

static Error *add_folder(const Walk *walk, int dir_fd, const char *name, const char *path,
                         const struct stat *status, bool with_itself, int depth)
{
    TarEntry entry = entry_of(status, path, TAR_DIRECTORY);

    if (depth >= DEPTH_MAX)
        return error_new(ERR_LIMIT, 0, "%s: folders in folders, more than %d deep", walk->folder,
                         DEPTH_MAX);
    if (with_itself)
        TRY(tar_writer_add(walk->writer, &entry, NULL));
    return walk_folder(walk, openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
                       path, depth + 1);
}

static Error *add_one(const Walk *walk, int dir_fd, const char *name, const char *path, int depth)
{
    struct stat status;
    bool above = false;
    bool wanted = is_kept(walk, path, &above) || !tar_ignore_matches(walk->ignore, path);

    if (!wanted && !above && !tar_ignore_has_exceptions(walk->ignore))
        return NULL;
    if (fstatat(dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return entry_error(walk, path);
    if (S_ISDIR(status.st_mode))
        return add_folder(walk, dir_fd, name, path, &status, wanted, depth);
    if (wanted && S_ISREG(status.st_mode))
        return add_file(walk, dir_fd, name, path);
    if (wanted && S_ISLNK(status.st_mode))
        return add_link(walk, dir_fd, name, path, &status);
    return NULL; /* sockets, pipes and devices have no place in an image */
}

static Error *read_names(const Walk *walk, DIR *dir, const char *prefix, StrList *names)
{
    const struct dirent *found;

    while ((void)(errno = 0), (found = readdir(dir)))
        if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0)
            str_list_add(names, found->d_name);
    if (errno != 0)
        return entry_error(walk, prefix);
    str_list_sort(names);
    return NULL;
}

/* Consumes fd; -1: it could not be opened, errno says why. */
static Error *walk_folder(const Walk *walk, int fd, const char *prefix, int depth)
{
    AUTO(str_list) StrList names = {0};
    AUTO(dir) DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

    if (!dir) { /* with a descriptor: out of memory, which ends the call anyway */
        Error *err = entry_error(walk, prefix);

        if (fd >= 0)
            (void)close(fd);
        return err;
    }
    TRY(read_names(walk, dir, prefix, &names));
    for (size_t i = 0; i < names.len; i++) {
        AUTO(str) char *path = xasprintf("%s%s%s", prefix, *prefix ? "/" : "", names.items[i]);

        TRY(add_one(walk, dirfd(dir), names.items[i], path, depth));
    }
    return NULL;
}

Error *tar_folder(const char *folder, const TarIgnore *ignore, const StrList *always_keep,
                  TarSink sink, void *context)
{
    AUTO(tar_writer) TarWriter *writer = NULL;
    AUTO(str) char *buffer = xmalloc(BUFFER_BYTES);
    Walk walk = {.ignore = ignore, .always_keep = always_keep, .folder = folder, .buffer = buffer};
    int fd;

    TRY(tar_writer_open(sink, context, &writer));
    walk.writer = writer;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        Error *err = error_errno("folder %s", folder);

        err->code = ERR_INVALID; /* the user named it */
        return err;
    }
    TRY(walk_folder(&walk, fd, "", 0));
    return tar_writer_finish(TAKE(writer));
}
