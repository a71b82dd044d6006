#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "database/pg_admin.h"
#include "database/pg_snapshot.h"
#include "migrator/ledger_shapes.h"
#include "pg_fixture.h"

/* More columns than are read in one statement. */
#define WIDE                                                                                          \
    "DO $$BEGIN EXECUTE (SELECT format('CREATE TABLE t (%s)', string_agg('c' || i || ' int', ', ')) " \
    "FROM generate_series(1, 1200) AS i); END$$; "

/* Two ways to the same or to another content of table t. */
static const struct {
    const char *one, *other;
    bool same;
} CONTENTS[] = {
    {"CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
     "CREATE TABLE t (b text, a int); INSERT INTO t VALUES ('y', 2), ('x', 1)", true},
    {"CREATE TABLE t (a int)", "CREATE TABLE t (a int); INSERT INTO t VALUES (1); DELETE FROM t",
     true},
    {"CREATE TABLE t (a int); INSERT INTO t VALUES (1)", "CREATE TABLE t (a int)", false},
    {"CREATE TABLE t (a int); INSERT INTO t VALUES (1)",
     "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)", false},
    {"CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1), (2)",
     "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (2)", false},
    {"CREATE TABLE t (a text); INSERT INTO t VALUES ('')",
     "CREATE TABLE t (a text); INSERT INTO t VALUES (NULL)", false},
    {"CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('x,', 'y')",
     "CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('x', ',y')", false},
    {"CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('1', '2'), ('3', '4')",
     "CREATE TABLE t (a text, b text); INSERT INTO t VALUES ('1', '4'), ('3', '2')", false},
    {"CREATE TABLE t (a text, b text, c text); INSERT INTO t VALUES (NULL, 'x', '1'), ('x', NULL, '2')",
     "CREATE TABLE t (a text, b text, c text); INSERT INTO t VALUES ('x', NULL, '1'), (NULL, 'x', '2')",
     false},
    {"CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
     "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'y'), (2, 'x')", false},
    {"CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x'), (2, 'y')",
     "CREATE TABLE t (b text, a int PRIMARY KEY); INSERT INTO t VALUES ('y', 2), ('x', 1)", true},
    {"CREATE TABLE t (a text, b text, c int, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('x', 'yx', 1)",
     "CREATE TABLE t (a text, b text, c int, PRIMARY KEY (a, b)); INSERT INTO t VALUES ('xy', 'x', 1)",
     false},
    {WIDE "INSERT INTO t (c1, c1200) VALUES (1, 2), (3, 4)",
     WIDE "INSERT INTO t (c1, c1200) VALUES (1, 4), (3, 2)", false},
    {WIDE "ALTER TABLE t ADD PRIMARY KEY (c1); INSERT INTO t (c1, c1200) VALUES (1, 2), (3, 4)",
     WIDE "ALTER TABLE t ADD PRIMARY KEY (c1); INSERT INTO t (c1, c1200) VALUES (1, 4), (3, 2)",
     false},
    {WIDE "INSERT INTO t (c1, c1200) VALUES (1, 2), (3, 4)",
     WIDE "INSERT INTO t (c1, c1200) VALUES (3, 4), (1, 2)", true},
    {"CREATE TABLE t (a float8); INSERT INTO t VALUES (0.1::float8 + 0.2::float8)",
     "CREATE TABLE t (a float8); INSERT INTO t VALUES (0.3)", false},
    {"CREATE TABLE t (a timestamptz); INSERT INTO t VALUES ('2020-01-01 12:00+02')",
     "CREATE TABLE t (a timestamptz); INSERT INTO t VALUES ('2020-01-01 10:00+00')", true},
    {"CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) STORED); INSERT INTO t VALUES (1)",
     "CREATE TABLE t (a int); INSERT INTO t VALUES (1)", true},
    {"CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); "
     "CREATE TABLE t2 PARTITION OF t DEFAULT; INSERT INTO t VALUES (1), (2)",
     "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)", true},
    {"CREATE TABLE t (a int); CREATE TABLE c () INHERITS (t); INSERT INTO t VALUES (1); INSERT INTO c "
     "VALUES (2)",
     "CREATE TABLE t (a int); INSERT INTO t VALUES (1)", true},
    {"CREATE TABLE t (); INSERT INTO t DEFAULT VALUES",
     "CREATE TABLE t (); INSERT INTO t DEFAULT VALUES", true},
    {"CREATE TABLE t (a bytea, b jsonb, c money, d interval, e int[], f xml, g inet, h regclass); "
     "INSERT INTO t VALUES ('\\x00', '{\"a\": 1}', 5, '1 day', '{1,2}', '<a/>', '::1', 't')",
     "CREATE TABLE t (a bytea, b jsonb, c money, d interval, e int[], f xml, g inet, h regclass); "
     "INSERT INTO t VALUES ('\\x00', '{\"a\":1}', 5, '24:00', '{1,2}', '<a/>', '::1', 't')",
     false},
};

