#include "database/pg_admin.h"

#include <string.h>

#include "database/pg_catalog.h"

enum { POLL_MS = 50 };

const char *pg_auth_method(int version)
{
    return version < 140000 ? "md5" : "scram-sha-256";
}

Error *pg_ready(const PgTarget *target, const Cancel *cancel, Deadline dl)
{
    AUTO(pg_db) PgDb db = {0};

    TRY(pg_db_open(target, cancel, dl, &db));
    return pg_run(&db, "SELECT 1");
}

/* "psql (process 4711, app from 10.0.0.3: idle in transaction)". Workers of the server's own, such
 * as autovacuum, leave by themselves when a copy is made. */
static Error *find_sessions(PgDb *admin, const char *database, StrList *ret_sessions)
{
    AUTO(pg_result) PGresult *found = NULL;

    TRY(pg_query(
        admin,
        "SELECT format('%s (process %s, %s%s: %s)', COALESCE(NULLIF(application_name, ''), "
        "'unnamed'), pid, usename, ' from ' || host(client_addr), COALESCE(state, "
        "backend_type)) FROM pg_stat_activity WHERE datname = $1 "
        "AND pid <> pg_backend_pid() AND backend_type IN ('client backend', 'walsender') "
        "ORDER BY pid",
        &database, 1, &found));
    for (int row = 0; row < PQntuples(found); row++) {
        AUTO(str) char *clean = text_clean_line(pg_text(found, row, 0));

        str_list_add(ret_sessions, clean);
    }
    return NULL;
}

static Error *in_use(const char *origin, const StrList *sessions)
{
    AUTO(str) char *names = str_list_join(sessions, ", ");

    return error_new(ERR_CONFLICT, 0,
                     "database %s cannot be copied while %zu %s connected to it: %s", origin,
                     sessions->len, sessions->len == 1 ? "session is" : "sessions are", names);
}

static Error *await_nobody(PgDb *admin, const char *origin, Deadline wait)
{
    for (;;) {
        AUTO(str_list) StrList sessions = {0};

        TRY(find_sessions(admin, origin, &sessions));
        if (sessions.len == 0)
            return NULL;
        if (deadline_left_ms(wait) == 0)
            return in_use(origin, &sessions);
        TRY(cancel_sleep(admin->cancel, POLL_MS));
    }
}

/* The owner of a copy is who makes it, unless it is said; a plain owner may lose its rights so. */
static Error *owner_of(PgDb *admin, const char *database, char **ret_owner)
{
    AUTO(pg_result) PGresult *found = NULL;

    TRY(pg_query(admin, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1",
                 &database, 1, &found));
    if (PQntuples(found) == 0)
        return error_new(ERR_NOT_FOUND, 0, "there is no database %s", database);
    *ret_owner = xstrdup(pg_text(found, 0, 0));
    return NULL;
}

Error *pg_database_create(PgDb *admin, const char *name, const char *owner, Deadline wait)
{
    AUTO(str) char *quoted = pg_quote(name);
    AUTO(str) char *owner_quoted = pg_quote(owner ? owner : "");
    AUTO(str)
    char *sql = xasprintf("CREATE DATABASE %s%s%s", quoted, owner ? " OWNER " : "",
                          owner ? owner_quoted : "");

    for (;;) {
        Error *err = pg_run(admin, sql);

        if (!err || !text_eq(admin->state, "55006") || deadline_left_ms(wait) == 0)
            return err ? error_wrap(err, "creating database %s", name) : NULL;
        error_ignore(err); /* tried again */
        TRY(cancel_sleep(admin->cancel, POLL_MS));
    }
}

/* Between our look and the copy somebody may come (SQLSTATE 55006); prepared transactions count as
 * users too and do not go away: our callers ask for them first. The server itself waits five
 * seconds each time. */
static Error *copy_database(PgDb *admin, const char *origin, const char *sql, Deadline wait)
{
    for (;;) {
        Error *err;

        TRY(await_nobody(admin, origin, wait));
        err = pg_run(admin, sql);
        if (!err || !text_eq(admin->state, "55006") || deadline_left_ms(wait) == 0)
            return err;
        error_ignore(err); /* tried again */
    }
}

