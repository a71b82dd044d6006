/* Archives: names, sizes, compression. */

#include "tar/tar.h"

#include "fuzz.h"

typedef struct Input {
    const uint8_t *data;
    size_t size, at;
} Input;

static Error *give(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Input *input = context;
    size_t len = input->size - input->at < size ? input->size - input->at : size;

    if (len > 0)
        memcpy(buffer, input->data + input->at, len);
    input->at += len;
    *ret_len = len;
    return NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Input input = {data, size, 0};
    AUTO(tar_reader) TarReader *reader = NULL;
    AUTO(error) Error *err = tar_reader_open(give, &input, &reader);
    bool more = true;

    for (int entries = 0; !err && more && entries < 1000; entries++) {
        TarEntry entry;
        AUTO(str) char *text = NULL;
        size_t len;

        err = tar_reader_next(reader, &entry, &more);
        if (!err && more && strlen(entry.path) % 2 == 0)
            err = tar_reader_text(reader, 64U << 10, &text, &len);
    }
    return 0;
}