static char *fingerprint_of(const char *sql, const char *database_settings)
{
    AUTO(snapshot) Snapshot snapshot = {0};
    const TableData *data;

    pg_drop("content");
    pg_make("content", sql);
    if (database_settings)
        pg_do("content", database_settings);
    pg_snapshot_of("content", &snapshot);
    assert_int_equal(snapshot.unseen.len, 0);
    data = snapshot_table(&snapshot, "public", "t");
    assert_non_null(data);
    assert_int_equal(strlen(data->fingerprint), 32);
    return xasprintf("%" PRId64 " rows: %s", data->rows, data->fingerprint);
}

static void test_fingerprints(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CONTENTS); i++) {
        AUTO(str) char *one = fingerprint_of(CONTENTS[i].one, NULL);
        AUTO(str) char *other = fingerprint_of(CONTENTS[i].other, NULL);

        if (text_eq(one, other) != CONTENTS[i].same)
            print_error("%s\n", CONTENTS[i].one);
        if (CONTENTS[i].same)
            assert_string_equal(one, other);
        else
            assert_string_not_equal(one, other);
    }
}

/* What a database or a role sets must not change what we read. */
static void test_settings(void **state)
{
    static const char sql[] =
        "CREATE TABLE t (a timestamptz, b float8, c bytea, d interval, e date); "
        "INSERT INTO t VALUES ('2020-01-01 12:00+02', 0.1, '\\x00', '1 mon', "
        "'2020-02-03')";
    static const char settings[] =
        "ALTER DATABASE content SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE content SET DateStyle = "
        "'German'; ALTER DATABASE content SET extra_float_digits = -10; ALTER DATABASE content SET "
        "bytea_output = 'escape'; ALTER DATABASE content SET IntervalStyle = 'iso_8601'; ALTER "
        "DATABASE content SET statement_timeout = 5; ALTER DATABASE content SET "
        "default_transaction_read_only = on; ALTER DATABASE content SET search_path = nowhere; "
        "ALTER DATABASE content SET standard_conforming_strings = off; "
        "ALTER DATABASE content SET quote_all_identifiers = on";
    AUTO(str) char *plain = fingerprint_of(sql, NULL);
    AUTO(str) char *set = fingerprint_of(sql, settings);

    (void)state;
    assert_string_equal(plain, set);
}

typedef struct FaultCase {
    const char *sql, *wanted; /* kind|table|column|detail|count */
} FaultCase;

