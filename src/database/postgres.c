#include <stdlib.h>

#include "base/secret.h"
#include "database/app_env.h"
#include "database/ops.h"
#include "database/pg_restore.h"
#include "database/pg_schema.h"
#include "database/pg_script.h"
#include "database/pg_server.h"
#include "database/pg_side.h"
#include "database/pg_snapshot.h"
#include "database/pg_url.h"

/* A database on a server, which its copies and branches share. */
typedef struct PostgresDatabase {
    Database base;
    PgServer *server; /* shared */
    char *name;
} PostgresDatabase;

typedef struct PostgresCopy {
    DatabaseCopy base;
    PgServer *server; /* shared */
    char *name;
    bool kept; /* alone on a server, with the roles and settings of its moment */
    bool live; /* no copy, but the database itself: a view, or held says why */
    Held held; /* by sessions and prepared transactions, when it was taken */
} PostgresCopy;

static char *describe(const DatabaseSpec *spec)
{
    AUTO(pg_url) PgUrl url = {0};
    AUTO(str) char *peer = NULL;
    AUTO(error) Error *err = spec->url ? pg_url_parse(spec->url, &url) : NULL;

    if (!spec->url)
        return xasprintf("postgres %s", spec->postgres);
    peer = err ? NULL : pg_url_peer(&url);
    return peer ? xasprintf("postgres at %s", peer) : xstrdup("postgres");
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
    AUTO(pg_server) PgServer *server = NULL;
    AUTO(str) char *name = NULL;

    (void)image; /* what is in the application's image is of no concern to a server */
    if (spec->url) {
        TRY(pg_server_use(context, spec, dl, &server));
        TRY(pg_server_database(server, spec, dl, &name));
    } else {
        TRY(pg_server_start(context, spec, NULL, dl, &server, &name));
    }
    *ret_database = database_of(TAKE(server), name);
    return NULL;
}

/* Another database on the sibling's server is as good as a new server, until somebody changes what
 * all databases of a server share. */
static Error *fresh(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                    Database *sibling, bool apart, Deadline dl, Database **ret_database)
{
    PgServer *shared = ((PostgresDatabase *)sibling)->server;
    AUTO(pg_server) PgServer *server = NULL;
    AUTO(str) char *name = NULL;
    AUTO(str_list) StrList state = {0};

    (void)image;
    if (apart && pg_server_is_ours(shared)) {
        TRY(pg_server_start(context, spec, shared, dl, &server, &name));
        *ret_database = database_of(TAKE(server), name);
        return NULL;
    }
    TRY(pg_server_state(shared, dl, &state));
    if (pg_server_was_new(shared, &state) && pg_server_takes_another(shared)) {
        TRY(pg_server_database(shared, spec, dl, &name));
        server = pg_server_share(shared);
    } else {
        TRY_CTX(
            pg_server_start(context, spec, shared, dl, &server, &name),
            "making a second server, because roles, settings or prepared transactions of the first "
            "changed");
    }
    *ret_database = database_of(TAKE(server), name);
    return NULL;
}

/* --- what the application is told
 * ------------------------------------------------------------------- */

