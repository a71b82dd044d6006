#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "release_replay.h"

#define TOKEN "ghp_0000000000000000000000000000000001"

static ReleaseQuery query_of(const char *api)
{
    return (ReleaseQuery){
        .source = "github", .repository = "acme/notes", .api = api, .max_wait_ms = 1500};
}

static void fetch_story(const char *name, ReleaseQuery query, Fetched *fetched)
{
    AUTO(str) char *story = xasprintf("fixtures/http/github/%s.http", name);
    Peer *peer = peer_start(story, true);
    AUTO(str) char *here = as_localhost(peer);

    query.api = here;
    fetch(query, fetched);
    peer_finish(peer);
}

static void test_pages(void **state)
{
    Peer *peer = peer_start("fixtures/http/github/pages.http", true);
    AUTO(str) char *api = xasprintf("%s/", peer_url(peer)); /* a final slash is dropped */
    ReleaseQuery query = query_of(api);
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    query.token = "  " TOKEN "\n"; /* as read from a file */
    fetch(query, &fetched);
    peer_finish(peer);
    assert_releases(&fetched,
                    "v1.9.9 2026-07-20T10:00:00Z\n"
                    "v2.1.0 - draft\n"
                    "v2.0.0 2026-06-01T10:00:00Z b8b58742c92c098cae4d8c5ea7390d552faba041\n"
                    "v2.0.0-rc.1 2026-05-20T10:00:00Z pre\n"
                    "v1.9.8 2026-05-01T08:00:00Z\n"
                    "v1.0.0 2025-01-01T00:00:00Z");
    assert_no_warnings(&fetched);
    assert_int_equal(fetched.notes.len, 0);
}

typedef struct GoodRow {
    const char *story;
    bool with_token;
    const char *notes;    /* joined by "; " */
    const char *warnings; /* likewise */
    const char *releases;
} GoodRow;

static void test_answers(void **state)
{
    static const GoodRow ROWS[] = {
        {"anonymous", false, "", "", "v1.0.0 2025-01-01T00:00:00Z"},
        {"foreign-link", true, "", "", "v1.1.0 2025-02-01T00:00:00Z\nv1.0.0 2025-01-01T00:00:00Z"},
        {"renamed-elsewhere", true, "", "", "v1.0.0 2025-01-01T00:00:00Z"},
        {"limit-passed", false, "GitHub asks to wait (rate limit): trying again in 1.0 s", "",
         "v1.0.0 2025-01-01T00:00:00Z"},
        {"limit-retry-after", false, "GitHub asks to wait (rate limit): trying again in 1.0 s", "",
         "v1.0.0 2025-01-01T00:00:00Z"},
        {"server-errors", false,
         "GitHub answers 502: trying again in 0.5 s; GitHub answers 503: trying again in 1.0 s", "",
         "v1.0.0 2025-01-01T00:00:00Z"},
        {"connection-lost", false,
         "GitHub did not answer: trying again in 0.5 s; GitHub did not answer: trying again in 1.0 "
         "s",
         "", "v1.0.0 2025-01-01T00:00:00Z"},
        {"deep", false, "",
         "the releases of acme/notes: GitHub cuts the list off (Only the first 1000 results are "
         "available.); older ones are not seen, 'releases.source: git' sees them all",
         "v1.1.0 2025-02-01T00:00:00Z"},
        {"old-enterprise", false, "", "", "v1.0.0 2025-01-01T00:00:00Z"},
        {"empty", false, "",
         "acme/notes has no published release at GitHub; tags alone are no releases there, "
         "'releases.source: git' takes them",
         ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fetched) Fetched fetched = {0};
        AUTO(str) char *notes = NULL;
        AUTO(str) char *warnings = NULL;
        ReleaseQuery query = query_of(NULL);

        query.token = ROWS[i].with_token ? TOKEN : NULL;
        fetch_story(ROWS[i].story, query, &fetched);
        notes = str_list_join(&fetched.notes, "; ");
        warnings = str_list_join(&fetched.warnings, "; ");
        assert_string_equal(notes, ROWS[i].notes);
        assert_string_equal(warnings, ROWS[i].warnings);
        assert_releases(&fetched, ROWS[i].releases);
    }
}

