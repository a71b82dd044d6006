#include "database/pg_server.h"

#include <stdatomic.h>
#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "base/secret.h"
#include "database/pg_admin.h"
#include "database/pg_lock_watch.h"
#include "database/pg_log.h"
#include "database/pg_reach.h"
#include "database/pg_script.h"
#include "database/pg_url.h"
#include "engine/ways.h"

#define SUPERUSER "postgres"
#define APP_ROLE  "app"
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
    atomic_int users, databases, servers, marks; /* servers: of the trial, counted on the first */
    PgServer *first;                             /* of the trial's servers, shared; NULL: itself */
    int number;                                  /* among them, from 1 */
    DatabaseSpec spec;                           /* borrowed */
    StrList initial;                             /* state of the cluster once it was provisioned */
    bool init_is_local;      /* init changed nothing beyond its database: it can run again */
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

/* "database", "database-2"...: on the trial's network. Caller frees. */
static char *alias_of(const PgServer *server)
{
    return server->number == 1 ? xstrdup(PG_SERVER_ALIAS)
                               : xasprintf(PG_SERVER_ALIAS "-%d", server->number);
}

/* What the image runs as it is, and its words after ours: {"docker-entrypoint.sh", "postgres"...}
 */
static Error *image_entrypoint(const PgServer *server, Deadline dl, StrList *ret_words)
{
    AUTO(engine_image) EngineImage image = {0};

    TRY(engine_image_inspect(server->context.engine, server->spec.postgres, dl, &image));
    for (size_t i = 0; i < image.entrypoint.len; i++)
        str_list_add(ret_words, image.entrypoint.items[i]);
    return NULL;
}

/* @param entrypoint  instead of the image's; NULL: that */
static Error *create_container(PgServer *server, const StrList *entrypoint, const StrMap *more_env,
                               Deadline dl)
{
    const DatabaseContext *context = &server->context;
    const DatabaseSpec *spec = &server->spec;
    AUTO(str) char *alias = alias_of(server);
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
    str_map_set(&env, "POSTGRES_USER", SUPERUSER);
    str_map_set(&env, "POSTGRES_PASSWORD", server->admin.password);
    str_map_set(&env, "PGDATA", DATA_FOLDER);
    for (size_t i = 0; more_env && i < more_env->len; i++)
        str_map_set(&env, more_env->items[i].key, more_env->items[i].value);
    if (!spec->durable) {
        str_map_set(&env, "POSTGRES_INITDB_ARGS", "--no-sync");
        str_map_set(&tmpfs, DATA_TMPFS, "rw,mode=1777");
    }
    /* by its name and before it is made: the engine may make it and its reply be lost */
    context->made(context->made_context, "container", name);
    TRY_CTX(engine_container_create(context->engine, &container, dl, &server->container),
            "creating the Postgres server of %s", spec->postgres);
    return engine_network_connect(context->engine, context->network, server->container, alias, dl);
}

/* --- the application's role and databases
 * ------------------------------------------------------------ */

static Error *run_init_file(const PgServer *server, const char *database, const char *path,
                            Deadline dl)
{
    AUTO(pg_target) PgTarget target = {0};

    pg_server_target(server, database, &target);
    TRY_CTX(pg_script_run_file(&target, server->context.cancel, path, dl), "database.init");
    return NULL;
}

/* The way in for pg_server_clone: 'all' in pg_hba.conf does not mean replication. Now, because
 * reading that file anew later would also put into force what a migration wrote by ALTER SYSTEM. */
static Error *let_in(PgDb *admin)
{
    AUTO(str)
    char *sql = xasprintf("COPY (SELECT 'host replication " SUPERUSER " all %s') TO PROGRAM "
                          "'cat >>" DATA_FOLDER "/pg_hba.conf'; SELECT pg_reload_conf()",
                          pg_auth_method(PQserverVersion(admin->conn)));

    return pg_run(admin, sql);
}

static Error *make_role(PgServer *server, const DatabaseSpec *spec, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_db_open(&server->admin, server->context.cancel, dl, &admin));
    TRY(let_in(&admin));
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

