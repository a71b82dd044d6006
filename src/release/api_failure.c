#include <string.h>

#include "release/api.h"

#define MESSAGE_MAX 300U

/* "message" of GitHub, Gitea and GitLab, "error" of GitLab, "errors[0].message" of registries. */
static const char *json_message(const cJSON *root)
{
    static const char *const PATHS[] = {"message", "errors.0.message", "error_description", "error",
                                        "details"};

    for (size_t i = 0; i < COUNT_OF(PATHS); i++) {
        const char *text = json_str_or(root, PATHS[i], NULL);

        if (!text_is_empty(text))
            return text;
    }
    return NULL;
}

char *api_message(const HttpReply *reply)
{
    const char *type = http_header(reply, "content-type");
    AUTO(json) cJSON *root = NULL;
    AUTO(str) char *clean = NULL;
    AUTO(str) char *cut = NULL;
    const char *text = NULL;

    error_ignore(
        json_parse(buf_text(&reply->body), reply->body.len, "reply", &root)); /* not JSON */
    if (root)
        text = json_message(root);
    else if (!type || !text_contains_nocase(type, "html")) /* a proxy's page says nothing here */
        text = buf_text(&reply->body);
    cut = xstrndup(text ? text : "", MESSAGE_MAX);
    clean = text_clean_line(cut);
    return text_trim(clean);
}

/* "403: Resource not accessible by integration" */
static char *quote(const HttpReply *reply)
{
    AUTO(str) char *message = api_message(reply);

    return *message ? xasprintf("%d: %s", reply->status, message) : xasprintf("%d", reply->status);
}

/* Where the answer came from when that is not the API's host, so that the token was kept back. */
static char *stray_note(const Api *api, const HttpReply *reply)
{
    AUTO(str) char *origin = reply->url ? http_url_origin(reply->url) : NULL;

    if (!api->secret || !origin || text_eq(origin, api->origin))
        return xstrdup("");
    return xasprintf(
        " (the answer is from %s, which is not sent the token for %s; set releases.api "
        "if it should be)",
        origin, api->origin);
}

/* "; a private one needs a token: ..." */
static char *token_note(const Api *api, const char *purpose)
{
    if (!api->token_hint)
        return xstrdup("");
    return api->secret ? xasprintf("; %s the token must permit it: %s", purpose, api->token_hint)
                       : xasprintf("; %s there must be a token: %s", purpose, api->token_hint);
}

static Error *not_authenticated(const Api *api, const HttpReply *reply, const char *what)
{
    AUTO(str) char *said = quote(reply);
    AUTO(str) char *stray = stray_note(api, reply);

    if (api->secret)
        return error_new(ERR_DENIED, 401,
                         "%s: %s does not accept the token (%s): it may have expired%s", what,
                         api->name, said, stray);
    return error_new(ERR_DENIED, 401, "%s: %s wants a token (%s)%s%s", what, api->name, said,
                     api->token_hint ? ": " : "", api->token_hint ? api->token_hint : "");
}

static Error *not_permitted(const Api *api, const HttpReply *reply, const char *what)
{
    AUTO(str) char *said = quote(reply);
    AUTO(str) char *stray = stray_note(api, reply);
    AUTO(str) char *token = token_note(api, "to read them");
    const char *accepted = http_header(reply, "x-accepted-github-permissions");
    AUTO(str) char *needs = text_clean_line(accepted ? accepted : "");
    bool sso = http_header(reply, "x-github-sso") != NULL;

    return error_new(ERR_DENIED, 403, "%s: %s does not permit it (%s%s%s%s)%s%s", what, api->name,
                     said, *needs ? "; needed: " : "", needs,
                     sso ? "; the organisation wants the token authorised for single sign-on" : "",
                     token, stray);
}

static Error *moved(const Api *api, const HttpReply *reply, const char *what)
{
    const char *location = http_header(reply, "location");
    AUTO(str) char *shown = text_clean_line(location ? location : "nowhere");

    return error_new(ERR_PROTOCOL, reply->status,
                     "%s: %s answers %d, moved to %s, which is not followed: set releases.api",
                     what, api->name, reply->status, shown);
}

