#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "database/pg_admin.h"
#include "database/pg_script.h"
#include "pg_fixture.h"

static Error *open_with(const PgTarget *target, Deadline dl)
{
    PgDb db = {0};
    Error *err = pg_db_open(target, NULL, dl, &db);

    if (err)
        assert_null(db.conn); /* untouched */
    pg_db_close(&db);
    return err;
}

static void want(Error *err, ErrCode code, const char *message)
{
    assert_non_null(err);
    assert_string_equal(err->msg, message);
    assert_int_equal(err->code, code);
    error_free(err);
}

static void set(char **field, const char *value)
{
    free(*field);
    *field = xstrdup_null(value);
}

static void test_connect(void **state)
{
    AUTO(pg_target) PgTarget target = pg_test_target("postgres");
    AUTO(pg_target) PgTarget copy = {0};
    AUTO(str)
    char *prefix = xasprintf("connection to server at \"127.0.0.1\", port %d failed: FATAL:  ",
                             pg_test_port());
    AUTO(str)
    char *no_database = xasprintf("%sdatabase \"no \"such\" one\" does not exist", prefix);
    AUTO(str) char *no_role = xasprintf("%srole \"no: 28P01: body\" does not exist", prefix);
    AUTO(str)
    char *closed = xasprintf("%sdatabase \"shut\" is not currently accepting connections", prefix);

    (void)state;
    pg_must(open_with(&target, deadline_in(10000)));
    pg_must(pg_ready(&target, NULL, deadline_in(10000)));
    pg_target_copy(&target, &copy);
    set(&copy.database, "no \"such\" one");
    want(open_with(&copy, deadline_in(10000)), ERR_NOT_FOUND, no_database);
    set(&copy.database, "postgres");
    set(&copy.user, "no: 28P01: body");
    want(open_with(&copy, deadline_in(10000)), ERR_DENIED, no_role);
    set(&copy.user, "postgres");
    set(&copy.host, pg_test_socket_folder());
    pg_must(open_with(&copy, deadline_in(10000)));
    pg_make("shut", NULL);
    pg_do("postgres", "ALTER DATABASE shut ALLOW_CONNECTIONS false");
    set(&copy.host, "127.0.0.1");
    set(&copy.database, "shut");
    want(open_with(&copy, deadline_in(10000)), ERR_CONFLICT, closed);
}

/* A URL is used whole; a database beside it is used in place of its own. PG* variables do not touch
 * a target without one. */
static void test_url(void **state)
{
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_target) PgTarget plain = pg_test_target("postgres");
    AUTO(pg_db) PgDb db = {0};

    (void)state;
    target.url = xasprintf("postgres://postgres@127.0.0.1:%d/absent", pg_test_port());
    target.database = xstrdup("postgres");
    pg_must(pg_db_open(&target, NULL, deadline_in(10000), &db));
    assert_string_equal(PQdb(db.conn), "postgres");
    set(&target.database, NULL);
    assert_int_equal(setenv("PGHOSTADDR", "203.0.113.1", 1), 0);
    assert_int_equal(setenv("PGSSLMODE", "require", 1), 0);
    assert_int_equal(setenv("PGOPTIONS", "-c nonsense=1 -c x", 1), 0);
    assert_int_equal(setenv("PGCHANNELBINDING", "require", 1), 0);
    pg_must(open_with(&plain, deadline_in(10000)));
    unsetenv("PGHOSTADDR");
    unsetenv("PGSSLMODE");
    unsetenv("PGOPTIONS");
    unsetenv("PGCHANNELBINDING");
    {
        AUTO(error) Error *err = open_with(&target, deadline_in(10000));

        assert_int_equal(err->code, ERR_NOT_FOUND);
    }
}

/* A peer that takes the connection and says nothing. */
static void test_silent_peer(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    AUTO(pg_target) PgTarget target = pg_test_target("postgres");
    int64_t begin = clock_now_ms();

    (void)state;
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    target.port = ntohs(address.sin_port);
    want(open_with(&target, deadline_in(200)), ERR_TIMEOUT, "the database did not answer in time");
    assert_in_range(clock_now_ms() - begin, 200, 2000);
    close(fd);
    {
        AUTO(error) Error *err = open_with(&target, deadline_in(10000)); /* nobody listens now */

        assert_int_equal(err->code, ERR_SYSTEM);
        assert_non_null(strstr(err->msg, "Connection refused"));
    }
}

