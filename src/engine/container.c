#include <string.h>

#include "engine/internal.h"

/* The caps of a container's log; its end is all that a report shows. */
#define LOG_MAX_SIZE   "10m"
#define LOG_MAX_FILES  "2"
#define API_PLATFORM   41 /* POST /containers/create?platform= */
#define REMOVE_POLL_MS 100

static char *container_path(const char *id, const char *rest)
{
    AUTO(str) char *encoded = http_encode(id);

    return xasprintf("/containers/%s%s", encoded, rest);
}

/* --- create ---------------------------------------------------------------------------------- */

static void set_env(cJSON *body, const StrMap *env)
{
    cJSON *list = json_array();

    for (size_t i = 0; env && i < env->len; i++) {
        AUTO(str)
        char *pair =
            xasprintf("%s=%s", env->items[i].key, env->items[i].value ? env->items[i].value : "");

        json_push_str(list, pair);
    }
    json_set(body, "Env", list);
}

static cJSON *long_mount(const EngineMount *mount)
{
    cJSON *object = json_object(), *options = json_object();

    json_set_str(object, "Type", "volume");
    json_set_str(object, "Source", mount->volume);
    json_set_str(object, "Target", mount->path);
    json_set_bool(options, "NoCopy", mount->no_copy);
    json_set(object, "VolumeOptions", options);
    return object;
}

/* Podman ignores NoCopy of Mounts and honours the "nocopy" of Binds; a path with a colon fits in
 * Mounts alone. */
static void set_mounts(cJSON *host, const ContainerSpec *spec)
{
    cJSON *binds = json_array(), *mounts = json_array();

    for (size_t i = 0; i < spec->mount_count; i++) {
        const EngineMount *mount = &spec->mounts[i];
        AUTO(str)
        char *bind =
            xasprintf("%s:%s%s", mount->volume, mount->path, mount->no_copy ? ":nocopy" : "");

        if (strchr(mount->path, ':'))
            json_push(mounts, long_mount(mount));
        else
            json_push_str(binds, bind);
    }
    json_set(host, "Binds", binds);
    json_set(host, "Mounts", mounts);
}

/* The daemon's default driver may be one whose logs cannot be read back. */
static cJSON *log_config(const Engine *engine)
{
    cJSON *log = json_object(), *options = json_object();

    json_set_str(log, "Type", "json-file");
    json_set_str(options, "max-size", LOG_MAX_SIZE);
    /* Podman keeps one file, and takes json-file for its k8s-file */
    if (!engine->info.is_podman)
        json_set_str(options, "max-file", LOG_MAX_FILES);
    json_set(log, "Config", options);
    return log;
}

static void set_tmpfs(cJSON *host, const StrMap *tmpfs)
{
    cJSON *mounts;

    if (!tmpfs || tmpfs->len == 0)
        return;
    mounts = json_object();
    for (size_t i = 0; i < tmpfs->len; i++)
        json_set_str(mounts, tmpfs->items[i].key, tmpfs->items[i].value);
    json_set(host, "Tmpfs", mounts);
}

/* Host port "0": the engine takes a free one. An empty list of bindings publishes nothing, on
 * Podman as on newer Docker. */
static void set_ports(cJSON *host, const ContainerSpec *spec)
{
    AUTO(str) char *port = xasprintf("%d/tcp", spec->publish_port);
    cJSON *ports, *bindings, *binding;

    if (spec->publish_port == 0)
        return;
    ports = json_object();
    bindings = json_array();
    binding = json_object();
    json_set_str(binding, "HostIp", spec->publish_host ? spec->publish_host : "");
    json_set_str(binding, "HostPort", "0");
    json_push(bindings, binding);
    json_set(ports, port, bindings);
    json_set(host, "PortBindings", ports);
}

static cJSON *host_config(const Engine *engine, const ContainerSpec *spec)
{
    cJSON *host = json_object();

    set_mounts(host, spec);
    set_tmpfs(host, spec->tmpfs);
    set_ports(host, spec);
    if (spec->extra_hosts && spec->extra_hosts->len > 0)
        json_set_list(host, "ExtraHosts", spec->extra_hosts);
    json_set(host, "LogConfig", log_config(engine));
    if (spec->network)
        json_set_str(host, "NetworkMode", spec->network);
    if (spec->memory_bytes > 0) {
        /* the same number for both: no swap on top */
        json_set_i64(host, "Memory", spec->memory_bytes);
        json_set_i64(host, "MemorySwap", spec->memory_bytes);
    }
    return host;
}

