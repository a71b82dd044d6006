/* Servers that an application needs: its database when that is neither Postgres nor a file, and
 * what else the compose file starts before it. */

#include <string.h>

#include "verify/screen_secrets.h"
#include "verify/suggest_parts.h"

void suggest_server_service(const Suggester *all)
{
    const ComposeService *server = all->database;
    Suggestion *to = all->to;
    Told told = {server, &to->server_env, "{host}", "{port}", &all->facts->compose->secrets};

    if (!suggest_image_text(server->image, &to->service))
        return;
    if (server->words_unknown || server->entrypoint_set || !suggest_is_safe(all, &server->command))
        suggest_leave(all, LEFT_DATABASE, "the command of the service %s", server->name);
    else
        str_list_copy(&server->command, &to->server_command);
    to->server_port = compose_port(to->service);
    suggest_server_env(all, server, &to->server_env, &to->server_env_left);
    suggest_tell(&told, all->migrate, &to->app_env);
    suggest_tell(&told, all->application, &to->app_env);
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

static void find_ready(const Suggester *all, const ComposeService *service, ReadySettings *ready)
{
    ready->port = compose_port(service->image);
    if (ready->port > 0) {
        ready->way = READY_BY_TCP;
    } else if (service->health.len > 0 && suggest_is_safe(all, &service->health)) {
        ready->way = READY_BY_EXEC;
        str_list_copy(&service->health, &ready->exec);
    } else if (service->health.len > 0) {
        suggest_leave(all, LEFT_SERVICES, "the health check of %s", service->name);
    }
}

/* Why it is not written at all; NULL: it is. */
static const char *why_left(const Suggester *all, const ComposeService *service)
{
    AUTO(str) char *image = NULL;

    if (!is_host_name(service->name))
        return "its name is no host name of a-z, 0-9 and -";
    if (!service->image || service->built)
        return "it is built, and a service has to be an image";
    if (!suggest_image_text(service->image, &image))
        return "its image has a variable without a default";
    if (service->entrypoint_set)
        return "it has an entrypoint, and a service runs its image's own";
    if (service->words_unknown)
        return "its command has a variable without a default";
    if (!suggest_is_safe(all, &service->command))
        return "its command may hold a password and was not copied";
    return NULL;
}

static void add_service(const Suggester *all, const ComposeService *service)
{
    Suggestion *to = all->to;
    const char *why = why_left(all, service);
    ServiceSettings settings = {0};
    AUTO(str_list) StrList left = {0};
    Told told = {service, &settings.server_env, service->name, NULL, &all->facts->compose->secrets};

    if (why) {
        str_list_addf(&to->left[LEFT_SERVICES], "%s: %s", service->name, why);
        return;
    }
    settings.name = xstrdup(service->name);
    (void)suggest_image_text(service->image, &settings.image);
    str_list_copy(&service->command, &settings.command);
    find_ready(all, service, &settings.ready);
    suggest_server_env(all, service, &settings.server_env, &left);
    for (size_t i = 0; i < left.len; i++)
        str_list_addf(&to->left[LEFT_SERVICES],
                      "%s: the value of %s: give it in server_env, when the service needs it",
                      service->name, left.items[i]);
    suggest_tell(&told, all->migrate, &settings.env);
    suggest_tell(&told, all->application, &settings.env);
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
