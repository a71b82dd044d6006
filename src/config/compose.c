#include "config/compose.h"

#include <stdlib.h>

#include "config/compose_parts.h"

static void service_clear(ComposeService *service)
{
    free(service->name);
    free(service->image);
    str_list_clear(&service->command);
    str_list_clear(&service->entrypoint);
    free(service->user);
    free(service->workdir);
    str_map_clear(&service->env);
    str_list_clear(&service->env_files);
    str_map_clear(&service->depends);
    str_map_clear(&service->volumes);
    free(service->context);
    free(service->dockerfile);
    free(service->target);
    str_map_clear(&service->args);
    str_list_clear(&service->health);
    str_list_clear(&service->ports);
}

void compose_clear(Compose *compose)
{
    for (size_t i = 0; i < compose->len; i++)
        service_clear(&compose->items[i]);
    free(compose->items);
    str_list_clear(&compose->secrets);
    *compose = (Compose){0};
}

Error *compose_bad(const char *name, const Node *node, const char *what, const char *wanted)
{
    return error_new(ERR_INVALID, 0, "%s:%zu:%zu: %s: wanted %s, found %s", name, node->line,
                     node->column, what, wanted, node_kind_name(node));
}

Error *compose_parse(const char *text, size_t len, const char *name, Compose *ret_compose)
{
    AUTO(node) Node *root = NULL;
    AUTO(compose) Compose compose = {0};
    const Node *services;

    TRY(document_parse(text, len, name, &root));
    services = root ? node_get(root, "services") : NULL;
    if (!services)
        return error_new(ERR_INVALID, 0, "%s: wanted services:, found none", name);
    if (services->kind != NODE_MAP)
        return compose_bad(name, services, "services", "a map");
    for (size_t i = 0; i < services->pairs.len; i++) {
        const NodePair *pair = &services->pairs.items[i];

        if (pair->value->kind != NODE_MAP)
            return compose_bad(name, pair->value, pair->key, "a map");
        LIST_PUSH(&compose, ((ComposeService){.name = xstrdup(pair->key)}));
        TRY(compose_read_service(pair->value, name, &compose.items[compose.len - 1]));
    }
    compose_find_secrets(root, &compose.secrets);
    *ret_compose = compose;
    compose = (Compose){0};
    return NULL;
}
