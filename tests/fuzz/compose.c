/* Compose files, and what they say of images and variables. */

#include "config/compose.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO(str) char *text = fuzz_text(data, size);
    AUTO(compose) Compose compose = {0};
    Error *err = compose_parse(text, size, "compose.yaml", &compose);

    fuzz_done(err);
    for (size_t i = 0; i < compose.len; i++) {
        const char *image = compose.items[i].image;
        AUTO(str) char *expanded = NULL;
        AUTO(str) char *repository = image ? compose_repository(image) : NULL;

        (void)repository; /* clang: unused */
        if (image && compose_expand(image, &expanded))
            (void)compose_server(expanded);
    }
    (void)compose_application(&compose, compose_migrate(&compose, &(const char *){NULL}));
    return 0;
}
