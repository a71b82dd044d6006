/* Second servers on a real engine: what they have, and when there is none. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "database/ops.h"
#include "database/pg_admin.h"
#include "database/pg_server.h"

enum { SKIPPED = 77, WAIT_MS = 120000 };

#define IMAGE "seatrial-fixture/postgres:15"

static Engine *engine;
static char *network, *prefix;
static StrList containers;
static StrMap labels;
static DatabaseContext context;
static const DatabaseSpec SPEC = {.postgres = IMAGE};

static void must(Error *err)
{
    if (err) {
        print_error("%s\n", err->msg);
        error_free(err);
        fail();
    }
}

static void made(void *ignored, const char *kind, const char *id)
{
    (void)ignored;
    if (text_eq(kind, "container"))
        str_list_add(&containers, id);
}

static int start(void **state)
{
    EngineOptions options = {0};
    AUTO(engine_image) EngineImage image = {0};
    AUTO(error) Error *err = engine_open(&options, deadline_in(WAIT_MS), &engine);

    (void)state;
    if (!err)
        err = engine_image_inspect(engine, IMAGE, deadline_in(WAIT_MS), &image);
    if (err) {
        print_message("%s\n", err->msg);
        exit(SKIPPED);
    }
    prefix = random_hex(12);
    str_map_set(&labels, "seatrial.test", prefix);
    must(engine_network_create(engine, prefix, true, &labels, deadline_in(WAIT_MS), &network));
    context = (DatabaseContext){
        .engine = engine, .network = network, .labels = &labels, .name = prefix, .made = made};
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (size_t i = 0; i < containers.len; i++)
        must(engine_container_remove(engine, containers.items[i], deadline_in(WAIT_MS)));
    must(engine_network_remove(engine, network, deadline_in(WAIT_MS)));
    str_list_clear(&containers);
    str_map_clear(&labels);
    free(network);
    free(prefix);
    engine_close(engine);
    return 0;
}

/* The members that postgres.c keeps of its databases. */
typedef struct Inside {
    Database base;
    PgServer *server;
    char *name;
} Inside;

static void run(Database *database, const char *sql)
{
    const Inside *inside = (const Inside *)database;
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};

    pg_server_target(inside->server, inside->name, &target);
    must(pg_db_open(&target, NULL, deadline_in(WAIT_MS), &db));
    must(pg_run(&db, "RESET search_path"));
    must(pg_run(&db, sql));
}

static char *ask(Database *database, const char *sql)
{
    const Inside *inside = (const Inside *)database;
    AUTO(pg_target) PgTarget target = {0};
    AUTO(pg_db) PgDb db = {0};
    AUTO(pg_result) PGresult *found = NULL;

    pg_server_target(inside->server, inside->name, &target);
    must(pg_db_open(&target, NULL, deadline_in(WAIT_MS), &db));
    must(pg_run(&db, "RESET search_path"));
    must(pg_query(&db, sql, NULL, 0, &found));
    return xstrdup(pg_text(found, 0, 0));
}

static void assert_says(Database *database, const char *sql, const char *wanted)
{
    AUTO(str) char *got = ask(database, sql);

    assert_string_equal(got, wanted);
}

static void assert_host(Database *database, const char *wanted)
{
    ContainerSpec container = {0};
    AUTO(str_map) StrMap env = {0};

    database_attach(database, &SPEC, &container, &env);
    assert_string_equal(str_map_get(&env, "PGHOST"), wanted);
}

#define COUNT_ROLES                                                                                \
    "SELECT string_agg(rolname, ' ' ORDER BY rolname) FROM pg_roles WHERE rolname ~ '^t_'"

static void test_servers(void **state)
{
    AUTO(database) Database *first = NULL, *fresh = NULL, *branch = NULL, *dumped = NULL;
    AUTO(database) Database *own = NULL, *cloned = NULL, *apart = NULL;
    AUTO(database_copy) DatabaseCopy *before = NULL, *after = NULL;
    Deadline dl = deadline_in(WAIT_MS);

    (void)state;
    must(database_provision(&context, &SPEC, NULL, dl, &first));
    run(first, "CREATE TABLE notes (id serial PRIMARY KEY, body text); "
               "INSERT INTO notes (body) VALUES ('one'), ('two')");
    must(database_copy(first, dl, &before));

    /* as long as roles are what they were: the same server */
    must(database_fresh(&context, &SPEC, NULL, first, false, dl, &fresh));
    assert_host(fresh, "database");
    assert_says(fresh, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", "0");
    must(database_branch(&context, &SPEC, NULL, before, dl, &branch));
    assert_host(branch, "database");

    /* a role more: what was copied before must not see it, and what is copied now must */
    run(first, "CREATE ROLE t_new LOGIN PASSWORD 'x'; GRANT SELECT ON notes TO t_new; "
               "ALTER DATABASE app SET work_mem = '9MB'");
    must(database_fresh(&context, &SPEC, NULL, first, false, dl, &own));
    assert_host(own, "database-2");
    assert_says(own, COUNT_ROLES, "");
    must(database_branch(&context, &SPEC, NULL, before, dl, &dumped));
    assert_host(dumped, "database-3");
    assert_says(dumped, COUNT_ROLES, "");
    assert_says(dumped, "SELECT string_agg(body, ' ' ORDER BY id) FROM notes", "one two");
    assert_says(dumped, "SELECT nextval('notes_id_seq')", "3");
    assert_says(dumped, "SELECT tableowner FROM pg_tables WHERE tablename = 'notes'", "postgres");

    must(database_copy(first, dl, &after));
    run(first, "CREATE ROLE t_later; INSERT INTO notes (body) VALUES ('three')");
    must(database_branch(&context, &SPEC, NULL, after, dl, &cloned));
    assert_host(cloned, "database-5"); /* 4 keeps the copy */
    assert_says(cloned, COUNT_ROLES, "t_new");
    assert_says(cloned, "SELECT string_agg(body, ' ' ORDER BY id) FROM notes", "one two");
    assert_says(cloned, "SHOW work_mem", "9MB");

    /* somebody is at work in the first one: a server of its own, whatever its roles are */
    must(database_fresh(&context, &SPEC, NULL, first, true, dl, &apart));
    assert_host(apart, "database-6");
    assert_says(apart, COUNT_ROLES, "");
    /* no other database holds on to it */
    run(cloned, "DROP OWNED BY t_new; DROP ROLE t_new");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_servers)};

    return cmocka_run_group_tests(tests, start, stop);
}
