#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/text.h"

struct Spool {
    int fd;
    int64_t size_bytes, max_bytes;
};

Error *spool_new(int64_t max_bytes, Spool **ret_spool)
{
    const char *dir = getenv("TMPDIR");
    AUTO(str) char *path = xasprintf("%s/seatrial-XXXXXX", text_is_empty(dir) ? "/tmp" : dir);
    int fd = mkostemp(path, O_CLOEXEC);
    Spool *spool;

    if (fd < 0)
        return error_errno("making a temporary file %s", path);
    (void)unlink(path); /* nameless from here on: nothing to clean up, whatever happens */
    spool = xcalloc(1, sizeof *spool);
    *spool = (Spool){.fd = fd, .max_bytes = max_bytes};
    *ret_spool = spool;
    return NULL;
}

Error *spool_write(Spool *spool, const void *bytes, size_t len)
{
    const char *at = bytes;

    if (spool->size_bytes + (int64_t)len > spool->max_bytes)
        return error_new(ERR_LIMIT, 0, "more than the %" PRId64 " bytes that are accepted here",
                         spool->max_bytes);
    while (len > 0) {
        ssize_t written = write(spool->fd, at, len);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_errno("writing a temporary file (set TMPDIR to a folder with more room)");
        at += written;
        len -= (size_t)written;
        spool->size_bytes += written;
    }
    return NULL;
}

int spool_rewind(Spool *spool)
{
    (void)lseek(spool->fd, 0, SEEK_SET); /* a regular file seeks */
    return spool->fd;
}

int64_t spool_size_bytes(const Spool *spool)
{
    return spool->size_bytes;
}

void spool_free(Spool *spool)
{
    if (!spool)
        return;
    (void)close(spool->fd);
    free(spool);
}
