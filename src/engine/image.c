#include <string.h>

#include "engine/internal.h"

static Error *check_ref(const char *ref)
{
    /* an empty part of a path makes the engine redirect, and a POST would become a GET */
    return text_is_empty(ref) ? error_new(ERR_INVALID, 0, "an image reference is empty") : NULL;
}

/* "KEY=value" as a map. */
static void read_env(const cJSON *root, StrMap *env)
{
    AUTO(str_list) StrList list = {0};

    json_str_list(root, "Config.Env", &list);
    for (size_t i = 0; i < list.len; i++) {
        char *equals = strchr(list.items[i], '=');

        if (equals)
            *equals = '\0';
        str_map_set(env, list.items[i], equals ? equals + 1 : "");
    }
}

/* ["NONE"] takes away the one of the image below. Podman shows it beside Config. */
static void read_healthcheck(const cJSON *root, StrList *test)
{
    static const char *const PLACES[] = {"Config.Healthcheck.Test", "Healthcheck.Test"};

    for (size_t i = 0; i < COUNT_OF(PLACES) && test->len == 0; i++)
        json_str_list(root, PLACES[i], test);
    if (test->len > 0 && text_eq(test->items[0], "NONE"))
        str_list_clear(test);
}

/* Sets are objects with empty values: {"/app/data": {}}, {"3000/tcp": {}}. */
static void read_set(const cJSON *root, const char *path, StrList *members)
{
    const cJSON *object = json_at(root, path), *member;

    if (cJSON_IsObject(object))
        cJSON_ArrayForEach(member, object) str_list_add(members, member->string);
}

static void read_labels(const cJSON *root, StrMap *labels)
{
    const cJSON *object = json_at(root, "Config.Labels"), *label;

    if (cJSON_IsObject(object))
        cJSON_ArrayForEach(label, object) if (cJSON_IsString(label))
            str_map_set(labels, label->string, label->valuestring);
}

/* Empty members of Config are absent from API 1.52 on, so every one has a fallback. */
static Error *read_image(const cJSON *root, EngineImage *image)
{
    TRY(json_get_str(root, "image", "Id", &image->id));
    json_str_list(root, "RepoDigests", &image->digests);
    json_str_list(root, "RepoTags", &image->tags);
    image->user = xstrdup(json_str_or(root, "Config.User", ""));
    image->workdir = xstrdup(json_str_or(root, "Config.WorkingDir", ""));
    json_str_list(root, "Config.Entrypoint", &image->entrypoint);
    json_str_list(root, "Config.Cmd", &image->command);
    read_env(root, &image->env);
    read_set(root, "Config.Volumes", &image->volumes);
    read_set(root, "Config.ExposedPorts", &image->exposed);
    read_healthcheck(root, &image->healthcheck);
    read_labels(root, &image->labels);
    image->os = xstrdup(json_str_or(root, "Os", ""));
    image->arch = xstrdup(json_str_or(root, "Architecture", ""));
    image->size_bytes = json_i64_or(root, "Size", 0);
    return NULL;
}

Error *engine_image_inspect(Engine *engine, const char *ref, Deadline dl, EngineImage *ret_image)
{
    AUTO(str) char *encoded = engine_encode_ref(ref);
    AUTO(str) char *path = xasprintf("/images/%s/json", encoded);
    AUTO(engine_image) EngineImage image = {0};
    AUTO(json) cJSON *root = NULL;

    TRY(check_ref(ref));
    TRY(engine_get_json(engine, path, "image", dl, &root));
    TRY(read_image(root, &image));
    *ret_image = image;
    image = (EngineImage){0};
    return NULL;
}

Error *engine_image_remove(Engine *engine, const char *ref, Deadline dl)
{
    AUTO(str) char *encoded = engine_encode_ref(ref);
    AUTO(str) char *path = xasprintf("/images/%s", encoded);

    TRY(check_ref(ref));
    return engine_delete_when_free(engine, path, dl);
}

Error *engine_image_list(Engine *engine, const char *label, Deadline dl, cJSON **ret_list)
{
    AUTO(str) char *filters = engine_label_filter(label);
    AUTO(str) char *path = xasprintf("/images/json?filters=%s", filters);

    return engine_get_list(engine, path, "images", dl, ret_list);
}

void engine_image_clear(EngineImage *image)
{
    free(image->id);
    str_list_clear(&image->digests);
    str_list_clear(&image->tags);
    free(image->user);
    free(image->workdir);
    str_list_clear(&image->entrypoint);
    str_list_clear(&image->command);
    str_map_clear(&image->env);
    str_list_clear(&image->volumes);
    str_list_clear(&image->exposed);
    str_list_clear(&image->healthcheck);
    str_map_clear(&image->labels);
    free(image->os);
    free(image->arch);
    *image = (EngineImage){0};
}
