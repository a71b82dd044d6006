#include "release/retry.h"

#include <string.h>
#include <time.h>

#define LIMIT_DEFAULT_MS 60000

int64_t retry_backoff_ms(int tries)
{
    return INT64_C(500) << (tries < 6 ? tries : 6);
}

/* A header that is a whole number; false when it is absent or something else. */
static bool header_number(const HttpReply *reply, const char *name, int64_t *ret_number)
{
    const char *text = http_header(reply, name);
    uint64_t number;
    AUTO(error) Error *err = text ? parse_u64(text, 0, INT64_MAX / 2000, &number) : NULL;

    if (!text || err)
        return false;
    *ret_number = (int64_t)number;
    return true;
}

/* Seconds, or the time of day to come back. Source: RFC 9110, section 10.2.3 */
static bool retry_after_ms(const HttpReply *reply, int64_t now_wall_ms, int64_t *ret_ms)
{
    const char *text = http_header(reply, "retry-after");
    struct tm tm = {0};
    const char *end;
    int64_t seconds;

    if (header_number(reply, "retry-after", &seconds)) {
        *ret_ms = seconds * 1000;
        return true;
    }
    end = text ? strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm) : NULL;
    if (!end || *end)
        return false;
    *ret_ms = (int64_t)timegm(&tm) * 1000 - now_wall_ms;
    return true;
}

/* GitHub and Gitea say x-ratelimit-*, GitLab and registries ratelimit-*. The reset is in epoch
 * seconds; what is too small for that counts from now on, as the IETF draft has it. */
static bool reset_ms(const HttpReply *reply, int64_t now_wall_ms, int64_t *ret_ms)
{
    int64_t remaining = 0, reset;

    if (!header_number(reply, "x-ratelimit-reset", &reset) &&
        !header_number(reply, "ratelimit-reset", &reset))
        return false;
    if ((header_number(reply, "x-ratelimit-remaining", &remaining) ||
         header_number(reply, "ratelimit-remaining", &remaining)) &&
        remaining > 0)
        return false;
    *ret_ms = reset > 100000000 ? reset * 1000 - now_wall_ms : reset * 1000;
    return true;
}

static bool is_limit(const HttpReply *reply)
{
    const char *body = buf_text(&reply->body);
    int64_t remaining = 1;

    if (reply->status == 429)
        return true;
    if (reply->status != 403)
        return false;
    return http_header(reply, "retry-after") ||
           (header_number(reply, "x-ratelimit-remaining", &remaining) && remaining == 0) ||
           text_contains_nocase(body, "rate limit") ||
           text_contains_nocase(body, "abuse detection");
}

Retry retry_advice(const HttpReply *reply, int tries, int64_t now_wall_ms)
{
    Retry retry = {.kind = RETRY_NO};
    bool is_failure = reply->status >= 500 && reply->status != 501 && reply->status != 505;
    bool says_when = retry_after_ms(reply, now_wall_ms, &retry.wait_ms);

    if (is_limit(reply) || (is_failure && says_when)) {
        retry.kind = RETRY_LIMIT;
        if (!says_when && !reset_ms(reply, now_wall_ms, &retry.wait_ms))
            retry.wait_ms = (int64_t)LIMIT_DEFAULT_MS << (tries < 6 ? tries : 6);
        if (retry.wait_ms < 1000) /* clocks differ, and none may keep us in a busy loop */
            retry.wait_ms = 1000;
    } else if (is_failure) {
        retry.kind = RETRY_FAILURE;
        retry.wait_ms = retry_backoff_ms(tries);
    } else {
        retry.wait_ms = 0;
    }
    return retry;
}
