#include <string.h>

#include "engine/internal.h"

#define FAILURE_MAX_BYTES 4000U

static bool says_any(const char *message, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_contains_nocase(message, words[i]))
            return true;
    return false;
}

#define SAYS(message, ...)                                                                         \
    says_any(message, (const char *const[]){__VA_ARGS__},                                          \
             COUNT_OF(((const char *const[]){__VA_ARGS__})))

/* Registries and engines agree on few words, and those drift: they are matched loosely. Where a
 * registry hides whether a repository exists, it says "denied" or "unauthorized"; only what talks
 * about the credentials themselves is ERR_DENIED. */
ErrCode registry_error_code(const char *message, int status)
{
    if (status == 429 || SAYS(message, "toomanyrequests", "too many requests", "rate limit"))
        return ERR_RATE_LIMIT;
    if (SAYS(message, "incorrect username or password", "authentication required",
             "no basic auth credentials", "token has expired", "bad credentials",
             "invalid credentials", "invalid username", "invalid token"))
        return ERR_DENIED;
    if (SAYS(message, "no space left", "no such host", "server misbehaving", "x509:"))
        return ERR_SYSTEM;
    if (status == 401 || status == 403 || status == 404 ||
        SAYS(message, "manifest unknown", "name unknown", "not known to registry", "not found",
             "does not exist", "no such image", "denied", "unauthorized", "forbidden",
             "not authorized"))
        return ERR_NOT_FOUND;
    return status == 400 ? ERR_INVALID : ERR_SYSTEM;
}

bool registry_error_is_transient(const char *message, int status)
{
    switch (registry_error_code(message, status)) {
    case ERR_RATE_LIMIT:
        /* Docker Hub counts over six hours */
        return !text_contains_nocase(message, "pull rate limit");
    case ERR_SYSTEM:
        return status == 502 || status == 503 || status == 504 ||
               SAYS(message, "timeout", "timed out", "deadline exceeded", "connection reset",
                    "connection refused", "broken pipe", "eof", "no such host",
                    "server misbehaving", "temporary failure", "unexpected http status: 5",
                    "500 internal server error", "502 bad gateway", "503 service unavailable",
                    "504 gateway timeout", "http status: 5", "unavailable", "use of closed",
                    "network is unreachable", "no route to host");
    case ERR_INVALID:
    case ERR_NOT_FOUND:
    case ERR_CONFLICT:
    case ERR_DENIED:
    case ERR_TIMEOUT:
    case ERR_CANCELLED:
    case ERR_LIMIT:
    case ERR_PROTOCOL:
    case ERR_INTERNAL:
        break;
    }
    return false;
}

Error *registry_error(const char *message, int status, const ImageRef *ref)
{
    size_t len = strlen(message);
    AUTO(str) char *clean = text_clean(message, len < FAILURE_MAX_BYTES ? len : FAILURE_MAX_BYTES);
    AUTO(str) char *text = text_trim(clean);
    ErrCode code = registry_error_code(text, status);
    bool hidden = code == ERR_NOT_FOUND && SAYS(text, "denied", "authorized", "forbidden");

    return error_new(code, status, "engine: %s%s%s%s", text,
                     hidden ? " (it does not exist, or it is private: docker login " : "",
                     hidden ? ref->registry : "", hidden ? ")" : "");
}

/* As the docker CLI does: credentials that cannot be had are no reason not to ask. */
void registry_add_auth(Engine *engine, const char *ref, Deadline dl, StrList *headers)
{
    AUTO(credentials) Credentials credentials = {0};
    AUTO(error) Error *err = credentials_find_within(ref, engine->cancel, dl, &credentials);
    AUTO(str) char *auth = NULL;

    if (err)
        progress_emit(engine->progress, (ProgressEvent){.kind = PROGRESS_WARN,
                                                        .what = "registry credentials",
                                                        .text = err->msg});
    auth = credentials_header(&credentials);
    if (auth)
        str_list_addf(headers, "X-Registry-Auth: %s", auth);
}

static char *full_name(const ImageRef *ref)
{
    return xasprintf("%s/%s%s%s", ref->registry, ref->repository, ref->digest ? "@" : ":",
                     ref->digest ? ref->digest
                     : ref->tag  ? ref->tag
                                 : "latest");
}

Error *engine_image_remote_digest(Engine *engine, const char *ref, Deadline dl, char **ret_digest)
{
    AUTO(image_ref) ImageRef parsed = {0};
    AUTO(str_list) StrList headers = {0};
    AUTO(str) char *name = NULL, *encoded = NULL, *path = NULL, *message = NULL;
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(json) cJSON *root = NULL;

    TRY(image_ref_parse(ref, &parsed));
    if (engine->info.is_podman)
        return error_new(ERR_SYSTEM, 0,
                         "Podman does not tell the digest of an image that is not pulled yet");
    registry_add_auth(engine, ref, dl, &headers);
    name = full_name(&parsed);
    encoded = engine_encode_ref(name);
    path = xasprintf("/distribution/%s/json", encoded);
    TRY(engine_send(engine, &(HttpRequest){.method = "GET", .path = path, .headers = &headers}, dl,
                    &reply));
    if (reply.status != 200) {
        message = engine_reply_message(&reply);
        return registry_error(message, reply.status, &parsed);
    }
    TRY(json_parse(reply.body.data, reply.body.len, "distribution", &root));
    return json_get_str(root, "distribution", "Descriptor.digest", ret_digest);
}
