/* Image references, as Docker reads them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/list.h"
#include "engine/credentials.h"

#define HEX64  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA256 "sha256:" HEX64

typedef struct Good {
    const char *text, *registry, *repository, *tag, *digest;
} Good;

static void same(const char *text, const char *part, const char *got, const char *want)
{
    if (!text_eq(got, want))
        fail_msg("'%s': %s: wanted '%s', got '%s'", text, part, want ? want : "NULL",
                 got ? got : "NULL");
}

static void reads(void **state)
{
    static const Good ROWS[] = {
        {"redis", "docker.io", "library/redis", NULL, NULL},
        {"redis:7", "docker.io", "library/redis", "7", NULL},
        {"acme/notes:v1.2.0-rc.1", "docker.io", "acme/notes", "v1.2.0-rc.1", NULL},
        {"docker.io/redis", "docker.io", "library/redis", NULL, NULL},
        {"docker.io/library/redis:7", "docker.io", "library/redis", "7", NULL},
        {"index.docker.io/acme/notes", "docker.io", "acme/notes", NULL, NULL},
        {"ghcr.io/acme/notes:6", "ghcr.io", "acme/notes", "6", NULL},
        {"ghcr.io/acme/team/notes", "ghcr.io", "acme/team/notes", NULL, NULL},
        {"ghcr.io/notes", "ghcr.io", "notes", NULL, NULL},
        {"localhost/notes:1", "localhost", "notes", "1", NULL},
        {"localhost:5000/notes:1", "localhost:5000", "notes", "1", NULL},
        {"localhost:5000", "docker.io", "library/localhost", "5000", NULL},
        {"127.0.0.1:5000/acme/notes", "127.0.0.1:5000", "acme/notes", NULL, NULL},
        {"[::1]:5000/notes:1", "[::1]:5000", "notes", "1", NULL},
        {"[fe80::1]/notes", "[fe80::1]", "notes", NULL, NULL},
        {"REGISTRY/notes", "REGISTRY", "notes", NULL, NULL},
        {"my-host.example/notes", "my-host.example", "notes", NULL, NULL},
        {"notes@" SHA256, "docker.io", "library/notes", NULL, SHA256},
        {"ghcr.io:443/acme/notes:6@" SHA256, "ghcr.io:443", "acme/notes", "6", SHA256},
        {"a_b/c__d/e--f/g.h:_x", "docker.io", "a_b/c__d/e--f/g.h", "_x", NULL},
        {"seatrial-candidate:0f3a", "docker.io", "library/seatrial-candidate", "0f3a", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const Good *row = &ROWS[i];
        AUTO(image_ref) ImageRef ref = {0};
        AUTO(error) Error *err = image_ref_parse(row->text, &ref);

        if (err)
            fail_msg("'%s': %s", row->text, err->msg);
        same(row->text, "registry", ref.registry, row->registry);
        same(row->text, "repository", ref.repository, row->repository);
        same(row->text, "tag", ref.tag, row->tag);
        same(row->text, "digest", ref.digest, row->digest);
    }
}

#define NAME_RULE                                                                                  \
    "the repository name may have lower-case letters, digits and single separators ('.', '_', "    \
    "'__', '-') between them"
#define TAG_RULE                                                                                   \
    "the tag may have letters, digits, '_', '.' and '-', 128 at most, and begins with neither "    \
    "'.' nor '-'"
#define DIGEST_RULE   "the digest is not 'sha256:' and 64 hex digits"
#define REGISTRY_RULE "the registry is not a host name with an optional port"

static void refuses(void **state)
{
    static const struct {
        const char *text, *shown, *why; /* shown NULL: as it is */
    } ROWS[] = {
        {"", NULL, "there is no repository name"},
        {":1", NULL, "there is no repository name"},
        {"Notes:1", NULL, "the repository name must be lower case"},
        {"ghcr.io/Acme/notes", NULL, "the repository name must be lower case"},
        {"notes:", NULL, TAG_RULE},
        {"notes:.1", NULL, TAG_RULE},
        {"notes:-1", NULL, TAG_RULE},
        {"notes:a b", NULL, TAG_RULE},
        {"notes:1:2", NULL, NAME_RULE},
        {"notes:1/", NULL, NAME_RULE},
        {"acme//notes", NULL, NAME_RULE},
        {"acme/notes/", NULL, NAME_RULE},
        {"/notes", NULL, NAME_RULE},
        {"acme/../notes", NULL, NAME_RULE},
        {"../notes", NULL, REGISTRY_RULE},
        {"a/../notes", NULL, NAME_RULE},
        {"acme/-notes", NULL, NAME_RULE},
        {"acme/notes-", NULL, NAME_RULE},
        {"acme/no..tes", NULL, NAME_RULE},
        {"acme/no___tes", NULL, NAME_RULE},
        {"acme/no._tes", NULL, NAME_RULE},
        {"acme/notes?x=1", NULL, NAME_RULE},
        {"https://ghcr.io/acme/notes", NULL, REGISTRY_RULE},
        {"-host.example/notes", NULL, REGISTRY_RULE},
        {"host..example/notes", NULL, REGISTRY_RULE},
        {"host.example:port/notes", NULL, REGISTRY_RULE},
        {"host.example:123456/notes", NULL, REGISTRY_RULE},
        {"[::1/notes", NULL, REGISTRY_RULE},
        {"notes@", NULL, DIGEST_RULE},
        {"notes@sha256:abc", NULL, DIGEST_RULE},
        {"notes@md5:" HEX64, NULL, DIGEST_RULE},
        {"notes@" SHA256 "0", NULL, DIGEST_RULE},
        {HEX64, NULL, "64 hex digits are an image id, not a name"},
        {"no\ntes\033[31m", "no tes", NAME_RULE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const char *shown = ROWS[i].shown ? ROWS[i].shown : ROWS[i].text;
        AUTO(str) char *want = xasprintf("image reference '%s': %s", shown, ROWS[i].why);
        ImageRef ref = {.registry = NULL};
        AUTO(error) Error *err = image_ref_parse(ROWS[i].text, &ref);

        if (!err)
            fail_msg("'%s' was accepted", ROWS[i].text);
        assert_string_equal(err->msg, want);
        assert_int_equal(err->code, ERR_INVALID);
        assert_null(ref.registry);
        assert_null(ref.repository);
        assert_null(ref.tag);
        assert_null(ref.digest);
    }
}

static void long_names(void **state)
{
    char text[400];
    AUTO(image_ref) ImageRef ref = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    memset(text, 'a', sizeof text);
    text[255] = '\0';
    assert_null(image_ref_parse(text, &ref));
    text[255] = 'a';
    text[256] = '\0';
    err = image_ref_parse(text, &ref);
    assert_non_null(err);
    assert_true(text_ends(err->msg, ": the repository name is longer than 255 bytes"));
    error_free(TAKE(err));
    memcpy(text, "n:", 2);
    text[2 + 128] = '\0';
    image_ref_clear(&ref);
    assert_null(image_ref_parse(text, &ref));
    assert_int_equal(strlen(ref.tag), 128);
    text[2 + 128] = 'a';
    text[2 + 129] = '\0';
    err = image_ref_parse(text, &ref);
    assert_non_null(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
        cmocka_unit_test(long_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
