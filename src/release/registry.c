#include <string.h>

#include "base/secret.h"
#include "engine/credentials.h"
#include "net/url.h"
#include "release/api.h"
#include "release/challenge.h"
#include "release/registry_tags.h"
#include "release/sources.h"

#define TOKEN_MAX (256U << 10)

typedef struct Registry {
    Api api;
    ImageRef ref;
    Credentials credentials;
    bool has_credentials;  /* they were looked for */
    bool fresh;            /* authorised since the last page that was taken */
    bool no_limit;         /* it does not take a page size */
    ReleaseList *releases; /* borrowed */
    StrList *warnings;     /* borrowed */
} Registry;

static void registry_close(Registry *registry)
{
    api_close(&registry->api);
    image_ref_clear(&registry->ref);
    credentials_clear(&registry->credentials);
}

DEFINE_AUTO_VALUE(registry, Registry, registry_close)

/* Source: OCI distribution specification, "Listing Tags"; some registries answer null for no tags.
 */
static Error *take(void *context, const cJSON *page)
{
    Registry *registry = context;
    const cJSON *tags = json_member(page, "tags");

    registry->fresh = false;
    if (!cJSON_IsArray(tags) && !cJSON_IsNull(tags))
        return error_new(ERR_PROTOCOL, 0, "reply.tags: wanted a list");
    for (int i = 0; i < cJSON_GetArraySize(tags); i++) {
        AUTO(release) Release release = {.published_ms = -1};
        AUTO(str) char *path = xasprintf("tags.%d", i);

        TRY(json_get_str(page, "reply", path, &release.tag));
        release_list_add(registry->releases, &release);
    }
    return NULL;
}

/* Credentials are looked for once a registry asks. Without them public images can still be read. */
static void find_credentials(Registry *registry)
{
    AUTO(error) Error *err = NULL;

    if (registry->has_credentials)
        return;
    registry->has_credentials = true;
    err = credentials_find(registry->api.query->image, &registry->credentials);
    if (err)
        str_list_addf(registry->warnings, "credentials for %s cannot be used: %s",
                      registry->ref.registry, err->msg);
}

static Error *set_bearer(Registry *registry, const HttpReply *reply)
{
    AUTO(json) cJSON *root = NULL;
    AUTO(error) Error *err = NULL;
    const char *token;

    TRY(json_parse(buf_text(&reply->body), reply->body.len, "token reply", &root));
    token = json_str_or(root, "token", NULL);
    if (text_is_empty(token))
        token = json_str_or(root, "access_token", NULL);
    if (text_is_empty(token))
        return error_new(ERR_PROTOCOL, 0, "token reply: wanted a token, found none");
    err = api_set_token(&registry->api, "Authorization: Bearer ", token);
    return err ? error_new(ERR_PROTOCOL, 0, "token reply: what it calls a token is none") : NULL;
}

/* An identity token is exchanged, with OAuth 2's refresh_token grant, in the body of a POST.
 * Source: distribution's "Oauth2 Token Authentication" */
static Error *exchange_identity(const Registry *registry, const Api *service,
                                const Challenge *challenge, const char *scope, Deadline dl,
                                HttpReply *ret_reply)
{
    AUTO(str) char *token = http_encode(registry->credentials.identity_token);
    AUTO(str) char *name = http_encode(challenge->service ? challenge->service : "");
    AUTO(str)
    char *scopes = http_encode(text_is_empty(challenge->scope) ? scope : challenge->scope);
    AUTO(str)
    char *body = xasprintf(
        "grant_type=refresh_token&client_id=seatrial&service=%s&scope=%s&refresh_token=%s", name,
        scopes, token);
    HttpRequest request = {.method = "POST",
                           .path = challenge->realm,
                           .content_type = "application/x-www-form-urlencoded",
                           .body = body,
                           .body_len = strlen(body),
                           .max_body_bytes = TOKEN_MAX};

    return http_send(service->http, &request, dl, ret_reply);
}

static Error *request_token(Registry *registry, Api *service, const Challenge *challenge,
                            Deadline dl, HttpReply *ret_reply)
{
    const Credentials *credentials = &registry->credentials;
    AUTO(str) char *scope = xasprintf("repository:%s:pull", registry->ref.repository);
    AUTO(str) char *url = challenge_token_url(challenge, scope);

    if (credentials->identity_token)
        return exchange_identity(registry, service, challenge, scope, dl, ret_reply);
    if (credentials->username && credentials->password) {
        AUTO(str) char *basic = basic_credentials(credentials->username, credentials->password);

        TRY(api_set_token(service, "Authorization: Basic ", basic));
    }
    return api_get(service, url, dl, ret_reply);
}

static Error *login_failure(const Registry *registry, const HttpReply *reply)
{
    const char *host = registry->ref.registry;
    const char *found = registry->credentials.found;
    AUTO(str) char *message = api_message(reply);

    return error_new(reply->status == 404 ? ERR_NOT_FOUND : ERR_DENIED, reply->status,
                     "%s does not show them (%d%s%s): private, misspelt or never pushed; "
                     "credentials: %s%s%s",
                     host, reply->status, *message ? ": " : "", message,
                     found ? found : "none, see docker login ", found ? "" : host,
                     found ? ", they may have expired" : "");
}

