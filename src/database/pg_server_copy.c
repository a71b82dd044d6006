/* A second server with what another has, and work that the tools of its image do. */

#include <string.h>

#include "base/secret.h"
#include "database/pg_admin.h"
#include "database/pg_server_parts.h"
#include "engine/ways.h"

/* A server that has just what another has: pg_basebackup over the trial's network into its own
 * empty folder, and then the image's entrypoint, which finds a database there and leaves it.
 * Physical, because that keeps passwords, ALTER SYSTEM and what a dump renders anew; inside a
 * container, because that needs no way for so many bytes from here and no exec. */
static const char CLONE[] =
    "set -e; mkdir -p \"$PGDATA\"; chmod 700 \"$PGDATA\"; pg_basebackup -h \"$SEATRIAL_FROM\" -U \"$POSTGRES_USER\" -D "
    "\"$PGDATA\" -X stream -c fast --no-sync; exec \"$@\"";

/* Others than this one hold on to roles that a migration may want to drop. */
static Error *drop_others(const PgServer *server, const char *database, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};
    AUTO(pg_result) PGresult *found = NULL;

    TRY(pg_server_admin(server, dl, &admin));
    TRY(pg_query(&admin,
                 "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname NOT IN "
                 "('postgres', $1)",
                 &database, 1, &found));
    for (int row = 0; row < PQntuples(found); row++) {
        AUTO(pg_target) PgTarget target = {0};

        pg_server_target(server, pg_text(found, row, 0), &target);
        TRY(pg_prepared_undo(&admin, &target));
        TRY(pg_database_drop(&admin, target.database));
    }
    return NULL;
}

Error *pg_server_clone(const DatabaseContext *context, PgServer *origin, const char *database,
                       Deadline dl, PgServer **ret_server)
{
    AUTO(pg_server)
    PgServer *server =
        pg_server_new(context, &origin->spec, origin->first ? origin->first : origin);
    AUTO(str_list) StrList entrypoint = {0};
    AUTO(str_map) StrMap env = {0};
    AUTO(str) char *from = pg_server_alias(origin);

    pg_target_copy(&origin->app, &server->app);
    free(server->app.host);
    server->app.host = pg_server_alias(server);
    server->admin = (PgTarget){
        .user = xstrdup(PG_SUPERUSER),
        .password = xstrdup(origin->admin.password),
        .database = xstrdup(PG_SUPERUSER),
    };
    atomic_store(&server->databases, atomic_load(&origin->databases));
    str_list_add(&entrypoint, "sh");
    str_list_add(&entrypoint, "-c");
    str_list_add(&entrypoint, CLONE);
    str_list_add(&entrypoint, "seatrial");
    TRY(pg_server_entrypoint(server, dl, &entrypoint));
    str_map_set(&env, "SEATRIAL_FROM", from);
    str_map_set(&env, "PGPASSWORD", origin->admin.password);
    TRY(pg_server_create(server, &entrypoint, &env, dl));
    TRY(pg_server_await(server, dl));
    TRY_CTX(drop_others(server, database, dl), "copying the Postgres server");
    TRY(pg_server_cluster(server, dl, &server->initial));
    *ret_server = TAKE(server);
    return NULL;
}

Error *pg_server_keep(PgServer *origin, const char *database, Deadline dl, PgServer **ret_server)
{
    AUTO(engine) Engine *engine = NULL;
    DatabaseContext context = origin->context;
    AUTO(pg_server) PgServer *keeper = NULL;

    TRY(engine_clone(origin->context.engine, &engine));
    context.engine = engine;
    TRY_CTX(pg_server_clone(&context, origin, database, dl, &keeper),
            "copying the whole server, because roles, settings or prepared transactions changed");
    keeper->context.engine = origin->context.engine; /* ours ends here */
    *ret_server = TAKE(keeper);
    return NULL;
}

static char *url_of(const PgServer *server, const char *database)
{
    AUTO(str) char *alias = pg_server_alias(server);

    return xasprintf("postgres://%s:%s@%s:%d/%s", PG_SUPERUSER, server->admin.password, alias,
                     PG_SERVER_PORT, database);
}

