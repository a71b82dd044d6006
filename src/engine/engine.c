#include "engine/engine.h"

#include <string.h>
#include <unistd.h>

#include "engine/internal.h"

/* A service container (docker:dind) is not ready when the job begins. */
#define COMING_UP_MS      30000
#define COMING_UP_STEP_MS 500
/* One that accepts connections but is stuck must not use up the time for the others. */
#define PING_MS    10000
#define CONNECT_MS 5000

/* "1.41" is 41. @return -1 for what is no version of this API */
static int api_minor(const char *text)
{
    uint64_t minor;
    AUTO(error) Error *err = NULL;

    if (!text || !text_starts(text, "1."))
        return -1;
    err = parse_u64(text + 2, 0, 9999, &minor);
    return err ? -1 : (int)minor;
}

static void info_clear(EngineInfo *info)
{
    free(info->url);
    free(info->found);
    free(info->api_version);
    free(info->server);
    free(info->os);
    free(info->arch);
    *info = (EngineInfo){0};
}

void engine_close(Engine *engine)
{
    if (!engine)
        return;
    http_close(engine->http);
    endpoint_clear(&engine->endpoint);
    info_clear(&engine->info);
    free(engine);
}

const EngineInfo *engine_info(const Engine *engine)
{
    return &engine->info;
}

static Error *connect_http(Engine *engine)
{
    const Endpoint *endpoint = &engine->endpoint;

    return http_open(&(HttpOptions){.base_url = endpoint->base_url,
                                    .unix_socket = endpoint->socket,
                                    .tls_ca = endpoint->ca,
                                    .tls_cert = endpoint->cert,
                                    .tls_key = endpoint->key,
                                    .user_agent = "seatrial/" SEATRIAL_VERSION,
                                    .cancel = engine->cancel},
                     &engine->http);
}

/* HEAD, and GET where a proxy or an old engine does not answer that. */
static Error *ping(Engine *engine, Deadline dl, HttpReply *ret_reply)
{
    HttpRequest request = {.method = "HEAD", .path = "/_ping", .connect_ms = CONNECT_MS};
    AUTO(http_reply) HttpReply reply = {0};

    dl = deadline_min(dl, deadline_in(PING_MS));
    TRY(http_send(engine->http, &request, dl, &reply));
    if (reply.status != 200) {
        http_reply_clear(&reply);
        request.method = "GET";
        TRY(http_send(engine->http, &request, dl, &reply));
    }
    if (reply.status != 200)
        return error_wrap(engine_reply_error(&reply), "ping");
    *ret_reply = reply;
    reply = (HttpReply){0};
    return NULL;
}

static Error *ping_until_up(Engine *engine, Deadline dl, HttpReply *ret_reply)
{
    Deadline up = deadline_min(dl, deadline_in(COMING_UP_MS));
    bool said = false;

    for (;;) {
        AUTO(error) Error *err = ping(engine, dl, ret_reply);

        if (!err || err->code != ERR_SYSTEM || engine->endpoint.socket ||
            deadline_left_ms(up) < COMING_UP_STEP_MS)
            return TAKE(err);
        if (!said)
            progress_emit(engine->progress, (ProgressEvent){.kind = PROGRESS_NOTE,
                                                            .what = "waiting for the engine",
                                                            .text = err->msg});
        said = true;
        TRY(cancel_sleep(engine->cancel, COMING_UP_STEP_MS));
    }
}

/* DOCKER_API_VERSION takes the place of the negotiation, as in the docker CLI. */
static Error *pinned_version(int *ret_minor)
{
    const char *pinned = getenv("DOCKER_API_VERSION");
    int minor;

    if (text_is_empty(pinned))
        return NULL;
    minor = api_minor(*pinned == 'v' ? pinned + 1 : pinned);
    if (minor < api_minor(ENGINE_API_MIN) || minor > api_minor(ENGINE_API_MAX))
        return error_new(ERR_INVALID, 0,
                         "DOCKER_API_VERSION: wanted a version from " ENGINE_API_MIN
                         " to " ENGINE_API_MAX ", found '%s'",
                         pinned);
    *ret_minor = minor;
    return NULL;
}

