#include "config/compose.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "config/document.h"

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
    *compose = (Compose){0};
}

static Error *bad(const char *name, const Node *node, const char *what, const char *wanted)
{
    return error_new(ERR_INVALID, 0, "%s:%zu:%zu: %s: wanted %s, found %s", name, node->line,
                     node->column, what, wanted, node_kind_name(node));
}

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

/* --- services -----------------------------------------------------------------------------------
 */

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
        return bad(name, node, key, "text or a list");
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

static Error *read_service(const Node *node, const char *name, ComposeService *service)
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
        return bad(name, services, "services", "a map");
    for (size_t i = 0; i < services->pairs.len; i++) {
        const NodePair *pair = &services->pairs.items[i];

        if (pair->value->kind != NODE_MAP)
            return bad(name, pair->value, pair->key, "a map");
        LIST_PUSH(&compose, ((ComposeService){.name = xstrdup(pair->key)}));
        TRY(read_service(pair->value, name, &compose.items[compose.len - 1]));
    }
    *ret_compose = compose;
    compose = (Compose){0};
    return NULL;
}

typedef struct KnownServer KnownServer;
static const KnownServer *known_server(const char *image);

/* --- which is which -----------------------------------------------------------------------------
 */

const ComposeService *compose_find(const Compose *compose, const char *name)
{
    for (size_t i = 0; i < compose->len; i++)
        if (text_eq(compose->items[i].name, name))
            return &compose->items[i];
    return NULL;
}

static bool is_waited_for(const Compose *compose, const ComposeService *service)
{
    for (size_t i = 0; i < compose->len; i++)
        if (text_eq(str_map_get(&compose->items[i].depends, service->name),
                    "service_completed_successfully"))
            return true;
    return false;
}

const ComposeService *compose_migrate(const Compose *compose, const char **ret_why)
{
    static const char *const WHY[] = {NULL, "others wait for it to complete", "its name says so",
                                      "others wait for it to complete"};
    const ComposeService *best = NULL;
    unsigned best_rank = 0;

    for (size_t i = 0; i < compose->len; i++) {
        const ComposeService *service = &compose->items[i];
        unsigned rank = (text_contains_nocase(service->name, "migrat") ? 2U : 0U) +
                        (is_waited_for(compose, service) ? 1U : 0U);

        if (rank <= best_rank || compose_server(service->image) != COMPOSE_NO_SERVER)
            continue;
        best = service;
        best_rank = rank;
    }
    if (best)
        *ret_why = WHY[best_rank];
    return best;
}

const ComposeService *compose_application(const Compose *compose, const ComposeService *migrate)
{
    const ComposeService *first = NULL, *of_database = NULL;

    for (size_t i = 0; i < compose->len; i++) {
        const ComposeService *service = &compose->items[i];

        if (service == migrate || known_server(service->image))
            continue;
        if (migrate && str_map_has(&service->depends, migrate->name))
            return service;
        if (!first)
            first = service;
        if (!of_database && compose_database(compose, NULL, service))
            of_database = service;
    }
    if (migrate)
        return NULL; /* the others are whatever: a cache, a proxy */
    return of_database ? of_database : first;
}

static const ComposeService *depended_on(const Compose *compose, const ComposeService *service)
{
    for (size_t i = 0; service && i < service->depends.len; i++) {
        const ComposeService *found = compose_find(compose, service->depends.items[i].key);

        if (found && compose_server(found->image) != COMPOSE_NO_SERVER)
            return found;
    }
    return NULL;
}

const ComposeService *compose_database(const Compose *compose, const ComposeService *migrate,
                                       const ComposeService *application)
{
    const ComposeService *found = depended_on(compose, migrate);

    return found ? found : depended_on(compose, application);
}

/* --- texts --------------------------------------------------------------------------------------
 */

char *compose_repository(const char *image)
{
    size_t end = strlen(image);
    int depth = 0;

    for (size_t i = 0; image[i]; i++) {
        if (image[i] == '{')
            depth++;
        else if (image[i] == '}')
            depth--;
        else if (depth == 0 && image[i] == '/')
            end = strlen(image); /* a colon before it was the registry's port */
        else if (depth == 0 && (image[i] == ':' || image[i] == '@') && end == strlen(image))
            end = i;
    }
    return xstrndup(image, end);
}