/* On one host the token goes along to where the repository is now. */
static void test_renamed(void **state)
{
    static const char *const STORIES[] = {"fixtures/http/github/renamed-301.http",
                                          "fixtures/http/github/renamed-307.http"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(STORIES); i++) {
        Peer *peer = peer_start(STORIES[i], true);
        ReleaseQuery query = query_of(peer_url(peer));
        AUTO(fetched) Fetched fetched = {0};

        query.token = TOKEN;
        fetch(query, &fetched);
        peer_finish(peer);
        assert_releases(&fetched, "v1.0.0 2025-01-01T00:00:00Z");
    }
}

static void test_commits_of_tags(void **state)
{
    Peer *peer = peer_start("fixtures/http/github/tags.http", true);
    ReleaseQuery query = query_of(peer_url(peer));
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    query.want_sha = true;
    fetch(query, &fetched);
    peer_finish(peer);
    assert_releases(&fetched,
                    "v1.1.0 2025-02-01T00:00:00Z 1111111111111111111111111111111111111111\n"
                    "v1.0.0 2025-01-01T00:00:00Z 3333333333333333333333333333333333333333");
}

typedef struct BadRow {
    const char *story;
    bool with_token;
    ErrCode code;
    int native;
    const char *message;
} BadRow;

#define HINT "GITHUB_TOKEN with the permission 'contents: read'"

