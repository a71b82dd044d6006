#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "release/challenge.h"
#include "release/registry_tags.h"
#include "release/tag.h"

typedef struct ChallengeRow {
    const char *header;
    ChallengeKind kind;
    const char *realm, *service, *scope;
} ChallengeRow;

static void assert_text(const char *found, const char *wanted, const char *header)
{
    if (!text_eq(found, wanted))
        fail_msg("%s: got '%s', wanted '%s'", header, found ? found : "nothing",
                 wanted ? wanted : "nothing");
}

static void test_challenge(void **state)
{
    static const ChallengeRow ROWS[] = {
        {"Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
         "scope=\"repository:samalba/my-app:pull,push\"",
         CHALLENGE_BEARER, "https://auth.docker.io/token", "registry.docker.io",
         "repository:samalba/my-app:pull,push"},
        {"bearer   realm = \"https://a/t\" ,  SERVICE=x , scope=\"\"", CHALLENGE_BEARER,
         "https://a/t", "x", ""},
        {"Bearer scope=\"a:b:c\", realm=https://a/t", CHALLENGE_BEARER, "https://a/t", NULL,
         "a:b:c"},
        {"Bearer realm=\"https://a/\\\"t\\\\\",error=\"invalid_token\"", CHALLENGE_BEARER,
         "https://a/\"t\\", NULL, NULL},
        {"Bearer realm=\"https://a/t", CHALLENGE_BEARER, "https://a/t", NULL, NULL},
        {"Basic realm=\"Registry, \\\"Realm\\\"\"", CHALLENGE_BASIC, "Registry, \"Realm\"", NULL,
         NULL},
        {"BASIC", CHALLENGE_BASIC, NULL, NULL, NULL},
        /* the better of two */
        {"Basic realm=\"r\", Bearer realm=\"https://a/t\",service=\"s\"", CHALLENGE_BEARER,
         "https://a/t", "s", NULL},
        {"Bearer realm=\"https://a/t\", Basic realm=\"r\"", CHALLENGE_BEARER, "https://a/t", NULL,
         NULL},
        {"Negotiate, Basic realm=\"r\"", CHALLENGE_BASIC, "r", NULL, NULL},
        {"Bearer realm=\"\", Basic realm=\"r\"", CHALLENGE_BASIC, "r", NULL, NULL},
        /* the first of two values */
        {"Bearer realm=\"https://a/t\",realm=\"https://evil/t\"", CHALLENGE_BEARER, "https://a/t",
         NULL, NULL},
        /* none that we can answer */
        {"", CHALLENGE_NONE, NULL, NULL, NULL},
        {"Bearer", CHALLENGE_NONE, NULL, NULL, NULL},
        {"Bearer service=\"s\"", CHALLENGE_NONE, NULL, NULL, NULL},
        {"realm=\"https://a/t\"", CHALLENGE_NONE, NULL, NULL, NULL},
        {"Digest realm=\"r\", nonce=\"x\"", CHALLENGE_NONE, NULL, NULL, NULL},
        {",,, = \" \\", CHALLENGE_NONE, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(challenge) Challenge challenge = {0};

        challenge_parse(ROWS[i].header, &challenge);
        if (challenge.kind != ROWS[i].kind)
            fail_msg("%s: kind %d", ROWS[i].header, (int)challenge.kind);
        assert_text(challenge.realm, ROWS[i].realm, ROWS[i].header);
        assert_text(challenge.service, ROWS[i].service, ROWS[i].header);
        assert_text(challenge.scope, ROWS[i].scope, ROWS[i].header);
    }
}

static void test_token_url(void **state)
{
    static const char *const ROWS[][2] = {
        {"Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:n:pull,push\"",
         "https://a/t?service=s&scope=repository%3An%3Apull%2Cpush"},
        {"Bearer realm=\"https://a/t\"", "https://a/t?scope=repository%3Ax%3Apull"},
        {"Bearer realm=\"https://a/t?x=1\",scope=\"a:b:c  d:e:f\"",
         "https://a/t?x=1&scope=a%3Ab%3Ac&scope=d%3Ae%3Af"},
        {"Bearer realm=\"https://a/t\",service=\"a&b=c\"",
         "https://a/t?service=a%26b%3Dc&scope=repository%3Ax%3Apull"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(challenge) Challenge challenge = {0};
        AUTO(str) char *url = NULL;

        challenge_parse(ROWS[i][0], &challenge);
        url = challenge_token_url(&challenge, "repository:x:pull");
        assert_string_equal(url, ROWS[i][1]);
    }
}

static void test_basic_credentials(void **state)
{
    /* RFC 7617 and the three lengths of padding; the last has a character of the plain alphabet */
    static const char *const ROWS[][3] = {
        {"Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
        {"a", "b", "YTpi"},
        {"a", "bc", "YTpiYw=="},
        {"a", "bcd", "YTpiY2Q="},
        {"", "", "Og=="},
        {"a", "\xff\xfe>?", "YTr//j4/"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *encoded = basic_credentials(ROWS[i][0], ROWS[i][1]);

        assert_string_equal(encoded, ROWS[i][2]);
    }
}

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_tags(void **state)
{
    static const char *const ROWS[][2] = {
        {"", ""},
        {"latest v1.0.0 edge v1.1.0", "v1.0.0 v1.1.0"},
        {"sha256-" HEX64 ".sig sha256-" HEX64 ".att sha256-" HEX64, ""},
        {"sha256-" HEX64 ".sig 6 7", "6 7"},
        {"latest", "latest"},
        {"sha-0a1b2c3 sha-1234567 v1.0.0", "v1.0.0"},
        {"0a1b2c3 1234567 v1.0.0", "v1.0.0"},
        {"sha-0a1b2c3 sha-1234567", "sha-0a1b2c3 sha-1234567"},
        /* 1 and 1.2 move where images carry whole versions */
        {"1 1.2 1.2.0 1.2.1 2 2.0 2.0.1", "1.2.0 1.2.1 2.0.1"},
        {"v1 v1.2 v1.2.0 v1.3", "v1.2.0 v1.3"},
        {"api-1 api-1.2.0 web-1", "api-1.2.0 web-1"},
        {"1.2 1.2.0-rc.1 1.2.1-rc.1", "1.2.0-rc.1 1.2 1.2.1-rc.1"},
        /* ... and are releases where they do not */
        {"5.0 5.0.1 5.1 5.1.2", "5.0 5.0.1 5.1 5.1.2"},
        {"1 2 3 10", "1 2 3 10"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(release_list) ReleaseList releases = {0};
        AUTO(str_list) StrList words = {0};
        AUTO(str_list) StrList warnings = {0};
        AUTO(str_list) StrList kept = {0};
        AUTO(str) char *joined = NULL;

        str_list_split(ROWS[i][0], ' ', &words);
        for (size_t k = 0; k < words.len && *ROWS[i][0]; k++)
            release_list_add(&releases, &(Release){.tag = words.items[k], .published_ms = -1});
        registry_tags_keep_releases(&releases, &warnings);
        for (size_t k = 0; k < releases.len; k++)
            str_list_add(&kept, releases.items[k].tag);
        joined = str_list_join(&kept, " ");
        assert_string_equal(joined, ROWS[i][1]);
    }
}

static void test_tag_kinds(void **state)
{
    bool certain = true;

    (void)state;
    assert_true(tag_is_moving("latest"));
    assert_true(tag_is_moving("Nightly"));
    assert_false(tag_is_moving("v1"));
    assert_false(tag_is_moving("latest-1"));
    assert_true(tag_is_signature("sha256-" HEX64 ".sbom"));
    assert_false(tag_is_signature("sha256-" HEX64 "0"));
    assert_false(tag_is_signature("sha256-" HEX64 ".tar"));
    assert_false(tag_is_signature("sha256-0123.sig"));
    assert_int_equal(tag_hash_length("1234567", &certain), 7);
    assert_false(certain);
    assert_int_equal(tag_hash_length("sha-0a1b2c3d", &certain), 8);
    assert_true(certain);
    assert_int_equal(tag_hash_length("123456", &certain), 0);
    assert_int_equal(tag_hash_length("0A1B2C3", &certain), 0);
    assert_int_equal(tag_hash_length(HEX64, &certain), 64);
    assert_int_equal(tag_hash_length(HEX64 "0", &certain), 0);
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_challenge),         cmocka_unit_test(test_token_url),
        cmocka_unit_test(test_basic_credentials), cmocka_unit_test(test_tags),
        cmocka_unit_test(test_tag_kinds),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
