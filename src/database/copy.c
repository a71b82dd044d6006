#include "database/copy.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/text.h"

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