static Error *agree_on_version(Engine *engine, const HttpReply *pong)
{
    const char *theirs = http_header(pong, "api-version");
    int server = api_minor(theirs), ours = api_minor(ENGINE_API_MAX);

    if (!theirs)
        return error_new(ERR_PROTOCOL, 0,
                         "it answers without Api-Version: no container engine, or a proxy that "
                         "hides it");
    if (server < 0)
        return error_new(ERR_PROTOCOL, 0, "Api-Version '%s' is not understood", theirs);
    if (server < api_minor(ENGINE_API_MIN))
        return error_new(ERR_PROTOCOL, 0,
                         "it speaks API %s at most; " ENGINE_API_MIN
                         " (Docker 19.03, Podman 4.0) or later is needed",
                         theirs);
    engine->api_minor = server < ours ? server : ours;
    TRY(pinned_version(&engine->api_minor));
    engine->info.api_version = xasprintf("1.%d", engine->api_minor);
    return NULL;
}

static void note_server(Engine *engine, const HttpReply *pong)
{
    const char *server = http_header(pong, "server");

    /* "Docker/20.10.24 (linux)": the platform follows from /version */
    engine->info.server =
        text_is_empty(server) ? xstrdup("engine") : xstrndup(server, strcspn(server, " "));
    engine->info.is_podman =
        http_header(pong, "libpod-api-version") || text_starts(engine->info.server, "Libpod/");
}

/* The engine refused our version: say which end has to change. /version without a version in its
 * path answers whatever the client speaks, and tells the engine's minimum in a field. */
static Error *explain_refusal(Engine *engine, Deadline dl, Error *refusal)
{
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(json) cJSON *version = NULL;
    AUTO(error) Error *err = NULL;
    const char *minimum;

    refusal->code = ERR_PROTOCOL;
    if (!text_is_empty(getenv("DOCKER_API_VERSION")))
        return error_wrap(refusal, "DOCKER_API_VERSION asks for API %s", engine->info.api_version);
    err = http_send(engine->http, &(HttpRequest){.method = "GET", .path = "/version"}, dl, &reply);
    if (!err)
        err = json_parse(reply.body.data, reply.body.len, "version", &version);
    minimum = json_str_or(version, "MinAPIVersion", NULL);
    if (api_minor(minimum) <= engine->api_minor)
        return refusal;
    return error_wrap(refusal,
                      "it needs API %s or later and this seatrial speaks " ENGINE_API_MAX
                      " at most: use a newer seatrial",
                      minimum);
}

static Error *ask_version(Engine *engine, Deadline dl)
{
    AUTO(json) cJSON *version = NULL;
    Error *err = engine_get_json(engine, "/version", "version", dl, &version);

    if (err && err->code == ERR_INVALID)
        err = explain_refusal(engine, dl, err);
    TRY(err);
    TRY(json_get_str(version, "version", "Os", &engine->info.os));
    return json_get_str(version, "version", "Arch", &engine->info.arch);
}

static Error *handshake(Engine *engine, Deadline dl)
{
    AUTO(http_reply) HttpReply pong = {0};

    TRY(connect_http(engine));
    TRY(ping_until_up(engine, dl, &pong));
    note_server(engine, &pong);
    TRY(agree_on_version(engine, &pong));
    return ask_version(engine, dl);
}

static Engine *engine_new(const Endpoint *endpoint, const Cancel *cancel, const Progress *progress)
{
    Engine *engine = xcalloc(1, sizeof *engine);

    endpoint_copy(endpoint, &engine->endpoint);
    engine->info.url = xstrdup(endpoint->url);
    engine->info.found = xstrdup(endpoint->found);
    engine->cancel = cancel;
    engine->progress = progress;
    return engine;
}