static const FaultCase FAULTS[] = {
    {"CREATE TABLE t (a int); CREATE UNIQUE INDEX good ON t (a)", ""},
    {"CREATE TABLE t (a int); CREATE UNIQUE INDEX bad ON t (a); UPDATE pg_index SET indisvalid = false "
     "WHERE indexrelid = 'bad'::regclass",
     "0|t||index bad is invalid: a CREATE INDEX CONCURRENTLY failed and left it, and no query uses "
     "it|0"},
    {"CREATE TABLE t (a int) PARTITION BY LIST (a); CREATE TABLE t1 PARTITION OF t DEFAULT; "
     "CREATE INDEX whole ON ONLY t (a)",
     "0|t||index whole is invalid: not every partition has its part|0"},
    /* constraints that are not validated */
    {"CREATE TABLE t (a int); INSERT INTO t VALUES (-1), (1); ALTER TABLE t ADD CONSTRAINT c CHECK (a "
     "> 0) NOT VALID",
     "5|t||constraint c is not validated: CHECK ((a > 0)) NOT VALID: 1 row breaks it|1"},
    {"CREATE TABLE t (a int); INSERT INTO t VALUES (1), (NULL); ALTER TABLE t ADD CONSTRAINT c CHECK (a "
     "> 0) NOT VALID",
     "5|t||constraint c is not validated: CHECK ((a > 0)) NOT VALID|0"},
    {"CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; ALTER TABLE t "
     "VALIDATE CONSTRAINT c",
     ""},
    {"CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID",
     "5|||constraint c of domain public.d is not validated: CHECK ((VALUE > 0)) NOT VALID|0"},
    /* keys */
    {"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int REFERENCES p); INSERT INTO p VALUES "
     "(1); INSERT INTO t VALUES (1), (NULL)",
     ""},
    {"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT k REFERENCES p); "
     "SET session_replication_role = replica; INSERT INTO t VALUES (1), (2), (NULL)",
     "1|t|a|foreign key k of t (a) to p: 2 rows break it|2"},
    {"CREATE TABLE p (id int, x text, PRIMARY KEY (id, x)); CREATE TABLE t (\"B\" text, a int, "
     "CONSTRAINT k FOREIGN KEY (a, \"B\") REFERENCES p); SET session_replication_role = replica; "
     "INSERT INTO t VALUES ('q', 1), (NULL, 3)",
     "1|t|a, B|foreign key k of t (a, B) to p: 1 row breaks it|1"},
    {"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int); INSERT INTO t VALUES (4); ALTER "
     "TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES p NOT VALID",
     "5|t||constraint k is not validated: FOREIGN KEY (a) REFERENCES public.p(id) NOT VALID|0\n"
     "1|t|a|foreign key k of t (a) to p: 1 row breaks it|1"},
    {"CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p "
     "DEFAULT; CREATE TABLE t (a int CONSTRAINT k REFERENCES p); INSERT INTO p VALUES (1); "
     "INSERT INTO t VALUES (1)",
     ""},
    {"CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p "
     "DEFAULT; CREATE TABLE t (a int CONSTRAINT k REFERENCES p); SET session_replication_role = "
     "replica; INSERT INTO t VALUES (1)",
     "1|t|a|foreign key k of t (a) to p: 1 row breaks it|1"},
    {"CREATE EXTENSION citext; CREATE TABLE p (id citext PRIMARY KEY); CREATE TABLE t (a citext "
     "REFERENCES p); INSERT INTO p VALUES ('X'); INSERT INTO t VALUES ('x')",
     ""},
    {"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT k REFERENCES p); "
     "ALTER TABLE t DISABLE TRIGGER ALL",
     "5|t||the triggers that keep foreign key k are disabled: rows may refer to nothing|0"},
    {"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (a int CONSTRAINT k REFERENCES p); "
     "ALTER TABLE t DISABLE TRIGGER ALL; ALTER TABLE t ENABLE TRIGGER ALL",
     ""},
    /* sequences */
    {"CREATE TABLE t (id serial); INSERT INTO t DEFAULT VALUES", ""},
    {"CREATE TABLE t (id serial)", ""},
    {"CREATE TABLE t (id serial); INSERT INTO t VALUES (1), (2)",
     "2|t|id|sequence t_id_seq gives 1 next, but id of t has 2 already|0"},
    {"CREATE TABLE t (id serial); INSERT INTO t VALUES (1), (2); SELECT setval('t_id_seq', 2)", ""},
    {"CREATE TABLE t (id serial); INSERT INTO t VALUES (1), (2); SELECT setval('t_id_seq', 1)",
     "2|t|id|sequence t_id_seq gives 2 next, but id of t has 2 already|0"},
    {"CREATE TABLE t (id serial); INSERT INTO t VALUES (1); SELECT setval('t_id_seq', 1, false)",
     "2|t|id|sequence t_id_seq gives 1 next, but id of t has 1 already|0"},
    {"CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY); INSERT INTO t OVERRIDING SYSTEM VALUE "
     "VALUES (9)",
     "2|t|id|sequence t_id_seq gives 1 next, but id of t has 9 already|0"},
    {"CREATE SEQUENCE s; CREATE TABLE t (id int DEFAULT nextval('s')); INSERT INTO t VALUES (9)",
     "2|t|id|sequence s gives 1 next, but id of t has 9 already|0"},
    {"CREATE SEQUENCE s INCREMENT -1; CREATE TABLE t (id int DEFAULT nextval('s')); INSERT INTO t "
     "VALUES (-9)",
     "2|t|id|sequence s gives -1 next, but id of t has -9 already|0"},
    {"CREATE SEQUENCE s INCREMENT -1; CREATE TABLE t (id int DEFAULT nextval('s')); INSERT INTO t "
     "VALUES (9)",
     ""},
    {"CREATE SEQUENCE s CYCLE; CREATE TABLE t (id int DEFAULT nextval('s')); INSERT INTO t VALUES (9)",
     ""},
    {"CREATE SEQUENCE s; SELECT setval('s', 9223372036854775807); CREATE TABLE t (id bigint DEFAULT "
     "nextval('s')); INSERT INTO t VALUES (9223372036854775807)",
     ""},
    {"CREATE DOMAIN key AS int; CREATE SEQUENCE s; CREATE TABLE t (id key DEFAULT nextval('s'), b int "
     "DEFAULT nextval('s')); INSERT INTO t VALUES (4, 1)",
     "2|t|b|sequence s gives 1 next, but b of t has 1 already|0\n"
     "2|t|id|sequence s gives 1 next, but id of t has 4 already|0"},
    {"CREATE TABLE t (id serial) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t DEFAULT; INSERT "
     "INTO t VALUES (3)",
     "2|t|id|sequence t_id_seq gives 1 next, but id of t has 3 already|0"},
    /* left over */
    {"CREATE TABLE users (id int, name text); CREATE TABLE _alembic_tmp_users (id int)",
     "3|_alembic_tmp_users||_alembic_tmp_users is left over from a rebuild of users (Alembic names it "
     "so)|0"},
    {"CREATE TABLE users (id int, name text); CREATE TABLE users_old (id int, name text)",
     "3|users_old||users_old is left over from a rebuild of users|0"},
    {"CREATE TABLE users (id int, name text); CREATE TABLE users_old (other int)", ""},
    {"CREATE SCHEMA a; CREATE TABLE a.users (id int, name text); CREATE TABLE users_old (id int, name "
     "text)",
     ""},
    {"CREATE SCHEMA a; CREATE TABLE a.users (id int); CREATE TABLE a.users_tmp (id int)",
     "3|users_tmp||users_tmp is left over from a rebuild of users|0"},
    {"CREATE SCHEMA repack; CREATE TABLE repack.log_16402 (id int); CREATE TABLE repack.table_16402 (a "
     "int); CREATE TABLE log_2024 (id int)",
     "3|log_16402||log_16402 is left over from a rebuild of some table (pg_repack names it so)|0\n"
     "3|table_16402||table_16402 is left over from a rebuild of some table (pg_repack names it so)|0"},
    /* held */
    {"CREATE TABLE t (a int); COMMIT; BEGIN; INSERT INTO t VALUES (1); SELECT pg_advisory_xact_lock(72707369), "
     "pg_advisory_xact_lock(5000000000), pg_advisory_xact_lock(-1, 7); PREPARE TRANSACTION 'it''s'",
     "6|||transaction 'it''s' of role postgres was prepared and neither committed nor rolled back: it "
     "holds advisory lock (-1, 7), advisory lock 5000000000, advisory lock 72707369, t|0"},
    {"CREATE TABLE t (a int); COMMIT; BEGIN; PREPARE TRANSACTION 'it''s'",
     "6|||transaction 'it''s' of role postgres was prepared and neither committed nor rolled back|0"},
    {"CREATE TABLE t (a int); COMMIT; BEGIN; INSERT INTO t VALUES (1); SELECT pg_advisory_xact_lock(7); "
     "COMMIT",
     ""},
};

