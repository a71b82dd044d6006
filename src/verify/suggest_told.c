/* What a server is given, and how the application is told of it: with passwords that are ours, in
 * the place of those of the compose file. */

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "verify/screen_secrets.h"
#include "verify/suggest_parts.h"

/* Servers of a trial are thrown away: their passwords are ours to choose. */
#define MADE_UP "seatrial"

bool suggest_is_harmless(const char *key, const char *value)
{
    static const char *const WORDS[] = {"true", "false", "yes",         "no",   "on",
                                        "off",  "test",  "development", "info", "production"};

    if (!value || !suggest_is_name(key) || secret_is_name(key))
        return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq(value, WORDS[i]))
            return true;
    return *value && strlen(value) <= 5 && strspn(value, "0123456789") == strlen(value);
}

/* --- variables of a server ----------------------------------------------------------------------
 */

/* A variable that gives something a name, or a server its size and mode. */
static bool is_plain_name(const char *key)
{
    static const char *const SIGNS[] = {"database", "_db",  "user", "region", "bucket",  "charset",
                                        "collat",   "lang", "tz",   "type",   "mode",    "level",
                                        "cluster",  "opts", "node", "zone",   "encoding"};

    for (size_t i = 0; i < COUNT_OF(SIGNS); i++)
        if (text_contains_nocase(key, SIGNS[i]))
            return true;
    return false;
}

static bool is_switch(const char *value)
{
    return text_eq(value, "yes") || text_eq(value, "no") || text_eq(value, "true") ||
           text_eq(value, "false") || text_eq(value, "1");
}

/* MARIADB_PASSWORD_FILE names a file that no trial has: its variable without _FILE is given. */
static void set_made_up(StrMap *env, const char *key)
{
    size_t len = strlen(key) - (text_ends(key, "_FILE") ? strlen("_FILE") : 0);
    AUTO(str) char *name = xstrndup(key, len);

    str_map_set(env, name, MADE_UP);
}

void suggest_server_env(const Suggester *all, const ComposeService *server, StrMap *env,
                        StrList *left)
{
    const StrList *secrets = &all->facts->compose->secrets;

    for (size_t i = 0; i < server->env.len; i++) {
        const char *key = server->env.items[i].key;
        AUTO(str) char *value = NULL;

        if (!suggest_is_name(key))
            continue;
        if (server->env.items[i].value)
            (void)compose_expand(server->env.items[i].value, &value);
        if (value && secret_is_name(key) && is_switch(value))
            str_map_set(env, key, value);
        else if (secret_is_name(key) || (value && str_list_has(secrets, value)))
            set_made_up(env, key);
        else if (value && (suggest_is_harmless(key, value) ||
                           (is_plain_name(key) && screen_text(secrets, value))))
            str_map_set(env, key, value);
        else
            str_list_add(left, key);
    }
}

/* The value that the server got for one that the compose file gives both; NULL: none.
 * @param names  not of its passwords */
static const char *given(const Told *told, const char *value, bool names)
{
    const StrMap *env = &told->server->env;

    for (size_t i = 0; i < env->len; i++)
        if (text_eq(env->items[i].value, value) && !(names && secret_is_name(env->items[i].key)))
            return str_map_get(told->env, env->items[i].key);
    return NULL;
}

/* --- addresses ----------------------------------------------------------------------------------
 */

/* SCHEME://USER:PASSWORD@HOST:PORT/REST, or HOST:PORT */
typedef struct Address {
    char *scheme; /* with its ://, or "" */
    char *user;   /* NULL: no login */
    bool password;
    char *host, *port; /* port NULL: none */
    const char *rest;  /* borrowed */
} Address;

static void address_clear(Address *address)
{
    free(address->scheme);
    free(address->user);
    free(address->host);
    free(address->port);
}

DEFINE_AUTO_VALUE(address, Address, address_clear)