Error *pg_database_branch(PgDb *admin, const char *origin, const char *name, Deadline wait)
{
    AUTO(str) char *owner = NULL;
    AUTO(str) char *quoted = pg_quote(name);
    AUTO(str) char *from = pg_quote(origin);
    AUTO(str) char *owner_quoted = NULL;
    AUTO(str) char *sql = NULL;

    TRY(owner_of(admin, origin, &owner));
    owner_quoted = pg_quote(owner);
    sql = xasprintf("CREATE DATABASE %s TEMPLATE %s OWNER %s", quoted, from, owner_quoted);
    TRY_CTX(copy_database(admin, origin, sql, wait), "copying database %s to %s", origin, name);
    return NULL;
}

/* DROP DATABASE ... WITH (FORCE) came with 13. */
Error *pg_database_drop(PgDb *admin, const char *name)
{
    AUTO(str) char *quoted = pg_quote(name);
    bool force = PQserverVersion(admin->conn) >= 130000;
    AUTO(str)
    char *sql = xasprintf("DROP DATABASE IF EXISTS %s%s", quoted, force ? " WITH (FORCE)" : "");
    AUTO(pg_result) PGresult *ended = NULL;

    if (!force)
        TRY(pg_query(admin,
                     "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 "
                     "AND pid <> pg_backend_pid()",
                     &name, 1, &ended));
    TRY_CTX(pg_run(admin, sql), "dropping database %s", name);
    return NULL;
}

/* In its own database alone, by its owner or a superuser. */
static Error *roll_back(PgDb *db, const char *gid)
{
    char *literal = PQescapeLiteral(db->conn, gid, strlen(gid));
    AUTO(str) char *sql = NULL;

    if (!literal)
        return error_new(ERR_SYSTEM, 0, "out of memory");
    sql = xasprintf("ROLLBACK PREPARED %s", literal);
    PQfreemem(literal);
    return pg_run(db, sql);
}

Error *pg_prepared_undo(PgDb *admin, const PgTarget *target)
{
    const char *database = target->database;
    AUTO(pg_result) PGresult *found = NULL;
    AUTO(pg_db) PgDb db = {0};

    TRY(pg_query(admin, "SELECT gid FROM pg_prepared_xacts WHERE database = $1", &database, 1,
                 &found));
    if (PQntuples(found) == 0)
        return NULL;
    TRY_CTX(pg_db_open(target, admin->cancel, admin->deadline, &db),
            "rolling back what was prepared in database %s", database);
    for (int row = 0; row < PQntuples(found); row++)
        TRY_CTX(roll_back(&db, pg_text(found, row, 0)),
                "rolling back what was prepared in database %s", database);
    return NULL;
}

Error *pg_prepared_read(PgDb *admin, const char *database, StrList *ret_lines)
{
    AUTO(pg_result) PGresult *found = NULL;

    TRY_CTX(pg_query(admin,
                     "SELECT format('%L of role %I', gid, owner) FROM pg_prepared_xacts "
                     "WHERE database = $1 ORDER BY gid",
                     &database, 1, &found),
            "reading prepared transactions");
    for (int row = 0; row < PQntuples(found); row++) {
        AUTO(str) char *clean = text_clean_line(pg_text(found, row, 0));

        str_list_add(ret_lines, clean);
    }
    return NULL;
}

/* A session at rest whose client is gone ends at once: one that goes on has somebody who keeps it,
 * such as a pooler. Which of its locks are whose it cannot say, so its name stands for both. */
static const char HELD[] =
    "SELECT DISTINCT format('advisory lock %s of a session of role %I%s', " PG_ADVISORY_KEY(
        "l") ", a.usename, "
             "' (' || NULLIF(a.application_name, '') || ')') FROM pg_locks l JOIN pg_stat_activity "
             "a USING (pid) JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' "
             "AND l.granted AND d.datname = $1 AND a.backend_type = 'client backend' "
             "AND a.state LIKE 'idle%' AND a.pid <> pg_backend_pid() ORDER BY 1";

