/* Image references. */

#include "engine/credentials.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    AUTO(image_ref) ImageRef ref = {0};

    fuzz_done(image_ref_parse(text, &ref));
    return 0;
}
