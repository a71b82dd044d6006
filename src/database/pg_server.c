#include <string.h>

#include "base/random.h"
#include "base/secret.h"
#include "database/pg_admin.h"
#include "database/pg_log.h"
#include "database/pg_reach.h"
#include "database/pg_server_parts.h"
#include "engine/ways.h"

#define LOG_MS   10000
#define READY_MS 120000 /* a server that is not ready by then will not be: say so, and why */

static void add_setting(StrList *command, const char *key, const char *value)
{
    str_list_add(command, "-c");
    str_list_addf(command, "%s=%s", key, value);
}

/* Every statement is logged: reports and checks can know what ran, whatever tool ran it. */
static void server_command(const DatabaseSpec *spec, StrList *command)
{
    str_list_add(command, "postgres");
    if (!spec->durable) {
        add_setting(command, "fsync", "off");
        add_setting(command, "full_page_writes", "off");
        add_setting(command, "synchronous_commit", "off");
    }
    for (size_t i = 0; spec->settings && i < spec->settings->len; i++)
        add_setting(command, spec->settings->items[i].key, spec->settings->items[i].value);
    /* last, so that they hold: what is read of the log depends on them */
    add_setting(command, "log_statement", "all");
    add_setting(command, "log_line_prefix", PG_LOG_PREFIX);
    add_setting(command, "log_destination", "stderr");
    add_setting(command, "logging_collector", "off");
    add_setting(command, "log_error_verbosity", "default");
    add_setting(command, "log_min_messages", "warning");
    add_setting(command, "log_min_error_statement", "error");
    add_setting(command, "lc_messages", "C");
}

char *pg_server_alias(const PgServer *server)
{
    return server->number == 1 ? xstrdup(PG_SERVER_ALIAS)
                               : xasprintf(PG_SERVER_ALIAS "-%d", server->number);
}

Error *pg_server_entrypoint(const PgServer *server, Deadline dl, StrList *ret_words)
{
    AUTO(engine_image) EngineImage image = {0};

    TRY(engine_image_inspect(server->context.engine, server->spec.postgres, dl, &image));
    for (size_t i = 0; i < image.entrypoint.len; i++)
        str_list_add(ret_words, image.entrypoint.items[i]);
    return NULL;
}

Error *pg_server_create(PgServer *server, const StrList *entrypoint, const StrMap *more_env,
                        Deadline dl)
{
    const DatabaseContext *context = &server->context;
    const DatabaseSpec *spec = &server->spec;
    AUTO(str) char *alias = pg_server_alias(server);
    AUTO(str) char *suffix = server->number == 1 ? xstrdup("") : xasprintf("-%d", server->number);
    AUTO(str)
    char *name =
        xasprintf("%s-postgres%s", server->first ? server->first->name : server->name, suffix);
    AUTO(str_list) StrList command = {0};
    AUTO(str_map) StrMap env = {0};
    AUTO(str_map) StrMap tmpfs = {0};
    ContainerSpec container = {
        .name = name,
        .image = spec->postgres,
        .entrypoint = entrypoint,
        .command = &command,
        .env = &env,
        .labels = context->labels,
        .network = ways_first_network(context->engine),
        .tmpfs = &tmpfs,
        .publish_port = PG_SERVER_PORT,
        .publish_host = ways_publish_host(context->engine),
    };

    server_command(spec, &command);
    str_map_set(&env, "POSTGRES_USER", PG_SUPERUSER);
    str_map_set(&env, "POSTGRES_PASSWORD", server->admin.password);
    str_map_set(&env, "PGDATA", PG_DATA_FOLDER);
    for (size_t i = 0; more_env && i < more_env->len; i++)
        str_map_set(&env, more_env->items[i].key, more_env->items[i].value);
    if (!spec->durable) {
        str_map_set(&env, "POSTGRES_INITDB_ARGS", "--no-sync");
        str_map_set(&tmpfs, PG_DATA_TMPFS, "rw,mode=1777");
    }
    /* by its name and before it is made: the engine may make it and its reply be lost */
    context->made(context->made_context, "container", name);
    TRY_CTX(engine_container_create(context->engine, &container, dl, &server->container),
            "creating the Postgres server of %s", spec->postgres);
    return engine_network_connect(context->engine, context->network, server->container, alias, dl);
}

/* --- life
 * ------------------------------------------------------------------------------------------- */

/* Why a server does not come up is in its log. The time to wait for it may be over by now. */
static Error *with_log(const DatabaseContext *context, const DatabaseSpec *spec, const char *id,
                       Error *err)
{
    AUTO(str) char *log = NULL;
    AUTO(error)
    Error *log_err =
        engine_container_log_tail(context->engine, id, PG_LOG_TAIL, deadline_in(LOG_MS), &log);

    if (err->code != ERR_CANCELLED && !log_err && !text_is_empty(log)) {
        Error *told = error_new(err->code, err->native, "%s; its log ends:\n%s", err->msg, log);

        error_free(err);
        err = told;
    }
    return error_wrap(err, "starting the Postgres server of %s", spec->postgres);
}

PgServer *pg_server_new(const DatabaseContext *context, const DatabaseSpec *spec, PgServer *first)
{
    PgServer *server = xcalloc(1, sizeof *server);

    atomic_store(&server->users, 1);
    atomic_store(&server->servers, 1);
    server->first = first ? pg_server_share(first) : NULL;
    server->number = first ? atomic_fetch_add(&first->servers, 1) + 1 : 1;
    server->spec = *spec;
    server->context = *context;
    server->name = xstrdup(context->name);
    server->context.name = server->name;
    return server;
}

