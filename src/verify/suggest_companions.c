/* Servers that an application needs: its database when that is neither Postgres nor a file, and
 * what else the compose file starts before it. */

#include <string.h>

#include "verify/suggest_parts.h"

/* Servers of a trial are thrown away: their passwords are ours to choose. */
#define MADE_UP "seatrial"

static bool is_secret_name(const char *key)
{
    static const char *const SIGNS[] = {"pass", "pwd",  "secret", "token", "key",
                                        "auth", "salt", "cred",   "priv",  "cert"};

    for (size_t i = 0; i < COUNT_OF(SIGNS); i++)
        if (text_contains_nocase(key, SIGNS[i]))
            return true;
    return false;
}

bool suggest_is_harmless(const char *key, const char *value)
{
    static const char *const WORDS[] = {"true", "false", "yes",         "no",   "on",
                                        "off",  "test",  "development", "info", "production"};

    if (!value || !suggest_is_name(key) || is_secret_name(key))
        return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq(value, WORDS[i]))
            return true;
    return *value && strlen(value) <= 5 && strspn(value, "0123456789") == strlen(value);
}

/* --- variables of a server ----------------------------------------------------------------------
 */

/* The same value under a name that says what it is. */
static bool is_shared_secret(const ComposeService *server, const char *value)
{
    for (size_t i = 0; i < server->env.len; i++)
        if (is_secret_name(server->env.items[i].key) && strlen(value) > 4 &&
            text_eq(server->env.items[i].value, value))
            return true;
    return false;
}

/* What a server is given: its own names and switches, and a password that is none of theirs. */
static void server_env(const ComposeService *server, StrMap *env)
{
    for (size_t i = 0; i < server->env.len; i++) {
        const StrPair *pair = &server->env.items[i];
        AUTO(str) char *value = NULL;

        if (!suggest_is_name(pair->key))
            continue;
        if (pair->value && compose_expand(pair->value, &value) &&
            !is_shared_secret(server, value) &&
            (!is_secret_name(pair->key) || text_eq(value, "yes") || text_eq(value, "true") ||
             text_eq(value, "1")))
            str_map_set(env, pair->key, value);
        else
            str_map_set(env, pair->key, MADE_UP);
    }
}

/* The value that the server got for one that the compose file gives both; NULL: none. */
static const char *given(const ComposeService *server, const StrMap *env, const char *value)
{
    for (size_t i = 0; i < server->env.len; i++)
        if (server->env.items[i].value && text_eq(server->env.items[i].value, value))
            return str_map_get(env, server->env.items[i].key);
    return NULL;
}

typedef struct Told {
    const ComposeService *server;
    const StrMap *env; /* of the server, as written */
    const char *host, *port;
} Told;

/* SCHEME://USER:PASSWORD@HOST:PORT/REST. @return NULL when it is not of this server, or has what
 * cannot be written. Caller frees. */
static char *told_url(const Told *told, const char *value)
{
    const char *start = strstr(value, "://");
    const char *host = start ? start + 3 : value;
    size_t authority = strcspn(host, "/?#");
    const char *at = memchr(host, '@', authority);
    AUTO(str) char *login = NULL, *user = NULL, *whole = NULL;
    const char *end = host + authority;
    size_t name = strlen(told->server->name);
    const char *user_given;
    bool port;

    if (at) {
        user = xstrndup(host, strcspn(host, ":@"));
        user_given = given(told->server, told->env, user);
        login = strchr(host, ':') < at && strchr(host, ':')
                    ? xasprintf("%s:" MADE_UP "@", user_given ? user_given : user)
                    : xasprintf("%s@", user_given ? user_given : user);
        host = at + 1;
    }
    if (strncmp(host, told->server->name, name) != 0)
        return NULL;
    port = host[name] == ':';
    if ((!port && host + name != end) || (!start && !port))
        return NULL;
    if (strchr(end, '?') || strpbrk(end, "{}@"))
        return NULL; /* behind it may be a key */
    whole = port && told->port ? xasprintf("%.*s%s%s:%s%s", start ? (int)(start + 3 - value) : 0,
                                           value, login ? login : "", told->host, told->port, end)
                               : xasprintf("%.*s%s%s%.*s%s", start ? (int)(start + 3 - value) : 0,
                                           value, login ? login : "", told->host,
                                           (int)(end - host - (long)name), host + name, end);
    if (strchr(whole, '$'))
        return NULL;
    return TAKE(whole);
}

