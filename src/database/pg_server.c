#include "database/pg_server.h"

#include <stdatomic.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "base/secret.h"
#include "database/pg_admin.h"
#include "database/pg_reach.h"
#include "database/pg_script.h"
#include "database/pg_url.h"
#include "engine/ways.h"

#define SUPERUSER "postgres"
#define APP_ROLE  "app"
#define INIT_MAX  (16U << 20) /* bytes of one init file */
#define LOG_TAIL  4096
#define LOG_MS    10000
#define READY_MS  120000 /* a server that is not ready by then will not be: say so, and why */
/* Own folder on a tmpfs: the official image declares a volume where its data usually is, and moved
 * it in 18. Source: docker-library/postgres, Dockerfile */
#define DATA_TMPFS  "/seatrial"
#define DATA_FOLDER DATA_TMPFS "/pgdata"

#define LEAVE_MS 1000  /* for the server to notice that a client is gone */
#define COPY_MS  10000 /* for a copy, once nobody is left */

struct PgServer {
    atomic_int users, databases;
    DatabaseContext context; /* its parts are borrowed, but for the name */
    char *name;              /* the context's */
    char *container;         /* NULL: an existing server */
    PgUrl url;               /* of an existing server */
    PgTarget admin;          /* as superuser, or as the URL's role, from here */
    PgTarget app;            /* where the application finds it; no database yet */
    StrList hosts;
};

static void add_setting(StrList *command, const char *key, const char *value)
{
    str_list_add(command, "-c");
    str_list_addf(command, "%s=%s", key, value);
}

/* Every statement is logged: reports and checks can know what ran, whatever tool ran it. */
static void server_command(const DatabaseSpec *spec, StrList *command)
{
    str_list_add(command, "postgres");
    add_setting(command, "log_statement", "all");
    if (!spec->durable) {
        add_setting(command, "fsync", "off");
        add_setting(command, "full_page_writes", "off");
        add_setting(command, "synchronous_commit", "off");
    }
    for (size_t i = 0; spec->settings && i < spec->settings->len; i++)
        add_setting(command, spec->settings->items[i].key, spec->settings->items[i].value);
}

static Error *create_container(const DatabaseContext *context, const DatabaseSpec *spec,
                               const char *password, Deadline dl, char **ret_id)
{
    AUTO(str) char *name = xasprintf("%s-postgres", context->name);
    AUTO(str_list) StrList command = {0};
    AUTO(str_map) StrMap env = {0};
    AUTO(str_map) StrMap tmpfs = {0};
    ContainerSpec container = {
        .name = name,
        .image = spec->postgres,
        .command = &command,
        .env = &env,
        .labels = context->labels,
        .network = ways_first_network(context->engine),
        .tmpfs = &tmpfs,
        .publish_port = PG_SERVER_PORT,
        .publish_host = ways_publish_host(context->engine),
    };

    server_command(spec, &command);
    str_map_set(&env, "POSTGRES_USER", SUPERUSER);
    str_map_set(&env, "POSTGRES_PASSWORD", password);
    str_map_set(&env, "PGDATA", DATA_FOLDER);
    if (!spec->durable) {
        str_map_set(&env, "POSTGRES_INITDB_ARGS", "--no-sync");
        str_map_set(&tmpfs, DATA_TMPFS, "rw,mode=1777");
    }
    TRY_CTX(engine_container_create(context->engine, &container, dl, ret_id),
            "creating the Postgres server of %s", spec->postgres);
    context->made(context->made_context, "container", *ret_id);
    return engine_network_connect(context->engine, context->network, *ret_id, PG_SERVER_ALIAS, dl);
}

/* --- the application's role and databases
 * ------------------------------------------------------------ */

static Error *run_init_file(const PgServer *server, const char *database, const char *path,
                            Deadline dl)
{
    AUTO(str) char *script = NULL;
    AUTO(pg_db) PgDb db = {0};
    AUTO(pg_target) PgTarget target = {0};
    size_t len;
    AUTO(error) Error *err = file_read(path, INIT_MAX, &script, &len);

    if (err) {
        err->code = ERR_INVALID; /* a file that the settings name */
        return error_wrap(TAKE(err), "database.init");
    }
    pg_server_target(server, database, &target);
    TRY(pg_db_open(&target, server->context.cancel, dl, &db));
    return pg_script_run(&db, path, script);
}

static Error *make_role(PgServer *server, const DatabaseSpec *spec, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_db_open(&server->admin, server->context.cancel, dl, &admin));
    TRY(pg_role_create(&admin, APP_ROLE, server->app.password));
    return spec->plain_role ? NULL : pg_run(&admin, "ALTER ROLE " APP_ROLE " SUPERUSER");
}

static Error *open_admin(const PgServer *server, Deadline dl, PgDb *ret_admin)
{
    if (!server->container)
        return pg_url_open(&server->url, server->context.cancel, dl, ret_admin);
    return pg_db_open(&server->admin, server->context.cancel, dl, ret_admin);
}