/* The connection's error begins with the URL already, or with its "host:port". */
static void add_tried(Buf *tried, const Endpoint *endpoint, const Error *err)
{
    const char *why = err->msg;
    const char *peer = endpoint->url + (endpoint->socket ? 0 : strlen("tcp://"));

    if (text_starts(why, peer) && text_starts(why + strlen(peer), ": "))
        why += strlen(peer) + 2;
    buf_addf(tried, "%s%s: %s", tried->len ? "; " : "", endpoint->url, why);
}

static Error *chosen_failed(const Endpoint *endpoint, Error *err)
{
    AUTO(buf) Buf tried = {0};
    AUTO(error) Error *cause = err;

    if (err->code != ERR_SYSTEM && err->code != ERR_TIMEOUT)
        return error_wrap(TAKE(cause), "engine at %s (%s)", endpoint->url, endpoint->found);
    add_tried(&tried, endpoint, err);
    return error_new(ERR_SYSTEM, err->native,
                     "no engine answers at %s (by %s): start it, or name another with --engine or "
                     "DOCKER_HOST",
                     buf_text(&tried), endpoint->found);
}

static Error *none_answers(const Buf *tried, const StrList *absent)
{
    AUTO(str) char *others = str_list_join(absent, ", ");

    return error_new(ERR_SYSTEM, 0,
                     "no container engine answers; start Docker or Podman, or say where it is "
                     "(--engine URL or DOCKER_HOST). Tried %s%s%s%s",
                     buf_text(tried), tried->len && absent->len ? "; and " : "", others,
                     absent->len ? ", which do not exist" : "");
}

static Error *open_one(const Endpoint *endpoint, const EngineOptions *options, Deadline dl,
                       Engine **ret_engine)
{
    AUTO(engine) Engine *engine = engine_new(endpoint, options->cancel, options->progress);

    TRY(handshake(engine, dl));
    *ret_engine = TAKE(engine);
    return NULL;
}

/* The first well-known socket behind which an engine answers. */
static Error *open_any(const EndpointList *list, const EngineOptions *options, Deadline dl,
                       Engine **ret_engine)
{
    AUTO(str_list) StrList absent = {0};
    AUTO(buf) Buf tried = {0};

    for (size_t i = 0; i < list->len; i++) {
        const Endpoint *endpoint = &list->items[i];
        AUTO(error) Error *err = NULL;

        if (access(endpoint->socket, F_OK) != 0) {
            str_list_add(&absent, endpoint->socket);
            continue;
        }
        err = open_one(endpoint, options, dl, ret_engine);
        if (!err || err->code == ERR_CANCELLED)
            return TAKE(err);
        add_tried(&tried, endpoint, err);
    }
    return none_answers(&tried, &absent);
}

Error *engine_open(const EngineOptions *options, Deadline dl, Engine **ret_engine)
{
    AUTO(endpoint_list) EndpointList list = {0};
    int pinned = 0;
    Error *err;

    TRY(pinned_version(&pinned)); /* a slip there is nobody else's fault */
    TRY(endpoint_find(options->url, &list));
    if (!list.chosen)
        return open_any(&list, options, dl, ret_engine);
    err = open_one(&list.items[0], options, dl, ret_engine);
    return err && err->code != ERR_CANCELLED ? chosen_failed(&list.items[0], err) : err;
}

static Error *copy_of(const Engine *engine, const Cancel *cancel, Engine **ret_engine)
{
    AUTO(engine) Engine *copy = engine_new(&engine->endpoint, cancel, engine->progress);

    copy->api_minor = engine->api_minor;
    copy->info.api_version = xstrdup(engine->info.api_version);
    copy->info.server = xstrdup(engine->info.server);
    copy->info.os = xstrdup(engine->info.os);
    copy->info.arch = xstrdup(engine->info.arch);
    copy->info.is_podman = engine->info.is_podman;
    TRY(connect_http(copy));
    *ret_engine = TAKE(copy);
    return NULL;
}

Error *engine_clone(const Engine *engine, Engine **ret_engine)
{
    return copy_of(engine, engine->cancel, ret_engine);
}

Error *engine_clone_uncancelled(const Engine *engine, Engine **ret_engine)
{
    return copy_of(engine, NULL, ret_engine);
}
