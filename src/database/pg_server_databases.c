/* The application's role, and databases on a server. */

#include <string.h>

#include "base/file.h"
#include "base/random.h"
#include "database/pg_admin.h"
#include "database/pg_script.h"
#include "database/pg_server_parts.h"

#define LEAVE_MS 1000  /* for the server to notice that a client is gone */
#define COPY_MS  10000 /* for a copy, once nobody is left */

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
    char *sql = xasprintf("COPY (SELECT 'host replication " PG_SUPERUSER " all %s') TO PROGRAM "
                          "'cat >>" PG_DATA_FOLDER "/pg_hba.conf'; SELECT pg_reload_conf()",
                          pg_auth_method(PQserverVersion(admin->conn)));

    return pg_run(admin, sql);
}

Error *pg_server_role(PgServer *server, const DatabaseSpec *spec, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_db_open(&server->admin, server->context.cancel, dl, &admin));
    TRY(let_in(&admin));
    TRY(pg_role_create(&admin, PG_APP_ROLE, server->app.password));
    return spec->plain_role ? NULL : pg_run(&admin, "ALTER ROLE " PG_APP_ROLE " SUPERUSER");
}

Error *pg_server_admin(const PgServer *server, Deadline dl, PgDb *ret_admin)
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

    TRY(pg_server_admin(server, dl, &admin));
    will_make(server, name);
    TRY_CTX(pg_database_create(&admin, name, server->container ? PG_APP_ROLE : NULL,
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

static Error *read_held(PgDb *admin, const char *database, Deadline dl, Held *ret_held)
{
    AUTO(held) Held held = {0};

    TRY(pg_held_await(admin, database, deadline_min(dl, deadline_in(LEAVE_MS)), &held.sessions));
    TRY(pg_prepared_read(admin, database, &held.prepared));
    *ret_held = held;
    held = (Held){0};
    return NULL;
}

Error *pg_server_held(const PgServer *server, const char *database, Deadline dl, Held *ret_held)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_server_admin(server, dl, &admin));
    return read_held(&admin, database, dl, ret_held);
}

Error *pg_server_leave(const PgServer *server, const char *database, Deadline dl, Held *ret_held)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_server_admin(server, dl, &admin));
    TRY(read_held(&admin, database, dl, ret_held));
    return end_sessions(&admin, database);
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

    TRY(pg_server_admin(server, dl, &admin));
    will_make(server, name);
    TRY(branch_database(&admin, origin, name, dl));
    TRY(label(server, &admin, name));
    *ret_name = TAKE(name);
    return NULL;
}

Error *pg_server_drop(const PgServer *server, const char *database, Deadline dl)
{
    AUTO(pg_db) PgDb admin = {0};

    TRY(pg_server_admin(server, dl, &admin));
    return pg_database_drop(&admin, database);
}
