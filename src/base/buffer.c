#include "base/buffer.h"

#include <assert.h>
#include <string.h>

static void reserve(Buf *buf, size_t len)
{
    size_t need = buf->len + len + 1;

    if (need <= buf->cap)
        return;
    buf->cap = buf->cap * 2 > need ? buf->cap * 2 : need + 64;
    buf->data = xrealloc(buf->data, buf->cap);
}

Error *buf_append(Buf *buf, const void *bytes, size_t len)
{
    if (buf->max && (len > buf->max || buf->len > buf->max - len))
        return error_new(ERR_LIMIT, 0, "more than the %zu bytes that are accepted here", buf->max);
    reserve(buf, len);
    if (len > 0)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
    return NULL;
}

void buf_adds(Buf *buf, const char *text)
{
    Error *err = buf_append(buf, text, strlen(text));

    assert(!err);
    error_ignore(err); /* bounded text: asserted above */
}

void buf_addf(Buf *buf, const char *fmt, ...)
{
    AUTO(str) char *text = NULL;
    va_list args;

    va_start(args, fmt);
    text = xvasprintf(fmt, args);
    va_end(args);
    buf_adds(buf, text);
}

const char *buf_text(const Buf *buf)
{
    return buf->data ? buf->data : "";
}

char *buf_take(Buf *buf)
{
    char *data = buf->data ? buf->data : xstrdup("");

    buf->data = NULL;
    buf->len = buf->cap = 0;
    return data;
}

void buf_clear(Buf *buf)
{
    free(buf->data);
    *buf = (Buf){.max = buf->max};
}

void tail_init(Tail *tail, size_t cap_bytes)
{
    *tail = (Tail){.ring = xmalloc(cap_bytes), .cap = cap_bytes};
}

void tail_append(Tail *tail, const void *bytes, size_t len)
{
    const char *from = bytes;

    tail->total += len;
    if (len > tail->cap) {
        from += len - tail->cap;
        len = tail->cap;
    }
    while (len > 0) {
        size_t chunk = tail->cap - tail->at < len ? tail->cap - tail->at : len;

        memcpy(tail->ring + tail->at, from, chunk);
        tail->at = (tail->at + chunk) % tail->cap;
        from += chunk;
        len -= chunk;
    }
}

char *tail_text(const Tail *tail, size_t *ret_len)
{
    size_t len = tail->total < tail->cap ? tail->total : tail->cap;
    size_t start = tail->total < tail->cap ? 0 : tail->at;
    char *text = xmalloc(len + 1);
    char *line;

    for (size_t i = 0; i < len; i++)
        text[i] = tail->ring[(start + i) % tail->cap];
    text[len] = '\0';
    /* but for the newline at the very end: a last line that is longer than all of this is kept cut
     */
    if (tail->total > tail->cap && (line = memchr(text, '\n', len - 1))) {
        len -= (size_t)(line + 1 - text);
        memmove(text, line + 1, len + 1);
    }
    if (ret_len)
        *ret_len = len;
    return text;
}

void tail_clear(Tail *tail)
{
    free(tail->ring);
    *tail = (Tail){0};
}
