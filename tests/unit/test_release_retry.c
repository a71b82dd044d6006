#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "release/retry.h"

#define NOW_MS INT64_C(1785585600000) /* 2026-08-01T12:00:00Z */

typedef struct Row {
    int status;
    const char *headers[3][2];
    const char *body;
    int tries;
    RetryKind kind;
    int64_t wait_ms;
} Row;

static void test_advice(void **state)
{
    static const Row ROWS[] = {
        {.status = 200, .kind = RETRY_NO},
        {.status = 304, .kind = RETRY_NO},
        {.status = 404, .kind = RETRY_NO},
        {.status = 403, .body = "Resource not accessible by integration", .kind = RETRY_NO},
        {.status = 403, .headers = {{"x-ratelimit-remaining", "998"}}, .kind = RETRY_NO},
        {.status = 200, .headers = {{"retry-after", "7"}}, .kind = RETRY_NO},
        {.status = 501, .kind = RETRY_NO},
        /* trouble */
        {.status = 500, .kind = RETRY_FAILURE, .wait_ms = 500},
        {.status = 502, .tries = 1, .kind = RETRY_FAILURE, .wait_ms = 1000},
        {.status = 504, .tries = 2, .kind = RETRY_FAILURE, .wait_ms = 2000},
        {.status = 503, .tries = 100, .kind = RETRY_FAILURE, .wait_ms = 32000},
        {.status = 503, .headers = {{"retry-after", "7"}}, .kind = RETRY_LIMIT, .wait_ms = 7000},
        /* limits: retry-after goes first */
        {.status = 429, .headers = {{"retry-after", "30"}}, .kind = RETRY_LIMIT, .wait_ms = 30000},
        {.status = 403, .headers = {{"retry-after", "30"}}, .kind = RETRY_LIMIT, .wait_ms = 30000},
        {.status = 429,
         .headers = {{"retry-after", "30"},
                     {"x-ratelimit-remaining", "0"},
                     {"x-ratelimit-reset", "1785589200"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 30000},
        {.status = 429, .headers = {{"retry-after", "0"}}, .kind = RETRY_LIMIT, .wait_ms = 1000},
        {.status = 429,
         .headers = {{"retry-after", "Sat, 01 Aug 2026 12:05:00 GMT"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 300000},
        {.status = 429,
         .headers = {{"retry-after", "Sat, 01 Aug 2026 11:05:00 GMT"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 1000},
        {.status = 429,
         .headers = {{"retry-after", "soon"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 60000},
        {.status = 429, .headers = {{"retry-after", "-5"}}, .kind = RETRY_LIMIT, .wait_ms = 60000},
        {.status = 429,
         .headers = {{"retry-after", "99999999999999999999"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 60000},
        /* then the reset, when nothing remains */
        {.status = 403,
         .headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1785589200"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 3600000},
        {.status = 429,
         .headers = {{"ratelimit-remaining", "0"}, {"ratelimit-reset", "1785585660"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 60000},
        {.status = 429,
         .headers = {{"ratelimit-remaining", "0"}, {"ratelimit-reset", "90"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 90000},
        {.status = 403,
         .headers = {{"x-ratelimit-remaining", "0"}, {"x-ratelimit-reset", "1000000000"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 1000},
        /* else a minute, doubled */
        {.status = 429,
         .headers = {{"x-ratelimit-remaining", "10"}, {"x-ratelimit-reset", "1785589200"}},
         .kind = RETRY_LIMIT,
         .wait_ms = 60000},
        {.status = 403,
         .body = "{\"message\":\"You have exceeded a secondary rate limit.\"}",
         .kind = RETRY_LIMIT,
         .wait_ms = 60000},
        {.status = 403,
         .body = "{\"message\":\"You have triggered an abuse detection mechanism.\"}",
         .tries = 1,
         .kind = RETRY_LIMIT,
         .wait_ms = 120000},
        {.status = 429, .tries = 3, .kind = RETRY_LIMIT, .wait_ms = 480000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(http_reply) HttpReply reply = {.status = ROWS[i].status, .body = BUF_INIT(1000)};
        Retry retry;

        for (size_t k = 0; k < 3 && ROWS[i].headers[k][0]; k++)
            str_map_set(&reply.headers, ROWS[i].headers[k][0], ROWS[i].headers[k][1]);
        buf_adds(&reply.body, ROWS[i].body ? ROWS[i].body : "");
        retry = retry_advice(&reply, ROWS[i].tries, NOW_MS);
        if (retry.kind != ROWS[i].kind || retry.wait_ms != ROWS[i].wait_ms)
            fail_msg("row %zu: kind %d, wait %lld ms", i, (int)retry.kind,
                     (long long)retry.wait_ms);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_advice),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