static int64_t sleepers(void)
{
    AUTO(pg_db) PgDb db = pg_test_open("postgres");
    AUTO(pg_result) PGresult *result = NULL;

    pg_must(pg_query(&db,
                     "SELECT count(*) FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND state = "
                     "'active' AND pid <> pg_backend_pid()",
                     NULL, 0, &result));
    return pg_i64(result, 0, 0);
}

/* The wait ends, and so does the statement on the server. */
static void test_deadline(void **state)
{
    AUTO(pg_db) PgDb db = pg_test_open("postgres");
    int64_t begin = clock_now_ms();
    PGresult *untouched = NULL;

    (void)state;
    db.deadline = deadline_in(300);
    want(pg_query(&db, "SELECT pg_sleep(60)", NULL, 0, &untouched), ERR_TIMEOUT,
         "the database did not answer in time");
    assert_null(untouched);
    assert_in_range(clock_now_ms() - begin, 300, 2500);
    pg_must(cancel_sleep(NULL, 200));
    assert_int_equal(sleepers(), 0);
}

static void *raise_soon(void *cancel)
{
    Error *err = cancel_sleep(NULL, 300);

    error_ignore(err); /* nothing cancels this sleep */
    cancel_raise(cancel, 15);
    return NULL;
}

static void test_cancel(void **state)
{
    AUTO(cancel) Cancel *cancel = NULL;
    AUTO(pg_db) PgDb db = pg_test_open("postgres");
    AUTO(error) Error *err = NULL;
    int64_t begin = clock_now_ms();
    pthread_t thread;

    (void)state;
    pg_must(cancel_new(&cancel));
    db.cancel = cancel;
    assert_int_equal(pthread_create(&thread, NULL, raise_soon, cancel), 0);
    err = pg_run(&db, "SELECT pg_sleep(60)");
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_CANCELLED);
    assert_in_range(clock_now_ms() - begin, 300, 2500);
    pg_must(cancel_sleep(NULL, 200));
    assert_int_equal(sleepers(), 0);
}

/* After a refusal the connection goes on; each has its SQLSTATE. */
static void test_refusals(void **state)
{
    static const struct {
        const char *sql, *state, *message;
        ErrCode code;
    } rows[] = {
        {"SELECT nonsense", "42703", "column \"nonsense\" does not exist", ERR_CONFLICT},
        {"SELECT 1; SELECT 1/0; SELECT 2", "22012", "division by zero", ERR_CONFLICT},
        {"COPY (SELECT 1) TO STDOUT; SELECT 1/0", "22012", "division by zero", ERR_CONFLICT},
        {"CREATE TEMP TABLE t (a int); COPY t FROM STDIN", "57014",
         "COPY from stdin failed: there is no data behind this statement", ERR_CONFLICT},
        {"DO $$ BEGIN RAISE NOTICE 'not on stderr'; RAISE EXCEPTION E'two\\nlines\\x1b[31m' USING "
         "DETAIL = 'why'; END $$",
         "P0001", "two\nlines (why)", ERR_CONFLICT},
        {"SET ROLE pg_monitor; CREATE ROLE x", "42501", "permission denied to create role",
         ERR_DENIED},
    };

    AUTO(pg_db) PgDb db = pg_test_open("postgres");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(error) Error *err = pg_run(&db, rows[i].sql);

        assert_non_null(err);
        assert_string_equal(err->msg, rows[i].message);
        assert_int_equal(err->code, rows[i].code);
        assert_string_equal(db.state, rows[i].state);
        pg_must(pg_run(&db, "SELECT 1"));
        assert_string_equal(db.state, "");
    }
}

