#include "database/service.h"

#include <string.h>

#include "database/app_env.h"
#include "database/ops.h"
#include "engine/ways.h"

#define LOG_TAIL 4096
#define LOG_MS   10000

typedef struct ServiceDatabase {
    Database base;
    char *alias; /* its name on the trial's network */
} ServiceDatabase;

static char *describe(const DatabaseSpec *spec)
{
    return xasprintf("service %s", spec->service);
}

static bool has_port(const ReadySpec *ready)
{
    return ready->how == READY_TCP || ready->how == READY_HTTP;
}

Error *service_check(const DatabaseSpec *spec)
{
    const StrMap *env = spec->app_env;

    for (size_t i = 0; !has_port(&spec->ready) && env && i < env->len; i++)
        if (env->items[i].value && strstr(env->items[i].value, "{port}"))
            return error_new(ERR_INVALID, 0,
                             "database.app_env.%s: {port} is known only with ready: {tcp: PORT} or "
                             "{http: {port: PORT}}; write the number instead",
                             env->items[i].key);
    return NULL;
}

/* A port that is asked from here has to be published, which no isolated network does: such a server
 * begins on another one, as the Postgres server does. */
static Error *create_container(const DatabaseContext *context, const DatabaseSpec *spec,
                               const char *alias, Deadline dl, char **ret_id)
{
    AUTO(str) char *name = xasprintf("%s-service", context->name);
    bool publish = has_port(&spec->ready);
    ContainerSpec container = {
        .name = name,
        .image = spec->service,
        .command = spec->command && spec->command->len > 0 ? spec->command : NULL,
        .env = spec->env,
        .labels = context->labels,
        .network = publish ? ways_first_network(context->engine) : context->network,
        .alias = publish ? NULL : alias,
        .publish_port = publish ? spec->ready.port : 0,
        .publish_host = ways_publish_host(context->engine),
    };

    /* by its name and before it is made: the engine may make it and its reply be lost */
    context->made(context->made_context, "container", name);
    TRY_CTX(engine_container_create(context->engine, &container, dl, ret_id),
            "creating the service %s", spec->service);
    if (!publish)
        return NULL;
    return engine_network_connect(context->engine, context->network, *ret_id, alias, dl);
}

/* Why it does not come up: how far it came, and the end of its log. */
static Error *not_ready(const DatabaseContext *context, const DatabaseSpec *spec, const char *id,
                        const Readiness *readiness)
{
    AUTO(str) char *log = NULL;
    AUTO(str) char *took = format_duration_ms(readiness->after_ms);
    AUTO(str) char *ended = xasprintf("it ended with exit status %d", readiness->exit_code);
    AUTO(str) char *late = xasprintf("it was not ready after %s", took);
    AUTO(error)
    Error *err = /* the error is about the server, with its log or without */
        engine_container_log_tail(context->engine, id, LOG_TAIL, deadline_in(LOG_MS), &log);
    bool has_log = !err && !text_is_empty(log);

    return error_new(readiness->ended ? ERR_SYSTEM : ERR_TIMEOUT, 0,
                     "starting the service %s: %s%s%s%s%s", spec->service,
                     readiness->ended ? ended : late, readiness->seen ? "; seen last: " : "",
                     readiness->seen ? readiness->seen : "",
                     has_log ? "; its log ends:\n" : "; it wrote nothing", has_log ? log : "");
}

static Error *await_ready(const DatabaseContext *context, const DatabaseSpec *spec,
                          const char *alias, const char *id, Deadline dl)
{
    ReadySpec ready = spec->ready;
    AUTO(readiness) Readiness readiness = {0};
    AUTO(error) Error *err = NULL;

    ready.alias = alias;
    ready.made = context->made;
    ready.made_context = context->made_context;
    err = engine_ready_wait(context->engine, id, context->network, &ready, dl, &readiness);
    if (err && err->code == ERR_INVALID)
        return error_new(ERR_INVALID, 0,
                         "database.ready: %s: %s; say otherwise when it is ready, such as ready: "
                         "{tcp: 3306}",
                         spec->service, err->msg);
    if (err)
        return error_wrap(TAKE(err), "waiting for the service %s", spec->service);
    return readiness.ready ? NULL : not_ready(context, spec, id, &readiness);
}

static Error *provision_as(const DatabaseContext *context, const DatabaseSpec *spec,
                           const char *alias, Deadline dl, Database **ret_database)
{
    AUTO(str) char *id = NULL;
    ServiceDatabase *database;

    TRY(create_container(context, spec, alias, dl, &id));
    TRY_CTX(engine_container_start(context->engine, id, dl), "starting the service %s",
            spec->service);
    TRY(await_ready(context, spec, alias, id, dl));
    database = xcalloc(1, sizeof *database);
    *database = (ServiceDatabase){.base.ops = &SERVICE_OPS, .alias = xstrdup(alias)};
    *ret_database = &database->base;
    return NULL;
}

static Error *provision(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                        Deadline dl, Database **ret_database)
{
    (void)image; /* what is in the application's image is of no concern to a server */
    return provision_as(context, spec, SERVICE_ALIAS, dl, ret_database);
}

/* Nobody knows what is in the sibling: a server of its own, beside it on the network. */
static Error *fresh(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                    Database *sibling, bool apart, Deadline dl, Database **ret_database)
{
    (void)image;
    (void)sibling;
    (void)apart;
    return provision_as(context, spec, context->name, dl, ret_database);
}

static void look_for_host(const StrMap *env, bool *told, bool *named)
{
    for (size_t i = 0; env && i < env->len; i++) {
        const char *value = env->items[i].value ? env->items[i].value : "";

        *told |= strstr(value, "{host}") != NULL;
        *named |= text_eq(value, SERVICE_ALIAS) || strstr(value, SERVICE_ALIAS ":") ||
                  strstr(value, "@" SERVICE_ALIAS) || strstr(value, "//" SERVICE_ALIAS);
    }
}

bool service_is_told(const StrMap *app_env, const StrMap *env)
{
    bool told = false, named = false;

    look_for_host(app_env, &told, &named);
    look_for_host(env, &told, &named);
    return told && !named;
}

static void attach(const Database *base, const DatabaseSpec *spec, ContainerSpec *container,
                   StrMap *env)
{
    AUTO(str_map) StrMap templates = {0};
    AUTO(str) char *port = xasprintf("%d", spec->ready.port);

    (void)container; /* a server is reached by its name: nothing is mounted */
    if (spec->app_env)
        app_env_add_missing(spec->app_env, env);
    str_map_set(&templates, "{host}", ((const ServiceDatabase *)base)->alias);
    if (has_port(&spec->ready))
        str_map_set(&templates, "{port}", port);
    app_env_fill(&templates, env);
}

static void close_database(Database *base)
{
    free(((ServiceDatabase *)base)->alias);
    free(base); /* the container is the teardown's */
}

/* Without copy, branch and snapshot: nobody looks into it. */
const DatabaseOps SERVICE_OPS = {
    .kind = "service",
    .describe = describe,
    .provision = provision,
    .fresh = fresh,
    .attach = attach,
    .close = close_database,
};
