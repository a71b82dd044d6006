#pragma once
/* The engine frames a container's output: [stream][0][0][0][length, big-endian] payload. Frames may
 * be split anywhere. Source: Engine API, "Attach to a container", stream format. */

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

typedef enum LogStream { LOG_STDOUT = 1, LOG_STDERR = 2, LOG_DAEMON = 3 } LogStream;

typedef Error *(*LogSink)(void *context, LogStream stream, const char *bytes, size_t len);

typedef struct LogDemux {
    bool raw; /* a TTY's output is not framed */
    unsigned char header[8];
    size_t header_len;
    uint32_t left; /* payload bytes still to come */
    LogSink sink;
    void *context;
} LogDemux;

void log_demux_init(LogDemux *demux, bool raw, LogSink sink, void *context);
/** Feed bytes as they come. @return NULL, ERR_PROTOCOL (no frame header), or the sink's error */
MUST_USE Error *log_demux_feed(LogDemux *demux, const char *bytes, size_t len);
