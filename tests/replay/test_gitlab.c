#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "release_replay.h"

#define TOKEN "glpat-000000000000000001"
#define HINT  "GITLAB_TOKEN with the scope 'read_api', or the job's CI_JOB_TOKEN"

static Peer *peer_of(const char *name)
{
    AUTO(str) char *story = xasprintf("fixtures/http/gitlab/%s.http", name);

    return peer_start(story, true);
}

/* The API as localhost has it: a link to 127.0.0.1 is one to another host then. */
static void fetch_story(const char *name, ReleaseQuery query, Fetched *fetched)
{
    Peer *peer = peer_of(name);
    AUTO(str) char *host = as_localhost(peer);
    AUTO(str) char *api = NULL;

    api = xasprintf("%s/api/v4", text_eq(name, "pages") ? peer_url(peer) : host);
    query.source = "gitlab";
    query.api = api;
    query.max_wait_ms = 1500;
    fetch(query, fetched);
    peer_finish(peer);
}

typedef struct Row {
    const char *story, *repository, *token, *releases;
} Row;

static void test_answers(void **state)
{
#define SHA " ad0df86c3f8a0f1ddb0a7fb8ad6ae5a2e4d3d1c1"
    static const Row ROWS[] = {
        {"pages", "acme/notes", TOKEN,
         "v2.0.0 2026-06-01T10:00:00Z" SHA "\nv2.0.0-rc.1 2026-05-20T10:00:00Z" SHA
         "\nv1.0.0 2025-01-01T00:00:00Z"},
        {"next-page", "acme/notes", NULL,
         "v2.0.0 2026-06-01T10:00:00Z" SHA "\nv1.0.0 2025-01-01T00:00:00Z" SHA},
        {"other-host", "acme/notes", TOKEN,
         "v2.0.0 2026-06-01T10:00:00Z" SHA "\nv1.0.0 2025-01-01T00:00:00Z" SHA},
        {"moved-elsewhere", "acme/notes", TOKEN, ""},
        {"job-token", "4711", "glcbt-64_000000000000000001", "v1.0.0 2025-01-01T00:00:00Z" SHA},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fetched) Fetched fetched = {0};

        fetch_story(ROWS[i].story,
                    (ReleaseQuery){.repository = ROWS[i].repository, .token = ROWS[i].token},
                    &fetched);
        assert_releases(&fetched, ROWS[i].releases);
        assert_no_warnings(&fetched);
    }
}

/* Newer job tokens have no prefix: the variable tells. */
static void test_job_token_by_variable(void **state)
{
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    assert_int_equal(setenv("CI_JOB_TOKEN", "eyJraWQiOiJ0ZXN0In0.e30.c2ln", 1), 0);
    fetch_story("job-token-jwt",
                (ReleaseQuery){.repository = "4711", .token = "eyJraWQiOiJ0ZXN0In0.e30.c2ln"},
                &fetched);
    assert_int_equal(unsetenv("CI_JOB_TOKEN"), 0);
    assert_releases(&fetched, "v1.0.0 2025-01-01T00:00:00Z" SHA);
}

typedef struct BadRow {
    const char *story;
    ErrCode code;
    const char *message;
} BadRow;

static void test_refusals(void **state)
{
    static const BadRow ROWS[] = {
        {"not-found", ERR_NOT_FOUND,
         "the releases of acme/notes: not found at {base}/api/v4 (404: 404 Project Not Found): private "
         "or misspelt; for a private one the token must permit it: " HINT},
        {"unauthorized", ERR_DENIED,
         "the releases of acme/notes: GitLab does not accept the token (401: Token is expired. You can "
         "either do re-authorization or token refresh.): it may have expired"},
        {"no-tag", ERR_PROTOCOL,
         "the releases of acme/notes: GitLab: reply.0.tag_name: wanted text, got nothing"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Peer *peer = peer_of(ROWS[i].story);
        AUTO(str) char *api = xasprintf("%s/api/v4", peer_url(peer));
        AUTO(fetched) Fetched fetched = {0};

        fetch(
            (ReleaseQuery){
                .source = "gitlab", .repository = "acme/notes", .api = api, .token = TOKEN},
            &fetched);
        assert_failed(&fetched, ROWS[i].code, peer_url(peer), ROWS[i].message);
        peer_finish(peer);
    }
}

static void test_limit(void **state)
{
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch_story("limit", (ReleaseQuery){.repository = "acme/notes", .token = TOKEN}, &fetched);
    assert_non_null(fetched.err);
    assert_int_equal(fetched.err->code, ERR_RATE_LIMIT);
    assert_true(text_starts(fetched.err->msg,
                            "the releases of acme/notes: the rate limit of GitLab is reached (429: "
                            "Retry later): try again at 2100-01-01T00:00:0"));
}

static void test_settings(void **state)
{
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch((ReleaseQuery){.source = "gitlab"}, &fetched);
    assert_failed(&fetched, ERR_INVALID, "",
                  "releases.repository: wanted a project's path or id such as acme/notes, found "
                  "nothing");
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_answers),  cmocka_unit_test(test_job_token_by_variable),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_limit),
        cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