static void address_read(const char *text, Address *ret_address)
{
    const char *start = strstr(text, "://");
    const char *login = start ? start + 3 : text;
    size_t len = strcspn(login, "/?#");
    const char *at = memchr(login, '@', len), *host = at ? at + 1 : login;
    size_t host_len = strcspn(host, ":/?#");
    const char *port = host[host_len] == ':' ? host + host_len + 1 : NULL;

    *ret_address = (Address){
        .scheme = xstrndup(text, (size_t)(login - text)),
        .user = at ? xstrndup(login, strcspn(login, ":@")) : NULL,
        .password = at && memchr(login, ':', (size_t)(at - login)),
        .host = xstrndup(host, host_len),
        .port = port ? xstrndup(port, strcspn(port, "/?#")) : NULL,
        .rest = login + len,
    };
}

/* @return borrowed; NULL when it may be a key in the place of a name */
static const char *told_user(const Told *told, const Address *address)
{
    const char *user = given(told, address->user, true);

    if (user || !*address->user || secret_is_known_word(address->user))
        return user ? user : address->user;
    return address->password && screen_text(told->secrets, address->user) ? address->user : NULL;
}

/* "/notes" is the name of a database, which the server may have got another for; caller frees, NULL
 * when it cannot be written: behind a ? may be a key. */
static char *told_rest(const Told *told, const char *rest)
{
    const char *name = rest[0] == '/' ? given(told, rest + 1, false) : NULL;

    if (name)
        return xasprintf("/%s", name);
    return strpbrk(rest, "?#{}@$") || !screen_text(told->secrets, rest) ? NULL : xstrdup(rest);
}

/* @return NULL when it is not of this server, or has what cannot be written. Caller frees. */
static char *told_address(const Told *told, const char *text)
{
    AUTO(address) Address address = {0};
    AUTO(str) char *rest = NULL, *login = NULL;
    const char *port;

    address_read(text, &address);
    if (!text_eq(address.host, told->server->name) || (!*address.scheme && !address.port) ||
        strpbrk(address.scheme, "{}$@") || !screen_text(told->secrets, address.scheme) ||
        (address.port && (!*address.port || strlen(address.port) > 5 ||
                          strspn(address.port, "0123456789") != strlen(address.port))))
        return NULL;
    if (address.user && !told_user(told, &address))
        return NULL;
    rest = told_rest(told, address.rest);
    if (!rest)
        return NULL;
    login = address.user
                ? xasprintf("%s%s@", told_user(told, &address), address.password ? ":" MADE_UP : "")
                : xstrdup("");
    port = address.port && told->port ? told->port : address.port;
    return xasprintf("%s%s%s%s%s%s", address.scheme, login, told->host, port ? ":" : "",
                     port ? port : "", rest);
}

/* One variable; caller frees, NULL: it does not tell of the server, or must not be written. */
static char *told_value(const Told *told, const char *key, const char *value)
{
    char *address = told_address(told, value);

    if (address)
        return address;
    if (text_eq(value, told->server->name))
        return xstrdup(told->host);
    if (suggest_is_harmless(key, value))
        return NULL;
    if (!secret_is_name(key) && secret_is_known_word(value)) /* DB_USER: root */
        return text_contains_nocase(key, "user") ? xstrdup(value) : NULL;
    return xstrdup_null(given(told, value, !secret_is_name(key) && given(told, value, true)));
}

void suggest_tell(const Told *told, const ComposeService *service, StrMap *env)
{
    for (size_t i = 0; service && i < service->env.len; i++) {
        const char *key = service->env.items[i].key;
        AUTO(str) char *value = NULL, *said = NULL;

        if (!service->env.items[i].value || !compose_expand(service->env.items[i].value, &value))
            continue;
        if (!*value || !suggest_is_name(key) || str_map_has(env, key))
            continue;
        said = told_value(told, key, value);
        if (said)
            str_map_set(env, key, said);
    }
}