/* Does the realm deserve the credentials? Never over plain http when the registry itself is not. */
static Error *check_realm(const Registry *registry, const char *realm)
{
    AUTO(str) char *origin = http_url_origin(realm);
    AUTO(str) char *shown = text_clean_line(realm);

    if (!origin)
        return error_new(ERR_PROTOCOL, 0, "%s: its token service '%s' is no URL",
                         registry->ref.registry, shown);
    if (text_starts(registry->api.origin, "https:") && !text_starts(origin, "https:"))
        return error_new(ERR_PROTOCOL, 0, "%s: its token service %s does not use TLS",
                         registry->ref.registry, origin);
    return NULL;
}

static Error *authorize_bearer(Registry *registry, const Challenge *challenge, Deadline dl)
{
    AUTO(api) Api service = {0};
    AUTO(http_reply) HttpReply reply = {0};

    TRY(check_realm(registry, challenge->realm));
    TRY(api_open(registry->api.query, "the registry's token service", challenge->realm, &service));
    service.waited_ms = registry->api.waited_ms;
    TRY(request_token(registry, &service, challenge, dl, &reply));
    registry->api.waited_ms = service.waited_ms;
    if (reply.status >= 400 && reply.status < 500)
        return login_failure(registry, &reply);
    if (reply.status != 200)
        return api_failure(&service, &reply, registry->ref.registry);
    return set_bearer(registry, &reply);
}

static Error *authorize_basic(Registry *registry, const HttpReply *reply)
{
    const Credentials *credentials = &registry->credentials;
    AUTO(str) char *basic = NULL;

    if (!credentials->username || !credentials->password)
        return login_failure(registry, reply);
    basic = basic_credentials(credentials->username, credentials->password);
    return api_set_token(&registry->api, "Authorization: Basic ", basic);
}

static Error *authorize(Registry *registry, const HttpReply *reply, Deadline dl)
{
    const char *header = http_header(reply, "www-authenticate");
    AUTO(challenge) Challenge challenge = {0};

    challenge_parse(header ? header : "", &challenge);
    find_credentials(registry);
    switch (challenge.kind) {
    case CHALLENGE_BEARER:
        return authorize_bearer(registry, &challenge, dl);
    case CHALLENGE_BASIC:
        return authorize_basic(registry, reply);
    case CHALLENGE_NONE:
        break;
    }
    return login_failure(registry, reply);
}

static bool is_own_reply(const Registry *registry, const HttpReply *reply)
{
    AUTO(str) char *origin = reply->url ? http_url_origin(reply->url) : NULL;

    return text_eq(origin, registry->api.origin);
}

static Error *refused(void *context, const HttpReply *reply, Deadline dl, ApiAnswer *ret_answer)
{
    Registry *registry = context;

    if (reply->status == 401 && !registry->fresh && is_own_reply(registry, reply)) {
        TRY(authorize(registry, reply, dl));
        registry->fresh = true; /* a second refusal in a row is an answer */
        *ret_answer = API_AGAIN;
        return NULL;
    }
    if (reply->status == 401 || reply->status == 403 || reply->status == 404)
        return login_failure(registry, reply);
    if (reply->status == 400 && registry->releases->len == 0 && !registry->no_limit) {
        registry->no_limit = true;
        *ret_answer = API_END;
    }
    return NULL;
}

static Error *read_tags(Registry *registry, const char *query, Deadline dl)
{
    AUTO(str)
    char *what = xasprintf("the tags of %s/%s", registry->ref.registry, registry->ref.repository);
    AUTO(str)
    char *url =
        xasprintf("%s/v2/%s/tags/list%s", registry->api.base, registry->ref.repository, query);
    ApiList list = {
        .what = what, .first = url, .context = registry, .take = take, .refused = refused};

    return api_list(&registry->api, &list, dl, registry->warnings);
}

/* As Docker does it: registries of this machine speak plain http. Docker Hub's API has a host of
 * its own. */
static char *base_url(const char *registry)
{
    AUTO(str) char *local = xasprintf("http://%s", registry);

    if (text_eq(registry, "docker.io"))
        return xstrdup("https://registry-1.docker.io");
    return url_is_loopback(local) ? TAKE(local) : xasprintf("https://%s", registry);
}

Error *registry_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                     StrList *warnings)
{
    AUTO(registry) Registry registry = {.releases = releases, .warnings = warnings};
    AUTO(str) char *base = NULL;

    if (text_is_empty(query->image))
        return error_new(ERR_INVALID, 0,
                         "image: wanted the image's repository for source registry, such as "
                         "ghcr.io/acme/notes, found nothing");
    TRY_CTX(image_ref_parse(query->image, &registry.ref), "image");
    base = text_is_empty(query->api) ? base_url(registry.ref.registry) : xstrdup(query->api);
    TRY(api_open(query, registry.ref.registry, base, &registry.api));
    str_list_add(&registry.api.headers, "Accept: application/json");
    TRY(read_tags(&registry, "?n=1000", dl));
    if (registry.no_limit) /* its own page size then */
        TRY(read_tags(&registry, "", dl));
    registry_tags_keep_releases(releases, warnings);
    return NULL;
}
