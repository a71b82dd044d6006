#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "release_replay.h"

static Peer *peer_of(const char *name)
{
    AUTO(str) char *story = xasprintf("fixtures/http/gitea/%s.http", name);

    return peer_start(story, true);
}

typedef struct Row {
    const char *story, *token;
    bool want_sha;
    const char *releases;
} Row;

static void test_answers(void **state)
{
    static const Row ROWS[] = {
        {"pages", "0000000000000000000000000000000000000001", false,
         "v2.1.0 2026-07-01T10:00:00Z draft\nv2.0.0 2026-06-01T10:00:00Z\n"
         "v2.0.0-rc.1 2026-05-20T10:00:00Z pre\nv1.1.0 2026-05-01T00:00:00Z\n"
         "v1.0.0 2025-01-01T00:00:00Z"},
        {"no-total", NULL, false, "v1.1.0 2026-05-01T00:00:00Z\nv1.0.0 2025-01-01T00:00:00Z"},
        {"tags", NULL, true,
         "v1.0.0 2025-01-01T00:00:00Z 3333333333333333333333333333333333333333"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Peer *peer = peer_of(ROWS[i].story);
        AUTO(str) char *api = xasprintf("%s/api/v1", peer_url(peer));
        AUTO(fetched) Fetched fetched = {0};

        fetch((ReleaseQuery){.source = "gitea",
                             .repository = "acme/notes",
                             .api = api,
                             .token = ROWS[i].token,
                             .want_sha = ROWS[i].want_sha},
              &fetched);
        peer_finish(peer);
        assert_releases(&fetched, ROWS[i].releases);
        assert_no_warnings(&fetched);
    }
}

static void test_not_found(void **state)
{
    Peer *peer = peer_of("not-found");
    AUTO(str) char *api = xasprintf("%s/api/v1", peer_url(peer));
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch((ReleaseQuery){.source = "gitea", .repository = "acme/notes", .api = api}, &fetched);
    assert_failed(
        &fetched, ERR_NOT_FOUND, peer_url(peer),
        "the releases of acme/notes: not found at {base}/api/v1 (404: The target couldn't be "
        "found.): private or misspelt; for a private one there must be a token: GITEA_TOKEN "
        "with the scope 'read:repository'");
    peer_finish(peer);
}

static void test_settings(void **state)
{
    AUTO(fetched) Fetched no_api = {0};
    AUTO(fetched) Fetched no_repository = {0};

    (void)state;
    fetch((ReleaseQuery){.source = "gitea", .repository = "acme/notes"}, &no_api);
    assert_failed(&no_api, ERR_INVALID, "",
                  "releases.api: wanted the server's API for source gitea, such as "
                  "https://HOST/api/v1, found nothing");
    fetch((ReleaseQuery){.source = "gitea", .api = "http://127.0.0.1:1"}, &no_repository);
    assert_failed(&no_repository, ERR_INVALID, "",
                  "releases.repository: wanted OWNER/NAME such as acme/notes, found nothing");
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_not_found),
        cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
