#include <string.h>

#include "net/transfer.h"

#define HEADERS_MAX_BYTES (64U << 10)

static bool is_success(const Transfer *transfer)
{
    return transfer->reply.status >= 200 && transfer->reply.status < 300;
}

size_t transfer_on_header(char *line, size_t size, size_t count, void *context)
{
    Transfer *transfer = context;
    size_t len = size * count, name_len;
    AUTO(str) char *header = xstrndup(line, len);
    AUTO(str) char *value = NULL;
    const char *before;

    transfer->header_bytes += len;
    if (transfer->header_bytes > HEADERS_MAX_BYTES) {
        transfer->parked = error_new(ERR_LIMIT, 0, "%s: more than %u KiB of headers in the reply",
                                     transfer->peer, HEADERS_MAX_BYTES >> 10);
        return 0;
    }
    if (text_starts(header,
                    "HTTP/")) { /* a status line; an interim reply may have come before it */
        long status = 0;

        str_map_clear(&transfer->reply.headers);
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        transfer->reply.status = (int)status;
        return len;
    }
    name_len = strcspn(header, ": \t\r\n");
    if (name_len == 0 || header[name_len] != ':')
        return len;
    header[name_len] = '\0';
    for (char *at = header; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    value = text_trim(header + name_len + 1);
    before = strcmp(header, "link") == 0 ? str_map_get(&transfer->reply.headers, header) : NULL;
    if (before) {
        char *joined = xasprintf("%s, %s", before, value);

        free(value);
        value = joined;
    }
    str_map_set(&transfer->reply.headers, header, value);
    return len;
}

size_t transfer_on_body(char *bytes, size_t size, size_t count, void *context)
{
    Transfer *transfer = context;
    const HttpRequest *request = transfer->request;
    size_t len = size * count;

    if (request->sink && is_success(transfer))
        transfer->parked = request->sink(request->sink_context, bytes, len);
    else if ((transfer->parked = buf_append(&transfer->reply.body, bytes, len)))
        transfer->parked = error_wrap(transfer->parked, "%s: body of the reply", transfer->peer);
    return transfer->parked ? 0 : len;
}

size_t transfer_on_source(char *buffer, size_t size, size_t count, void *context)
{
    Transfer *transfer = context;
    const HttpRequest *request = transfer->request;
    size_t room = size * count, len = 0;
    int64_t total = request->source_size_bytes;

    if (total >= 0 && (int64_t)room > total - transfer->sent_bytes)
        room = (size_t)(total - transfer->sent_bytes);
    if (room == 0)
        return 0;
    transfer->parked = request->source(request->source_context, buffer, room, &len);
    if (!transfer->parked && len == 0 && total >= 0)
        /* or the peer would wait for the rest until somebody's deadline */
        transfer->parked =
            error_new(ERR_INTERNAL, 0, "%s: the body that is sent ended %lld bytes early",
                      transfer->peer, (long long)(total - transfer->sent_bytes));
    if (transfer->parked)
        return CURL_READFUNC_ABORT;
    transfer->sent_bytes += (int64_t)len;
    return len;
}
