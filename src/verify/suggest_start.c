/* Whether the application is started, and how it is built. */

#include <stdlib.h>
#include <string.h>

#include "verify/suggest_parts.h"

static void build_text(const Suggester *all, const char *what, const char *text, char **ret_text)
{
    if (text && !suggest_plain_text(text, ret_text))
        str_list_addf(&all->to->left[LEFT_BUILD],
                      "%s: it has a variable without a default, or may hold a password", what);
}

void suggest_build(const Suggester *all)
{
    const ComposeService *service = all->migrate ? all->migrate : all->application;
    Suggestion *to = all->to;
    AUTO(str) char *context = NULL;

    if (all->facts->reference || !service || !service->context)
        return;
    build_text(all, "its folder", service->context, &context);
    if (context && strstr(context, "://"))
        free(TAKE(context)); /* of a default: the address of a repository is no folder */
    to->context = suggest_path(all, context ? context : ".");
    to->build_found = xasprintf("%s: the service %s is built%s", all->facts->compose_name,
                                service->name, context ? "" : " (check the folder)");
    build_text(all, "its dockerfile", service->dockerfile, &to->dockerfile);
    build_text(all, "its target", service->target, &to->target);
    for (size_t i = 0; i < service->args.len; i++) {
        const StrPair *pair = &service->args.items[i];

        if (suggest_is_harmless(pair->key, pair->value))
            str_map_set(&to->args, pair->key, pair->value);
        else if (suggest_may_list(pair->key))
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

    if (service && service->health.len > 0 && suggest_is_safe(all, &service->health)) {
        to->ready.way = READY_BY_EXEC;
        str_list_copy(&service->health, &to->ready.exec);
        to->ready_found = xasprintf("%s: the health check of the service %s",
                                    all->facts->compose_name, service->name);
        return;
    }
    if (service && service->health.len > 0)
        suggest_leave(all, LEFT_START, "%s: the health check of the service %s",
                      all->facts->compose_name, service->name);
    if (same && image->healthcheck.len > 0) {
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
    return suggest_image_text(repository, &all->to->start_image) &&
           !strchr(all->to->start_image, '@');
}

/* The application runs with what is written for the migrations, unless it is said again: its
 * image's own entrypoint, and beside that the image's own command, which an engine would drop. */
static bool start_words(const Suggester *all)
{
    const ComposeService *service = all->application;
    const EngineImage *image = all->facts->image;
    Suggestion *to = all->to;
    bool other = to->entrypoint_none || to->entrypoint.len > 0;
    bool none = service->command_set && service->command.len == 0 && image->entrypoint.len > 0;

    if (!service->entrypoint_set && !other && !none) {
        str_list_copy(&service->command, &to->start_command);
        return true;
    }
    to->start_entrypoint_set = true;
    if (service->entrypoint_set) {
        str_list_copy(&service->entrypoint, &to->start_entrypoint);
        str_list_copy(&service->command, &to->start_command);
        return true;
    }
    if (to->start_image || !all->facts->reference || !suggest_is_safe(all, &image->entrypoint) ||
        !suggest_is_safe(all, &image->command)) {
        to->start_entrypoint_set = false;
        str_list_copy(&service->command, &to->start_command);
        str_list_addf(&to->left[LEFT_START], "the entrypoint of its image: fill in entrypoint");
        return false;
    }
    str_list_copy(&image->entrypoint, &to->start_entrypoint);
    str_list_copy(service->command_set ? &service->command : &image->command, &to->start_command);
    return true;
}

static bool start_is_known(const Suggester *all)
{
    const ComposeService *service = all->application;

    if (!suggest_start_image(all)) {
        str_list_addf(&all->to->left[LEFT_START], "its image");
        return false;
    }
    if (service->words_unknown) {
        str_list_addf(&all->to->left[LEFT_START],
                      "its command: it has a variable without a default");
        return false;
    }
    if (suggest_is_safe(all, &service->command) && suggest_is_safe(all, &service->entrypoint))
        return start_words(all);
    suggest_leave(all, LEFT_START, "%s: the command of the service %s", all->facts->compose_name,
                  service->name);
    return false;
}

static void start_of_compose(const Suggester *all)
{
    Suggestion *to = all->to;

    to->starts = true;
    to->start_found =
        xasprintf("%s: the service %s", all->facts->compose_name, all->application->name);
    to->start_commented = !start_is_known(all);
    /* what the application needs and nobody gave would be taken for a broken release */
    to->start_commented |= to->start_beside && to->env_names.len > 0;
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
               (image->healthcheck.len > 0 || image->exposed.len > 0)) {
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