static void tell(const Told *told, const ComposeService *service, StrMap *env)
{
    for (size_t i = 0; service && i < service->env.len; i++) {
        const char *key = service->env.items[i].key;
        const char *value = service->env.items[i].value;
        AUTO(str) char *url = NULL;

        if (!value || !*value || !suggest_is_name(key) || str_map_has(env, key))
            continue;
        url = told_url(told, value);
        if (url)
            str_map_set(env, key, url);
        else if (text_eq(value, told->server->name))
            str_map_set(env, key, told->host);
        else if (!suggest_is_harmless(key, value) && given(told->server, told->env, value))
            str_map_set(env, key, given(told->server, told->env, value));
    }
}

void suggest_server_service(const Suggester *all)
{
    const ComposeService *server = all->database;
    Suggestion *to = all->to;
    Told told = {server, &to->server_env, "{host}", "{port}"};

    if (!compose_expand(server->image, &to->service))
        return;
    to->server_port = compose_port(to->service);
    server_env(server, &to->server_env);
    tell(&told, all->migrate, &to->app_env);
    tell(&told, all->application, &to->app_env);
}

/* --- services -----------------------------------------------------------------------------------
 */

static bool is_host_name(const char *name)
{
    size_t len = strlen(name);

    return len > 0 && len <= 63 && name[0] != '-' && name[len - 1] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
           !text_eq(name, "database") && !text_eq(name, "localhost");
}

static bool suggest_ready(const ComposeService *service, ReadySettings *ready)
{
    ready->port = compose_port(service->image);
    if (ready->port > 0) {
        ready->way = READY_BY_TCP;
    } else if (service->health.len > 0 && !suggest_holds_login(&service->health)) {
        ready->way = READY_BY_EXEC;
        str_list_copy(&service->health, &ready->exec);
    }
    return ready->way != READY_BY_NOTHING;
}

static const char *why_left(const ComposeService *service)
{
    AUTO(str) char *image = NULL;

    if (!is_host_name(service->name))
        return "its name is no host name of a-z, 0-9 and -";
    if (!service->image || service->built)
        return "it is built, and a service has to be an image";
    if (!compose_expand(service->image, &image))
        return "its image has a variable without a default";
    if (service->words_unknown || suggest_holds_login(&service->command))
        return "its command was not copied";
    for (size_t i = 0; i < service->command.len; i++)
        if (is_secret_name(service->command.items[i]))
            return "its command may hold a password and was not copied";
    return NULL;
}

static void add_service(const Suggester *all, const ComposeService *service)
{
    Suggestion *to = all->to;
    const char *why = why_left(service);
    ServiceSettings settings = {0};
    Told told = {service, &settings.server_env, service->name, NULL};

    if (why) {
        str_list_addf(&to->services_left, "%s: %s", service->name, why);
        return;
    }
    settings.name = xstrdup(service->name);
    (void)compose_expand(service->image, &settings.image);
    str_list_copy(&service->command, &settings.command);
    (void)suggest_ready(service, &settings.ready);
    server_env(service, &settings.server_env);
    tell(&told, all->migrate, &settings.env);
    tell(&told, all->application, &settings.env);
    LIST_PUSH(&to->services, settings);
}

/* What a service waits for, and what that waits for; not what runs once. */
static void follow(const Suggester *all, const ComposeService *service, StrList *seen)
{
    for (size_t i = 0; service && i < service->depends.len; i++) {
        const StrPair *pair = &service->depends.items[i];
        const ComposeService *found = compose_find(all->facts->compose, pair->key);

        if (!found || str_list_has(seen, pair->key))
            continue;
        str_list_add(seen, pair->key);
        follow(all, found, seen);
        if (found != all->migrate && found != all->application && found != all->database &&
            !text_eq(pair->value, "service_completed_successfully"))
            add_service(all, found);
    }
}

void suggest_services(const Suggester *all)
{
    AUTO(str_list) StrList seen = {0};

    follow(all, all->migrate, &seen);
    follow(all, all->application, &seen);
}
