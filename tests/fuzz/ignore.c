/* .dockerignore: the patterns in the first lines, a path in the last one. */

#include "fuzz.h"
#include "tar/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    char *last = strrchr(text, '\n');
    AUTO(tar_ignore) TarIgnore *ignore = NULL;

    if (last)
        *last++ = '\0';
    fuzz_done(tar_ignore_parse(text, ".dockerignore", &ignore));
    if (ignore)
        (void)tar_ignore_matches(ignore, last ? last : "a/b");
    return 0;
}
