/* How long the schema of a database with 1,000 tables takes to read, against pg_dump of it: pairs,
 * taken in turns, so that what else the machine does hits both alike. No test: scripts/bench runs
 * it.
 *
 * usage: time_pg_schema [PAIRS] */

#include <stdio.h>
#include <stdlib.h>

#include "database/pg_schema.h"
#include "pg_fixture.h"

#define FIRST                                                                                      \
    "CREATE TYPE state AS ENUM ('new', 'old'); CREATE FUNCTION touch() RETURNS trigger LANGUAGE "  \
    "plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE owners (id bigserial PRIMARY KEY)"
#define MANY                                                                                       \
    "DO $$ BEGIN FOR i IN %d..%d LOOP EXECUTE format('CREATE TABLE t%%1$s (id bigserial PRIMARY "  \
    "KEY, owner bigint NOT NULL REFERENCES owners ON DELETE CASCADE, name varchar(80) NOT NULL "   \
    "CHECK (name <> ''''), slug text UNIQUE, state state NOT NULL DEFAULT ''new'', price "         \
    "numeric(10,2) DEFAULT 0, at timestamptz NOT NULL DEFAULT now(), about jsonb)', i); "          \
    "EXECUTE format('CREATE INDEX ON t%%1$s (owner, at DESC) WHERE state = ''new''', i); "         \
    "IF i %% 5 = 0 THEN EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON t%%1$s FOR EACH "    \
    "ROW EXECUTE FUNCTION touch(); CREATE VIEW v%%1$s AS SELECT id, name FROM t%%1$s WHERE price " \
    "> 1; COMMENT ON TABLE t%%1$s IS ''number %%1$s''; COMMENT ON COLUMN t%%1$s.name IS "          \
    "''shown''', i); END IF; END LOOP; END $$"

enum { TABLES = 1000, STEP = 50 /* the server has locks for no more in one transaction */ };

static int pairs;

static int64_t read_ms(void)
{
    int64_t start = clock_now_ms();
    AUTO(pg_db) PgDb db = pg_test_open("many");
    AUTO(str_list) StrList unseen = {0};
    AUTO(schema) Schema schema = {0};

    pg_must(pg_run(&db, "BEGIN"));
    pg_must(pg_schema_read(&db, &unseen, &schema));
    pg_must(pg_run(&db, "COMMIT"));
    assert_int_equal(schema_count(&schema, SCHEMA_TABLE), TABLES);
    assert_int_equal(unseen.len, 0);
    return clock_now_ms() - start;
}

static int64_t dump_ms(void)
{
    int64_t start = clock_now_ms();

    pg_dump_to("many", "/dev/null", true);
    return clock_now_ms() - start;
}

static void time_pairs(void **state)
{
    (void)state;
    pg_make("many", FIRST);
    for (int i = 1; i < TABLES; i += STEP) {
        int last = i + STEP - 1;
        AUTO(str) char *sql = xasprintf(MANY, i, last < TABLES ? last : TABLES - 1);

        pg_do("many", sql);
    }
    pg_do("many", "ANALYZE");
    (void)read_ms(); /* warm: the server's caches */
    (void)dump_ms();
    for (int i = 0; i < pairs; i++) {
        int64_t read = read_ms(), dump = dump_ms();

        print_message("schema %lld ms, pg_dump %lld ms\n", (long long)read, (long long)dump);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(time_pairs)};

    pairs = argc > 1 ? atoi(argv[1]) : 10;
    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
