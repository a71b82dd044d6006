/* Where the certificates of authorities are looked for, and in which order. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/trust.h"

static char root[] = "/tmp/seatrial-trust-XXXXXX";

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
    char command[64];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    return system(command); /* NOLINT: our own folder */
}

/* An empty file below root, with the folders above it. */
static void make(const char *path)
{
    char command[512];

    (void)snprintf(command, sizeof command, "mkdir -p $(dirname %s%s) && touch %s%s", root, path,
                   root, path);
    assert_int_equal(system(command), 0); /* NOLINT: constant names */
}

static void nothing_there(void **state)
{
    char path[256];

    (void)state;
    assert_null(trust_file(NULL, NULL, root, path));
    assert_null(trust_file("", "/nowhere/ca.crt", root, path));
}

static void a_named_file_counts_even_when_it_is_missing(void **state)
{
    char path[256];

    (void)state;
    assert_string_equal(trust_file("/nowhere/own.crt", "/etc/passwd", root, path),
                        "/nowhere/own.crt");
}

static void what_curl_was_built_for_comes_first(void **state)
{
    char path[256];

    (void)state;
    make("/etc/ssl/cert.pem");
    assert_string_equal(trust_file(NULL, "/etc/passwd", root, path), "/etc/passwd");
}

static void the_places_of_distributions(void **state)
{
    static const char *const PLACES[] = {/* the later ones win over what was made before */
                                         "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem",
                                         "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                         "/etc/pki/tls/certs/ca-bundle.crt",
                                         "/etc/ssl/certs/ca-certificates.crt"};

    (void)state;
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        char path[256], want[256];

        make(PLACES[i]);
        (void)snprintf(want, sizeof want, "%s%s", root, PLACES[i]);
        assert_string_equal(trust_file(NULL, "/nowhere/ca.crt", root, path), want);
        assert_string_equal(path, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_there),
        cmocka_unit_test(a_named_file_counts_even_when_it_is_missing),
        cmocka_unit_test(what_curl_was_built_for_comes_first),
        cmocka_unit_test(the_places_of_distributions),
    };

    return cmocka_run_group_tests(tests, make_root, remove_root);
}
