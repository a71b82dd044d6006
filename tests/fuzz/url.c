/* URLs: of redirects, links and peers. */

#include "net/url.h"

#include "fuzz.h"
#include "net/http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    AUTO(str) char *peer = url_peer(text);
    AUTO(str) char *resolved = url_resolve("https://api.example.com/a/b?c", text);

    (void)peer; /* clang: unused */
    (void)resolved;
    (void)url_is_loopback(text);
    return 0;
}
