#include <string.h>

#include "base/file.h"
#include "engine/internal.h"

/* Ways to a container: its address, a published port, a network that both are on. */

#define MOUNTINFO_MAX (4U << 20)

void container_reach_clear(ContainerReach *reach)
{
    free(reach->address);
    *reach = (ContainerReach){0};
}

static const cJSON *network_settings(const cJSON *container, const char *network)
{
    const cJSON *networks = json_at(container, "NetworkSettings.Networks");
    const cJSON *one;

    cJSON_ArrayForEach(one, networks)
    {
        if (text_eq(one->string, network) || text_eq(json_str_or(one, "NetworkID", NULL), network))
            return one;
    }
    return NULL;
}

/* The first binding counts: with an empty HostIp there is one each for IPv4 and IPv6 */
static int published_port(const cJSON *container, int port)
{
    AUTO(str) char *key = xasprintf("%d/tcp", port);
    const cJSON *bindings = json_member(json_at(container, "NetworkSettings.Ports"), key);
    const char *text = json_str_or(cJSON_GetArrayItem(bindings, 0), "HostPort", "");
    uint64_t number = 0;
    AUTO(error) Error *err = parse_u64(text, 1, 65535, &number);

    return err ? 0 : (int)number;
}

Error *engine_container_reach(Engine *engine, const char *id, const char *network, int port,
                              Deadline dl, ContainerReach *ret_reach)
{
    AUTO(str) char *encoded = http_encode(id);
    AUTO(str) char *path = xasprintf("/containers/%s/json", encoded);
    AUTO(json) cJSON *root = NULL;
    const char *address;

    TRY(engine_get_json(engine, path, "container", dl, &root));
    address = json_str_or(network_settings(root, network), "IPAddress", "");
    *ret_reach = (ContainerReach){
        .address = *address ? xstrdup(address) : NULL,
        .published_port = published_port(root, port),
    };
    return NULL;
}

/* ".../containers/<64 hex digits>/hostname": what the engine mounts into every container. cgroup v2
 * hides the id elsewhere. */
static char *id_in_mountinfo(const char *text)
{
    static const char BEFORE[] = "/containers/";

    for (const char *at = text; (at = strstr(at, BEFORE)); at++) {
        const char *id = at + strlen(BEFORE);

        if (strspn(id, "0123456789abcdef") >= 64 && text_starts(id + 64, "/hostname"))
            return xstrndup(id, 64);
    }
    return NULL;
}

Error *engine_container_self(Engine *engine, Deadline dl, char **ret_id)
{
    AUTO(str) char *text = NULL;
    AUTO(str) char *id = NULL;
    AUTO(container_state) ContainerState state = {0};
    AUTO(error) Error *err = NULL;
    size_t len;

    *ret_id = NULL;
    err = file_read("/proc/self/mountinfo", MOUNTINFO_MAX, &text, &len);
    if (err)
        return NULL; /* no such file, no container */
    id = id_in_mountinfo(text);
    if (!id)
        return NULL;
    err = engine_container_inspect(engine, id, dl, &state);
    if (err && err->code != ERR_NOT_FOUND)
        return TAKE(err);
    if (!err) /* a container of another engine is of no use */
        *ret_id = TAKE(id);
    return NULL;
}

Error *engine_network_connect(Engine *engine, const char *network, const char *container,
                              const char *alias, Deadline dl)
{
    AUTO(str) char *encoded = http_encode(network);
    AUTO(str) char *path = xasprintf("/networks/%s/connect", encoded);
    AUTO(json) cJSON *body = json_object();

    json_set_str(body, "Container", container);
    if (alias) {
        cJSON *endpoint = json_object(), *aliases = json_array();

        json_push_str(aliases, alias);
        json_set(endpoint, "Aliases", aliases);
        json_set(body, "EndpointConfig", endpoint);
    }
    return engine_create_json(engine, path, body, "network", dl, NULL);
}

Error *engine_network_disconnect(Engine *engine, const char *network, const char *container,
                                 Deadline dl)
{
    AUTO(str) char *encoded = http_encode(network);
    AUTO(str) char *path = xasprintf("/networks/%s/disconnect", encoded);
    AUTO(json) cJSON *body = json_object();
    AUTO(error) Error *err = NULL;

    json_set_str(body, "Container", container);
    json_set_bool(body, "Force", true);
    err = engine_post_json(engine, path, body, "network", dl, NULL);
    return err && err->code == ERR_NOT_FOUND ? NULL : TAKE(err);
}