static void test_broken_connection(void **state)
{
    AUTO(pg_db) PgDb db = pg_test_open("postgres");
    AUTO(error) Error *err = NULL;

    (void)state;
    err = pg_run(&db, "SELECT pg_terminate_backend(pg_backend_pid())");
    assert_non_null(err);
    assert_int_equal(err->code, ERR_SYSTEM);
    assert_true(
        text_starts(err->msg, "FATAL:  terminating connection due to administrator command"));
    error_free(err);
    err = pg_run(&db, "SELECT 1");
    assert_non_null(err);
    assert_int_equal(err->code, ERR_SYSTEM);
}

static void test_values(void **state)
{
    static const char *const values[] = {"it's \"x\"", NULL};
    AUTO(pg_db) PgDb db = pg_test_open("postgres");
    AUTO(pg_result) PGresult *result = NULL;
    AUTO(pg_result) PGresult *none = NULL;

    (void)state;
    pg_must(pg_query(&db,
                     "SELECT $1::text, $2::text, n, n > 1, '-9223372036854775808'::int8, "
                     "'-12'::int FROM generate_series(1, 3) n",
                     values, 2, &result));
    assert_int_equal(PQntuples(result), 3);
    assert_string_equal(pg_text(result, 2, 0), "it's \"x\"");
    assert_string_equal(pg_text(result, 2, 1), "");
    assert_null(pg_text_null(result, 2, 1));
    assert_int_equal(pg_i64(result, 2, 2), 3);
    assert_false(pg_bool(result, 0, 3));
    assert_true(pg_bool(result, 1, 3));
    assert_true(pg_i64(result, 0, 4) == INT64_MIN);
    assert_int_equal(pg_i64(result, 0, 5), -12);
    pg_must(pg_query(&db, "SELECT 1 AS one WHERE false", NULL, 0, &none));
    assert_int_equal(PQntuples(none), 0);
    assert_string_equal(PQfname(none, 0), "one");
}

static void test_too_large(void **state)
{
    AUTO(pg_db) PgDb db = pg_test_open("postgres");
    PGresult *untouched = NULL;

    (void)state;
    want(pg_query(&db, "SELECT repeat('x', 1000000) FROM generate_series(1, 100000)", NULL, 0,
                  &untouched),
         ERR_LIMIT, "a result of more than 268435456 bytes");
    assert_null(untouched);
}

static void test_quote(void **state)
{
    AUTO(str) char *quoted = pg_quote_in("a\"b", "C; --");

    (void)state;
    assert_string_equal(quoted, "\"a\"\"b\".\"C; --\"");
}