/* "app", "app_2"...; on an existing server "seatrial_<run>_<path>_1"... Caller frees. */
static char *new_name(PgServer *server)
{
    int number = atomic_fetch_add(&server->databases, 1) + 1;
    AUTO(str) char *prefix = text_replace(server->name, "-", "_");

    if (!server->container)
        return xasprintf("%s_%d", prefix, number);
    return number == 1 ? xstrdup(PG_DATABASE) : xasprintf(PG_DATABASE "_%d", number);
}

/* Before it is made: the server may make it and its reply be lost. A container goes with all that
 * is in it. */
static void will_make(const PgServer *server, const char *database)
{
    const DatabaseContext *context = &server->context;
    AUTO(str) char *id = xasprintf("%s %s", database, server->url.text ? server->url.text : "");

    if (!server->container)
        context->made(context->made_context, "database", id);
}

static Error *label(const PgServer *server, PgDb *admin, const char *database)
{
    return server->container ? NULL : pg_url_label(admin, database, server->context.labels);
}

Error *pg_server_database(PgServer *server, const DatabaseSpec *spec, Deadline dl, char **ret_name)
{
    AUTO(pg_db) PgDb admin = {0};
    AUTO(str) char *name = new_name(server);

    TRY(open_admin(server, dl, &admin));
    will_make(server, name);
    TRY_CTX(pg_database_create(&admin, name, server->container ? APP_ROLE : NULL,
                               deadline_min(dl, deadline_in(COPY_MS))),
            "making the application's database");
    TRY(label(server, &admin, name));
    for (size_t i = 0; spec->init && i < spec->init->len; i++)
        TRY(run_init_file(server, name, spec->init->items[i], dl));
    *ret_name = TAKE(name);
    return NULL;
}

/* The containers that used it have ended, but of one that was killed in the middle of a statement
 * the server may not know yet. */
static Error *end_sessions(PgDb *admin, const char *database)
{
    AUTO(pg_result) PGresult *ended = NULL;

    return pg_query(admin,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 "
                    "AND pid <> pg_backend_pid()",
                    &database, 1, &ended);
}

static Error *branch_database(PgDb *admin, const char *origin, const char *name, Deadline dl)
{
    AUTO(error)
    Error *err = pg_database_branch(admin, origin, name, deadline_min(dl, deadline_in(LEAVE_MS)));

    if (!err || err->code != ERR_CONFLICT)
        return TAKE(err);
    TRY_CTX(end_sessions(admin, origin), "ending the sessions that are left");
    return pg_database_branch(admin, origin, name, deadline_min(dl, deadline_in(COPY_MS)));
}

Error *pg_server_branch(PgServer *server, const char *origin, Deadline dl, char **ret_name)
{
    AUTO(pg_db) PgDb admin = {0};
    AUTO(str) char *name = new_name(server);

    TRY(open_admin(server, dl, &admin));
    will_make(server, name);
    TRY(branch_database(&admin, origin, name, dl));
    TRY(label(server, &admin, name));
    *ret_name = TAKE(name);
    return NULL;
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
        engine_container_log_tail(context->engine, id, LOG_TAIL, deadline_in(LOG_MS), &log);

    if (err->code != ERR_CANCELLED && !log_err && !text_is_empty(log)) {
        Error *told = error_new(err->code, err->native, "%s; its log ends:\n%s", err->msg, log);

        error_free(err);
        err = told;
    }
    return error_wrap(err, "starting the Postgres server of %s", spec->postgres);
}

static PgServer *new_server(const DatabaseContext *context)
{
    PgServer *server = xcalloc(1, sizeof *server);

    atomic_store(&server->users, 1);
    server->context = *context;
    server->name = xstrdup(context->name);
    server->context.name = server->name;
    return server;
}

Error *pg_server_start(const DatabaseContext *context, const DatabaseSpec *spec, Deadline dl,
                       PgServer **ret_server)
{
    AUTO(pg_server) PgServer *server = new_server(context);
    Error *err;

    server->app = (PgTarget){
        .host = xstrdup(PG_SERVER_ALIAS),
        .port = PG_SERVER_PORT,
        .user = xstrdup(APP_ROLE),
        .password = random_hex(24),
    };
    server->admin = (PgTarget){
        .user = xstrdup(SUPERUSER),
        .password = random_hex(24),
        .database = xstrdup(SUPERUSER),
    };
    secret_add(server->app.password);
    secret_add(server->admin.password);
    TRY(create_container(context, spec, server->admin.password, dl, &server->container));
    TRY_CTX(engine_container_start(context->engine, server->container, dl),
            "starting the Postgres server of %s", spec->postgres);
    err = pg_reach_wait(context, server->container, PG_SERVER_PORT,
                        deadline_min(dl, deadline_in(READY_MS)), &server->admin);
    if (err)
        return with_log(context, spec, server->container, err);
    TRY_CTX(make_role(server, spec, dl), "making the application's role");
    *ret_server = TAKE(server);
    return NULL;
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
    AUTO(pg_server) PgServer *server = new_server(context);
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
    free(server->container); /* the container itself is the teardown's */
    free(server->name);
    pg_url_clear(&server->url);
    pg_target_clear(&server->admin);
    pg_target_clear(&server->app);
    str_list_clear(&server->hosts);
    free(server);
}
