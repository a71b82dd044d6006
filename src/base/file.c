#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "base/list.h"

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

static Error *resolve(const char *path, char **ret_path)
{
    char *resolved = realpath(path, NULL);

    if (!resolved)
        return errno == ENOENT
                   ? error_new(ERR_NOT_FOUND, errno, "%s: there is no such folder", path)
                   : error_errno("%s", path);
    *ret_path = resolved;
    return NULL;
}

Error *file_relative(const char *from, const char *to, char **ret_path)
{
    AUTO(str) char *here = NULL, *there = NULL;
    AUTO(str_list) StrList start = {0}, end = {0}, way = {0};
    size_t same = 0;

    TRY(resolve(from, &here));
    TRY(resolve(to, &there));
    str_list_split(text_eq(here, "/") ? "" : here, '/', &start);
    str_list_split(text_eq(there, "/") ? "" : there, '/', &end);
    while (same < start.len && same < end.len && text_eq(start.items[same], end.items[same]))
        same++;
    for (size_t i = same; i < start.len; i++)
        str_list_add(&way, "..");
    for (size_t i = same; i < end.len; i++)
        str_list_add(&way, end.items[i]);
    *ret_path = way.len > 0 ? str_list_join(&way, "/") : xstrdup(".");
    return NULL;
}
