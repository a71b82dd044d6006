/* One service of a compose file: what is of use here, whatever else it holds. */

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "config/compose_parts.h"

/* Borrowed text of a key; NULL when it is absent or not text. */
static const char *text_of(const Node *map, const char *key)
{
    const Node *node = map ? node_get(map, key) : NULL;

    return node && node->kind == NODE_TEXT && !node_is_null(node) ? node->text : NULL;
}

/* Texts of a list, or a text alone; entries of env_file may be maps with a path. */
static void read_texts(const Node *node, StrList *texts)
{
    if (!node)
        return;
    if (node->kind == NODE_TEXT && !node_is_null(node))
        str_list_add(texts, node->text);
    for (size_t i = 0; i < node->items.len; i++) {
        const Node *item = node->items.items[i];
        const char *text = item->kind == NODE_TEXT ? item->text : text_of(item, "path");

        if (text)
            str_list_add(texts, text);
    }
}

/* A command as text is split as a shell does, as a list it is taken as it is. What cannot be read
 * is of one service, which need not be the one that counts. */
static Error *read_words(const Node *map, const char *key, const char *name,
                         ComposeService *service, StrList *words, bool *set)
{
    const Node *node = node_get(map, key);
    AUTO(str_list) StrList raw = {0};
    AUTO(error) Error *err = NULL;

    if (!node || node_is_null(node))
        return NULL;
    if (node->kind == NODE_MAP)
        return compose_bad(name, node, key, "text or a list");
    if (node->kind == NODE_TEXT)
        err = words_split(node->text, &raw);
    else
        read_texts(node, &raw);
    service->words_unknown |= err != NULL;
    *set = err == NULL;
    for (size_t i = 0; i < raw.len; i++) {
        char *text = NULL;

        if (compose_expand(raw.items[i], &text))
            str_list_add_owned(words, text);
        else
            service->words_unknown = true;
    }
    return NULL;
}

static void read_env(const Node *node, StrMap *env)
{
    AUTO(str_list) StrList pairs = {0};

    if (!node)
        return;
    for (size_t i = 0; i < node->pairs.len; i++) {
        const Node *value = node->pairs.items[i].value;

        if (value->kind == NODE_TEXT)
            str_map_set(env, node->pairs.items[i].key, node_is_null(value) ? NULL : value->text);
    }
    read_texts(node->kind == NODE_LIST ? node : NULL, &pairs);
    for (size_t i = 0; i < pairs.len; i++) {
        const char *equals = strchr(pairs.items[i], '=');
        AUTO(str) char *key = xstrndup(pairs.items[i], strcspn(pairs.items[i], "="));

        str_map_set(env, key, equals ? equals + 1 : NULL);
    }
}

static void read_depends(const Node *node, StrMap *depends)
{
    AUTO(str_list) StrList names = {0};

    read_texts(node, &names);
    for (size_t i = 0; i < names.len; i++)
        str_map_set(depends, names.items[i], "service_started");
    for (size_t i = 0; node && i < node->pairs.len; i++) {
        const char *condition = text_of(node->pairs.items[i].value, "condition");

        str_map_set(depends, node->pairs.items[i].key, condition ? condition : "service_started");
    }
}

/* "TARGET", "SOURCE:TARGET", "SOURCE:TARGET:MODE". A colon of ${X:-y} is none of ours. */
static void read_short_volume(const char *text, StrMap *volumes)
{
    AUTO(str_list) StrList parts = {0};

    str_list_split(text, ':', &parts);
    if (strchr(text, '$') || parts.len > 3)
        return;
    if (parts.len == 1)
        str_map_set(volumes, parts.items[0], NULL);
    else
        str_map_set(volumes, parts.items[1], parts.items[0]);
}

static void read_volumes(const Node *node, StrMap *volumes)
{
    for (size_t i = 0; node && i < node->items.len; i++) {
        const Node *item = node->items.items[i];
        const char *target = text_of(item, "target");

        if (item->kind == NODE_TEXT)
            read_short_volume(item->text, volumes);
        else if (target && !text_eq(text_of(item, "type"), "tmpfs"))
            str_map_set(volumes, target, text_of(item, "source"));
    }
}

/* The address of a repository is no folder. */
static void read_build(const Node *node, ComposeService *service)
{
    const char *context;

    service->built = node && !node_is_null(node);
    if (!service->built)
        return;
    context = node->kind == NODE_TEXT ? node->text : text_of(node, "context");
    if (!context)
        context = ".";
    if (!strstr(context, "://") && !text_starts(context, "git@"))
        service->context = xstrdup(context);
    service->dockerfile = xstrdup_null(text_of(node, "dockerfile"));
    service->target = xstrdup_null(text_of(node, "target"));
    read_env(node_get(node, "args"), &service->args);
}

/* ["CMD", ...], ["CMD-SHELL", LINE] or a line of the shell; ["NONE"] is none. */
static void read_health(const Node *node, ComposeService *service)
{
    AUTO(str_list) StrList test = {0};
    const Node *given = node ? node_get(node, "test") : NULL;
    bool shell;

    read_texts(given, &test);
    if (test.len == 0 || text_eq(test.items[0], "NONE") ||
        text_eq(text_of(node, "disable"), "true"))
        return;
    shell = given->kind == NODE_TEXT || text_eq(test.items[0], "CMD-SHELL");
    if (shell) {
        str_list_add(&service->health, "sh");
        str_list_add(&service->health, "-c");
    }
    for (size_t i = given->kind == NODE_TEXT ? 0 : 1; i < test.len; i++) {
        char *word = NULL;

        if (!compose_expand(test.items[i], &word)) {
            str_list_clear(&service->health);
            return;
        }
        str_list_add_owned(&service->health, word);
    }
}

/* "3000", "8080:3000", "127.0.0.1:8080:3000/tcp", {target: 3000}. Ranges are none of ours. */
static void read_ports(const Node *node, StrList *ports)
{
    for (size_t i = 0; node && i < node->items.len; i++) {
        const Node *item = node->items.items[i];
        const char *text = item->kind == NODE_TEXT ? item->text : text_of(item, "target");
        const char *colon = text ? strrchr(text, ':') : NULL;
        const char *port = colon ? colon + 1 : text;
        size_t len = port ? strspn(port, "0123456789") : 0;

        if (len == 0 || len > 5 || (port[len] && !text_eq(port + len, "/tcp")))
            continue;
        if (strtol(port, NULL, 10) >= 1 && strtol(port, NULL, 10) <= 65535)
            str_list_add_owned(ports, xstrndup(port, len));
    }
}

Error *compose_read_service(const Node *node, const char *name, ComposeService *service)
{
    service->image = xstrdup_null(text_of(node, "image"));
    read_build(node_get(node, "build"), service);
    read_health(node_get(node, "healthcheck"), service);
    read_ports(node_get(node, "ports"), &service->ports);
    read_ports(node_get(node, "expose"), &service->ports);
    TRY(read_words(node, "command", name, service, &service->command, &service->command_set));
    TRY(read_words(node, "entrypoint", name, service, &service->entrypoint,
                   &service->entrypoint_set));
    service->user = xstrdup_null(text_of(node, "user"));
    service->workdir = xstrdup_null(text_of(node, "working_dir"));
    read_env(node_get(node, "environment"), &service->env);
    read_texts(node_get(node, "env_file"), &service->env_files);
    read_depends(node_get(node, "depends_on"), &service->depends);
    read_volumes(node_get(node, "volumes"), &service->volumes);
    return NULL;
}
