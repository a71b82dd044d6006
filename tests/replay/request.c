#include "request.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

void request_clear(Request *request)
{
    free(request->line);
    str_list_clear(&request->headers);
    buf_clear(&request->body);
    *request = (Request){0};
}

const char *header_find(const StrList *headers, const char *name, size_t name_len)
{
    for (size_t i = 0; i < headers->len; i++) {
        const char *header = headers->items[i];

        if (strncasecmp(header, name, name_len) == 0 && header[name_len] == ':')
            return header + name_len + 1 + strspn(header + name_len + 1, " ");
    }
    return NULL;
}

bool wire_wait(int fd, int stop_fd)
{
    struct pollfd watch[] = {{.fd = fd, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};

    while (poll(watch, 2, -1) < 0 && errno == EINTR)
        ;
    return watch[1].revents == 0;
}

bool wire_fill(Wire *wire)
{
    char bytes[16384];
    ssize_t len = wire_wait(wire->fd, wire->stop_fd) ? recv(wire->fd, bytes, sizeof bytes, 0) : 0;

    if (len <= 0)
        return false;
    error_ignore(buf_append(&wire->in, bytes, (size_t)len)); /* no cap: tests send what they may */
    return true;
}

static void drop(Buf *buf, size_t len)
{
    memmove(buf->data, buf->data + len, buf->len - len + 1);
    buf->len -= len;
}

/* One line without its CRLF; NULL when the connection ended first. Caller frees. */
static char *read_line(Wire *wire)
{
    for (;;) {
        const char *end = wire->in.len > 0 ? memchr(wire->in.data, '\n', wire->in.len) : NULL;

        if (end) {
            size_t len = (size_t)(end - wire->in.data);
            char *line = xstrndup(wire->in.data, len);

            if (len > 0 && line[len - 1] == '\r')
                line[len - 1] = '\0';
            drop(&wire->in, len + 1);
            return line;
        }
        if (!wire_fill(wire))
            return NULL;
    }
}

static bool read_bytes(Wire *wire, size_t len, Buf *ret_body)
{
    while (wire->in.len < len)
        if (!wire_fill(wire))
            return false;
    if (len > 0) {
        error_ignore(buf_append(ret_body, wire->in.data, len)); /* no cap */
        drop(&wire->in, len);
    }
    return true;
}

static bool read_chunks(Wire *wire, Buf *ret_body)
{
    for (;;) {
        AUTO(str) char *size = read_line(wire);
        AUTO(str) char *end = NULL;
        unsigned len;

        if (!size || sscanf(size, "%x", &len) != 1 || !read_bytes(wire, len, ret_body))
            return false;
        if (!(end = read_line(wire)))
            return false;
        if (len == 0)
            return true;
    }
}

bool request_read(Wire *wire, Request *request)
{
    const char *value;
    char *line = read_line(wire), *version;
    unsigned long long len = 0;

    if (!line)
        return false;
    if ((version = strrchr(line, ' ')))
        *version = '\0';
    request->line = line;
    while ((line = read_line(wire)) && *line)
        str_list_add_owned(&request->headers, line);
    if (!line)
        return false;
    free(line);
    if ((value = header_find(&request->headers, "Transfer-Encoding", 17)))
        return read_chunks(wire, &request->body);
    if ((value = header_find(&request->headers, "Content-Length", 14)))
        (void)sscanf(value, "%llu", &len); /* 0 otherwise */
    return read_bytes(wire, (size_t)len, &request->body);
}

char *request_difference(const StoryExchange *want, const Request *got)
{
    AUTO(str) char *body = str_list_join(&want->want_body, "\n");
    const char *have = buf_text(&got->body);

    if (strcmp(want->request_line, got->line) != 0)
        return xasprintf("wanted '%s', got '%s'", want->request_line, got->line);
    for (size_t i = 0; i < want->headers.len; i++) {
        const char *header = want->headers.items[i];
        size_t name_len = strcspn(header, ":");
        const char *value = header + name_len + 1 + strspn(header + name_len + 1, " ");
        const char *found = header_find(&got->headers, header, name_len);
        bool absent = strcmp(value, "!") == 0, any = strcmp(value, "*") == 0;

        if (absent ? found != NULL : !found || (!any && strcmp(found, value) != 0))
            return xasprintf("%s: wanted header '%s', got '%s'", got->line, header,
                             found ? found : "(none)");
    }
    if (want->has_want_body && (body[0] == '~' ? !strstr(have, body + 1) : strcmp(have, body) != 0))
        return xasprintf("%s: wanted body '%s', got '%s'", got->line, body, have);
    return NULL;
}