static void test_branch(void **state)
{
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");
    AUTO(pg_db) PgDb guest = {0};
    AUTO(error) Error *err = NULL;
    AUTO(pg_result) PGresult *owner = NULL;
    AUTO(str) char *message = NULL;
    int64_t begin;

    (void)state;
    pg_must(pg_role_create(&admin, "the \"owner\"", "pass'word"));
    pg_must(pg_database_create(&admin, "origin", "the \"owner\"", deadline_in(1000)));
    pg_do("origin", "CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
    pg_must(pg_database_branch(&admin, "origin", "copy", deadline_in(5000)));
    pg_do("copy", "INSERT INTO t VALUES (2); CREATE TABLE only_here ()");
    pg_must(pg_query(&admin,
                     "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'copy'", NULL,
                     0, &owner));
    assert_string_equal(pg_text(owner, 0, 0), "the \"owner\"");
    want(pg_database_branch(&admin, "origin", "copy", deadline_in(5000)), ERR_CONFLICT,
         "copying database origin to copy: database \"copy\" already exists");
    want(pg_database_branch(&admin, "nothing", "copy2", deadline_in(5000)), ERR_NOT_FOUND,
         "there is no database nothing");
    guest = pg_test_open("origin");
    begin = clock_now_ms();
    message =
        xasprintf("copying database origin to copy2: database origin cannot be copied while 1 "
                  "session is connected to it: seatrial (process %d, postgres from 127.0.0.1: "
                  "idle)",
                  PQbackendPID(guest.conn));
    want(pg_database_branch(&admin, "origin", "copy2", deadline_in(300)), ERR_CONFLICT, message);
    assert_in_range(clock_now_ms() - begin, 300, 2000);
    pg_must(pg_database_drop(&admin, "origin")); /* the guest is thrown out */
    pg_must(pg_database_drop(&admin, "origin")); /* nothing to do */
    err = pg_run(&guest, "SELECT 1");
    assert_int_equal(err->code, ERR_SYSTEM);
    pg_must(pg_database_drop(&admin, "copy"));
}

static void *leave_soon(void *context)
{
    Error *err = cancel_sleep(NULL, 400);

    error_ignore(err); /* nothing cancels this sleep */
    pg_db_close(context);
    return NULL;
}

/* A session that leaves in time, and a transaction that does not. */
static void test_branch_waits(void **state)
{
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");
    AUTO(error) Error *err = NULL;
    PgDb guest;
    pthread_t thread;

    (void)state;
    pg_make("origin", "CREATE TABLE t (a int)");
    guest = pg_test_open("origin");
    assert_int_equal(pthread_create(&thread, NULL, leave_soon, &guest), 0);
    pg_must(pg_database_branch(&admin, "origin", "copy", deadline_in(10000)));
    assert_int_equal(pthread_join(thread, NULL), 0);
    pg_must(pg_database_drop(&admin, "copy"));
    pg_do("origin", "BEGIN; INSERT INTO t VALUES (1); PREPARE TRANSACTION 'p'");
    err = pg_database_branch(&admin, "origin", "copy", deadline_in(300));
    assert_non_null(err);
    assert_int_equal(err->code, ERR_CONFLICT);
    assert_string_equal(err->msg,
                        "copying database origin to copy: source database \"origin\" is being "
                        "accessed by other users (There is 1 prepared transaction using the "
                        "database.)");
    pg_do("origin", "ROLLBACK PREPARED 'p'");
    pg_must(pg_database_drop(&admin, "origin"));
}

/* The password works (the server asks for none here, so its secret is looked at), and was not seen.
 */
static void test_role(void **state)
{
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");
    AUTO(pg_result) PGresult *role = NULL;

    (void)state;
    pg_must(pg_role_create(&admin, "plain'\"", "s3cret'"));
    pg_must(pg_query(
        &admin,
        "SELECT rolpassword ~ '^SCRAM-SHA-256[$]', rolsuper OR rolcreatedb OR rolcreaterole "
        "OR rolreplication OR rolbypassrls, rolcanlogin FROM pg_authid WHERE rolname = "
        "'plain''\"'",
        NULL, 0, &role));
    assert_true(pg_bool(role, 0, 0));
    assert_false(pg_bool(role, 0, 1));
    assert_true(pg_bool(role, 0, 2));
    want(pg_role_create(&admin, "plain'\"", "x"), ERR_CONFLICT,
         "creating role plain'\": role \"plain'\"\" already exists");
}

static const struct {
    const char *sql, *undo, *added; /* a line that is new after sql; NULL: none */
} CLUSTER[] = {
    {"CREATE TABLE public.t (a int)", "DROP TABLE public.t", NULL},
    {"CREATE ROLE app LOGIN CREATEDB", "DROP ROLE app",
     "role app: inherit createdb login connections -1"},
    {"GRANT pg_monitor TO member", "REVOKE pg_monitor FROM member",
     "role member is a member of pg_monitor"},
    {"ALTER ROLE member SET search_path = app, public", "ALTER ROLE member RESET ALL",
     "setting of role member: search_path=app, public"},
    {"ALTER DATABASE postgres SET timezone = 'UTC'", "ALTER DATABASE postgres RESET ALL",
     "setting of database postgres: TimeZone=UTC"},
    {"ALTER ROLE member IN DATABASE postgres SET jit = off",
     "ALTER ROLE member IN DATABASE postgres RESET ALL",
     "setting of role member in database postgres: jit=off"},
    {"ALTER SYSTEM SET work_mem = '8MB'", "ALTER SYSTEM RESET work_mem",
     "setting of the server: work_mem = 8MB"},
};

static void test_cluster(void **state)
{
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");

    (void)state;
    pg_must(pg_run(&admin, "CREATE ROLE member"));
    for (size_t i = 0; i < COUNT_OF(CLUSTER); i++) {
        AUTO(str_list) StrList before = {0}, during = {0}, after = {0};
        AUTO(str) char *first = NULL;
        AUTO(str) char *last = NULL;

        pg_must(pg_cluster_read(&admin, &before));
        pg_must(pg_run(&admin, CLUSTER[i].sql));
        pg_must(pg_cluster_read(&admin, &during));
        pg_must(pg_run(&admin, CLUSTER[i].undo));
        pg_must(pg_cluster_read(&admin, &after));
        assert_int_equal(during.len, before.len + (CLUSTER[i].added != NULL));
        if (CLUSTER[i].added) {
            assert_true(str_list_has(&during, CLUSTER[i].added));
            assert_false(str_list_has(&before, CLUSTER[i].added));
        }
        first = str_list_join(&before, "\n");
        last = str_list_join(&after, "\n");
        assert_string_equal(first, last);
    }
}

/* A new password is a change too; a plain role sees what is public. */
static void test_cluster_secrets(void **state)
{
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");
    AUTO(pg_db) PgDb plain = {0};
    AUTO(pg_target) PgTarget target = pg_test_target("postgres");
    AUTO(str_list) StrList before = {0}, after = {0}, seen = {0};
    AUTO(str) char *one = NULL;
    AUTO(str) char *other = NULL;

    (void)state;
    pg_must(pg_role_create(&admin, "keeper", "first"));
    pg_must(pg_cluster_read(&admin, &before));
    pg_must(pg_run(&admin, "ALTER ROLE keeper PASSWORD 'second'"));
    pg_must(pg_cluster_read(&admin, &after));
    one = str_list_join(&before, "\n");
    other = str_list_join(&after, "\n");
    assert_int_equal(before.len, after.len);
    assert_string_not_equal(one, other);
    assert_null(strstr(other, "SCRAM"));
    set(&target.user, "keeper");
    pg_must(pg_db_open(&target, NULL, deadline_in(10000), &plain));
    pg_must(pg_cluster_read(&plain, &seen));
    assert_true(str_list_has(&seen, "role keeper: inherit login connections -1"));
}

static const struct {
    const char *script, *wanted; /* NULL: runs through */
} SCRIPTS[] = {
    {"", NULL},
    {"CREATE EXTENSION citext;\n\nCREATE TABLE a (b public.citext);\n", NULL},
    {"VACUUM; CREATE DATABASE second; DROP DATABASE second; ALTER SYSTEM RESET ALL;", NULL},
    {"BEGIN;\nCREATE TABLE c (a int);\nROLLBACK;\nCREATE TABLE c (b int);", NULL},
    {"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC; SELECT 1; END; SELECT f();", NULL},
    {"DO $$ BEGIN PERFORM 1; END $$; COPY (SELECT 1) TO STDOUT;", NULL},
    {"SET search_path = pg_temp; CREATE TABLE temporary (a int);", NULL},
    {"SELECT 1;\n-- then\nSELECT nonsense;\nSELECT 1/0",
     "x.sql:3: column \"nonsense\" does not exist"},
    {"SELECT 1;\n\\connect other\nSELECT 2",
     "x.sql:2: \\connect other is a command of psql; only SQL "
     "runs here"},
    {"CREATE TABLE d (a int); COPY d FROM STDIN;\n1\n\\.\n",
     "x.sql:1: COPY from stdin failed: there is no data behind this statement"},
};

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SCRIPTS); i++) {
        AUTO(pg_db) PgDb db = {0};
        Error *err;

        pg_drop("scripted");
        pg_make("scripted", NULL);
        db = pg_test_open("scripted");
        err = pg_script_run(&db, "x.sql", SCRIPTS[i].script);
        if (SCRIPTS[i].wanted)
            want(err, ERR_INVALID, SCRIPTS[i].wanted);
        else
            pg_must(err);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connect),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_silent_peer),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_broken_connection),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_quote),
        cmocka_unit_test(test_branch),
        cmocka_unit_test(test_branch_waits),
        cmocka_unit_test(test_role),
        cmocka_unit_test(test_cluster),
        cmocka_unit_test(test_cluster_secrets),
        cmocka_unit_test(test_scripts),
    };

    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
