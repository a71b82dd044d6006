#include <string.h>

#include "engine/internal.h"

#define PENDING_MAX_BYTES (64U << 20)
#define CHUNK_BYTES       (64U << 10)

static Error *to_pending(void *context, const char *bytes, size_t len)
{
    TarRewrite *rewrite = context;

    return buf_append(&rewrite->pending, bytes, len);
}

Error *tar_rewrite_open(TarRewrite *rewrite, int fd, TarEdit edit, TarExtra extra, void *context)
{
    *rewrite = (TarRewrite){
        .pending = BUF_INIT(PENDING_MAX_BYTES), .edit = edit, .extra = extra, .context = context};
    TRY(tar_reader_open_fd(fd, &rewrite->reader));
    return tar_writer_open(to_pending, rewrite, &rewrite->writer);
}

static Error *finish(TarRewrite *rewrite)
{
    rewrite->ended = true;
    if (rewrite->extra)
        TRY(rewrite->extra(rewrite->context, rewrite->writer));
    return tar_writer_finish(TAKE(rewrite->writer));
}

static Error *next_entry(TarRewrite *rewrite)
{
    AUTO(str) char *text = NULL;
    TarEntry entry = {0};
    bool more, keep = true;
    size_t len = 0;

    TRY(tar_reader_next(rewrite->reader, &entry, &more));
    if (!more)
        return finish(rewrite);
    if (rewrite->edit)
        TRY(rewrite->edit(rewrite->context, rewrite->reader, &entry, &keep, &text, &len));
    if (!keep)
        return NULL;
    if (text)
        entry.size_bytes = (int64_t)len;
    TRY(tar_writer_add(rewrite->writer, &entry, text));
    rewrite->in_entry = !text && entry.type == TAR_FILE;
    return NULL;
}

static Error *copy_chunk(TarRewrite *rewrite)
{
    char chunk[CHUNK_BYTES];
    size_t len;

    TRY(tar_reader_read(rewrite->reader, chunk, sizeof chunk, &len));
    if (len > 0)
        return tar_writer_push(rewrite->writer, chunk, len);
    rewrite->in_entry = false;
    return NULL;
}

Error *tar_rewrite_pull(void *context, char *buffer, size_t size, size_t *ret_len)
{
    TarRewrite *rewrite = context;
    size_t len;

    while (rewrite->taken == rewrite->pending.len) {
        rewrite->taken = rewrite->pending.len = 0;
        if (rewrite->ended)
            break;
        TRY(rewrite->in_entry ? copy_chunk(rewrite) : next_entry(rewrite));
    }
    len = rewrite->pending.len - rewrite->taken;
    if (len > size)
        len = size;
    if (len > 0)
        memcpy(buffer, rewrite->pending.data + rewrite->taken, len);
    rewrite->taken += len;
    *ret_len = len;
    return NULL;
}

void tar_rewrite_close(TarRewrite *rewrite)
{
    tar_reader_close(rewrite->reader);
    tar_writer_close(rewrite->writer);
    buf_clear(&rewrite->pending);
    *rewrite = (TarRewrite){0};
}
