/* Files of KEY=value lines. */

#include "config/env_file.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    StrMap pairs = {0};

    fuzz_done(env_file_parse(text, size, "fuzz.env", &pairs));
    str_map_clear(&pairs);
    return 0;
}
