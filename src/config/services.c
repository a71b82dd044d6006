/* What an application needs beside its database: containers on the trial's network. */

#include <string.h>

#include "config/parts.h"

#define NAME_MAX_LEN 63 /* of a DNS label (RFC 1035, 2.3.4) */

static Error *read_image(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ServiceSettings *service = target;

    (void)loader;
    return spot_read_text(spot, node, "an image", &service->image);
}

static Error *read_command(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ServiceSettings *service = target;

    return spot_read_words(loader, spot, node, &service->command);
}

static Error *read_ready(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ServiceSettings *service = target;

    return ready_read(loader, spot, node, false, &service->ready);
}

static Error *read_env(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ServiceSettings *service = target;

    return spot_read_pairs(loader, spot, node, &service->env);
}

static Error *read_server_env(const Loader *loader, const Spot *spot, const Node *node,
                              void *target)
{
    ServiceSettings *service = target;

    return spot_read_pairs(loader, spot, node, &service->server_env);
}

static const KeyReader READERS[] = {
    {"image", read_image}, {"command", read_command},       {"ready", read_ready},
    {"env", read_env},     {"server_env", read_server_env},
};

/* Other containers find the service by its name: a DNS label, and none that is taken. */
static Error *check_name(const Loader *loader, const Spot *spot, const NodePair *pair)
{
    const char *name = pair->key;
    size_t len = strlen(name);
    AUTO(str) char *key = xasprintf("%s.%s", spot->key, name);
    AUTO(spot) Spot at = spot_of(loader, key, pair->line, pair->column);

    if (text_eq(name, "database") || text_eq(name, "localhost"))
        return error_new(ERR_INVALID, 0, "%s: wanted another name: %s is taken", at.where, name);
    if (len <= NAME_MAX_LEN && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
        name[0] != '-' && name[len - 1] != '-')
        return NULL;
    return error_new(ERR_INVALID, 0,
                     "%s: wanted a host name of a-z, 0-9 and - (63 at most), found '%s'", at.where,
                     name);
}

static Error *read_service(const Loader *loader, const Spot *spot, const NodePair *pair,
                           ServiceSettings *service)
{
    AUTO(str) char *key = xasprintf("%s.%s", spot->key, pair->key);
    AUTO(spot) Spot at = spot_of_node(loader, key, pair->value);

    TRY(check_name(loader, spot, pair));
    service->name = xstrdup(pair->key);
    TRY(spot_read_map(loader, &at, pair->value, READERS, COUNT_OF(READERS), service));
    if (!service->image)
        return error_new(ERR_INVALID, 0, "%s: wanted an image, found none", at.where);
    return NULL;
}

Error *services_read(const Loader *loader, const Spot *spot, const Node *node,
                     ServiceSettingsList *ret_services)
{
    AUTO(service_settings_list) ServiceSettingsList services = {0};

    if (node->kind != NODE_MAP)
        return spot_wrong_kind(spot, "a map of NAME: {image: ...}", node);
    for (size_t i = 0; i < node->pairs.len; i++) {
        LIST_PUSH(&services, (ServiceSettings){0});
        TRY(read_service(loader, spot, &node->pairs.items[i], &services.items[i]));
    }
    service_settings_list_clear(ret_services);
    *ret_services = services;
    services = (ServiceSettingsList){0};
    return NULL;
}
