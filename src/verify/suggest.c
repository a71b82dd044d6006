#include "verify/suggest.h"

#include <string.h>

#include "verify/look.h"
#include "verify/suggest_parts.h"

Error *suggest_look(Session *session, const EngineImage *image, Detection *ret_detection,
                    bool *ret_detected)
{
    AUTO(image_files) ImageFiles files = {0};

    TRY_CTX(look_into_image(session, image, &session->config->run, &files),
            "looking for the migrate command");
    *ret_detected = framework_detect(&files, ret_detection);
    return NULL;
}

Error *suggest_image(const Compose *compose, const char *name, char **ret_image)
{
    const char *why;
    const ComposeService *migrate = compose_migrate(compose, &why);
    const ComposeService *service = migrate ? migrate : compose_application(compose, NULL);

    if (!service)
        return error_new(ERR_INVALID, 0,
                         "%s: no service but databases: name the image (seatrial init IMAGE)",
                         name);
    if (!service->image && service->context) {
        *ret_image = NULL;
        return NULL;
    }
    if (!service->image)
        return error_new(ERR_INVALID, 0,
                         "%s: the service %s names no image: name it (seatrial init IMAGE)", name,
                         service->name);
    if (!compose_expand(service->image, ret_image))
        return error_new(ERR_INVALID, 0,
                         "%s: the image of the service %s, %s, has a variable without a default: "
                         "name the image (seatrial init IMAGE)",
                         name, service->name, service->image);
    return NULL;
}

/* --- image and releases -------------------------------------------------------------------------
 */

/* An id, or the start of one, is no name that a registry knows. */
static bool is_id(const SuggestFacts *facts)
{
    const char *id = facts->image->id ? strchr(facts->image->id, ':') : NULL;

    return text_starts(facts->reference, "sha256:") ||
           (id && strlen(facts->reference) >= 12 && text_starts(id + 1, facts->reference));
}

static void suggest_repository(const Suggester *all)
{
    const SuggestFacts *facts = all->facts;
    const char *name = facts->reference;

    if (!name) /* it is built */
        return;
    if (is_id(facts))
        name = facts->image->tags.len > 0 ? facts->image->tags.items[0] : NULL;
    if (!name) {
        all->to->image_found = xasprintf("%s has no name yet", facts->reference);
        return;
    }
    all->to->image = compose_repository(name);
    all->to->image_found = xasprintf("the name of %s without its tag", name);
}

static void suggest_releases(const Suggester *all)
{
    const Config *config = all->facts->surroundings;
    const char *origin = config ? str_map_get(&config->origins, "releases.repository") : NULL;

    if (!origin || !config->releases.repository)
        return;
    all->to->source = xstrdup_null(config->releases.source);
    all->to->repository = xstrdup(config->releases.repository);
    /* an address with a login in it is nothing for a file */
    if (str_map_has(&config->origins, "releases.api") && !strchr(config->releases.api, '@'))
        all->to->api = xstrdup_null(config->releases.api);
    all->to->releases_found = xstrdup(origin);
}

/* --- commands -----------------------------------------------------------------------------------
 */

/* As compose runs it: an entrypoint of the service drops the image's command. */
static void suggest_service_command(const Suggester *all)
{
    const ComposeService *service = all->migrate;
    const EngineImage *image = all->facts->image;
    Suggestion *to = all->to;
    const StrList *command = service->command_set      ? &service->command
                             : service->entrypoint_set ? NULL
                                                       : &image->command;

    if (command)
        str_list_copy(command, &to->migrate);
    if (service->entrypoint_set)
        str_list_copy(&service->entrypoint, &to->entrypoint);
    to->entrypoint_none = service->entrypoint_set && to->entrypoint.len == 0;
    if (to->migrate.len > 0)
        return;
    /* an entrypoint alone: the command is what it says */
    str_list_copy(service->entrypoint_set ? &to->entrypoint : &image->entrypoint, &to->migrate);
    str_list_clear(&to->entrypoint);
    to->entrypoint_none = to->migrate.len > 0;
}

static void suggest_from_service(const Suggester *all)
{
    const ComposeService *service = all->migrate;
    const char *name = all->facts->compose_name;
    Suggestion *to = all->to;

    suggest_service_command(all);
    to->migrate_found = xasprintf(
        "%s: %s of the service %s (%s)", name,
        service->command_set || service->entrypoint_set ? "the command" : "the image's own command",
        service->name, all->migrate_why);
}

/* Words that may not be written are looked for in the image. */
static bool may_be_copied(const Suggester *all)
{
    const ComposeService *service = all->migrate;

    if (!service || service->words_unknown)
        return false;
    if (suggest_is_safe(all, &service->command) && suggest_is_safe(all, &service->entrypoint) &&
        suggest_is_safe(all, &all->facts->image->command) &&
        suggest_is_safe(all, &all->facts->image->entrypoint))
        return true;
    suggest_leave(all, LEFT_COMMANDS, "%s: the command of the service %s", all->facts->compose_name,
                  service->name);
    return false;
}

