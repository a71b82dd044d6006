#include "engine/internal.h"

/* Below API 1.44 two networks may have one name unless this is asked for; later it is always
 * refused. */
#define API_UNIQUE_NETWORK_NAMES 44

Error *engine_network_create(Engine *engine, const char *name, bool internal, const StrMap *labels,
                             Deadline dl, char **ret_id)
{
    AUTO(json) cJSON *body = json_object();
    AUTO(json) cJSON *reply = NULL;

    json_set_str(body, "Name", name);
    json_set_str(body, "Driver", "bridge");
    json_set_bool(body, "Internal", internal);
    json_set(body, "Labels", engine_labels(labels));
    if (engine->api_minor < API_UNIQUE_NETWORK_NAMES)
        json_set_bool(body, "CheckDuplicate", true);
    TRY(engine_create_json(engine, "/networks/create", body, "network", dl, &reply));
    return json_get_str(reply, "network", "Id", ret_id);
}

Error *engine_network_remove(Engine *engine, const char *id, Deadline dl)
{
    AUTO(str) char *encoded = http_encode(id);
    AUTO(str) char *path = xasprintf("/networks/%s", encoded);

    return engine_delete_when_free(engine, path, dl);
}

Error *engine_network_list(Engine *engine, const char *label, Deadline dl, cJSON **ret_list)
{
    AUTO(str) char *filters = engine_label_filter(label);
    AUTO(str) char *path = xasprintf("/networks?filters=%s", filters);

    return engine_get_list(engine, path, "networks", dl, ret_list);
}
