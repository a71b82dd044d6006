#include <string.h>

#include "engine/internal.h"

#define MESSAGE_MAX_BYTES 4000U
#define LIST_MAX_BYTES    (64U << 20)
/* How long an object that something else is letting go of is waited for. */
#define BUSY_TRIES    20
#define BUSY_PAUSE_MS 100

static ErrCode code_of_status(int status)
{
    switch (status) {
    case 400:
        return ERR_INVALID;
    case 401:
    case 403:
        return ERR_DENIED;
    case 404:
        return ERR_NOT_FOUND;
    case 409:
        return ERR_CONFLICT;
    case 429:
        return ERR_RATE_LIMIT;
    }
    return status >= 500 ? ERR_SYSTEM : ERR_PROTOCOL;
}

char *engine_reply_message(const HttpReply *reply)
{
    AUTO(json) cJSON *root = NULL;
    AUTO(error) Error *err = json_parse(reply->body.data, reply->body.len, "reply", &root);
    const char *message = err ? buf_text(&reply->body) : json_str_or(root, "message", "");
    size_t len = strlen(message);
    AUTO(str) char *clean = text_clean(message, len < MESSAGE_MAX_BYTES ? len : MESSAGE_MAX_BYTES);
    AUTO(str) char *text = text_trim(clean);

    return *text ? TAKE(text) : xasprintf("HTTP %d without a message", reply->status);
}

Error *engine_reply_error(const HttpReply *reply)
{
    AUTO(str) char *message = engine_reply_message(reply);

    return error_new(code_of_status(reply->status), reply->status, "engine: %s", message);
}

Error *engine_send(Engine *engine, const HttpRequest *request, Deadline dl, HttpReply *ret_reply)
{
    AUTO(str) char *path = xasprintf("/v%s%s", engine->info.api_version, request->path);
    HttpRequest versioned = *request;

    versioned.path = path;
    return http_send(engine->http, &versioned, dl, ret_reply);
}

/* Podman says 500 where Docker says 409. */
static bool is_conflict_of_podman(const Error *err)
{
    static const char *const WORDS[] = {"already in use", "already used", "already exists",
                                        "is being used", "associated containers"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_contains_nocase(err->msg, WORDS[i]))
            return true;
    return false;
}

Error *engine_call(Engine *engine, const HttpRequest *request, Deadline dl, HttpReply *ret_reply)
{
    AUTO(http_reply) HttpReply reply = {0};

    TRY(engine_send(engine, request, dl, &reply));
    /* 304: already started, already stopped */
    if ((reply.status < 200 || reply.status > 299) && reply.status != 304) {
        Error *err = engine_reply_error(&reply);

        if (engine->info.is_podman && err->code == ERR_SYSTEM && is_conflict_of_podman(err))
            err->code = ERR_CONFLICT;
        return err;
    }
    *ret_reply = reply;
    reply = (HttpReply){0};
    return NULL;
}

Error *engine_get_json(Engine *engine, const char *path, const char *what, Deadline dl,
                       cJSON **ret_root)
{
    HttpRequest request = {.method = "GET", .path = path, .max_body_bytes = LIST_MAX_BYTES};
    AUTO(http_reply) HttpReply reply = {0};

    TRY(engine_call(engine, &request, dl, &reply));
    return json_parse(reply.body.data, reply.body.len, what, ret_root);
}

Error *engine_get_list(Engine *engine, const char *path, const char *what, Deadline dl,
                       cJSON **ret_list)
{
    AUTO(json) cJSON *root = NULL;

    TRY(engine_get_json(engine, path, what, dl, &root));
    if (cJSON_IsNull(root)) {
        *ret_list = json_array();
        return NULL;
    }
    if (!cJSON_IsArray(root))
        return error_new(ERR_PROTOCOL, 0, "%s: wanted a list", what);
    *ret_list = TAKE(root);
    return NULL;
}

static Error *post_json(Engine *engine, const char *path, const cJSON *body, bool steady,
                        const char *what, Deadline dl, cJSON **ret_root)
{
    AUTO(json_text) char *text = body ? json_print(body, false) : NULL;
    HttpRequest request = {.method = "POST", .path = path, .steady = steady};
    AUTO(http_reply) HttpReply reply = {0};

    if (text) {
        /* curl's default type is a form's, which the engine refuses with 400 */
        request.content_type = "application/json";
        request.body = text;
        request.body_len = strlen(text);
    }
    TRY(engine_call(engine, &request, dl, &reply));
    return ret_root ? json_parse(reply.body.data, reply.body.len, what, ret_root) : NULL;
}

Error *engine_post_json(Engine *engine, const char *path, const cJSON *body, const char *what,
                        Deadline dl, cJSON **ret_root)
{
    return post_json(engine, path, body, false, what, dl, ret_root);
}

Error *engine_create_json(Engine *engine, const char *path, const cJSON *body, const char *what,
                          Deadline dl, cJSON **ret_root)
{
    return post_json(engine, path, body, true, what, dl, ret_root);
}

Error *engine_delete(Engine *engine, const char *path, Deadline dl)
{
    HttpRequest request = {.method = "DELETE", .path = path};
    AUTO(http_reply) HttpReply reply = {0};

    return engine_call(engine, &request, dl, &reply);
}

Error *engine_delete_when_free(Engine *engine, const char *path, Deadline dl)
{
    for (int left = BUSY_TRIES;; left--) {
        AUTO(error) Error *err = engine_delete(engine, path, dl);

        /* 403: "network x has active endpoints" */
        if (err && err->code == ERR_DENIED)
            err->code = ERR_CONFLICT;
        if (err && err->code == ERR_NOT_FOUND)
            return NULL;
        if (!err || err->code != ERR_CONFLICT || left == 0 || deadline_left_ms(dl) < BUSY_PAUSE_MS)
            return TAKE(err);
        TRY(cancel_sleep(engine->cancel, BUSY_PAUSE_MS));
    }
}

char *engine_label_filter(const char *label)
{
    AUTO(json) cJSON *filters = json_object();
    AUTO(json_text) char *text = NULL;
    cJSON *labels = json_array();

    json_push_str(labels, label);
    json_set(filters, "label", labels);
    text = json_print(filters, false);
    return http_encode(text);
}

cJSON *engine_labels(const StrMap *labels)
{
    cJSON *object = json_object();

    for (size_t i = 0; labels && i < labels->len; i++)
        json_set_str(object, labels->items[i].key,
                     labels->items[i].value ? labels->items[i].value : "");
    return object;
}

char *engine_encode_ref(const char *ref)
{
    AUTO(buf) Buf out = {0};

    /* the engine's routes match names with their slashes; Podman's do not decode %2F */
    while (*ref) {
        size_t plain = strcspn(ref, "/:@");
        AUTO(str) char *part = xstrndup(ref, plain);
        AUTO(str) char *encoded = http_encode(part);

        buf_adds(&out, encoded);
        ref += plain;
        if (*ref)
            buf_addf(&out, "%c", *ref++);
    }
    return buf_take(&out);
}
