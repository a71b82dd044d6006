#include "engine/internal.h"

/* Creating a volume that exists is no error to the engine: it answers with the one that it has. */
static Error *check_ours(const cJSON *volume, const char *name, const StrMap *labels)
{
    const cJSON *theirs = json_member(volume, "Labels");

    for (size_t i = 0; labels && i < labels->len; i++) {
        const cJSON *value = json_member(theirs, labels->items[i].key);

        if (!cJSON_IsString(value) ||
            !text_eq(value->valuestring, labels->items[i].value ? labels->items[i].value : ""))
            return error_new(ERR_CONFLICT, 0, "volume %s exists already and is not of this run",
                             name);
    }
    return NULL;
}

Error *engine_volume_create(Engine *engine, const char *name, const StrMap *labels, Deadline dl)
{
    AUTO(json) cJSON *body = json_object();
    AUTO(json) cJSON *volume = NULL;

    json_set_str(body, "Name", name);
    json_set_str(body, "Driver", "local");
    json_set(body, "Labels", engine_labels(labels));
    TRY(engine_create_json(engine, "/volumes/create", body, "volume", dl, &volume));
    return check_ours(volume, name, labels);
}

Error *engine_volume_remove(Engine *engine, const char *name, Deadline dl)
{
    AUTO(str) char *encoded = http_encode(name);
    AUTO(str) char *path = xasprintf("/volumes/%s", encoded);

    /* without force: Podman would remove the containers that use it as well */
    return engine_delete_when_free(engine, path, dl);
}

Error *engine_volume_list(Engine *engine, const char *label, Deadline dl, cJSON **ret_list)
{
    AUTO(str) char *filters = engine_label_filter(label);
    AUTO(str) char *path = xasprintf("/volumes?filters=%s", filters);
    AUTO(json) cJSON *root = NULL;
    cJSON *list;

    TRY(engine_get_json(engine, path, "volumes", dl, &root));
    list = cJSON_DetachItemFromObjectCaseSensitive(root, "Volumes");
    if (!cJSON_IsArray(list)) {
        cJSON_Delete(list); /* null when there is none */
        list = json_array();
    }
    *ret_list = list;
    return NULL;
}
