/* Tags and ranges: two tags and a range, a line each. */

#include "model/version.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    char *rest = text;
    const char *a = strsep(&rest, "\n"), *b = rest ? strsep(&rest, "\n") : a;
    AUTO(version) Version left = {0};
    AUTO(version) Version right = {0};
    bool within;

    version_parse(a, &left);
    version_parse(b, &right);
    if (version_compare(&left, &right) != -version_compare(&right, &left))
        abort(); /* an order that depends on who asks */
    (void)version_text_compare(a, b);
    fuzz_done(version_in_range(a, rest ? rest : b, &within));
    return 0;
}
