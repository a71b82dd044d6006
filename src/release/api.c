#include "release/api.h"

#include <string.h>

#include "base/secret.h"
#include "release/retry.h"

#define PAGES_MAX     200U /* of 100 releases each, that is more than any API tells */
#define REDIRECTS_MAX 5
#define BODY_MAX      (64U << 20)    /* 100 releases with notes of 125,000 characters, escaped */
#define ATTEMPT_MS    INT64_C(60000) /* then the peer counts as lost, and is asked once more */
#define AGAIN_MAX     2              /* times that a refused request is changed and sent again */

Error *api_open(const ReleaseQuery *query, const char *name, const char *base, Api *ret_api)
{
    size_t len = strlen(base);
    AUTO(str) char *trimmed = NULL;
    AUTO(str) char *origin = NULL;
    AUTO(http) Http *http = NULL;

    while (len > 0 && base[len - 1] == '/')
        len--;
    trimmed = xstrndup(base, len);
    origin = http_url_origin(trimmed);
    if (!origin)
        return error_new(ERR_INVALID, 0,
                         "releases.api: wanted a URL such as https://HOST/api, "
                         "found '%s'",
                         base);
    TRY(http_open(&(HttpOptions){.base_url = trimmed, .cancel = query->cancel}, &http));
    *ret_api = (Api){.query = query,
                     .name = name,
                     .base = TAKE(trimmed),
                     .origin = TAKE(origin),
                     .http = TAKE(http)};
    return NULL;
}

void api_close(Api *api)
{
    free(api->base);
    free(api->origin);
    free(api->secret);
    str_list_clear(&api->headers);
    http_close(api->http);
    *api = (Api){0};
}

Error *api_set_token(Api *api, const char *header, const char *token)
{
    AUTO(str) char *trimmed = text_trim(token ? token : "");

    for (const char *at = trimmed; *at; at++)
        if (*at <= ' ' || *at >= 0x7f)
            return error_new(ERR_INVALID, 0,
                             "the token for %s holds a blank or control character: it was not "
                             "copied as a whole",
                             api->name);
    secret_add(trimmed);
    free(api->secret);
    api->secret = *trimmed ? xasprintf("%s%s", header, trimmed) : NULL;
    return NULL;
}

static bool is_own_host(const Api *api, const char *url)
{
    AUTO(str) char *origin = http_url_origin(url);

    return text_eq(origin, api->origin);
}

/* One request. The net layer drops the secret when a redirect leads to another host. */
static Error *send_once(const Api *api, const char *url, Deadline dl, HttpReply *ret_reply)
{
    AUTO(str_list) StrList headers = {0};
    HttpRequest request = {.method = "GET",
                           .path = url,
                           .headers = &headers,
                           .max_body_bytes = BODY_MAX,
                           .max_redirects = REDIRECTS_MAX};

    str_list_copy(&api->headers, &headers);
    if (api->secret && is_own_host(api, url))
        str_list_add(&headers, api->secret);
    return http_send(api->http, &request, deadline_min(dl, deadline_in(ATTEMPT_MS)), ret_reply);
}

static void say_wait(const Api *api, const char *why, int64_t wait_ms)
{
    AUTO(str) char *wait = format_duration_ms(wait_ms);
    AUTO(str) char *text = xasprintf("%s %s: trying again in %s", api->name, why, wait);

    progress_emit(api->query->progress,
                  (ProgressEvent){.kind = PROGRESS_NOTE, .what = "releases", .text = text});
}

/* Wait as a rate limit asks for, as long as all such waits stay within what is allowed. */
static Error *wait_for_limit(Api *api, const HttpReply *reply, int64_t wait_ms, Deadline dl)
{
    if (wait_ms > api->query->max_wait_ms - api->waited_ms || wait_ms >= deadline_left_ms(dl))
        return api_limit_failure(api, reply, wait_ms);
    say_wait(api, "asks to wait (rate limit)", wait_ms);
    api->waited_ms += wait_ms;
    return cancel_sleep(api->query->cancel, (int)wait_ms);
}

/* Is a lost connection worth another try, and is there time for it? */
static bool may_repeat(const Error *err, int failures, Deadline dl)
{
    if (err->code == ERR_TIMEOUT)
        return failures == 0 && deadline_left_ms(dl) > 0;
    return err->code == ERR_SYSTEM && failures < RETRY_FAILURES_MAX &&
           deadline_left_ms(dl) > retry_backoff_ms(failures);
}