static void suggest_run(const Suggester *all)
{
    const ComposeService *service = all->migrate;
    Suggestion *to = all->to;

    if (!service)
        return;
    to->run_found = xasprintf("%s: the service %s", all->facts->compose_name, service->name);
    (void)suggest_plain_text(service->user, &to->user);
    (void)suggest_plain_text(service->workdir, &to->workdir);
    if (text_is_empty(to->user))
        free(TAKE(to->user));
    if (to->workdir && to->workdir[0] != '/')
        free(TAKE(to->workdir));
}

static void suggest_commands(const Suggester *all)
{
    const Detection *detection = all->facts->detection;
    Suggestion *to = all->to;

    suggest_run(all);
    if (may_be_copied(all)) {
        suggest_from_service(all);
        return;
    }
    to->migrate_found = xstrdup_null(detection->found);
    if (!all->facts->detected)
        return;
    if (suggest_is_safe(all, &detection->migrate))
        str_list_copy(&detection->migrate, &to->migrate);
    /* status, the migrations' folder and the ledger's reader come with a framework that is found,
     * not with a command that is given */
    to->migrate_stays_detected = detection->framework || detection->migrations ||
                                 detection->status.len > 0 || detection->workdir ||
                                 to->migrate.len == 0;
}

/* --- environment --------------------------------------------------------------------------------
 */

/* By the database that is any server, or by a service. */
static bool is_told(const Suggester *all, const char *key)
{
    bool told = str_map_has(&all->to->app_env, key);

    for (size_t i = 0; i < all->to->services.len; i++)
        told |= str_map_has(&all->to->services.items[i].env, key);
    return told;
}

/* Names alone: values may be secret, and what is of the database is given by the run. */
static void suggest_env(const Suggester *all)
{
    const ComposeService *service = all->migrate ? all->migrate : all->application;
    Suggestion *to = all->to;

    if (!service)
        return;
    to->env_found = xasprintf("%s: the service %s", all->facts->compose_name, service->name);
    for (size_t i = 0; i < service->env.len; i++) {
        const char *key = service->env.items[i].key;

        if (str_map_has(&to->env, key) || str_map_has(&to->database_env, key))
            continue;
        if (is_told(all, key))
            continue;
        if (suggest_is_harmless(key, service->env.items[i].value)) {
            str_map_set(&to->env, key, service->env.items[i].value);
            continue;
        }
        if (all->database && (text_eq(key, "DATABASE_URL") || text_starts(key, "PG")))
            continue;
        if (suggest_may_list(key))
            str_list_add(&to->env_names, key);
    }
    for (size_t i = 0; i < service->env_files.len; i++) {
        AUTO(str) char *file = NULL;

        if (suggest_plain_text(service->env_files.items[i], &file))
            str_list_add_owned(&to->env_files, suggest_path(all, file));
    }
}

void suggest(const SuggestFacts *facts, Suggestion *ret_suggestion)
{
    Suggestion suggestion = {0};
    Suggester all = {.facts = facts, .to = &suggestion};

    if (facts->compose) {
        all.migrate = compose_migrate(facts->compose, &all.migrate_why);
        all.application = compose_application(facts->compose, all.migrate);
        all.database = compose_database(facts->compose, all.migrate, all.application);
    }
    suggest_build(&all);
    suggest_repository(&all);
    suggest_releases(&all);
    suggest_commands(&all);
    suggest_database(&all);
    suggest_services(&all);
    suggest_env(&all);
    suggest_start(&all);
    *ret_suggestion = suggestion;
}

void suggestion_clear(Suggestion *suggestion)
{
    free(suggestion->image);
    free(suggestion->image_found);
    free(suggestion->source);
    free(suggestion->repository);
    free(suggestion->api);
    free(suggestion->releases_found);
    str_list_clear(&suggestion->migrate);
    free(suggestion->migrate_found);
    str_list_clear(&suggestion->entrypoint);
    free(suggestion->user);
    free(suggestion->workdir);
    free(suggestion->run_found);
    free(suggestion->sqlite);
    free(suggestion->volume);
    free(suggestion->postgres);
    free(suggestion->database_found);
    str_map_clear(&suggestion->database_env);
    str_list_clear(&suggestion->volumes);
    str_map_clear(&suggestion->env);
    str_list_clear(&suggestion->env_names);
    str_list_clear(&suggestion->env_files);
    free(suggestion->env_found);
    free(suggestion->context);
    free(suggestion->dockerfile);
    free(suggestion->target);
    free(suggestion->build_found);
    str_map_clear(&suggestion->args);
    str_list_clear(&suggestion->arg_names);
    free(suggestion->service);
    str_map_clear(&suggestion->server_env);
    str_map_clear(&suggestion->app_env);
    service_settings_list_clear(&suggestion->services);
    for (size_t i = 0; i < LEFT_COUNT; i++)
        str_list_clear(&suggestion->left[i]);
    str_list_clear(&suggestion->server_command);
    str_list_clear(&suggestion->server_env_left);
    free(suggestion->start_found);
    free(suggestion->start_image);
    str_list_clear(&suggestion->start_command);
    str_list_clear(&suggestion->start_entrypoint);
    ready_settings_clear(&suggestion->ready);
    free(suggestion->ready_found);
    *suggestion = (Suggestion){0};
}
