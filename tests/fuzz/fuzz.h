#pragma once
/* A target feeds one parser with outside bytes. libFuzzer calls it with what it makes up
 * (scripts/fuzz), replay.c with the seeds. That it comes back, and that the sanitizers say nothing,
 * is what is wanted. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input as a text: NUL-terminated, and on the heap, so that one byte too far is seen. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    if (!text)
        abort();
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* Whatever a parser says of its input is right. */
static inline void fuzz_done(Error *err)
{
    error_free(err);
}