struct KnownServer {
    const char *name; /* the last part of its image's */
    ComposeServer server;
    int port;
};

static const KnownServer KNOWN[] = {
    {"postgres", COMPOSE_POSTGRES, 5432},
    {"postgis", COMPOSE_POSTGRES, 5432},
    {"timescaledb", COMPOSE_POSTGRES, 5432},
    {"pgvector", COMPOSE_POSTGRES, 5432},
    {"mysql", COMPOSE_MYSQL, 3306},
    {"mariadb", COMPOSE_MYSQL, 3306},
    {"percona", COMPOSE_MYSQL, 3306},
    {"mongo", COMPOSE_OTHER_SERVER, 27017},
    {"cockroach", COMPOSE_OTHER_SERVER, 26257},
    {"couchdb", COMPOSE_OTHER_SERVER, 5984},
    {"neo4j", COMPOSE_OTHER_SERVER, 7687},
    {"redis", COMPOSE_NO_SERVER, 6379},
    {"valkey", COMPOSE_NO_SERVER, 6379},
    {"keydb", COMPOSE_NO_SERVER, 6379},
    {"dragonfly", COMPOSE_NO_SERVER, 6379},
    {"memcached", COMPOSE_NO_SERVER, 11211},
    {"rabbitmq", COMPOSE_NO_SERVER, 5672},
    {"nats", COMPOSE_NO_SERVER, 4222},
    {"minio", COMPOSE_NO_SERVER, 9000},
    {"mailpit", COMPOSE_NO_SERVER, 1025},
    {"mailhog", COMPOSE_NO_SERVER, 1025},
    {"elasticsearch", COMPOSE_NO_SERVER, 9200},
    {"opensearch", COMPOSE_NO_SERVER, 9200},
    {"meilisearch", COMPOSE_NO_SERVER, 7700},
    {"typesense", COMPOSE_NO_SERVER, 8108},
    {"kafka", COMPOSE_NO_SERVER, 9092},
};

static const KnownServer *known_server(const char *image)
{
    AUTO(str) char *repository = image ? compose_repository(image) : NULL;
    const char *slash = repository ? strrchr(repository, '/') : NULL;
    const char *last = slash ? slash + 1 : repository;

    for (size_t i = 0; i < COUNT_OF(KNOWN); i++)
        if (text_eq(last, KNOWN[i].name))
            return &KNOWN[i];
    return NULL;
}

ComposeServer compose_server(const char *image)
{
    const KnownServer *known = known_server(image);

    return known ? known->server : COMPOSE_NO_SERVER;
}

int compose_port(const char *image)
{
    const KnownServer *known = known_server(image);

    return known ? known->port : 0;
}

/* ${NAME:-default} or ${NAME-default}. @return what follows it; NULL when it is not that */
static const char *expand_one(const char *at, StrList *pieces)
{
    size_t len = strcspn(at, "}");
    size_t name = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    size_t skip = at[name] == ':' ? name + 1 : name;

    if (at[len] != '}' || name == 0 || at[skip] != '-' || memchr(at, '$', len))
        return NULL;
    str_list_add_owned(pieces, xstrndup(at + skip + 1, len - skip - 1));
    return at + len + 1;
}

bool compose_expand(const char *text, char **ret_text)
{
    AUTO(str_list) StrList pieces = {0};

    while (*text) {
        size_t len = strcspn(text, "$");

        str_list_add_owned(&pieces, xstrndup(text, len));
        text += len;
        if (text[0] == '$' && text[1] == '$') {
            str_list_add(&pieces, "$");
            text += 2;
        } else if (text[0] == '$' && text[1] == '{') {
            text = expand_one(text + 2, &pieces);
            if (!text)
                return false;
        } else if (text[0] == '$') {
            return false;
        }
    }
    *ret_text = str_list_join(&pieces, "");
    return true;
}