Error *pg_held_await(PgDb *admin, const char *database, Deadline wait, StrList *ret_lines)
{
    for (;;) {
        AUTO(pg_result) PGresult *found = NULL;

        TRY_CTX(pg_query(admin, HELD, &database, 1, &found), "reading advisory locks");
        if (PQntuples(found) > 0 && deadline_left_ms(wait) > 0) {
            TRY(cancel_sleep(admin->cancel, POLL_MS));
            continue;
        }
        for (int row = 0; row < PQntuples(found); row++) {
            AUTO(str) char *clean = text_clean_line(pg_text(found, row, 0));

            str_list_add(ret_lines, clean);
        }
        return NULL;
    }
}

Error *pg_role_create(PgDb *admin, const char *name, const char *password)
{
    AUTO(str) char *quoted = pg_quote(name);
    char *secret = PQencryptPasswordConn(admin->conn, password, name, "scram-sha-256");
    char *literal = secret ? PQescapeLiteral(admin->conn, secret, strlen(secret)) : NULL;
    AUTO(str) char *sql = NULL;

    if (literal)
        sql = xasprintf("CREATE ROLE %s LOGIN PASSWORD %s", quoted, literal);
    PQfreemem(literal);
    PQfreemem(secret);
    if (!sql)
        return error_new(ERR_SYSTEM, 0, "creating role %s: out of memory", name);
    TRY_CTX(pg_run(admin, sql), "creating role %s", name);
    return NULL;
}

/* Catalogs that the whole server shares. The options of a membership came with 16. */
static const char SHARED[] =
    "SELECT format('role %I: %s', r.rolname, concat_ws(' ', "
    "CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolinherit THEN 'inherit' END, "
    "CASE WHEN r.rolcreaterole THEN 'createrole' END, CASE WHEN r.rolcreatedb THEN 'createdb' END, "
    "CASE WHEN r.rolcanlogin THEN 'login' END, CASE WHEN r.rolreplication THEN 'replication' END, "
    "CASE WHEN r.rolbypassrls THEN 'bypassrls' END, 'connections ' || r.rolconnlimit, "
    "'until ' || r.rolvaliduntil)) FROM pg_roles r "
    "UNION ALL SELECT format('role %I is a member of %I%s', m.rolname, g.rolname, "
    "concat(CASE WHEN a.admin_option THEN ' with admin option' END, ', inherit ' || "
    "(to_jsonb(a) ->> 'inherit_option'), ', set ' || (to_jsonb(a) ->> 'set_option'))) FROM "
    "pg_auth_members a "
    "JOIN pg_roles m ON m.oid = a.member JOIN pg_roles g ON g.oid = a.roleid "
    "UNION ALL SELECT format('setting of %s: %s', concat_ws(' in ', "
    "'role ' || quote_ident(r.rolname), 'database ' || quote_ident(d.datname)), u.setting) "
    "FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole "
    "LEFT JOIN pg_database d ON d.oid = s.setdatabase CROSS JOIN LATERAL unnest(s.setconfig) "
    "u (setting) "
    "UNION ALL SELECT format('tablespace %I', spcname) FROM pg_tablespace "
    /* what they are called is the cluster's too */
    "UNION ALL SELECT format('prepared transaction %L', gid) FROM pg_prepared_xacts";
/* For superusers alone. */
static const char PRIVATE[] =
    "SELECT format('password of role %I: %s', rolname, hashtextextended(rolpassword, 0)) "
    "FROM pg_authid WHERE rolpassword IS NOT NULL "
    "UNION ALL SELECT format('setting of the server: %s = %s', name, setting) "
    "FROM pg_file_settings WHERE sourcefile ~ '/postgresql[.]auto[.]conf$'";

static Error *read_lines(PgDb *admin, const char *sql, StrList *lines)
{
    AUTO(pg_result) PGresult *found = NULL;

    TRY(pg_query(admin, sql, NULL, 0, &found));
    for (int row = 0; row < PQntuples(found); row++) {
        AUTO(str) char *clean = text_clean_line(pg_text(found, row, 0));

        str_list_add(lines, clean);
    }
    return NULL;
}

Error *pg_cluster_read(PgDb *admin, StrList *ret_lines)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(error) Error *err = NULL;

    TRY_CTX(read_lines(admin, SHARED, &lines), "reading roles and settings");
    err = read_lines(admin, PRIVATE, &lines);
    if (err && !pg_error_is_local(err))
        return error_wrap(TAKE(err), "reading roles and settings");
    str_list_sort(&lines);
    *ret_lines = lines;
    lines = (StrList){0};
    return NULL;
}
