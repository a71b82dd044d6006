#include "database/pg_server.h"

#include <stdatomic.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "base/secret.h"
#include "database/pg_admin.h"
#include "database/pg_reach.h"
#include "database/pg_script.h"
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

struct PgServer {
    atomic_int users, copies;
    const Cancel *cancel; /* borrowed */
    char *container;
    PgTarget admin; /* as superuser, from here */
    char *app_password;
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

/* --- the application's role and database
 * ------------------------------------------------------------ */

static Error *run_init_file(const PgServer *server, const char *path, Deadline dl)
{
    AUTO(str) char *script = NULL;
    AUTO(pg_db) PgDb db = {0};
    PgTarget target = server->admin;
    size_t len;
    AUTO(error) Error *err = file_read(path, INIT_MAX, &script, &len);

    if (err) {
        err->code = ERR_INVALID; /* a file that the settings name */
        return error_wrap(TAKE(err), "database.init");
    }
    target.database = (char *)(uintptr_t)PG_DATABASE; /* borrowed for the call */
    TRY(pg_db_open(&target, server->cancel, dl, &db));
    return pg_script_run(&db, path, script);
}

static Error *make_role(PgServer *server, const DatabaseSpec *spec, PgDb *admin)
{
    TRY(pg_role_create(admin, APP_ROLE, server->app_password));
    return spec->plain_role ? NULL : pg_run(admin, "ALTER ROLE " APP_ROLE " SUPERUSER");
}

static Error *make_database(PgServer *server, const DatabaseSpec *spec, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_db_open(&server->admin, server->cancel, dl, &admin));
    TRY_CTX(make_role(server, spec, &admin), "making the application's role");
    TRY_CTX(pg_database_create(&admin, PG_DATABASE, APP_ROLE), "making the application's database");
    for (size_t i = 0; spec->init && i < spec->init->len; i++)
        TRY(run_init_file(server, spec->init->items[i], dl));
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

Error *pg_server_start(const DatabaseContext *context, const DatabaseSpec *spec, Deadline dl,
                       PgServer **ret_server)
{
    AUTO(pg_server) PgServer *server = xcalloc(1, sizeof *server);
    Error *err;

    atomic_store(&server->users, 1);
    server->cancel = context->cancel;
    server->app_password = random_hex(24);
    server->admin = (PgTarget){
        .user = xstrdup(SUPERUSER),
        .password = random_hex(24),
        .database = xstrdup(SUPERUSER),
    };
    secret_add(server->app_password);
    secret_add(server->admin.password);
    TRY(create_container(context, spec, server->admin.password, dl, &server->container));
    TRY_CTX(engine_container_start(context->engine, server->container, dl),
            "starting the Postgres server of %s", spec->postgres);
    err = pg_reach_wait(context, server->container, PG_SERVER_PORT,
                        deadline_min(dl, deadline_in(READY_MS)), &server->admin);
    if (err)
        return with_log(context, spec, server->container, err);
    TRY(make_database(server, spec, dl));
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
    *ret_target = (PgTarget){
        .host = xstrdup(PG_SERVER_ALIAS),
        .port = PG_SERVER_PORT,
        .user = xstrdup(APP_ROLE),
        .password = xstrdup(server->app_password),
        .database = xstrdup(database),
    };
}

char *pg_server_new_name(PgServer *server)
{
    return xasprintf(PG_DATABASE "_copy_%d", atomic_fetch_add(&server->copies, 1) + 1);
}

const Cancel *pg_server_cancel(const PgServer *server)
{
    return server->cancel;
}

void pg_server_free(PgServer *server)
{
    if (!server || atomic_fetch_sub(&server->users, 1) > 1)
        return;
    free(server->container); /* the container itself is the teardown's */
    pg_target_clear(&server->admin);
    free(server->app_password);
    free(server);
}