Error *pg_server_held(const PgServer *server, const char *database, Deadline dl, Held *ret_held)
{
    AUTO(pg_db) PgDb admin = {0};
    AUTO(held) Held held = {0};

    TRY(open_admin(server, dl, &admin));
    TRY(pg_held_await(&admin, database, deadline_min(dl, deadline_in(LEAVE_MS)), &held.sessions));
    TRY(pg_prepared_read(&admin, database, &held.prepared));
    *ret_held = held;
    held = (Held){0};
    return NULL;
}

void held_clear(Held *held)
{
    str_list_clear(&held->sessions);
    str_list_clear(&held->prepared);
}

bool pg_server_is_ours(const PgServer *server)
{
    return server->container != NULL;
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

/* @param first  the trial's first server; NULL: this is it */
static PgServer *new_server(const DatabaseContext *context, const DatabaseSpec *spec,
                            PgServer *first)
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

static Error *await_ready(PgServer *server, Deadline dl)
{
    const DatabaseContext *context = &server->context;
    AUTO(str) char *alias = alias_of(server);
    Error *err;

    TRY_CTX(engine_container_start(context->engine, server->container, dl),
            "starting the Postgres server of %s", server->spec.postgres);
    err = pg_reach_wait(context, server->container, alias, PG_SERVER_PORT,
                        deadline_min(dl, deadline_in(READY_MS)), &server->admin);
    return err ? with_log(context, &server->spec, server->container, err) : NULL;
}

static Error *read_cluster(const PgServer *server, Deadline dl, StrList *ret_lines)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(open_admin(server, dl, &admin));
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

    TRY_CTX(make_role(server, &server->spec, dl), "making the application's role");
    TRY(read_cluster(server, dl, &before));
    TRY(pg_server_database(server, &server->spec, dl, ret_name));
    TRY(read_cluster(server, dl, &server->initial));
    server->init_is_local = same_lines(&before, &server->initial);
    return NULL;
}