static void set_alias(cJSON *body, const ContainerSpec *spec)
{
    cJSON *networking, *endpoints, *endpoint, *aliases;

    if (!spec->alias || !spec->network || text_eq(spec->network, ENGINE_NO_NETWORK))
        return;
    networking = json_object();
    endpoints = json_object();
    endpoint = json_object();
    aliases = json_array();
    json_push_str(aliases, spec->alias);
    json_set(endpoint, "Aliases", aliases);
    json_set(endpoints, spec->network, endpoint);
    json_set(networking, "EndpointsConfig", endpoints);
    json_set(body, "NetworkingConfig", networking);
}

static void set_entrypoint(cJSON *body, const StrList *entrypoint)
{
    cJSON *none;

    if (!entrypoint)
        return;
    if (entrypoint->len > 0) {
        json_set_list(body, "Entrypoint", entrypoint);
        return;
    }
    /* what `docker run --entrypoint ""` sends: it takes the image's entrypoint away */
    none = json_array();
    json_push_str(none, "");
    json_set(body, "Entrypoint", none);
}

static cJSON *create_body(const Engine *engine, const ContainerSpec *spec)
{
    cJSON *body = json_object();

    json_set_str(body, "Image", spec->image);
    set_entrypoint(body, spec->entrypoint);
    if (spec->command)
        json_set_list(body, "Cmd", spec->command);
    set_env(body, spec->env);
    if (spec->user)
        json_set_str(body, "User", spec->user);
    if (spec->workdir)
        json_set_str(body, "WorkingDir", spec->workdir);
    if (spec->hostname)
        json_set_str(body, "Hostname", spec->hostname);
    json_set(body, "Labels", engine_labels(spec->labels));
    if (spec->publish_port > 0) {
        AUTO(str) char *port = xasprintf("%d/tcp", spec->publish_port);
        cJSON *exposed = json_object();

        json_set(exposed, port, json_object());
        json_set(body, "ExposedPorts", exposed);
    }
    json_set(body, "HostConfig", host_config(engine, spec));
    set_alias(body, spec);
    return body;
}

static char *create_path(const Engine *engine, const ContainerSpec *spec)
{
    AUTO(str) char *name = spec->name ? http_encode(spec->name) : NULL;
    AUTO(str)
    char *platform =
        spec->platform && engine->api_minor >= API_PLATFORM ? http_encode(spec->platform) : NULL;

    return xasprintf("/containers/create%s%s%s%s", name ? "?name=" : "", name ? name : "",
                     platform ? (name ? "&platform=" : "?platform=") : "",
                     platform ? platform : "");
}

static void show_warnings(const Engine *engine, const ContainerSpec *spec, const cJSON *reply)
{
    AUTO(str_list) StrList warnings = {0};

    json_str_list(reply, "Warnings", &warnings);
    for (size_t i = 0; i < warnings.len; i++)
        progress_emit(engine->progress,
                      (ProgressEvent){.kind = PROGRESS_WARN,
                                      .what = spec->name ? spec->name : spec->image,
                                      .text = warnings.items[i]});
}

Error *engine_container_create(Engine *engine, const ContainerSpec *spec, Deadline dl,
                               char **ret_id)
{
    AUTO(json) cJSON *body = create_body(engine, spec);
    AUTO(str) char *path = create_path(engine, spec);
    AUTO(json) cJSON *reply = NULL;

    TRY(engine_create_json(engine, path, body, "container", dl, &reply));
    show_warnings(engine, spec, reply);
    return json_get_str(reply, "container", "Id", ret_id);
}

/* --- start, inspect, kill -------------------------------------------------------------------- */

bool engine_is_users_mistake(const char *message)
{
    static const char *const WORDS[] = {"executable file not found",
                                        "no such file or directory",
                                        "exec format error",
                                        "not executable",
                                        "command that was not found",
                                        "permission denied",
                                        "is a directory",
                                        "unable to find user",
                                        "unable to find group",
                                        "no such user"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_contains_nocase(message, WORDS[i]))
            return true;
    return false;
}

Error *engine_container_start(Engine *engine, const char *id, Deadline dl)
{
    AUTO(str) char *path = container_path(id, "/start");
    /* no body at all: the engine refuses one */
    Error *err = engine_post_json(engine, path, NULL, "start", dl, NULL);

    if (err && (err->code == ERR_SYSTEM || err->code == ERR_NOT_FOUND) &&
        engine_is_users_mistake(err->msg))
        err->code = ERR_INVALID;
    return err;
}

static const char *plain_status(const char *status)
{
    /* Podman's own states, which shine through while they last */
    if (text_eq(status, "stopped"))
        return "exited";
    if (text_eq(status, "configured") || text_eq(status, "initialized"))
        return "created";
    return status;
}