/* The templates that a value of env may contain. */
static void templates_of(const PgTarget *target, StrMap *templates)
{
    AUTO(str) char *port = xasprintf("%d", target->port);

    secret_add_url(target->url);
    str_map_set(templates, "{url}", target->url);
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

    container->extra_hosts = pg_server_hosts(database->server);
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

static void copy_free(DatabaseCopy *base)
{
    PostgresCopy *copied = (PostgresCopy *)base;

    pg_server_free(copied->server);
    held_clear(&copied->held);
    free(copied->name);
    free(copied);
}

/* One that is kept has a server of its own, and a live one is the database itself. */
static Error *copy_drop(DatabaseCopy *base, Deadline dl)
{
    const PostgresCopy *copied = (const PostgresCopy *)base;

    return copied->kept || copied->live ? NULL : pg_server_drop(copied->server, copied->name, dl);
}

/* Roles and settings are the cluster's, and no copy of a database has them: where they are no
 * longer what they were at first, a copy is kept on a server of its own from the moment that it is
 * taken, and its branches are servers of their own as well. A role that the candidate makes would
 * else be there already in a branch, and one that it drops be in use by other copies. The
 * same goes for a database with a prepared transaction, which the server does not copy; of an
 * existing server there is no other copy, and the database itself is read in its place. Else copies
 * and branches are databases of one server, by TEMPLATE. */
static Error *copy_held(PostgresDatabase *database, Deadline dl, PostgresCopy *made)
{
    AUTO(str_list) StrList state = {0};
    PgServer *server = database->server;

    TRY_CTX(pg_server_state(server, dl, &state), "copying the database");
    made->kept = !pg_server_was_new(server, &state) ||
                 (made->held.prepared.len > 0 && pg_server_is_ours(server));
    made->live = made->held.prepared.len > 0 && !made->kept;
    if (made->kept)
        TRY(pg_server_keep(server, database->name, dl, &made->server));
    else if (!made->live)
        TRY_CTX(pg_server_branch(server, database->name, dl, &made->name), "copying the database");
    if (!made->server)
        made->server = pg_server_share(server);
    if (!made->name)
        made->name = xstrdup(database->name);
    return NULL;
}

static Error *make_copy(PostgresDatabase *database, Deadline dl, PostgresCopy *made)
{
    TRY_CTX(pg_server_held(database->server, database->name, dl, &made->held),
            "copying the database");
    return copy_held(database, dl, made);
}

/* A prepared transaction may keep tables locked. */
static Error *make_view(PostgresDatabase *database, Deadline dl, PostgresCopy *made)
{
    TRY_CTX(pg_server_leave(database->server, database->name, dl, &made->held),
            "looking at the database");
    if (made->held.prepared.len > 0)
        return copy_held(database, dl, made);
    made->live = true;
    made->server = pg_server_share(database->server);
    made->name = xstrdup(database->name);
    return NULL;
}

static Error *take(Database *base,
                   Error *(*make)(PostgresDatabase *database, Deadline dl, PostgresCopy *made),
                   Deadline dl, DatabaseCopy **ret_copy)
{
    PostgresCopy *copied = xcalloc(1, sizeof *copied);
    Error *err;

    copied->base.ops = &POSTGRES_OPS;
    err = make((PostgresDatabase *)base, dl, copied);
    if (err) {
        copy_free(&copied->base);
        return err;
    }
    *ret_copy = &copied->base;
    return NULL;
}

static Error *copy(Database *base, Deadline dl, DatabaseCopy **ret_copy)
{
    return take(base, make_copy, dl, ret_copy);
}

static Error *view(Database *base, Deadline dl, DatabaseCopy **ret_copy)
{
    return take(base, make_view, dl, ret_copy);
}

static bool is_as_branch(const DatabaseCopy *base)
{
    const PostgresCopy *copied = (const PostgresCopy *)base;

    return !copied->kept && !copied->live;
}

/* The copy has what a new server has, and the copy's server has more by now: a new server, and the
 * database's content by dump. */
static Error *branch_by_dump(const DatabaseContext *context, const DatabaseSpec *spec,
                             PostgresCopy *origin, Deadline dl, Database **ret_database)
{
    AUTO(pg_server) PgServer *server = NULL;
    AUTO(str) char *name = NULL;

    TRY(pg_server_start(context, spec, origin->server, dl, &server, &name));
    TRY(pg_server_refill(context, origin->server, origin->name, server, name, dl));
    *ret_database = database_of(TAKE(server), name);
    return NULL;
}

static Error *no_copy(const PostgresCopy *origin)
{
    AUTO(str) char *names = str_list_join(&origin->held.prepared, ", ");

    return error_new(ERR_CONFLICT, 0,
                     "database %s cannot be copied, because of a transaction that was prepared and "
                     "neither committed nor rolled back: %s",
                     origin->name, names);
}

static Error *branch(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                     DatabaseCopy *base, Deadline dl, Database **ret_database)
{
    PostgresCopy *origin = (PostgresCopy *)base;
    AUTO(pg_server) PgServer *server = NULL;
    AUTO(str_list) StrList state = {0};
    AUTO(str) char *name = NULL;

    (void)image;
    if (origin->live)
        return no_copy(origin);
    if (origin->kept) {
        TRY_CTX(
            pg_server_clone(context, origin->server, origin->name, dl, &server),
            "copying the whole server, because roles, settings or prepared transactions changed");
        *ret_database = database_of(TAKE(server), origin->name);
        return NULL;
    }
    TRY_CTX(pg_server_state(origin->server, dl, &state), "copying the database");
    if (!pg_server_was_new(origin->server, &state)) {
        TRY_CTX(
            branch_by_dump(context, spec, origin, dl, ret_database),
            "making a second server, because roles, settings or prepared transactions of the first "
            "changed");
        return NULL;
    }
    TRY_CTX(pg_server_branch(origin->server, origin->name, dl, &name), "copying the database");
    *ret_database = database_of(pg_server_share(origin->server), name);
    return NULL;
}

static Error *read_copy(const DatabaseCopy *base, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                        const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot)
{
    const PostgresCopy *origin = (const PostgresCopy *)base;
    AUTO(pg_target) PgTarget target = {0};
    Snapshot snapshot = {0};

    (void)spec;
    pg_server_target(origin->server, origin->name, &target);
    TRY(pg_snapshot_read(&target, ledgers_of, cancel, dl, &snapshot));
    for (size_t i = 0; i < origin->held.sessions.len; i++)
        fault_list_add(&snapshot.faults, FAULT_HELD, NULL, NULL, origin->held.sessions.items[i], 0);
    *ret_snapshot = snapshot;
    return NULL;
}

static Error *peek(Database *base, Engine *engine, const DatabaseSpec *spec,
                   LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                   Snapshot *ret_snapshot, bool *ret_busy)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;
    AUTO(pg_target) PgTarget target = {0};

    (void)engine;
    (void)spec;
    pg_server_target(database->server, database->name, &target);
    return pg_snapshot_peek(&target, ledgers_of, cancel, dl, ret_snapshot, ret_busy);
}

