/* Output of containers, as the engine frames it, in pieces. */

#include "engine/logs.h"
#include "fuzz.h"

static Error *take(void *context, LogStream stream, const char *bytes, size_t len)
{
    (void)stream;
    for (size_t i = 0; i < len; i++)
        *(unsigned char *)context ^= (unsigned char)bytes[i]; /* reads them all */
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size > 0 ? data[0] % 16U + 1 : 1;
    AUTO(error) Error *err = NULL;
    unsigned char sum = 0;
    LogDemux demux;

    log_demux_init(&demux, size > 0 && data[0] > 250, take, &sum);
    for (size_t at = 1; at < size && !err; at += step)
        err = log_demux_feed(&demux, (const char *)data + at, size - at < step ? size - at : step);
    return 0;
}