Error *engine_container_inspect(Engine *engine, const char *id, Deadline dl,
                                ContainerState *ret_state)
{
    AUTO(str) char *path = container_path(id, "/json");
    AUTO(json) cJSON *root = NULL;
    AUTO(str) char *status = NULL;
    const char *health;
    int64_t exit_code;
    bool running;

    TRY(engine_get_json(engine, path, "container", dl, &root));
    TRY(json_get_str(root, "container", "State.Status", &status));
    TRY(json_get_bool(root, "container", "State.Running", &running));
    TRY(json_get_i64(root, "container", "State.ExitCode", &exit_code));
    if (exit_code < 0 || exit_code > 255)
        return error_new(ERR_PROTOCOL, 0, "container.State.ExitCode: wanted 0 to 255, got %lld",
                         (long long)exit_code);
    health = json_str_or(root, "State.Health.Status", NULL);
    *ret_state = (ContainerState){
        .status = xstrdup(plain_status(status)),
        .running = running,
        .oom_killed = json_bool_or(root, "State.OOMKilled", false),
        .exit_code = (int)exit_code,
        .error = xstrdup(json_str_or(root, "State.Error", "")),
        /* without a health check: absent, "none", or empty (Podman) */
        .health = text_is_empty(health) || text_eq(health, "none") ? NULL : xstrdup(health)};
    return NULL;
}

Error *engine_container_kill(Engine *engine, const char *id, Deadline dl)
{
    AUTO(str) char *path = container_path(id, "/kill?signal=KILL");
    AUTO(error) Error *err = engine_post_json(engine, path, NULL, "kill", dl, NULL);
    AUTO(error) Error *unknown = NULL;
    AUTO(container_state) ContainerState state = {0};

    if (!err || (err->code != ERR_CONFLICT && err->code != ERR_SYSTEM))
        return TAKE(err);
    /* 409, or 500 from Podman, when it had stopped: its state tells, not the words */
    unknown = engine_container_inspect(engine, id, dl, &state);
    return unknown || state.running ? TAKE(err) : NULL;
}

Error *engine_container_stop(Engine *engine, const char *id, int grace_s, Deadline dl)
{
    AUTO(str) char *rest = xasprintf("/stop?t=%d", grace_s);
    AUTO(str) char *path = container_path(id, rest);

    /* 304 when it had stopped already */
    return engine_post_json(engine, path, NULL, "stop", dl, NULL);
}

void container_state_clear(ContainerState *state)
{
    free(state->status);
    free(state->error);
    free(state->health);
    *state = (ContainerState){0};
}

/* --- changes, remove, list ------------------------------------------------------------------- */

Error *engine_container_changes(Engine *engine, const char *id, Deadline dl, StrList *ret_paths)
{
    enum { KIND_DELETED = 2 };

    AUTO(str) char *path = container_path(id, "/changes");
    AUTO(json) cJSON *list = NULL;
    AUTO(str_list) StrList paths = {0};
    const cJSON *change;

    TRY(engine_get_list(engine, path, "changes", dl, &list));
    cJSON_ArrayForEach(change, list)
    {
        const char *changed = json_str_or(change, "Path", NULL);

        if (changed && json_i64_or(change, "Kind", 0) != KIND_DELETED)
            str_list_add(&paths, changed);
    }
    *ret_paths = paths;
    paths = (StrList){0};
    return NULL;
}

/* Somebody else removes it just now: wait until it is gone. */
static Error *await_removal(Engine *engine, const char *id, Deadline dl)
{
    AUTO(str) char *path = container_path(id, "/json");

    for (;;) {
        AUTO(json) cJSON *root = NULL;
        AUTO(error) Error *err = engine_get_json(engine, path, "container", dl, &root);

        if (err)
            return err->code == ERR_NOT_FOUND ? NULL : TAKE(err);
        if (deadline_left_ms(dl) <= REMOVE_POLL_MS)
            return error_new(ERR_TIMEOUT, 0, "container %.12s: its removal goes on for too long",
                             id);
        TRY(cancel_sleep(engine->cancel, REMOVE_POLL_MS));
    }
}

Error *engine_container_remove(Engine *engine, const char *id, Deadline dl)
{
    /* v: its anonymous volumes, never a named one */
    AUTO(str) char *path = container_path(id, "?force=1&v=1");
    AUTO(error) Error *err = engine_delete(engine, path, dl);

    if (err && err->code == ERR_NOT_FOUND)
        return NULL;
    if (err && err->code == ERR_CONFLICT && text_contains_nocase(err->msg, "already in progress"))
        return await_removal(engine, id, dl);
    return TAKE(err);
}

Error *engine_container_list(Engine *engine, const char *label, Deadline dl, cJSON **ret_list)
{
    AUTO(str) char *filters = engine_label_filter(label);
    AUTO(str) char *path = xasprintf("/containers/json?all=1&filters=%s", filters);

    return engine_get_list(engine, path, "containers", dl, ret_list);
}