static Error *side_of(const DatabaseCopy *base, const Snapshot *snapshot, const Cancel *cancel,
                      Deadline dl, DataSide **ret_side)
{
    const PostgresCopy *origin = (const PostgresCopy *)base;
    AUTO(pg_target) PgTarget target = {0};

    pg_server_target(origin->server, origin->name, &target);
    TRY_CTX(pg_side_open(&target, snapshot, cancel, dl, ret_side), "reading database %s",
            origin->name);
    return NULL;
}

static Error *compare(const DatabaseCopy *before, const Snapshot *before_snapshot,
                      const DatabaseCopy *after, const Snapshot *after_snapshot,
                      const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                      DataChanges *ret_changes)
{
    AUTO(data_side) DataSide *one = NULL, *other = NULL;

    (void)spec;
    if (((const PostgresCopy *)before)->live) /* it has gone on since */
        return no_copy((const PostgresCopy *)before);
    TRY(side_of(before, before_snapshot, cancel, dl, &one));
    TRY(side_of(after, after_snapshot, cancel, dl, &other));
    return data_compare(one, other, ret_changes);
}

static Error *side(const DatabaseCopy *copy, const DatabaseSpec *spec, const Snapshot *snapshot,
                   const Cancel *cancel, Deadline dl, DataSide **ret_side)
{
    (void)spec;
    return side_of(copy, snapshot, cancel, dl, ret_side);
}

static Error *mark(Database *base, Deadline dl, char **ret_mark)
{
    return pg_server_mark(((PostgresDatabase *)base)->server, dl, ret_mark);
}

static Error *statements(Database *base, Engine *engine, const char *since, StatementScope scope,
                         Deadline dl, StatementList *ret_statements, bool *ret_known)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;

    return pg_server_statements(database->server, engine, database->name, since, scope, dl,
                                ret_statements, ret_known);
}

static Error *watch(Database *base, Deadline dl, LockWatch *ret_watch)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;

    return pg_server_watch(database->server, database->name, dl, ret_watch);
}

static Error *locks(Database *base, Engine *engine, const LockWatch *since, Deadline dl,
                    LockTrace *ret_trace, bool *ret_known)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;

    return pg_server_locks(database->server, engine, database->name, since, dl, ret_trace,
                           ret_known);
}

static Error *restore(Database *base, const DatabaseContext *context, const DatabaseSpec *spec,
                      const char *image, const char *backup, Deadline dl)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;

    (void)spec;
    (void)image;
    return pg_restore(context, database->server, database->name, backup, dl);
}

static Error *fill(Database *base, const DatabaseSpec *spec, const char *image,
                   const DatabaseCopy *copy, const FillSpec *fill_spec, LedgerFinder ledgers_of,
                   const Cancel *cancel, Deadline dl, PopulateResult *ret_result)
{
    const PostgresDatabase *database = (const PostgresDatabase *)base;
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};
    AUTO(schema) Schema schema = {0};
    AUTO(str_list) StrList unseen = {0};
    AUTO(ledger_spec_list) LedgerSpecList ledgers = {0};
    PopulateSpec rows = fill_spec->rows;

    (void)spec;
    (void)image;
    (void)copy;
    pg_server_target(database->server, database->name, &target);
    for (size_t i = 0; fill_spec->scripts && i < fill_spec->scripts->len; i++)
        TRY(pg_script_run_file(&target, cancel, fill_spec->scripts->items[i], dl));
    TRY(pg_db_open(&target, cancel, dl, &db));
    TRY(pg_run(&db, "BEGIN TRANSACTION READ ONLY"));
    TRY(pg_schema_read(&db, &unseen, &schema));
    TRY(pg_run(&db, "COMMIT"));
    ledgers_of(&schema, &ledgers);
    rows.ledgers = &ledgers;
    return pg_populate(&db, &rows, ret_result);
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
    .fresh = fresh,
    .attach = attach,
    .copy = copy,
    .view = view,
    .is_as_branch = is_as_branch,
    .branch = branch,
    .snapshot = read_copy,
    .peek = peek,
    .restore = restore,
    .fill = fill,
    .compare = compare,
    .side = side,
    .mark = mark,
    .statements = statements,
    .watch = watch,
    .locks = locks,
    .copy_drop = copy_drop,
    .copy_free = copy_free,
    .close = close_database,
};
