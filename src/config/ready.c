/* How a server or an application shows that it is ready: one of several ways. */

#include <string.h>

#include "config/parts.h"

static const char *const WAYS = "healthcheck, http, tcp, log, exec";

static Error *read_healthcheck(const Loader *loader, const Spot *spot, const Node *node,
                               void *target)
{
    ReadySettings *ready = target;

    (void)loader;
    if (!node_is_text(node))
        return spot_wrong_kind(spot, "true", node);
    if (!text_eq_nocase(node->text, "true") && !text_eq_nocase(node->text, "yes") &&
        !text_eq_nocase(node->text, "on"))
        return error_new(ERR_INVALID, 0, "%s: wanted true, found '%s'", spot->where, node->text);
    ready->way = READY_BY_HEALTHCHECK;
    return NULL;
}

static Error *read_port(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    (void)loader;
    return spot_read_number(spot, node, "a port", 1, 65535, &ready->port);
}

static Error *read_path(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    (void)loader;
    TRY(spot_read_text(spot, node, "a path such as /healthz", &ready->path));
    if (ready->path[0] == '/' && !ready->path[strcspn(ready->path, " \t\r\n")])
        return NULL;
    return error_new(ERR_INVALID, 0,
                     "%s: wanted a path that begins with / and has no blanks, found '%s'",
                     spot->where, ready->path);
}

static Error *read_status(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    (void)loader;
    return spot_read_number(spot, node, "an HTTP status", 100, 599, &ready->status);
}

static Error *read_http(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    static const KeyReader KEYS[] = {
        {"port", read_port}, {"path", read_path}, {"status", read_status}};
    ReadySettings *ready = target;

    ready->way = READY_BY_HTTP;
    ready->path = xstrdup("/");
    ready->status = 200;
    TRY(spot_read_map(loader, spot, node, KEYS, COUNT_OF(KEYS), ready));
    if (ready->port == 0)
        return error_new(ERR_INVALID, 0, "%s: wanted a port, found none", spot->where);
    return NULL;
}

static Error *read_tcp(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    ready->way = READY_BY_TCP;
    return read_port(loader, spot, node, target);
}

static Error *read_log(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    (void)loader;
    ready->way = READY_BY_LOG;
    TRY(spot_read_text(spot, node, "text that its log contains", &ready->log));
    if (!ready->log[strcspn(ready->log, "\r\n")])
        return NULL;
    return error_new(ERR_INVALID, 0, "%s: wanted text of one line, found several lines",
                     spot->where);
}

static Error *read_exec(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    ready->way = READY_BY_EXEC;
    return spot_read_words(loader, spot, node, &ready->exec);
}

static Error *read_exit(const Loader *loader, const Spot *spot, const Node *node, void *target)
{
    ReadySettings *ready = target;

    (void)loader;
    ready->way = READY_BY_EXIT;
    return spot_read_number(spot, node, "an exit status", 0, 255, &ready->exit_code);
}

/* A server does not end: exit, the last, is for what is started alone. */
static const KeyReader READERS[] = {
    {"healthcheck", read_healthcheck},
    {"http", read_http},
    {"tcp", read_tcp},
    {"log", read_log},
    {"exec", read_exec},
    {"exit", read_exit},
};

Error *ready_read(const Loader *loader, const Spot *spot, const Node *node, bool may_end,
                  ReadySettings *ret_ready)
{
    AUTO(ready_settings) ReadySettings ready = {0};
    const char *exit = may_end ? ", exit" : "";

    if (node->kind != NODE_MAP)
        return error_new(ERR_INVALID, 0, "%s: wanted a map with one of %s%s, found %s", spot->where,
                         WAYS, exit, node_kind_name(node));
    if (node->pairs.len == 0)
        return error_new(ERR_INVALID, 0, "%s: wanted one of %s%s, found none", spot->where, WAYS,
                         exit);
    if (node->pairs.len > 1) {
        const NodePair *first = &node->pairs.items[0], *second = &node->pairs.items[1];
        AUTO(str) char *key = xasprintf("%s.%s", spot->key, second->key);
        AUTO(spot) Spot at = spot_of(loader, key, second->line, second->column);

        return error_new(ERR_INVALID, 0, "%s: wanted one of %s%s, found %s beside %s", at.where,
                         WAYS, exit, second->key, first->key);
    }
    TRY(spot_read_map(loader, spot, node, READERS, COUNT_OF(READERS) - !may_end, &ready));
    ready_settings_clear(ret_ready);
    *ret_ready = ready;
    ready = (ReadySettings){0};
    return NULL;
}
