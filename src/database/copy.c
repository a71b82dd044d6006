#include "database/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"
#include "tar/tar.h"

#define COPY_BYTES_MAX ((int64_t)64 << 30)

VolumeCopy *volume_copy_of(Spool *spool, const char *volume)
{
    VolumeCopy *copy = xcalloc(1, sizeof *copy);

    *copy = (VolumeCopy){.spool = spool, .volume = xstrdup(volume)};
    return copy;
}

void volume_copy_free(VolumeCopy *copy)
{
    if (!copy)
        return;
    spool_free(copy->spool);
    free(copy->volume);
    free(copy);
}

CopyStream copy_stream(const VolumeCopy *copy, const Cancel *cancel, Deadline dl)
{
    return (CopyStream){.fd = spool_rewind(copy->spool), .cancel = cancel, .deadline = dl};
}

Error *copy_stream_read(void *context, char *buffer, size_t size, size_t *ret_len)
{
    CopyStream *stream = context;
    ssize_t got;

    TRY(cancel_check(stream->cancel));
    if (deadline_left_ms(stream->deadline) == 0)
        return error_new(ERR_TIMEOUT, 0, "reading the volume's copy took longer than allowed");
    /* pread: the descriptor's own position is shared by all who read this copy */
    do
        got = pread(stream->fd, buffer, size, (off_t)stream->offset);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_errno("reading the volume's copy");
    stream->offset += got;
    *ret_len = (size_t)got;
    return NULL;
}

static Error *copy_bytes(TarReader *reader, TarWriter *writer)
{
    char buffer[16384];
    size_t got = 0;

    for (;;) {
        TRY(tar_reader_read(reader, buffer, sizeof buffer, &got));
        if (got == 0)
            return NULL;
        TRY(tar_writer_push(writer, buffer, got));
    }
}

static Error *copy_entry(TarReader *reader, const TarEntry *from, int64_t uid, int64_t gid,
                         TarWriter *writer)
{
    TarEntry entry = *from;

    if (entry.type == TAR_OTHER) {
        AUTO(str) char *path = text_clean_line(entry.path);

        return error_new(ERR_CONFLICT, 0,
                         "%s is a second hard link to a file, or no regular file; with this engine "
                         "it cannot be copied",
                         path);
    }
    entry.uid = uid;
    entry.gid = gid;
    entry.mode |= entry.type == TAR_DIRECTORY ? 0777 : 0666;
    TRY(tar_writer_add(writer, &entry, NULL));
    return entry.type == TAR_FILE ? copy_bytes(reader, writer) : NULL;
}

static Error *copy_entries(TarReader *reader, int64_t uid, int64_t gid, TarWriter *writer)
{
    for (;;) {
        TarEntry entry;
        bool more = false;

        TRY(tar_reader_next(reader, &entry, &more));
        if (!more)
            return NULL;
        TRY(copy_entry(reader, &entry, uid, gid, writer));
    }
}

Error *volume_copy_owned(const VolumeCopy *copy, int64_t uid, int64_t gid, Deadline dl,
                         VolumeCopy **ret_copy)
{
    CopyStream stream = copy_stream(copy, NULL, dl);
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(tar_writer) TarWriter *writer = NULL;

    TRY(spool_new(COPY_BYTES_MAX, &spool));
    TRY(tar_reader_open(copy_stream_read, &stream, &reader));
    TRY(tar_writer_open(tar_to_spool, spool, &writer));
    TRY(copy_entries(reader, uid, gid, writer));
    TRY(tar_writer_finish(TAKE(writer)));
    *ret_copy = volume_copy_of(TAKE(spool), copy->volume);
    return NULL;
}
