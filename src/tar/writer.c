#include <assert.h>
#include <string.h>

#include <archive_entry.h>

#include "tar/internal.h"

#define BUFFER_BYTES (64 << 10)

struct TarWriter {
    struct archive *archive;
    TarSink sink;
    void *context;
    Error *parked;
    bool abandoned;     /* nothing goes to the sink any more */
    char *path;         /* of the current entry */
    int64_t left_bytes; /* that it still wants */
};

DEFINE_AUTO(archive_entry, struct archive_entry *, archive_entry_free)

/* A failure is parked and not told to libarchive, which would lose the memory of its buffers over
 * it (3.6). Each call below looks at what is parked. */
static la_ssize_t on_write(struct archive *archive, void *context, const void *bytes, size_t len)
{
    TarWriter *writer = context;

    (void)archive;
    if (!writer->parked && !writer->abandoned)
        writer->parked = writer->sink(writer->context, bytes, len);
    return (la_ssize_t)len;
}

/* The error of the sink or of libarchive itself; NULL when neither has one. */
static Error *outcome(TarWriter *writer, bool archive_failed)
{
    if (writer->parked) {
        writer->abandoned = true;
        return TAKE(writer->parked);
    }
    return archive_failed ? archive_failure(writer->archive, "writing an archive") : NULL;
}

Error *tar_writer_open(TarSink sink, void *context, TarWriter **ret_writer)
{
    KEEP_NAMES();
    AUTO(tar_writer) TarWriter *writer = xcalloc(1, sizeof *writer);

    writer->sink = sink;
    writer->context = context;
    writer->archive = archive_write_new();
    if (!writer->archive)
        abort(); /* out of memory */
    /* pax headers only where an entry needs them */
    if (archive_write_set_format_pax_restricted(writer->archive) != ARCHIVE_OK ||
        archive_write_set_bytes_per_block(writer->archive, BUFFER_BYTES) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(writer->archive, 1) != ARCHIVE_OK ||
        archive_write_open(writer->archive, writer, NULL, on_write, NULL) != ARCHIVE_OK)
        return outcome(writer, true);
    *ret_writer = TAKE(writer);
    return NULL;
}

/* libarchive would fill what is missing with zeros, and nobody would know. */
static Error *check_complete(const TarWriter *writer)
{
    if (writer->left_bytes == 0)
        return NULL;
    return error_new(ERR_INTERNAL, 0, "writing '%s' into an archive: %lld bytes are missing",
                     writer->path, (long long)writer->left_bytes);
}

static Error *describe(const TarEntry *entry, struct archive_entry *to)
{
    switch (entry->type) {
    case TAR_FILE:
        archive_entry_set_filetype(to, AE_IFREG);
        archive_entry_set_size(to, entry->size_bytes);
        break;
    case TAR_DIRECTORY:
        archive_entry_set_filetype(to, AE_IFDIR);
        archive_entry_set_size(to, 0);
        break;
    case TAR_SYMLINK:
        archive_entry_set_filetype(to, AE_IFLNK);
        archive_entry_set_size(to, 0);
        archive_entry_set_symlink(to, entry->link);
        break;
    case TAR_OTHER:
        return error_new(ERR_INTERNAL, 0,
                         "writing '%s' into an archive: neither file, folder nor "
                         "symbolic link",
                         entry->path);
    }
    archive_entry_set_pathname(to, entry->path);
    archive_entry_set_perm(to, (__LA_MODE_T)(entry->mode & 07777));
    archive_entry_set_mtime(to, entry->mtime_s, 0);
    archive_entry_set_uid(to, entry->uid);
    archive_entry_set_gid(to, entry->gid);
    return NULL;
}

Error *tar_writer_add(TarWriter *writer, const TarEntry *entry, const void *data)
{
    KEEP_NAMES();
    AUTO(archive_entry) struct archive_entry *header = archive_entry_new();
    int rc;

    assert(entry->size_bytes >= 0 && *entry->path);
    if (!header)
        abort(); /* out of memory */
    TRY(check_complete(writer));
    TRY(describe(entry, header));
    rc = archive_write_header(writer->archive, header);
    /* the warning is that the name is no UTF-8; it goes out as it is, marked as binary */
    TRY(outcome(writer, rc != ARCHIVE_OK && rc != ARCHIVE_WARN));
    free(writer->path);
    writer->path = text_clean_line(entry->path);
    writer->left_bytes = entry->type == TAR_FILE ? entry->size_bytes : 0;
    return data ? tar_writer_push(writer, data, (size_t)writer->left_bytes) : NULL;
}

Error *tar_writer_push(TarWriter *writer, const void *bytes, size_t len)
{
    const char *at = bytes;

    if (len > (uint64_t)writer->left_bytes)
        return error_new(ERR_INTERNAL, 0, "writing '%s' into an archive: more bytes than announced",
                         writer->path ? writer->path : "");
    while (len > 0) {
        la_ssize_t written = archive_write_data(writer->archive, at, len);

        TRY(outcome(writer, written <= 0));
        at += written;
        len -= (size_t)written;
        writer->left_bytes -= written;
    }
    return NULL;
}

Error *tar_writer_finish(TarWriter *writer)
{
    AUTO(tar_writer) TarWriter *closing = writer;

    TRY(check_complete(closing));
    return outcome(closing, archive_write_close(closing->archive) != ARCHIVE_OK);
}

void tar_writer_close(TarWriter *writer)
{
    if (!writer)
        return;
    writer->abandoned = true; /* freeing writes the end of an archive; this one is to have none */
    /* zeros for what the entry still lacks would take long: lose some memory instead, see on_write
     */
    if (writer->left_bytes > INT64_C(1) << 30)
        (void)archive_write_fail(writer->archive);
    (void)archive_write_free(writer->archive);
    error_free(writer->parked);
    free(writer->path);
    free(writer);
}

Error *tar_to_spool(void *spool, const char *bytes, size_t len)
{
    return spool_write(spool, bytes, len);
}