static char *faults_text(const FaultList *faults)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < faults->len; i++) {
        const Fault *fault = &faults->items[i];

        str_list_addf(&lines, "%d|%s|%s|%s|%" PRId64, (int)fault->kind,
                      fault->table ? fault->table : "", fault->column ? fault->column : "",
                      fault->detail, fault->count);
    }
    return str_list_join(&lines, "\n");
}

static void test_faults(void **state)
{
    (void)state;
    assert_int_equal(FAULT_CONSTRAINT, 5);
    assert_int_equal(FAULT_HELD, 6);
    for (size_t i = 0; i < COUNT_OF(FAULTS); i++) {
        AUTO(snapshot) Snapshot snapshot = {0};
        AUTO(str) char *text = NULL;

        pg_make("faulty", FAULTS[i].sql);
        pg_snapshot_of("faulty", &snapshot);
        text = faults_text(&snapshot.faults);
        assert_string_equal(text, FAULTS[i].wanted);
        assert_int_equal(snapshot.unseen.len, 0);
        if (strstr(FAULTS[i].sql, "PREPARE"))
            pg_do("faulty", "ROLLBACK PREPARED 'it''s'");
        pg_drop("faulty");
    }
}

/* A plain role sees less; the rest is read, and what is not is named. */
static void test_unseen(void **state)
{
    AUTO(pg_target) PgTarget target = pg_test_target("locked");
    AUTO(snapshot) Snapshot snapshot = {0};
    AUTO(str) char *unseen = NULL;

    (void)state;
    pg_make(
        "locked",
        "CREATE ROLE plain LOGIN; CREATE SCHEMA secret; CREATE TABLE secret.t (a int); CREATE TABLE "
        "mine (a int); INSERT INTO mine VALUES (1); GRANT SELECT ON mine TO plain; CREATE TABLE "
        "guarded (a int); GRANT SELECT ON guarded TO plain; ALTER TABLE guarded ENABLE ROW LEVEL "
        "SECURITY; CREATE TABLE hidden (id serial PRIMARY KEY); CREATE TABLE ref (h int CONSTRAINT "
        "k REFERENCES hidden); CREATE VIEW v AS SELECT * FROM hidden");
    free(target.user);
    target.user = xstrdup("plain");
    pg_must(pg_snapshot_read(&target, NULL, NULL, deadline_in(20000), &snapshot));
    unseen = str_list_join(&snapshot.unseen, "\n");
    assert_string_equal(
        unseen,
        "rows of public.guarded: query would be affected by row-level security policy for table "
        "\"guarded\"\n"
        "rows of public.hidden: permission denied for table hidden\n"
        "rows of public.ref: permission denied for table ref\n"
        "rows of secret.t: permission denied for schema secret\n"
        "foreign keys of ref: permission denied for table ref\n"
        "sequence public.hidden_id_seq: permission denied for sequence hidden_id_seq");
    assert_int_equal(snapshot.data.len, 1);
    assert_int_equal(snapshot.data.items[0].rows, 1);
    assert_int_equal(schema_count(&snapshot.schema, SCHEMA_TABLE), 5);
    assert_int_equal(schema_count(&snapshot.schema, SCHEMA_VIEW), 1);
    pg_do("locked", "DROP OWNED BY plain; DROP ROLE plain");
}