/* Send until there is an answer; failures counts the lost connections, also for the caller. */
static Error *send_until_answered(const Api *api, const char *url, Deadline dl, int *failures,
                                  HttpReply *ret_reply)
{
    for (;;) {
        AUTO(error) Error *err = send_once(api, url, dl, ret_reply);

        if (!err)
            return NULL;
        if (!may_repeat(err, *failures, dl))
            return error_wrap(TAKE(err), "%s", api->name);
        say_wait(api, "did not answer", retry_backoff_ms(*failures));
        TRY(cancel_sleep(api->query->cancel, (int)retry_backoff_ms(*failures)));
        ++*failures;
    }
}

Error *api_get(Api *api, const char *url, Deadline dl, HttpReply *ret_reply)
{
    int failures = 0, limits = 0;

    for (;;) {
        AUTO(http_reply) HttpReply reply = {0};
        Retry retry;

        TRY(send_until_answered(api, url, dl, &failures, &reply));
        retry = retry_advice(&reply, limits, clock_wall_ms());
        if (retry.kind == RETRY_FAILURE)
            retry.wait_ms = retry_backoff_ms(failures);
        if (retry.kind == RETRY_LIMIT) {
            TRY(wait_for_limit(api, &reply, retry.wait_ms, dl));
            limits++;
        } else if (retry.kind == RETRY_FAILURE && failures < RETRY_FAILURES_MAX &&
                   retry.wait_ms < deadline_left_ms(dl)) {
            AUTO(str) char *why = xasprintf("answers %d", reply.status);

            say_wait(api, why, retry.wait_ms);
            TRY(cancel_sleep(api->query->cancel, (int)retry.wait_ms));
            failures++;
        } else {
            *ret_reply = reply;
            reply = (HttpReply){0};
            return NULL;
        }
    }
}

/* A page that is there: status 200. *ret_answer is API_END when the list ended instead. */
static Error *get_page(Api *api, const ApiList *list, const char *url, Deadline dl,
                       HttpReply *ret_reply, ApiAnswer *ret_answer)
{
    for (int again = 0;; again++) {
        AUTO(http_reply) HttpReply reply = {0};
        ApiAnswer answer = API_FAIL;

        TRY_CTX(api_get(api, url, dl, &reply), "%s", list->what);
        if (reply.status == 200) {
            *ret_reply = reply;
            reply = (HttpReply){0};
            *ret_answer = API_AGAIN;
            return NULL;
        }
        if (list->refused)
            TRY_CTX(list->refused(list->context, &reply, dl, &answer), "%s", list->what);
        if (answer == API_END) {
            *ret_answer = API_END;
            return NULL;
        }
        if (answer == API_FAIL || again >= AGAIN_MAX)
            return api_failure(api, &reply, list->what);
    }
}

static Error *take_page(const Api *api, const ApiList *list, const HttpReply *reply)
{
    AUTO(json) cJSON *page = NULL;

    TRY_CTX(json_parse(buf_text(&reply->body), reply->body.len, "reply", &page), "%s: %s",
            list->what, api->name);
    TRY_CTX(list->take(list->context, page), "%s: %s", list->what, api->name);
    return NULL;
}

Error *api_list(Api *api, const ApiList *list, Deadline dl, StrList *warnings)
{
    AUTO(str) char *url = xstrdup(list->first);
    AUTO(str_list) StrList seen = {0};

    for (unsigned pages = 0; url; pages++) {
        AUTO(http_reply) HttpReply reply = {0};
        ApiAnswer answer = API_END;

        if (pages == PAGES_MAX) {
            str_list_addf(warnings, "%s: %s has more than %u pages; the rest was not read",
                          list->what, api->name, PAGES_MAX);
            return NULL;
        }
        if (str_list_has(&seen, url))
            return error_new(ERR_PROTOCOL, 0, "%s: %s leads from page to page in a circle",
                             list->what, api->name);
        str_list_add(&seen, url);
        TRY(get_page(api, list, url, dl, &reply, &answer));
        if (answer == API_END)
            return NULL;
        TRY(take_page(api, list, &reply));
        free(url);
        url = list->next ? list->next(list->context, &reply) : http_link_next(&reply);
    }
    return NULL;
}
