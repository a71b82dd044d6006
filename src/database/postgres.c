#include <stdlib.h>

#include "base/secret.h"
#include "database/app_env.h"
#include "database/ops.h"
#include "database/pg_admin.h"
#include "database/pg_server.h"
#include "database/pg_snapshot.h"

#define LEAVE_MS 1000  /* for the server to notice that a client is gone */
#define COPY_MS  10000 /* for a copy, once nobody is left */

/* A database on a throwaway server, which its copies and branches share. */
typedef struct PostgresDatabase {
    Database base;
    PgServer *server; /* shared */
    char *name;
} PostgresDatabase;

typedef struct PostgresCopy {
    DatabaseCopy base;
    PgServer *server; /* shared */
    char *name;
} PostgresCopy;

static char *describe(const DatabaseSpec *spec)
{
    return xasprintf("postgres %s", spec->postgres);
}

static Database *database_of(PgServer *server, const char *name)
{
    PostgresDatabase *database = xcalloc(1, sizeof *database);

    *database = (PostgresDatabase){
        .base.ops = &POSTGRES_OPS,
        .server = server,
        .name = xstrdup(name),
    };
    return &database->base;
}

static Error *provision(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                        Deadline dl, Database **ret_database)
{
    PgServer *server = NULL;

    (void)image; /* what is in the application's image is of no concern to a server */
    TRY(pg_server_start(context, spec, dl, &server));
    *ret_database = database_of(server, PG_DATABASE);
    return NULL;
}

/* --- what the application is told
 * ------------------------------------------------------------------- */

/* The templates that a value of env may contain. Passwords of ours are hex: nothing to encode. */
static void templates_of(const PgTarget *target, StrMap *templates)
{
    AUTO(str) char *port = xasprintf("%d", target->port);
    AUTO(str)
    char *url = xasprintf("postgres://%s:%s@%s:%d/%s", target->user, target->password, target->host,
                          target->port, target->database);

    secret_add_url(url);
    str_map_set(templates, "{url}", url);
    str_map_set(templates, "{host}", target->host);
    str_map_set(templates, "{port}", port);
    str_map_set(templates, "{user}", target->user);
    str_map_set(templates, "{password}", target->password);
    str_map_set(templates, "{database}", target->database);
}

static void add_usual(StrMap *env)
{
    static const StrPair USUAL[] = {
        {(char *)(uintptr_t) "DATABASE_URL", (char *)(uintptr_t) "{url}"},
        {(char *)(uintptr_t) "PGHOST", (char *)(uintptr_t) "{host}"},
        {(char *)(uintptr_t) "PGPORT", (char *)(uintptr_t) "{port}"},
        {(char *)(uintptr_t) "PGUSER", (char *)(uintptr_t) "{user}"},
        {(char *)(uintptr_t) "PGPASSWORD", (char *)(uintptr_t) "{password}"},
        {(char *)(uintptr_t) "PGDATABASE", (char *)(uintptr_t) "{database}"},
    };

    for (size_t i = 0; i < COUNT_OF(USUAL); i++)
        if (!str_map_has(env, USUAL[i].key))
            str_map_set(env, USUAL[i].key, USUAL[i].value);
}

static void attach(const Database *base, const DatabaseSpec *spec, ContainerSpec *container,
                   StrMap *env)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;
    AUTO(pg_target) PgTarget target = {0};
    AUTO(str_map) StrMap templates = {0};

    (void)container; /* a server is reached by its name: nothing is mounted */
    pg_server_app_target(database->server, database->name, &target);
    templates_of(&target, &templates);
    if (spec->env && spec->env->len > 0)
        app_env_add_missing(spec->env, env);
    else
        add_usual(env);
    app_env_fill(&templates, env);
}

/* --- copies
 * ----------------------------------------------------------------------------------------- */

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

static Error *branch_database(PgServer *server, const char *origin, const char *name, Deadline dl)
{
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb admin = {0};
    AUTO(error) Error *err = NULL;

    pg_server_target(server, "postgres", &target);
    TRY(pg_db_open(&target, pg_server_cancel(server), dl, &admin));
    err = pg_database_branch(&admin, origin, name, deadline_min(dl, deadline_in(LEAVE_MS)));
    if (!err || err->code != ERR_CONFLICT)
        return TAKE(err);
    TRY_CTX(end_sessions(&admin, origin), "ending the sessions that are left");
    return pg_database_branch(&admin, origin, name, deadline_min(dl, deadline_in(COPY_MS)));
}

static Error *copy(Database *base, Deadline dl, DatabaseCopy **ret_copy)
{
    PostgresDatabase *database = (PostgresDatabase *)base;
    AUTO(str) char *name = pg_server_new_name(database->server);
    PostgresCopy *copied;

    TRY_CTX(branch_database(database->server, database->name, name, dl), "copying the database");
    copied = xcalloc(1, sizeof *copied);
    *copied = (PostgresCopy){
        .base.ops = &POSTGRES_OPS,
        .server = pg_server_share(database->server),
        .name = TAKE(name),
    };
    *ret_copy = &copied->base;
    return NULL;
}

static Error *branch(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                     DatabaseCopy *base, Deadline dl, Database **ret_database)
{
    PostgresCopy *origin = (PostgresCopy *)base;
    AUTO(str) char *name = pg_server_new_name(origin->server);

    (void)context; /* it lives on the server that is there */
    (void)spec;
    (void)image;
    TRY_CTX(branch_database(origin->server, origin->name, name, dl), "copying the database");
    *ret_database = database_of(pg_server_share(origin->server), name);
    return NULL;
}

static Error *snapshot(const DatabaseCopy *base, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                       const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot)
{
    const PostgresCopy *origin = (const PostgresCopy *)base;
    AUTO(pg_target) PgTarget target = {0};

    (void)spec;
    pg_server_target(origin->server, origin->name, &target);
    return pg_snapshot_read(&target, ledgers_of, cancel, dl, ret_snapshot);
}

static Error *peek(Database *base, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                   const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot, bool *ret_busy)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;
    AUTO(pg_target) PgTarget target = {0};

    (void)spec;
    pg_server_target(database->server, database->name, &target);
    return pg_snapshot_peek(&target, ledgers_of, cancel, dl, ret_snapshot, ret_busy);
}

static void copy_free(DatabaseCopy *base)
{
    PostgresCopy *copied = (PostgresCopy *)base;

    pg_server_free(copied->server);
    free(copied->name);
    free(copied);
}

static void close_database(Database *base)
{
    PostgresDatabase *database = (PostgresDatabase *)base;

    pg_server_free(database->server);
    free(database->name);
    free(database);
}

const DatabaseOps POSTGRES_OPS = {
    .kind = "postgres",
    .describe = describe,
    .provision = provision,
    .attach = attach,
    .copy = copy,
    .branch = branch,
    .snapshot = snapshot,
    .peek = peek,
    .copy_free = copy_free,
    .close = close_database,
};