/* A lock that nobody gives up costs some seconds, and hides one table. */
static void test_locked_table(void **state)
{
    AUTO(snapshot) Snapshot snapshot = {0};
    AUTO(str) char *unseen = NULL;

    (void)state;
    pg_make("held", "CREATE TABLE t (a int); CREATE TABLE u (a int); INSERT INTO u VALUES (1)");
    pg_do("held", "BEGIN; LOCK TABLE t; PREPARE TRANSACTION 'held'");
    pg_snapshot_of("held", &snapshot);
    unseen = str_list_join(&snapshot.unseen, "\n");
    assert_string_equal(unseen, "rows of public.t: canceling statement due to lock timeout");
    assert_int_equal(snapshot.data.len, 1);
    assert_string_equal(snapshot.data.items[0].table, "u");
    assert_int_equal(snapshot.faults.len, 1);
    pg_do("held", "ROLLBACK PREPARED 'held'");
}

/* All parts see one state, and nothing is written. */
static void test_consistent(void **state)
{
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    pg_make("plain", "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t DEFAULT VALUES");
    pg_snapshot_of("plain", &snapshot);
    assert_true(snapshot.exists);
    assert_string_equal(snapshot.location, "plain");
    assert_true(snapshot.size_bytes > 1000000);
    assert_int_equal(snapshot_rows(&snapshot), 1);
    assert_int_equal(snapshot.other_databases.len, 0);
}

