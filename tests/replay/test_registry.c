#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/secret.h"
#include "release_replay.h"

/* alice:s3cret:with?colon */
#define ALICE "\"auth\":\"YWxpY2U6czNjcmV0OndpdGg/Y29sb24=\""

static Peer *peer_of(const char *name)
{
    AUTO(str) char *story = xasprintf("fixtures/http/registry/%s.http", name);

    return peer_start(story, true);
}

/* Log in to the peer with that entry of a configuration file. */
static void log_in(const char *host, const char *entry)
{
    AUTO(str) char *config = xasprintf("{\"auths\":{\"%s\":{%s}}}", host, entry);

    assert_int_equal(setenv("DOCKER_AUTH_CONFIG", entry ? config : "{}", 1), 0);
}

static void fetch_from(const Peer *peer, const char *entry, Fetched *fetched)
{
    const char *host = peer_url(peer) + strlen("http://");
    AUTO(str) char *image = xasprintf("%s/acme/notes", host);

    log_in(host, entry ? entry : "");
    /* the token is that of a release API: a registry must never see it */
    fetch((ReleaseQuery){.source = "registry", .image = image, .token = "ghp_of-another-host"},
          fetched);
}

typedef struct Row {
    const char *story, *entry, *releases;
    const char *warning;
} Row;

static void test_answers(void **state)
{
    static const Row ROWS[] = {
        /* latest, hashes, signatures and the short tags that move are no releases */
        {"plain", NULL, "1.2.0 -\n1.2.1 -\n1.10.0 -\nv2.0.0-rc.1 -", NULL},
        {"pages", NULL, "v1.0.0 -\nv1.1.0 -\nv1.2.0 -\nv1.3.0 -", NULL},
        {"login", ALICE, "v1.0.0 -", NULL},
        {"basic", ALICE, "v1.0.0 -", NULL},
        {"identity", "\"identitytoken\":\"identity+token=\"", "v1.0.0 -", NULL},
        {"null-tags", NULL, "", NULL},
        {"small-pages", NULL, "v1.0.0 -", NULL},
        {"no-versions", NULL, "green -\nlatest -\nred -",
         "no tag of the image is a version, and a registry tells no times: the tags are taken in the "
         "order of their names"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Peer *peer = peer_of(ROWS[i].story);
        AUTO(fetched) Fetched fetched = {0};
        AUTO(str) char *warnings = NULL;

        fetch_from(peer, ROWS[i].entry, &fetched);
        peer_finish(peer);
        assert_releases(&fetched, ROWS[i].releases);
        warnings = str_list_join(&fetched.warnings, " | ");
        assert_string_equal(warnings, ROWS[i].warning ? ROWS[i].warning : "");
    }
}

static void test_tokens_are_secret(void **state)
{
    Peer *peer = peer_of("pages");
    AUTO(fetched) Fetched fetched = {0};
    AUTO(str) char *masked = NULL;

    (void)state;
    fetch_from(peer, NULL, &fetched);
    peer_finish(peer);
    masked = secret_mask("first.token second.token");
    assert_string_equal(masked, "*** ***");
}

typedef struct BadRow {
    const char *story;
    ErrCode code;
    const char *message; /* behind "the tags of HOST/acme/notes: "; {host} is replaced */
} BadRow;

static void test_refusals(void **state)
{
#define UNSEEN(words)                                                                              \
    "{host} does not show them (" words                                                            \
    "): private, misspelt or never pushed; credentials: none, "                                    \
    "see docker login {host}"
    static const BadRow ROWS[] = {
        {"unknown", ERR_NOT_FOUND, UNSEEN("404: repository name not known to registry")},
        {"denied", ERR_DENIED, UNSEEN("401: authentication required")},
        {"token-denied", ERR_DENIED, UNSEEN("403: requested access to the resource is denied")},
        {"basic-anonymous", ERR_DENIED, UNSEEN("401: authentication required")},
        {"no-challenge", ERR_DENIED, UNSEEN("401: authentication required")},
        {"token-missing", ERR_PROTOCOL, "token reply: wanted a token, found none"},
        {"token-hostile", ERR_PROTOCOL, "token reply: what it calls a token is none"},
        {"wrong-type", ERR_PROTOCOL, "{host}: reply.tags.1: wanted text, got a number"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Peer *peer = peer_of(ROWS[i].story);
        const char *host = peer_url(peer) + strlen("http://");
        AUTO(str) char *rest = text_replace(ROWS[i].message, "{host}", host);
        AUTO(str) char *message = xasprintf("the tags of %s/acme/notes: %s", host, rest);
        AUTO(fetched) Fetched fetched = {0};

        fetch_from(peer, NULL, &fetched);
        assert_failed(&fetched, ROWS[i].code, "", message);
        peer_finish(peer);
    }
}

static void test_refused_login(void **state)
{
    Peer *peer = peer_of("denied-login");
    const char *host = peer_url(peer) + strlen("http://");
    AUTO(str)
    char *begin = xasprintf("the tags of %s/acme/notes: %s does not show them (401: "
                            "incorrect username or password): private, misspelt or never "
                            "pushed; credentials: ",
                            host, host);
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch_from(peer, ALICE, &fetched);
    assert_non_null(fetched.err);
    assert_int_equal(fetched.err->code, ERR_DENIED);
    if (!text_starts(fetched.err->msg, begin) ||
        !text_ends(fetched.err->msg, ", they may have expired"))
        fail_msg("%s", fetched.err->msg);
    peer_finish(peer);
}

static void test_limit(void **state)
{
    Peer *peer = peer_of("limit");
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch_from(peer, NULL, &fetched);
    assert_non_null(fetched.err);
    assert_int_equal(fetched.err->code, ERR_RATE_LIMIT);
    assert_non_null(strstr(fetched.err->msg, " is reached (429: too many requests): "
                                             "try again at 20"));
    assert_true(text_ends(fetched.err->msg, ", in 30 min 0 s; releases.max_wait is 0.0 s"));
    peer_finish(peer);
}

/* Other hosts are spoken to with TLS, which the peer does not. */
static void test_api_overrides_scheme(void **state)
{
    Peer *peer = peer_of("null-tags");
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    log_in("registry.example.com", "");
    fetch((ReleaseQuery){.source = "registry",
                         .image = "registry.example.com/acme/notes",
                         .api = peer_url(peer)},
          &fetched);
    assert_releases(&fetched, "");
    peer_finish(peer);
}

static void test_settings(void **state)
{
    AUTO(fetched) Fetched none = {0};
    AUTO(fetched) Fetched bad = {0};

    (void)state;
    fetch((ReleaseQuery){.source = "registry"}, &none);
    assert_failed(&none, ERR_INVALID, "",
                  "image: wanted the image's repository for source registry, such as "
                  "ghcr.io/acme/notes, found nothing");
    fetch((ReleaseQuery){.source = "registry", .image = "not an image"}, &bad);
    assert_non_null(bad.err);
    assert_int_equal(bad.err->code, ERR_INVALID);
    assert_true(text_starts(bad.err->msg, "image: "));
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_answers),  cmocka_unit_test(test_tokens_are_secret),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_refused_login),
        cmocka_unit_test(test_limit),    cmocka_unit_test(test_api_overrides_scheme),
        cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