Error *pg_server_await(PgServer *server, Deadline dl)
{
    const DatabaseContext *context = &server->context;
    AUTO(str) char *alias = pg_server_alias(server);
    Error *err;

    TRY_CTX(engine_container_start(context->engine, server->container, dl),
            "starting the Postgres server of %s", server->spec.postgres);
    err = pg_reach_wait(context, server->container, alias, PG_SERVER_PORT,
                        deadline_min(dl, deadline_in(READY_MS)), &server->admin);
    return err ? with_log(context, &server->spec, server->container, err) : NULL;
}

Error *pg_server_cluster(const PgServer *server, Deadline dl, StrList *ret_lines)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_server_admin(server, dl, &admin));
    return pg_cluster_read(&admin, ret_lines);
}

static bool same_lines(const StrList *a, const StrList *b)
{
    bool same = a->len == b->len;

    for (size_t i = 0; same && i < a->len; i++)
        same = text_eq(a->items[i], b->items[i]);
    return same;
}

/* Role and first database, and what the cluster is like then. */
static Error *provision(PgServer *server, Deadline dl, char **ret_name)
{
    AUTO(str_list) StrList before = {0};

    TRY_CTX(pg_server_role(server, &server->spec, dl), "making the application's role");
    TRY(pg_server_cluster(server, dl, &before));
    TRY(pg_server_database(server, &server->spec, dl, ret_name));
    TRY(pg_server_cluster(server, dl, &server->initial));
    server->init_is_local = same_lines(&before, &server->initial);
    return NULL;
}

Error *pg_server_start(const DatabaseContext *context, const DatabaseSpec *spec, PgServer *first,
                       Deadline dl, PgServer **ret_server, char **ret_name)
{
    AUTO(pg_server) PgServer *server = pg_server_new(context, spec, first);
    AUTO(str) char *name = NULL;

    server->app = (PgTarget){
        .host = pg_server_alias(server),
        .port = PG_SERVER_PORT,
        .user = xstrdup(PG_APP_ROLE),
        .password = random_hex(24),
    };
    server->admin = (PgTarget){
        .user = xstrdup(PG_SUPERUSER),
        .password = random_hex(24),
        .database = xstrdup(PG_SUPERUSER),
    };
    secret_add(server->app.password);
    secret_add(server->admin.password);
    TRY(pg_server_create(server, NULL, NULL, dl));
    TRY(pg_server_await(server, dl));
    TRY(provision(server, dl, &name));
    *ret_server = TAKE(server);
    *ret_name = TAKE(name);
    return NULL;
}

Error *pg_server_state(const PgServer *server, Deadline dl, StrList *ret_lines)
{
    if (!server->container) /* its roles are its administrator's affair */
        return NULL;
    return pg_server_cluster(server, dl, ret_lines);
}

bool pg_server_was_new(const PgServer *server, const StrList *state)
{
    return !server->container || same_lines(&server->initial, state);
}

bool pg_server_takes_another(const PgServer *server)
{
    return !server->container || server->init_is_local;
}

/* In a container this machine's loopback is its own; the engine knows the machine's address there.
 * Podman writes host.containers.internal into every container by itself, and knows no host-gateway
 * (4.3). Source: docs.docker.com, "docker run --add-host"; podman-run(1), --add-host */
static char *host_in_container(const PgServer *server, StrList *hosts)
{
    if (!server->url.loopback)
        return xstrdup(server->url.host);
    if (engine_info(server->context.engine)->is_podman)
        return xstrdup("host.containers.internal");
    str_list_add(hosts, "host.docker.internal:host-gateway");
    return xstrdup("host.docker.internal");
}

Error *pg_server_use(const DatabaseContext *context, const DatabaseSpec *spec, Deadline dl,
                     PgServer **ret_server)
{
    AUTO(pg_server) PgServer *server = pg_server_new(context, spec, NULL);
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_url_parse(spec->url, &server->url));
    TRY(pg_url_open(&server->url, context->cancel, dl, &admin));
    TRY(pg_url_check(&server->url, &admin));
    server->admin = (PgTarget){.url = xstrdup(spec->url)};
    server->app = (PgTarget){
        .host = host_in_container(server, &server->hosts),
        .port = server->url.port,
        .user = xstrdup(PQuser(admin.conn)),
        .password = xstrdup(PQpass(admin.conn)),
    };
    *ret_server = TAKE(server);
    return NULL;
}

PgServer *pg_server_share(PgServer *server)
{
    (void)atomic_fetch_add(&server->users, 1);
    return server;
}

void pg_server_target(const PgServer *server, const char *database, PgTarget *ret_target)
{
    pg_target_copy(&server->admin, ret_target);
    free(ret_target->database);
    ret_target->database = xstrdup(database);
}

void pg_server_app_target(const PgServer *server, const char *database, PgTarget *ret_target)
{
    const PgTarget *app = &server->app;

    pg_target_copy(app, ret_target);
    ret_target->database = xstrdup(database);
    /* passwords of ours are hex: nothing to encode */
    ret_target->url = server->container ? xasprintf("postgres://%s:%s@%s:%d/%s", app->user,
                                                    app->password, app->host, app->port, database)
                                        : pg_url_of_database(&server->url, app->host, app->user,
                                                             app->password, database);
}

const StrList *pg_server_hosts(const PgServer *server)
{
    return &server->hosts;
}

const Cancel *pg_server_cancel(const PgServer *server)
{
    return server->context.cancel;
}

void pg_server_free(PgServer *server)
{
    if (!server || atomic_fetch_sub(&server->users, 1) > 1)
        return;
    pg_server_free(server->first);
    str_list_clear(&server->initial);
    free(server->container); /* the container itself is the teardown's */
    free(server->name);
    pg_url_clear(&server->url);
    pg_target_clear(&server->admin);
    pg_target_clear(&server->app);
    str_list_clear(&server->hosts);
    free(server);
}
