/* The sequence of JSON objects that pulls, builds and loads answer with, in pieces. */

#include "engine/internal.h"
#include "fuzz.h"

static Error *take(void *context, const cJSON *object)
{
    if (json_stream_failure(object))
        ++*(int *)context;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t step = size > 0 ? data[0] % 32U + 1 : 1;
    AUTO(json_stream) JsonStream stream = {0};
    AUTO(error) Error *err = NULL;
    int failures = 0;

    json_stream_init(&stream, take, &failures);
    for (size_t at = 1; at < size && !err; at += step)
        err =
            json_stream_feed(&stream, (const char *)data + at, size - at < step ? size - at : step);
    if (!err)
        err = json_stream_end(&stream);
    return 0;
}
