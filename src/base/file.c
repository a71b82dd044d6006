#include "base/file.h"

#include <errno.h>
#include <fcntl.h>

static Error *cannot_read(const char *path)
{
    Error *err = error_errno("%s", path);

    if (err->native == ENOENT || err->native == ENOTDIR)
        err->code = ERR_NOT_FOUND;
    return err;
}

Error *file_read(const char *path, size_t max_bytes, char **ret_text, size_t *ret_len)
{
    AUTO(fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    AUTO(buf) Buf text = BUF_INIT(max_bytes);
    char bytes[16384];

    if (fd < 0)
        return cannot_read(path);
    for (;;) {
        ssize_t n = read(fd, bytes, sizeof bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot_read(path);
        if (n == 0)
            break;
        TRY_CTX(buf_append(&text, bytes, (size_t)n), "%s", path);
    }
    *ret_len = text.len;
    *ret_text = buf_take(&text);
    return NULL;
}