static const char REFILL[] = "set -e; umask 077; pg_dump -Fc -f /tmp/dump -d \"$SEATRIAL_FROM\"; "
                             "pg_restore --exit-on-error -d \"$SEATRIAL_TO\" /tmp/dump";

/* What init made there is in the dump as well: the database is made anew, of nothing. */
static Error *empty_again(const PgServer *server, const char *database, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};
    AUTO(str) char *quoted = pg_quote(database);
    AUTO(str)
    char *sql = xasprintf("CREATE DATABASE %s TEMPLATE template0 OWNER " PG_APP_ROLE, quoted);

    TRY(pg_server_admin(server, dl, &admin));
    TRY(pg_database_drop(&admin, database));
    return pg_run(&admin, sql);
}

static Error *run_helper(const DatabaseContext *context, const char *id, const char *what,
                         Deadline dl, int *ret_status, char **ret_log)
{
    AUTO(container_state) ContainerState state = {0};

    TRY(engine_network_connect(context->engine, context->network, id, NULL, dl));
    TRY(engine_container_start(context->engine, id, dl));
    TRY(engine_container_wait(context->engine, id, what, false, dl));
    TRY(engine_container_inspect(context->engine, id, dl, &state));
    TRY(engine_container_log_tail(context->engine, id, PG_LOG_TAIL, dl, ret_log));
    *ret_status = state.exit_code;
    return NULL;
}

/* The archive is read by the server's own tools, which its image has; as root, because of files
 * that only their owner may read. */
Error *pg_server_help(const DatabaseContext *context, PgServer *server, const char *database,
                      const PgHelp *help, Deadline dl, int *ret_status, char **ret_id,
                      char **ret_log)
{
    AUTO(str) char *name = xasprintf("%s-%s-%d", context->name, help->name, server->number);
    AUTO(str) char *url = url_of(server, database);
    AUTO(str_list) StrList entrypoint = {0};
    AUTO(str_map) StrMap env = {0};
    AUTO(str) char *id = NULL;
    ContainerSpec container = {
        .name = name,
        .image = server->spec.postgres,
        .entrypoint = &entrypoint,
        .env = &env,
        .user = help->archive ? "0" : NULL,
        .labels = context->labels,
        .network = ways_first_network(context->engine),
    };

    str_list_add(&entrypoint, "sh");
    str_list_add(&entrypoint, "-c");
    str_list_add(&entrypoint, help->script);
    str_map_set(&env, "LC_ALL", "C");
    str_map_set(&env, "SEATRIAL_TO", url);
    if (help->from_url)
        str_map_set(&env, "SEATRIAL_FROM", help->from_url);
    context->made(context->made_context, "container", name); /* before, as every container */
    TRY(engine_container_create(context->engine, &container, dl, &id));
    if (help->archive) {
        CopyStream stream = copy_stream(help->archive, context->cancel, dl);

        TRY(engine_archive_put(context->engine, id, help->archive->volume, dl, copy_stream_read,
                               &stream, spool_size_bytes(help->archive->spool)));
    }
    TRY(run_helper(context, id, help->what, dl, ret_status, ret_log));
    *ret_id = TAKE(id);
    return NULL;
}

Error *pg_server_refill(const DatabaseContext *context, const PgServer *from, const char *origin,
                        PgServer *to, const char *database, Deadline dl)
{
    AUTO(str) char *from_url = url_of(from, origin);
    AUTO(str) char *id = NULL;
    AUTO(str) char *log = NULL;
    PgHelp help = {
        .name = "refill", .what = "copying a database", .script = REFILL, .from_url = from_url};
    int status = 0;

    TRY(empty_again(to, database, dl));
    TRY(pg_server_help(context, to, database, &help, dl, &status, &id, &log));
    if (status != 0)
        return error_new(ERR_SYSTEM, status, "pg_dump and pg_restore failed: %s", log);
    return NULL;
}