static void test_refusals(void **state)
{
    static const BadRow ROWS[] = {
        {"not-found", false, ERR_NOT_FOUND, 404,
         "the releases of acme/notes: not found at {base} (404: Not Found): private or misspelt; for "
         "a private one there must be a token: " HINT},
        {"not-found", true, ERR_NOT_FOUND, 404,
         "the releases of acme/notes: not found at {base} (404: Not Found): private or misspelt; for "
         "a private one the token must permit it: " HINT},
        {"bad-credentials", true, ERR_DENIED, 401,
         "the releases of acme/notes: GitHub does not accept the token (401: Bad credentials): it "
         "may have expired"},
        {"no-permission", true, ERR_DENIED, 403,
         "the releases of acme/notes: GitHub does not permit it (403: Resource not accessible by "
         "integration; needed: contents=read); to read them the token must permit it: " HINT},
        {"no-sso", true, ERR_DENIED, 403,
         "the releases of acme/notes: GitHub does not permit it (403: Resource protected by "
         "organization SAML enforcement. You must grant your OAuth token access to this "
         "organization.; the organisation wants the token authorised for single sign-on); to read "
         "them the token must permit it: " HINT},
        {"unprocessable", false, ERR_PROTOCOL, 422,
         "the releases of acme/notes: GitHub answers 422: Validation Failed"},
        {"bad-request", false, ERR_PROTOCOL, 400,
         "the releases of acme/notes: GitHub answers 400: Problems parsing query"},
        {"server-down", false, ERR_SYSTEM, 500,
         "the releases of acme/notes: GitHub answers 500: Server Error; try again later"},
        {"moved-nowhere", false, ERR_PROTOCOL, 302,
         "the releases of acme/notes: GitHub answers 302, moved to ftp://127.0.0.1/releases, which "
         "is not followed: set releases.api"},
        {"hostile", false, ERR_NOT_FOUND, 404,
         "the releases of acme/notes: not found at {base} (404: Not Found ::error::forged\xef\xbf\xbd"
         "): private or misspelt; for a private one there must be a token: " HINT},
        {"not-json", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply:1:1: not JSON"},
        {"no-list", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply: wanted a list"},
        {"no-tag", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply.1.tag_name: wanted text, got null"},
        {"empty-tag", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply.1.tag_name: wanted a tag, got empty text"},
        {"draft-text", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply.1.draft: wanted a boolean, got text"},
        {"time-number", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply.1.published_at: wanted text, got a number"},
        {"time-text", false, ERR_PROTOCOL, 0,
         "the releases of acme/notes: GitHub: reply.1.published_at: wanted a time such as "
         "2026-08-01T12:00:00Z, got 'yesterday'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *story = xasprintf("fixtures/http/github/%s.http", ROWS[i].story);
        Peer *peer = peer_start(story, true);
        ReleaseQuery query = query_of(peer_url(peer));
        AUTO(fetched) Fetched fetched = {0};

        query.token = ROWS[i].with_token ? TOKEN : NULL;
        fetch(query, &fetched);
        assert_failed(&fetched, ROWS[i].code, peer_url(peer), ROWS[i].message);
        assert_int_equal(fetched.err->native, ROWS[i].native);
        peer_finish(peer);
    }
}

static void test_circle(void **state)
{
    Peer *peer = peer_start("fixtures/http/github/circle.http", true);
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch(query_of(peer_url(peer)), &fetched);
    assert_failed(&fetched, ERR_PROTOCOL, "",
                  "the releases of acme/notes: GitHub leads from page to page in a circle");
    peer_finish(peer);
}

static void test_foreign_refusal(void **state)
{
    Peer *peer = peer_start("fixtures/http/github/foreign-link-refused.http", true);
    AUTO(str) char *here = as_localhost(peer);
    AUTO(str)
    char *message = xasprintf(
        "the releases of acme/notes: not found at %s (404: Not Found): private or misspelt; for a "
        "private one the token must permit it: " HINT
        " (the answer is from %s, which is not sent the "
        "token for %s; set releases.api if it should be)",
        here, peer_url(peer), here);
    ReleaseQuery query = query_of(here);
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    query.token = TOKEN;
    fetch(query, &fetched);
    assert_failed(&fetched, ERR_NOT_FOUND, "", message);
    peer_finish(peer);
}

typedef struct LimitRow {
    const char *story;
    int status;
    const char *begin, *end; /* of the message; the time stands between them */
} LimitRow;

static void test_limits(void **state)
{
#define LIMITED "the releases of acme/notes: the rate limit of GitHub is reached "
#define ADVICE  "; releases.max_wait is 1.5 s; a token raises the limit: " HINT
#define SLOW                                                                                       \
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    static const LimitRow ROWS[] = {
        {"limit-reset", 403,
         LIMITED "(403: API rate limit exceeded for 203.0.113.7. (But here's the good news: "
                 "Authenticated requests get a higher rate limit. Check out the documentation for "
                 "more details.)): try again at 2100-01-01T00:00:0",
         ADVICE},
        {"limit-long", 403, LIMITED "(403: " SLOW "): try again at 20", ", in 60 min 0 s" ADVICE},
        {"limit-secondary", 403, LIMITED "(403: " SLOW "): try again at 20",
         ", in 1 min 0 s" ADVICE},
        {"limit-total", 429, LIMITED "(429: Too many requests): try again at 20",
         ", in 1.0 s" ADVICE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *story = xasprintf("fixtures/http/github/%s.http", ROWS[i].story);
        Peer *peer = peer_start(story, true);
        AUTO(fetched) Fetched fetched = {0};

        fetch(query_of(peer_url(peer)), &fetched);
        peer_finish(peer);
        assert_non_null(fetched.err);
        assert_int_equal(fetched.err->code, ERR_RATE_LIMIT);
        assert_int_equal(fetched.err->native, ROWS[i].status);
        if (!text_starts(fetched.err->msg, ROWS[i].begin) ||
            !text_ends(fetched.err->msg, ROWS[i].end))
            fail_msg("%s", fetched.err->msg);
    }
}

static void test_cancelled_while_waiting(void **state)
{
    Peer *peer = peer_start("fixtures/http/github/limit-cancelled.http", true);
    AUTO(cancel) Cancel *cancel = NULL;
    ReleaseQuery query = query_of(peer_url(peer));
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    assert_null(cancel_new(&cancel));
    cancel_raise(cancel, 15);
    query.max_wait_ms = 60000;
    query.cancel = cancel;
    fetch(query, &fetched);
    assert_non_null(fetched.err);
    assert_int_equal(fetched.err->code, ERR_CANCELLED);
    peer_finish(peer);
}

/* Nobody listens: tried again a few times, then said. */
static void test_unreachable(void **state)
{
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    fetch(query_of("http://127.0.0.1:1"), &fetched);
    assert_failed(&fetched, ERR_SYSTEM, "",
                  "the releases of acme/notes: GitHub: 127.0.0.1:1: connection refused");
    assert_int_equal(fetched.notes.len, 3);
}

/* A story of more pages than are read. */
static char *write_endless_story(void)
{
    char *path = xstrdup("/tmp/seatrial-test-pages-XXXXXX");
    int fd = mkstemp(path);
    FILE *file;

    assert_true(fd >= 0);
    file = fdopen(fd, "w");
    assert_non_null(file);
    for (int page = 1; page <= 200; page++)
        assert_true(fprintf(file,
                            "> GET /repos/acme/notes/releases?per_page=100%s%.0d\n< 200\n"
                            "< Connection: close\n" /* a kept one would wait for delayed ACKs */
                            "< Link: <{base}/repos/acme/notes/releases?per_page=100&page=%d>; "
                            "rel=\"next\"\n"
                            "<< [{\"tag_name\":\"v%d\",\"draft\":false,\"prerelease\":false,"
                            "\"published_at\":null}]\n",
                            page > 1 ? "&page=" : "", page > 1 ? page : 0, page + 1, page) > 0);
    assert_int_equal(fclose(file), 0);
    return path;
}

static void test_page_cap(void **state)
{
    AUTO(str) char *path = write_endless_story();
    Peer *peer = peer_start(path, true);
    AUTO(fetched) Fetched fetched = {0};

    (void)state;
    (void)remove(path);
    fetch(query_of(peer_url(peer)), &fetched);
    assert_null(fetched.err);
    assert_int_equal(fetched.releases.len, 200);
    assert_string_equal(fetched.releases.items[199].tag, "v200");
    assert_int_equal(fetched.warnings.len, 1);
    assert_string_equal(fetched.warnings.items[0],
                        "the releases of acme/notes: GitHub has more than "
                        "200 pages; the rest was not read");
    peer_finish(peer);
}

static void test_settings(void **state)
{
    static const char *const ROWS[][4] = {
        /* repository, api, token, message */
        {NULL, NULL, NULL,
         "releases.repository: wanted OWNER/NAME such as acme/notes, found nothing"},
        {"", NULL, NULL,
         "releases.repository: wanted OWNER/NAME such as acme/notes, found nothing"},
        {"notes", NULL, NULL,
         "releases.repository: wanted OWNER/NAME such as acme/notes, found 'notes'"},
        {"a/b/c", NULL, NULL,
         "releases.repository: wanted OWNER/NAME such as acme/notes, found 'a/b/c'"},
        {"acme/..", NULL, NULL,
         "releases.repository: wanted OWNER/NAME such as acme/notes, found 'acme/..'"},
        {"acme/notes?x", NULL, NULL,
         "releases.repository: wanted OWNER/NAME such as acme/notes, found 'acme/notes?x'"},
        {"acme/notes", "api.github.com:x", NULL,
         "releases.api: wanted a URL such as https://HOST/api, found 'api.github.com:x'"},
        {"acme/notes", "http://127.0.0.1:1", "two words",
         "the token for GitHub holds a blank or control character: it was not copied as a whole"},
        {"acme/notes", "http://127.0.0.1:1", "a\r\nX-Forged: 1",
         "the token for GitHub holds a blank or control character: it was not copied as a whole"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fetched) Fetched fetched = {0};
        ReleaseQuery query = query_of(ROWS[i][1]);

        query.repository = ROWS[i][0];
        query.token = ROWS[i][2];
        fetch(query, &fetched);
        assert_failed(&fetched, ERR_INVALID, "", ROWS[i][3]);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_renamed),
        cmocka_unit_test(test_commits_of_tags),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_circle),
        cmocka_unit_test(test_foreign_refusal),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_cancelled_while_waiting),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_page_cap),
        cmocka_unit_test(test_settings),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
