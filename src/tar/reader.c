#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <archive_entry.h>

#include "base/buffer.h"
#include "tar/internal.h"

#define BLOCK_BYTES    512
#define SAVE_MAX_BYTES (INT64_C(64) << 30) /* a sparse entry of a few bytes may claim any size */

struct TarReader {
    struct archive *archive;
    TarSource source;
    void *context;
    int fd; /* of tar_reader_open_fd */
    Error *parked;
    char *path;
    int64_t size_bytes; /* of the current entry */
    bool source_ended;
    size_t zeros; /* at the end of what the source gave */
    char buffer[64 << 10];
};

static Error *read_fd(void *context, char *buffer, size_t size, size_t *ret_len)
{
    const TarReader *reader = context;
    ssize_t len;

    while ((len = read(reader->fd, buffer, size)) < 0 && errno == EINTR)
        ;
    if (len < 0)
        return error_errno("reading the archive");
    *ret_len = (size_t)len;
    return NULL;
}

/* How many zero bytes are at the end of all that came. */
static size_t count_zeros(const TarReader *reader, size_t len)
{
    size_t at = len;

    while (at > 0 && reader->buffer[at - 1] == '\0')
        at--;
    return at == 0 ? reader->zeros + len : len - at;
}

static la_ssize_t on_read(struct archive *archive, void *context, const void **ret_bytes)
{
    TarReader *reader = context;
    size_t len = 0;

    reader->parked = reader->source(reader->context, reader->buffer, sizeof reader->buffer, &len);
    if (reader->parked) {
        archive_set_error(archive, EIO, "the source failed");
        return -1;
    }
    reader->zeros = count_zeros(reader, len);
    reader->source_ended = len == 0;
    *ret_bytes = reader->buffer;
    return (la_ssize_t)len;
}

static Error *failure(TarReader *reader, const char *doing)
{
    return reader->parked ? TAKE(reader->parked) : archive_failure(reader->archive, doing);
}

/* Only what is decompressed in this process: "all" would also run programs such as lrzip. */
static void support_formats(struct archive *archive)
{
    int (*const filters[])(struct archive *) = {
        archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
        archive_read_support_filter_xz, archive_read_support_filter_zstd};

    for (size_t i = 0; i < COUNT_OF(filters); i++)
        if (filters[i](archive) == ARCHIVE_FATAL)
            abort(); /* out of memory; a filter that is not compiled in is a warning */
    if (archive_read_support_format_tar(archive) != ARCHIVE_OK)
        abort();
}

static Error *open_reader(TarReader *reader)
{
    KEEP_NAMES();

    reader->archive = archive_read_new();
    if (!reader->archive)
        abort(); /* out of memory */
    support_formats(reader->archive);
    if (archive_read_open(reader->archive, reader, NULL, on_read, NULL) != ARCHIVE_OK)
        return failure(reader, "opening the archive");
    return NULL;
}

Error *tar_reader_open(TarSource source, void *context, TarReader **ret_reader)
{
    AUTO(tar_reader) TarReader *reader = xcalloc(1, sizeof *reader);

    reader->source = source;
    reader->context = context;
    reader->fd = -1;
    TRY(open_reader(reader));
    *ret_reader = TAKE(reader);
    return NULL;
}

Error *tar_reader_open_fd(int fd, TarReader **ret_reader)
{
    AUTO(tar_reader) TarReader *reader = xcalloc(1, sizeof *reader);

    reader->source = read_fd;
    reader->context = reader;
    reader->fd = fd;
    TRY(open_reader(reader));
    *ret_reader = TAKE(reader);
    return NULL;
}

/* "./a//b/" as "a/b", the root as "."; what would lead out of the archive is refused. */
static Error *canonical(const char *raw, char **ret_path)
{
    AUTO(str_list) StrList parts = {0};
    AUTO(str_list) StrList kept = {0};

    str_list_split(raw, '/', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        const char *part = parts.items[i];

        if (strcmp(part, "..") == 0) {
            AUTO(str) char *shown = text_clean_line(raw);

            return error_new(ERR_PROTOCOL, 0, "the archive's entry '%s' leads out of the archive",
                             shown);
        }
        if (*part != '\0' && strcmp(part, ".") != 0)
            str_list_add(&kept, part);
    }
    *ret_path = kept.len > 0 ? str_list_join(&kept, "/") : xstrdup(".");
    return NULL;
}

static TarType type_of(struct archive_entry *entry)
{
    if (archive_entry_hardlink(entry))
        return TAR_OTHER;
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG:
        return TAR_FILE;
    case AE_IFDIR:
        return TAR_DIRECTORY;
    case AE_IFLNK:
        return TAR_SYMLINK;
    }
    return TAR_OTHER;
}

/* libarchive takes the end of the input between two entries for the end of the archive. An archive
 * ends with blocks of zeros; one without was cut. What compresses has an end of its own. */
