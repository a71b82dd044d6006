/* Whether the application is started, and how it is built. */

#include <stdlib.h>
#include <string.h>

#include "verify/suggest_parts.h"

static void expand(const char *text, char **ret_text)
{
    if (text)
        (void)compose_expand(text, ret_text);
}

/* Paths of a compose file start at its folder. */
static char *beside(const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');

    return !slash || path[0] == '/' ? xstrdup(path)
                                    : xasprintf("%.*s/%s", (int)(slash - file), file, path);
}

void suggest_build(const Suggester *all)
{
    const ComposeService *service = all->migrate ? all->migrate : all->application;
    Suggestion *to = all->to;
    AUTO(str) char *context = NULL;

    if (all->facts->reference || !service || !service->context)
        return;
    expand(service->context, &context);
    to->context = beside(all->facts->compose_name, context ? context : ".");
    to->build_found = xasprintf("%s: the service %s is built%s", all->facts->compose_name,
                                service->name, context ? "" : " (check the folder)");
    expand(service->dockerfile, &to->dockerfile);
    expand(service->target, &to->target);
    for (size_t i = 0; i < service->args.len; i++) {
        const StrPair *pair = &service->args.items[i];

        if (suggest_is_harmless(pair->key, pair->value))
            str_map_set(&to->args, pair->key, pair->value);
        else
            str_list_add(&to->arg_names, pair->key);
    }
}

/* --- ready --------------------------------------------------------------------------------------
 */

/* A server that listens may still migrate: where its start migrates, it has to answer. */
static void ready_by_port(Suggestion *to, int64_t port, char *found)
{
    to->ready.way = to->start_beside ? READY_BY_TCP : READY_BY_HTTP;
    to->ready.port = port;
    to->ready_found = found;
}

static void suggest_ready(const Suggester *all)
{
    const ComposeService *service = all->application;
    const EngineImage *image = all->facts->image;
    Suggestion *to = all->to;
    bool same = !service || !service->image || !all->migrate ||
                text_eq(service->image, all->migrate->image);

    if (service && service->health.len > 0 && !suggest_holds_login(&service->health)) {
        to->ready.way = READY_BY_EXEC;
        str_list_copy(&service->health, &to->ready.exec);
        to->ready_found = xasprintf("%s: the health check of the service %s",
                                    all->facts->compose_name, service->name);
        return;
    }
    if (same && image->has_healthcheck) {
        to->ready.way = READY_BY_HEALTHCHECK;
        to->ready_found = xstrdup("the image has a HEALTHCHECK");
        return;
    }
    if (service && service->ports.len > 0) {
        ready_by_port(
            to, strtol(service->ports.items[0], NULL, 10),
            xasprintf("%s: a port of the service %s", all->facts->compose_name, service->name));
        return;
    }
    for (size_t i = 0; same && i < image->exposed.len; i++)
        if (text_ends(image->exposed.items[i], "/tcp")) {
            ready_by_port(to, strtol(image->exposed.items[i], NULL, 10),
                          xstrdup("the image exposes it"));
            return;
        }
}

/* --- start --------------------------------------------------------------------------------------
 */

static bool is_shell(const EngineImage *image)
{
    static const char *const SHELLS[] = {"sh", "bash", "/bin/sh", "/bin/bash", "ash"};

    for (size_t i = 0; i < COUNT_OF(SHELLS); i++)
        if (image->command.len == 1 && text_eq(image->command.items[0], SHELLS[i]))
            return true;
    return image->command.len + image->entrypoint.len == 0;
}

/* Another image than the one that migrates, and without its tag: the candidate's is meant. */
static bool suggest_start_image(const Suggester *all)
{
    const char *image = all->application->image;
    AUTO(str) char *repository = NULL;

    if (!all->migrate || text_eq(image, all->migrate->image))
        return true;
    if (!image)
        return false;
    repository = compose_repository(image);
    return compose_expand(repository, &all->to->start_image) && !strchr(all->to->start_image, '@');
}

static void start_of_compose(const Suggester *all)
{
    const ComposeService *service = all->application;
    Suggestion *to = all->to;

    to->starts = true;
    to->start_found = xasprintf("%s: the service %s", all->facts->compose_name, service->name);
    to->start_commented = !suggest_start_image(all) || service->words_unknown ||
                          suggest_holds_login(&service->command) ||
                          suggest_holds_login(&service->entrypoint);
    if (to->start_commented)
        return;
    str_list_copy(&service->command, &to->start_command);
    str_list_copy(&service->entrypoint, &to->start_entrypoint);
    /* what the application needs and nobody gave would be taken for a broken release */
    to->start_commented = to->start_beside && to->env_names.len > 0;
}

void suggest_start(const Suggester *all)
{
    const EngineImage *image = all->facts->image;
    Suggestion *to = all->to;
    bool migrates = to->migrate.len > 0 || to->migrate_stays_detected;

    to->start_beside = migrates;
    if (all->application) {
        start_of_compose(all);
    } else if (!all->facts->compose && !is_shell(image) &&
               (image->has_healthcheck || image->exposed.len > 0)) {
        to->starts = true;
        to->start_commented = migrates; /* the migrations are checked without it */
        to->start_found = xasprintf("%sthe image looks like a server",
                                    migrates ? "" : "no migrate command, and ");
    }
    if (!to->starts)
        return;
    suggest_ready(all);
    to->start_commented |= to->ready.way == READY_BY_NOTHING;
}
