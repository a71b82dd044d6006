/* Commands, split as a shell does. */

#include "base/words.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    StrList words = {0};

    fuzz_done(words_split(text, &words));
    str_list_clear(&words);
    return 0;
}