static Error *check_end(TarReader *reader)
{
    if (reader->source_ended && reader->zeros < BLOCK_BYTES &&
        archive_filter_code(reader->archive, 0) == ARCHIVE_FILTER_NONE)
        return error_new(ERR_PROTOCOL, 0, "reading the archive: it ends without its end marker");
    return NULL;
}

Error *tar_reader_next(TarReader *reader, TarEntry *ret_entry, bool *ret_more)
{
    KEEP_NAMES();
    struct archive_entry *entry = NULL;
    const char *raw;
    char *path = NULL;
    int rc = archive_read_next_header(reader->archive, &entry);

    if (rc == ARCHIVE_EOF) {
        TRY(check_end(reader));
        *ret_more = false;
        return NULL;
    }
    /* a warning is about a name's charset or an odd attribute: the entry itself is whole */
    if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
        return failure(reader, "reading the archive");
    raw = archive_entry_pathname(entry);
    if (text_is_empty(raw))
        return error_new(ERR_PROTOCOL, 0, "reading the archive: an entry without a name");
    TRY(canonical(raw, &path));
    free(reader->path);
    reader->path = path;
    reader->size_bytes = archive_entry_size(entry);
    *ret_entry = (TarEntry){.path = path,
                            .type = type_of(entry),
                            .size_bytes = reader->size_bytes,
                            .mtime_s = archive_entry_mtime(entry),
                            .mode = (int)archive_entry_perm(entry),
                            .uid = archive_entry_uid(entry),
                            .gid = archive_entry_gid(entry)};
    if (ret_entry->type == TAR_SYMLINK)
        ret_entry->link = archive_entry_symlink(entry) ? archive_entry_symlink(entry) : "";
    *ret_more = true;
    return NULL;
}

/* The current entry in messages, safe to show. Caller frees. */
static char *doing(const TarReader *reader)
{
    AUTO(str) char *shown = text_clean_line(reader->path ? reader->path : "");

    return xasprintf("reading '%s' from the archive", shown);
}

Error *tar_reader_read(TarReader *reader, char *buffer, size_t size, size_t *ret_len)
{
    la_ssize_t len = archive_read_data(reader->archive, buffer, size);

    if (len < 0) {
        AUTO(str) char *what = doing(reader);

        return failure(reader, what);
    }
    *ret_len = (size_t)len;
    return NULL;
}

Error *tar_reader_text(TarReader *reader, size_t max_bytes, char **ret_text, size_t *ret_len)
{
    AUTO(buf) Buf text = BUF_INIT(max_bytes);
    AUTO(str) char *what = doing(reader);
    char bytes[8192];
    size_t len = 0;

    do {
        TRY(tar_reader_read(reader, bytes, sizeof bytes, &len));
        if (len > max_bytes - text.len) /* also where max_bytes is 0, which Buf takes for no cap */
            return error_new(ERR_LIMIT, 0, "%s: more than the %zu bytes that are accepted here",
                             what, max_bytes);
        TRY(buf_append(&text, bytes, len));
    } while (len > 0);
    if (ret_len)
        *ret_len = text.len;
    *ret_text = buf_take(&text);
    return NULL;
}

static Error *write_at(int fd, const char *path, const char *bytes, size_t len, int64_t at)
{
    while (len > 0) {
        ssize_t written = pwrite(fd, bytes, len, at);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_errno("writing %s", path);
        bytes += written;
        len -= (size_t)written;
        at += written;
    }
    return NULL;
}

/* Block by block, so that the holes of a sparse file stay holes. */
static Error *save_to(TarReader *reader, int fd, const char *path)
{
    AUTO(str) char *what = doing(reader);
    const void *bytes;
    size_t len;
    la_int64_t at;
    int rc;

    if (reader->size_bytes > SAVE_MAX_BYTES)
        return error_new(ERR_LIMIT, 0, "%s: more than the %lld GiB that are accepted here", what,
                         (long long)(SAVE_MAX_BYTES >> 30));
    while ((rc = archive_read_data_block(reader->archive, &bytes, &len, &at)) == ARCHIVE_OK) {
        if (at < 0 || at > reader->size_bytes || (int64_t)len > reader->size_bytes - at)
            return error_new(ERR_PROTOCOL, 0, "%s: a hole leads beyond its end", what);
        TRY(write_at(fd, path, bytes, len, at));
    }
    if (rc != ARCHIVE_EOF)
        return failure(reader, what);
    if (ftruncate(fd, reader->size_bytes) != 0)
        return error_errno("writing %s", path);
    return NULL;
}

Error *tar_reader_save(TarReader *reader, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    Error *err;

    if (fd < 0)
        return error_errno("creating %s", path);
    err = save_to(reader, fd, path);
    if (close(fd) != 0 && !err)
        err = error_errno("writing %s", path);
    if (err)
        (void)unlink(path); /* half a file would be taken for a whole one */
    return err;
}

void tar_reader_close(TarReader *reader)
{
    if (!reader)
        return;
    (void)archive_read_free(reader->archive); /* nothing is written here that could get lost */
    error_free(reader->parked);
    free(reader->path);
    free(reader);
}