static void test_absent(void **state)
{
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    pg_snapshot_of("not there", &snapshot);
    assert_false(snapshot.exists);
    assert_string_equal(snapshot.location, "not there");
    assert_int_equal(snapshot.schema.len, 0);
}

/* An object whose definition is too long to be compared is named. */
static void test_too_long(void **state)
{
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    pg_make("long",
            "DO $$ BEGIN EXECUTE format('CREATE FUNCTION f() RETURNS text LANGUAGE sql AS %L', "
            "'SELECT ''' || repeat('x', 1100000) || ''''); END $$; CREATE TABLE t (a text); "
            "INSERT INTO t VALUES (repeat('x', 20000000))");
    pg_snapshot_of("long", &snapshot);
    assert_int_equal(snapshot.unseen.len, 1);
    assert_string_equal(snapshot.unseen.items[0],
                        "public.f(): its sql is longer than 1048576 bytes");
    assert_int_equal(schema_count(&snapshot.schema, SCHEMA_FUNCTION), 0);
    assert_int_equal(snapshot.data.items[0].rows, 1);
}

/* While somebody else is connected, which no copy of the database would stand. */
static void test_peek(void **state)
{
    AUTO(pg_target) PgTarget target = {0};
    AUTO(snapshot) Snapshot idle = {0}, busy = {0}, left = {0};
    bool is_busy = true;
    PgDb client;

    (void)state;
    pg_make("peeked",
            "CREATE TABLE t (a int); CREATE TABLE migrations (id int PRIMARY KEY, name text, "
            "applied_at timestamptz DEFAULT now()); INSERT INTO migrations VALUES (1, 'one')");
    target = pg_test_target("peeked");
    client = pg_test_open("peeked");
    pg_must(
        pg_snapshot_peek(&target, ledger_specs_find, NULL, deadline_in(10000), &idle, &is_busy));
    assert_false(is_busy);
    assert_true(idle.exists);
    assert_int_equal(schema_count(&idle.schema, SCHEMA_TABLE), 2);
    assert_int_equal(idle.ledgers.len, 1);
    assert_int_equal(idle.ledgers.items[0].len, 1);
    assert_int_equal(idle.data.len, 0);

    pg_must(pg_run(&client, "BEGIN; INSERT INTO public.migrations VALUES (2, 'two')"));
    pg_must(
        pg_snapshot_peek(&target, ledger_specs_find, NULL, deadline_in(10000), &busy, &is_busy));
    assert_true(is_busy);
    assert_false(busy.exists);
    pg_must(pg_run(&client, "PREPARE TRANSACTION 'half'"));
    pg_must(
        pg_snapshot_peek(&target, ledger_specs_find, NULL, deadline_in(10000), &left, &is_busy));
    assert_false(is_busy); /* nobody is at work: it is a left-over */
    pg_must(pg_run(&client, "ROLLBACK PREPARED 'half'"));
    pg_must(pg_run(&client, "BEGIN; LOCK TABLE public.migrations; PREPARE TRANSACTION 'locked'"));
    pg_must(
        pg_snapshot_peek(&target, ledger_specs_find, NULL, deadline_in(10000), &busy, &is_busy));
    assert_true(is_busy);
    pg_must(pg_run(&client, "ROLLBACK PREPARED 'locked'"));
    pg_db_close(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fingerprints), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_faults),       cmocka_unit_test(test_unseen),
        cmocka_unit_test(test_locked_table), cmocka_unit_test(test_consistent),
        cmocka_unit_test(test_absent),       cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_peek),
    };

    return cmocka_run_group_tests(tests, pg_test_start, pg_test_stop);
}
