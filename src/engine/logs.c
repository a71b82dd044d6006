#include "engine/logs.h"

#include <string.h>

/* The engine copies output through buffers of 32 KiB; json-file splits lines at 16 KiB. A frame of
 * 64 MiB is no frame. */
#define FRAME_MAX_BYTES (64U << 20)

void log_demux_init(LogDemux *demux, bool raw, LogSink sink, void *context)
{
    *demux = (LogDemux){.raw = raw, .sink = sink, .context = context};
}

static Error *check_header(LogDemux *demux)
{
    const unsigned char *h = demux->header;

    if (h[0] < LOG_STDOUT || h[0] > LOG_DAEMON || h[1] || h[2] || h[3])
        return error_new(ERR_PROTOCOL, 0, "log stream: no frame header: %02x %02x %02x %02x", h[0],
                         h[1], h[2], h[3]);
    demux->left =
        (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | (uint32_t)h[7];
    if (demux->left > FRAME_MAX_BYTES)
        return error_new(ERR_PROTOCOL, 0, "log stream: a frame of %u bytes", demux->left);
    return NULL;
}

/* Header bytes up to eight; a frame without payload ends at once. */
static Error *feed_header(LogDemux *demux, const char **bytes, size_t *len)
{
    size_t part = sizeof demux->header - demux->header_len;

    if (part > *len)
        part = *len;
    memcpy(demux->header + demux->header_len, *bytes, part);
    demux->header_len += part;
    *bytes += part;
    *len -= part;
    if (demux->header_len < sizeof demux->header)
        return NULL;
    TRY(check_header(demux));
    if (demux->left == 0)
        demux->header_len = 0;
    return NULL;
}

Error *log_demux_feed(LogDemux *demux, const char *bytes, size_t len)
{
    if (demux->raw)
        return len > 0 ? demux->sink(demux->context, LOG_STDOUT, bytes, len) : NULL;
    while (len > 0) {
        size_t part;

        if (demux->header_len < sizeof demux->header) {
            TRY(feed_header(demux, &bytes, &len));
            continue;
        }
        part = demux->left < len ? demux->left : len;
        TRY(demux->sink(demux->context, (LogStream)demux->header[0], bytes, part));
        demux->left -= (uint32_t)part;
        bytes += part;
        len -= part;
        if (demux->left == 0)
            demux->header_len = 0;
    }
    return NULL;
}