Error *pg_server_start(const DatabaseContext *context, const DatabaseSpec *spec, PgServer *first,
                       Deadline dl, PgServer **ret_server, char **ret_name)
{
    AUTO(pg_server) PgServer *server = new_server(context, spec, first);
    AUTO(str) char *name = NULL;

    server->app = (PgTarget){
        .host = alias_of(server),
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
    TRY(create_container(server, NULL, NULL, dl));
    TRY(await_ready(server, dl));
    TRY(provision(server, dl, &name));
    *ret_server = TAKE(server);
    *ret_name = TAKE(name);
    return NULL;
}

/* --- a second one
 * ----------------------------------------------------------------------------------- */

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

    TRY(open_admin(server, dl, &admin));
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

Error *pg_server_drop(const PgServer *server, const char *database, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(open_admin(server, dl, &admin));
    return pg_database_drop(&admin, database);
}

Error *pg_server_clone(const DatabaseContext *context, PgServer *origin, const char *database,
                       Deadline dl, PgServer **ret_server)
{
    AUTO(pg_server)
    PgServer *server = new_server(context, &origin->spec, origin->first ? origin->first : origin);
    AUTO(str_list) StrList entrypoint = {0};
    AUTO(str_map) StrMap env = {0};
    AUTO(str) char *from = alias_of(origin);

    pg_target_copy(&origin->app, &server->app);
    free(server->app.host);
    server->app.host = alias_of(server);
    server->admin = (PgTarget){
        .user = xstrdup(SUPERUSER),
        .password = xstrdup(origin->admin.password),
        .database = xstrdup(SUPERUSER),
    };
    atomic_store(&server->databases, atomic_load(&origin->databases));
    str_list_add(&entrypoint, "sh");
    str_list_add(&entrypoint, "-c");
    str_list_add(&entrypoint, CLONE);
    str_list_add(&entrypoint, "seatrial");
    TRY(image_entrypoint(server, dl, &entrypoint));
    str_map_set(&env, "SEATRIAL_FROM", from);
    str_map_set(&env, "PGPASSWORD", origin->admin.password);
    TRY(create_container(server, &entrypoint, &env, dl));
    TRY(await_ready(server, dl));
    TRY_CTX(drop_others(server, database, dl), "copying the Postgres server");
    TRY(read_cluster(server, dl, &server->initial));
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
    AUTO(str) char *alias = alias_of(server);

    return xasprintf("postgres://%s:%s@%s:%d/%s", SUPERUSER, server->admin.password, alias,
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
    char *sql = xasprintf("CREATE DATABASE %s TEMPLATE template0 OWNER " APP_ROLE, quoted);

    TRY(open_admin(server, dl, &admin));
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
    TRY(engine_container_log_tail(context->engine, id, LOG_TAIL, dl, ret_log));
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

Error *pg_server_state(const PgServer *server, Deadline dl, StrList *ret_lines)
{
    if (!server->container) /* its roles are its administrator's affair */
        return NULL;
    return read_cluster(server, dl, ret_lines);
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
    AUTO(pg_server) PgServer *server = new_server(context, spec, NULL);
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

/* --- what ran
 * ------------------------------------------------------------------------------------------- */

#define LOG_LAG_MS   5000 /* of the engine behind the server */
#define LOG_PAUSE_MS 30

Error *pg_server_mark(PgServer *server, Deadline dl, char **ret_mark)
{
    AUTO(str)
    char *mark = xasprintf("SELECT 'seatrial mark %d'", atomic_fetch_add(&server->marks, 1) + 1);
    AUTO(pg_db) PgDb admin = {0};

    if (!server->container) { /* an existing server's log is not ours to read */
        *ret_mark = NULL;
        return NULL;
    }
    TRY(pg_db_open(&server->admin, server->context.cancel, dl, &admin));
    TRY(pg_run(&admin, mark));
    *ret_mark = TAKE(mark);
    return NULL;
}

static Error *on_log(void *context, const char *bytes, size_t len)
{
    pg_log_feed(context, bytes, len);
    return NULL;
}

static Error *read_log(const PgServer *server, Engine *engine, Deadline dl, PgLog *log)
{
    TRY_CTX(engine_container_errors(engine, server->container, dl, on_log, log),
            "reading the server's log");
    pg_log_feed(log, "\n\n", 2);
    return NULL;
}

/* Until the second mark is there: the engine writes the log after the server has. */
Error *pg_server_statements(PgServer *server, Engine *engine, const char *database,
                            const char *mark, StatementScope scope, Deadline dl,
                            StatementList *ret_statements, bool *ret_known)
{
    AUTO(str) char *end = NULL;
    Deadline lag = deadline_min(dl, deadline_in(LOG_LAG_MS));

    TRY(pg_server_mark(server, dl, &end));
    for (;;) {
        AUTO(statement_list) StatementList statements = {0};
        AUTO(pg_log) PgLog log = pg_log_init(database, mark, end, scope, &statements);

        TRY(read_log(server, engine, dl, &log));
        if (log.ended || deadline_left_ms(lag) == 0) {
            *ret_known = log.ended;
            *ret_statements = statements;
            statements = (StatementList){0};
            return NULL;
        }
        TRY(cancel_sleep(server->context.cancel, LOG_PAUSE_MS));
    }
}

Error *pg_server_watch(PgServer *server, const char *database, Deadline dl, LockWatch *ret_watch)
{
    AUTO(lock_watch) LockWatch watch = {0};
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};

    if (!server->container)
        return NULL;
    pg_server_target(server, database, &target);
    TRY(pg_db_open(&target, server->context.cancel, dl, &db));
    TRY(pg_lock_watch(&db, &watch));
    TRY(pg_server_mark(server, dl, &watch.mark));
    *ret_watch = watch;
    watch = (LockWatch){0};
    return NULL;
}

Error *pg_server_locks(PgServer *server, Engine *engine, const char *database,
                       const LockWatch *watch, Deadline dl, LockTrace *ret_trace, bool *ret_known)
{
    AUTO(str) char *end = NULL;
    Deadline lag = deadline_min(dl, deadline_in(LOG_LAG_MS));

    TRY(pg_server_mark(server, dl, &end));
    for (;;) {
        AUTO(statement_list) StatementList statements = {0};
        AUTO(pg_lock_log) PgLockLog locks = pg_lock_log_init(watch);
        AUTO(pg_log)
        PgLog log = pg_log_init(database, watch->mark, end, STATEMENTS_SENT, &statements);

        log.locks = &locks;
        TRY(read_log(server, engine, dl, &log));
        if (log.ended || deadline_left_ms(lag) == 0) {
            *ret_known = log.ended;
            pg_lock_log_end(&locks, ret_trace);
            return NULL;
        }
        TRY(cancel_sleep(server->context.cancel, LOG_PAUSE_MS));
    }
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