Error *api_failure(const Api *api, const HttpReply *reply, const char *what)
{
    AUTO(str) char *said = quote(reply);
    AUTO(str) char *stray = stray_note(api, reply);
    AUTO(str) char *token = token_note(api, "for a private one");

    if (reply->status == 401)
        return not_authenticated(api, reply, what);
    if (reply->status == 403)
        return not_permitted(api, reply, what);
    if (reply->status == 404 || reply->status == 410)
        return error_new(ERR_NOT_FOUND, reply->status,
                         "%s: not found at %s (%s): private or misspelt%s%s", what, api->base, said,
                         token, stray);
    if (reply->status >= 300 && reply->status < 400)
        return moved(api, reply, what);
    return error_new(reply->status >= 500 ? ERR_SYSTEM : ERR_PROTOCOL, reply->status,
                     "%s: %s answers %s%s%s", what, api->name, said,
                     reply->status >= 500 ? "; try again later" : "", stray);
}

Error *api_limit_failure(const Api *api, const HttpReply *reply, int64_t wait_ms)
{
    AUTO(str) char *said = quote(reply);
    AUTO(str) char *when = clock_format_iso(clock_wall_ms() + wait_ms);
    AUTO(str) char *wait = format_duration_ms(wait_ms);
    AUTO(str) char *allowed = format_duration_ms(api->query->max_wait_ms);

    return error_new(
        ERR_RATE_LIMIT, reply->status,
        "the rate limit of %s is reached (%s): try again at %s, in %s; releases.max_wait "
        "is %s%s%s",
        api->name, said, when, wait, allowed,
        !api->secret && api->token_hint ? "; a token raises the limit: " : "",
        !api->secret && api->token_hint ? api->token_hint : "");
}

Error *api_expect_list(const cJSON *page)
{
    return cJSON_IsArray(page) ? NULL : error_new(ERR_PROTOCOL, 0, "reply: wanted a list");
}

static bool is_name(const char *name)
{
    return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           !strpbrk(name, " \t\r\n:?#");
}

Error *api_owner_and_name(const ReleaseQuery *query, const char *example, char **ret_path)
{
    AUTO(str_list) StrList parts = {0};
    AUTO(str) char *owner = NULL;
    AUTO(str) char *name = NULL;

    if (text_is_empty(query->repository))
        return error_new(ERR_INVALID, 0,
                         "releases.repository: wanted OWNER/NAME such as %s, found nothing",
                         example);
    str_list_split(query->repository, '/', &parts);
    if (parts.len != 2 || !is_name(parts.items[0]) || !is_name(parts.items[1]))
        return error_new(ERR_INVALID, 0,
                         "releases.repository: wanted OWNER/NAME such as %s, found '%s'", example,
                         query->repository);
    owner = http_encode(parts.items[0]);
    name = http_encode(parts.items[1]);
    *ret_path = xasprintf("%s/%s", owner, name);
    return NULL;
}

Error *api_time_ms(const cJSON *page, const char *path, int64_t *ret_ms)
{
    const cJSON *item = json_at(page, path);
    AUTO(str) char *text = NULL;
    int64_t ms = -1;

    if (item && !cJSON_IsNull(item)) {
        TRY(json_get_str(page, "reply", path, &text));
        ms = clock_parse_iso_ms(text);
        if (ms < 0) {
            AUTO(str) char *shown = text_clean_line(text);

            return error_new(ERR_PROTOCOL, 0,
                             "reply.%s: wanted a time such as 2026-08-01T12:00:00Z, got '%s'", path,
                             shown);
        }
    }
    *ret_ms = ms;
    return NULL;
}

char *api_commit(const char *sha)
{
    size_t len = sha ? strspn(sha, "0123456789abcdef") : 0;

    return sha && !sha[len] && (len == 40 || len == 64) ? xstrdup(sha) : NULL;
}
