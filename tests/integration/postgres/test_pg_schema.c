#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/pg_admin.h"
#include "database/pg_schema.h"
#include "pg_fixture.h"
#include "pg_mutations.h"

/* One change, and what it is called. */
static const struct {
    const char *sql, *wanted;
} CHANGES[] = {
    {"ALTER TABLE users ADD extra int", "column public.users.extra: added"},
    {"ALTER TABLE users DROP tags", "column public.users.tags: removed"},
    {"ALTER TABLE refers ALTER id TYPE bigint", "column public.refers.id: type: integer -> bigint"},
    {"ALTER TABLE users ALTER at SET NOT NULL", "column public.users.at: not null: no -> yes"},
    {"ALTER TABLE users ALTER name DROP NOT NULL", "column public.users.name: not null: yes -> no"},
    {"ALTER TABLE users ALTER at DROP DEFAULT", "column public.users.at: default: now() -> none"},
    {"ALTER TABLE users ALTER mood SET DEFAULT 'happy'",
     "column public.users.mood: default: 'sad'::app.mood -> 'happy'::app.mood"},
    {"ALTER TABLE users ALTER total DROP EXPRESSION",
     "column public.users.total: generated: stored (age * 2) -> none"},
    {"ALTER TABLE app.notes ALTER id SET GENERATED ALWAYS",
     "column app.notes.id: identity: by default -> always"},
    {"ALTER SEQUENCE users_id_seq MAXVALUE 1000",
     "column public.users.id: sequence: none -> maxvalue 1000"},
    {"ALTER SEQUENCE app.notes_id_seq INCREMENT 10",
     "column app.notes.id: sequence: start 7 -> start 7 increment 10"},
    {"ALTER SEQUENCE app.tickets NO CYCLE", "sequence app.tickets: cycle: yes -> none"},
    {"CREATE SEQUENCE extra", "sequence public.extra: added"},
    {"DROP INDEX app.notes_owner_idx", "index (owner) on app.notes: removed"},
    {"CREATE INDEX ON users (at)", "index (at) on public.users: added"},
    {"DROP INDEX app.notes_body; CREATE UNIQUE INDEX notes_body ON app.notes (lower(body), owner NULLS LAST) INCLUDE (room) WHERE owner > 3 AND room IN (1, 2)",
     "index notes_body on app.notes: columns: (lower(body), owner DESC NULLS LAST) INCLUDE (room) -> (lower(body), owner) INCLUDE (room)"},
    {"DROP INDEX app.notes_body; CREATE UNIQUE INDEX notes_body ON app.notes (lower(body), owner DESC NULLS LAST) INCLUDE (room) WHERE owner > 4 AND room IN (1, 2)",
     "index notes_body on app.notes: where: ((owner > 3) AND (room = ANY (ARRAY[1, 2]))) -> ((owner > 4) AND (room = ANY (ARRAY[1, 2])))"},
    {"DROP INDEX app.notes_body; CREATE INDEX notes_body ON app.notes (lower(body), owner DESC NULLS LAST) INCLUDE (room) WHERE owner > 3 AND room IN (1, 2)",
     "index notes_body on app.notes: unique: yes -> no"},
    {"CREATE UNIQUE INDEX ON app.notes (owner)", "index (owner) #2 on app.notes: added"},
    {"DROP INDEX app.notes_owner_idx; CREATE INDEX ON app.notes USING hash (owner)",
     "index (owner) on app.notes: method: none -> hash"},
    {"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'app.notes_body'::regclass",
     "index notes_body on app.notes: valid: none -> no"},
    {"ALTER TABLE users DROP CONSTRAINT named", "check (name, age) on public.users: removed"},
    {"ALTER TABLE users DROP CONSTRAINT users_age_check, ADD CHECK (age > 1)",
     "check (age) on public.users: expression: ((age >= 0) AND (age <= 150) AND (age <> 13)) -> (age > 1)"},
    {"ALTER TABLE scratch VALIDATE CONSTRAINT later",
     "check (b) on public.scratch: validated: no -> yes"},
    {"ALTER TABLE users ADD UNIQUE (mood)", "unique constraint (mood) on public.users: added"},
    {"ALTER TABLE app.notes DROP CONSTRAINT notes_room_ticket_key, ADD UNIQUE (room, ticket)",
     "unique constraint (room, ticket) on app.notes: definition: UNIQUE NULLS NOT DISTINCT (room, ticket) -> UNIQUE (room, ticket)"},
    {"ALTER TABLE app.notes DROP CONSTRAINT notes_owner_fkey",
     "foreign key (owner) on app.notes: removed"},
    {"ALTER TABLE app.notes DROP CONSTRAINT notes_owner_fkey, ADD FOREIGN KEY (owner) REFERENCES users ON DELETE SET NULL (owner)",
     "foreign key (owner) on app.notes: on delete: CASCADE -> SET NULL (owner)"},
    {"ALTER TABLE app.notes DROP CONSTRAINT notes_owner_fkey, ADD FOREIGN KEY (owner) REFERENCES users ON DELETE CASCADE NOT VALID",
     "foreign key (owner) on app.notes: validated: yes -> no"},
    {"ALTER TABLE app.notes ALTER CONSTRAINT notes_editor_fkey NOT DEFERRABLE",
     "foreign key (editor) on app.notes: deferrable: initially deferred -> no"},
    {"ALTER TABLE refers DROP CONSTRAINT refers_event_day_fkey",
     "foreign key (event, day) on public.refers: removed"},
    {"ALTER TABLE app.notes DROP CONSTRAINT notes_room_during_excl",
     "exclusion constraint (room, during) on app.notes: removed"},
    {"ALTER TABLE app.notes DROP CONSTRAINT notes_pkey", "primary key (id) on app.notes: removed"},
    {"CREATE TABLE fresh (id serial PRIMARY KEY, name text UNIQUE)", "table public.fresh: added"},
    {"DROP TABLE child", "table public.child: removed"},
    {"ALTER TABLE scratch SET LOGGED", "table public.scratch: unlogged: yes -> none"},
    {"ALTER TABLE app.notes SET (fillfactor = 80)",
     "table app.notes: options: fillfactor=70 -> fillfactor=80"},
    {"ALTER TABLE app.notes DISABLE ROW LEVEL SECURITY",
     "table app.notes: row security: on -> none"},
    {"ALTER TABLE users REPLICA IDENTITY DEFAULT",
     "table public.users: replica identity: full -> none"},
    {"COMMENT ON COLUMN users.age IS 'in months'",
     "column public.users.age: comment: in years -> in months"},
    {"ALTER TABLE events ADD note text", "column public.events.note: added"},
    {"ALTER TABLE events_1 ALTER kind SET DEFAULT 'y'",
     "table public.events_1: own columns: none -> kind null, default 'y'::text"},
    {"CREATE TABLE events_3 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
     "table public.events_3: added"},
    {"CREATE INDEX ON events (owner)", "index (owner) on public.events: added"},
    {"ALTER TABLE events ADD CHECK (id > 0)", "check (id) on public.events: added"},
    {"ALTER TABLE parent ADD CHECK (b <> '')", "check (b) on public.parent: added"},
    {"ALTER TABLE child NO INHERIT parent; ALTER TABLE child DROP CONSTRAINT parent_a_check",
     "table public.child: parent: public.parent -> none"},
    {"CREATE OR REPLACE VIEW adults AS SELECT u.id, u.name FROM users u WHERE u.age > 17",
     "view public.adults: sql: SELECT u.id,\n    u.name\n   FROM public.users u\n  WHERE ((u.age >= 18) AND (u.age <= 99) AND ((u.status)::text = ANY (ARRAY['new'::character varying, 'old'::character varying]))) -> SELECT u.id,\n    u.name\n   FROM public.users u\n  WHERE (u.age > 17)"},
    {"ALTER VIEW app.secure RESET (security_barrier)",
     "view app.secure: options: security_barrier=true -> none"},
    {"DROP VIEW adults", "view public.adults: removed"},
    {"DROP MATERIALIZED VIEW app.counts", "materialized view app.counts: removed"},
    {"REFRESH MATERIALIZED VIEW app.counts", "materialized view app.counts: populated: no -> none"},
    {"CREATE OR REPLACE FUNCTION app.add(a text) RETURNS text LANGUAGE sql AS 'SELECT a || 1'",
     "function app.add(text): sql: CREATE OR REPLACE FUNCTION app.add(a text)\n RETURNS text\n LANGUAGE sql\nAS $function$SELECT a$function$ -> CREATE OR REPLACE FUNCTION app.add(a text)\n RETURNS text\n LANGUAGE sql\nAS $function$SELECT a || 1$function$"},
    {"CREATE OR REPLACE FUNCTION app.add(a text) RETURNS text LANGUAGE sql STRICT AS 'SELECT a'",
     "function app.add(text): sql: CREATE OR REPLACE FUNCTION app.add(a text)\n RETURNS text\n LANGUAGE sql\nAS $function$SELECT a$function$ -> CREATE OR REPLACE FUNCTION app.add(a text)\n RETURNS text\n LANGUAGE sql\n STRICT\nAS $function$SELECT a$function$"},
    {"CREATE FUNCTION app.add(a numeric) RETURNS text LANGUAGE sql AS 'SELECT 1'",
     "function app.add(numeric): added"},
    {"DROP PROCEDURE app.work", "function app.work(integer): removed"},
    {"DROP AGGREGATE app.total(int)", "function app.total(integer): removed"},
    {"DROP TRIGGER touch ON app.notes", "trigger touch on app.notes: removed"},
    {"ALTER TABLE users ENABLE TRIGGER late", "trigger late on public.users: enabled: no -> none"},
    {"DROP TRIGGER each ON events", "trigger each on public.events: removed"},
    {"ALTER EVENT TRIGGER watch DISABLE", "event trigger watch: enabled: none -> no"},
    {"DROP RULE keep ON parent", "rule keep on public.parent: removed"},
    {"ALTER POLICY mine ON app.notes USING (owner = 2)",
     "policy mine on app.notes: using: ((owner = 1) AND (room = 2)) -> (owner = 2)"},
    {"CREATE ROLE looker; ALTER POLICY mine ON app.notes TO looker",
     "policy mine on app.notes: roles: PUBLIC -> looker"},
    {"ALTER TYPE app.mood ADD VALUE 'meh' BEFORE 'happy'",
     "enum type app.mood: values: 'sad', 'it''s ok', 'happy' -> 'sad', 'it''s ok', 'meh', 'happy'"},
    {"ALTER DOMAIN app.email DROP NOT NULL", "domain app.email: not null: yes -> no"},
    {"ALTER DOMAIN app.email ADD CHECK (VALUE <> 'no')",
     "domain app.email: checks: CHECK ((VALUE OPERATOR(public.~) '@'::public.citext)) CHECK ((length((VALUE)::text) < 100)) -> CHECK ((VALUE OPERATOR(public.<>) 'no'::public.citext)) CHECK ((VALUE OPERATOR(public.~) '@'::public.citext)) CHECK ((length((VALUE)::text) < 100))"},
    {"ALTER TYPE app.point3 RENAME ATTRIBUTE x TO xx",
     "composite type app.point3: attributes: x integer, y integer, \"Z z\" numeric(4,2) -> xx integer, y integer, \"Z z\" numeric(4,2)"},
    {"CREATE TYPE app.other AS RANGE (subtype = int)", "range type app.other: added"},
    {"DROP STATISTICS app.st", "statistics app.st: removed"},
    {"ALTER PUBLICATION pub SET TABLE users (id), refers",
     "publication pub: tables: public.refers, public.users (id, name) WHERE (id > 3) -> public.refers, public.users (id)"},
    {"DROP PUBLICATION rest", "publication rest: removed"},
    {"CREATE SCHEMA fresh", "namespace fresh: added"},
    {"DROP EXTENSION btree_gist CASCADE; CREATE EXTENSION btree_gist SCHEMA public; ALTER TABLE app.notes ADD EXCLUDE USING gist (room WITH =, during WITH &&)",
     "extension btree_gist: namespace: app -> public"},
    {"CREATE EXTENSION pg_trgm", "extension pg_trgm: added"},
};

/* A copy of a database, changed; the differences. */
static char *differences_after(const char *sql, const Schema *before)
{
    AUTO(pg_db) PgDb admin = pg_test_open("postgres");
    AUTO(schema) Schema after = {0};
    size_t count;

    pg_must(pg_database_drop(&admin, "changed"));
    pg_must(pg_database_branch(&admin, "everything", "changed", deadline_in(10000)));
    {
        AUTO(pg_db) PgDb db = pg_test_open("changed");
        AUTO(error) Error *err = NULL;

        pg_must(pg_run(&db, "RESET ALL"));
        err = pg_run(&db, sql);
        if (err)
            return xstrdup(err->msg);
    }
    pg_schema_of("changed", &after);
    pg_must(pg_database_drop(&admin, "changed"));
    return pg_diff_text(before, &after, &count);
}

static void test_changes(void **state)
{
    AUTO(schema) Schema before = {0};
    size_t wrong = 0;

    (void)state;
    pg_schema_of("everything", &before);
    for (size_t i = 0; i < COUNT_OF(CHANGES); i++) {
        AUTO(str) char *text = differences_after(CHANGES[i].sql, &before);

        if (text_eq(text, CHANGES[i].wanted))
            continue;
        print_error("%s\n  is  %s\n  not %s\n", CHANGES[i].sql, text, CHANGES[i].wanted);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* What says the same in another way. */
static const char *const NO_CHANGES[] = {
    "",
    "ALTER TABLE users RENAME CONSTRAINT users_pkey TO pk; ALTER TABLE users RENAME CONSTRAINT "
    "users_age_check TO c; ALTER TABLE app.notes RENAME CONSTRAINT notes_owner_fkey TO fk",
    "ALTER TABLE app.notes RENAME TO n; ALTER TABLE app.n RENAME TO notes",
    "ALTER TABLE scratch DROP a; ALTER TABLE scratch ADD a int; "
    "ALTER TABLE scratch ADD CHECK (a > b), ADD CHECK (a < b * 9)",
    "ALTER SEQUENCE users_id_seq RENAME TO other_seq",
    "ALTER SEQUENCE users_id_seq AS bigint", /* an integer takes no more of it */
    "ALTER INDEX app.notes_owner_idx RENAME TO note_owner_idx1",
    "ALTER INDEX app.notes_pkey RENAME TO anything",
    "ALTER TABLE app.notes RENAME owner TO o; ALTER TABLE app.notes RENAME o TO owner",
    "INSERT INTO users (age, email, name) VALUES (1, 'a@b', 'x'); SELECT setval('users_id_seq', 500)",
    "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE; ALTER TABLE users ADD PRIMARY KEY (id); "
    "ALTER TABLE app.notes ADD FOREIGN KEY (owner) REFERENCES users ON DELETE CASCADE, ADD FOREIGN KEY "
    "(editor) REFERENCES users (id) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED; "
    "ALTER TABLE events ADD FOREIGN KEY (owner) REFERENCES users",
    "CREATE TEMP TABLE t (a int)",
    "VACUUM",
    "ANALYZE",
    "REINDEX TABLE CONCURRENTLY app.notes",
    "CREATE ROLE someone; GRANT SELECT ON users TO someone; ALTER TABLE users OWNER TO someone; "
    "ALTER TABLE users OWNER TO postgres; DROP OWNED BY someone; DROP ROLE someone",
};

static void test_no_changes(void **state)
{
    AUTO(schema) Schema before = {0};

    (void)state;
    pg_schema_of("everything", &before);
    for (size_t i = 0; i < COUNT_OF(NO_CHANGES); i++) {
        AUTO(str) char *text = differences_after(NO_CHANGES[i], &before);

        if (*text)
            print_error("%s\n", NO_CHANGES[i]);
        assert_string_equal(text, "");
    }
}

/* A table and a column that were renamed, beside ones that were called so from the start. */
static void test_renamed(void **state)
{
    AUTO(schema) Schema renamed = {0}, made = {0};
    AUTO(str) char *text = NULL;
    size_t count;

    (void)state;
    pg_make("renamed", "CREATE TABLE other (id serial PRIMARY KEY); CREATE TABLE note (id serial "
                       "PRIMARY KEY, who int REFERENCES other CHECK (who > 0), slug text UNIQUE); "
                       "CREATE INDEX ON note (who, slug); ALTER TABLE note RENAME TO notes; "
                       "ALTER TABLE notes RENAME who TO owner");
    pg_make("made", "CREATE TABLE other (id serial PRIMARY KEY); CREATE TABLE notes (id serial "
                    "PRIMARY KEY, slug text UNIQUE, owner int REFERENCES other CHECK (owner > 0)); "
                    "CREATE INDEX ON notes (owner, slug)");
    pg_schema_of("renamed", &renamed);
    pg_schema_of("made", &made);
    text = pg_diff_text(&renamed, &made, &count);
    assert_string_equal(text, "");
}

/* What came about in two ways and is the same. */
static const struct {
    const char *one, *other;
} TWINS[] = {
    /* columns at once and later, in another order; constraints inline and apart; spellings */
    {"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int4, a character varying(20) NOT NULL "
     "DEFAULT 'x', b timestamp with time zone, c bool CHECK (c), p int REFERENCES p, n numeric(4))",
     "CREATE TABLE p (id integer); ALTER TABLE p ADD CONSTRAINT other PRIMARY KEY (id); CREATE TABLE t "
     "(gone int, p integer, id integer); ALTER TABLE t ADD n decimal(4, 0), ADD c boolean, ADD b "
     "timestamptz, ADD a varchar(20), DROP gone; ALTER TABLE t ALTER a SET DEFAULT 'x'; ALTER TABLE t "
     "ALTER a SET NOT NULL, ADD CONSTRAINT odd CHECK (c), ADD CONSTRAINT \"Key\" FOREIGN KEY (p) "
     "REFERENCES p (id) ON DELETE NO ACTION"},
    /* a serial, what it stands for, and both after a rename */
    {"CREATE TABLE t (id serial PRIMARY KEY, big bigserial, tiny smallserial)",
     "CREATE TABLE t0 (i int NOT NULL, big bigint NOT NULL, tiny smallint NOT NULL); CREATE SEQUENCE "
     "one OWNED BY t0.i; CREATE SEQUENCE two; CREATE SEQUENCE three AS smallint OWNED BY t0.tiny; ALTER "
     "TABLE t0 ALTER i SET DEFAULT nextval('one'), ALTER big SET DEFAULT nextval('two'), ALTER tiny SET "
     "DEFAULT nextval('three'), ADD PRIMARY KEY (i); ALTER SEQUENCE two OWNED BY t0.big; ALTER TABLE t0 "
     "RENAME i TO id; ALTER TABLE t0 RENAME TO t"},
    {"CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY)",
     "CREATE TABLE t (id int NOT NULL); ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY (MAXVALUE "
     "2147483647); ALTER TABLE t ALTER id TYPE bigint; ALTER SEQUENCE t_id_seq RENAME TO ids"},
    /* names that the server cuts to 63 bytes, of this table and of one that was renamed */
    {"CREATE TABLE a_table_with_a_name_that_goes_on_for_quite_a_while_longer (a_column_with_a_name_of_"
     "length int CHECK (a_column_with_a_name_of_length > 0), another_column_with_a_long_name int, UNIQUE "
     "(a_column_with_a_name_of_length, another_column_with_a_long_name)); CREATE INDEX ON a_table_with_a_"
     "name_that_goes_on_for_quite_a_while_longer (a_column_with_a_name_of_length, another_column_with_a_"
     "long_name); CREATE INDEX ON a_table_with_a_name_that_goes_on_for_quite_a_while_longer (a_column_with_"
     "a_name_of_length, another_column_with_a_long_name)",
     "CREATE TABLE t (a_column_with_a_name_of_length int CHECK (a_column_with_a_name_of_length > 0), "
     "another_column_with_a_long_name int, UNIQUE (a_column_with_a_name_of_length, another_column_with_a_"
     "long_name)); CREATE INDEX ON t (a_column_with_a_name_of_length, another_column_with_a_long_name); "
     "CREATE INDEX ON t (a_column_with_a_name_of_length, another_column_with_a_long_name); ALTER TABLE t "
     "RENAME TO a_table_with_a_name_that_goes_on_for_quite_a_while_longer"},
    {"CREATE TABLE t (\"\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9\" int, "
     "another_column_with_a_name int); CREATE INDEX ON t (\"\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t"
     "\xc3\xa9\", another_column_with_a_name)",
     "CREATE TABLE a_table_with_a_name_that_goes_on_for_a_while (\"\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_"
     "\xc3\xa9t\xc3\xa9\" int, another_column_with_a_name int); CREATE INDEX ON a_table_with_a_name_that_goes_on_for_"
     "a_while (\"\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9_\xc3\xa9t\xc3\xa9\", another_column_with_a_name); ALTER "
     "TABLE a_table_with_a_name_that_goes_on_for_a_while RENAME TO t"},
    /* checks on one column, in another order and with other names */
    {"CREATE TABLE t (a int CHECK (a > 0) CHECK (a < 9) CHECK (a <> 5))",
     "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT z CHECK (a <> 5); ALTER TABLE t ADD CONSTRAINT y "
     "CHECK (a<9); ALTER TABLE t ADD CONSTRAINT x CHECK ((a) > (0))"},
    /* a type, a view and a function made in steps */
    {"CREATE TYPE mood AS ENUM ('a', 'b', 'c'); CREATE TYPE pair AS (x int, y text); CREATE TABLE t (m mood, p pair); "
     "CREATE VIEW v AS SELECT m, p FROM t; CREATE DOMAIN d AS int CHECK (VALUE > 0)",
     "CREATE TYPE mood AS ENUM ('b'); ALTER TYPE mood ADD VALUE 'a' BEFORE 'b'; ALTER TYPE mood ADD VALUE 'z'; ALTER "
     "TYPE mood RENAME VALUE 'z' TO 'c'; CREATE TYPE pair AS (x int); ALTER TYPE pair ADD ATTRIBUTE y text; CREATE "
     "TABLE t (p pair, m mood); CREATE VIEW v AS SELECT m FROM t; CREATE OR REPLACE VIEW v AS SELECT t.m, t.p FROM "
     "public.t; CREATE DOMAIN d AS int4; ALTER DOMAIN d ADD CONSTRAINT odd CHECK (value>0)"},
    /* a partition that was a table, a child that was none */
    {"CREATE TABLE t (a int NOT NULL, b text DEFAULT 'x', PRIMARY KEY (a)) PARTITION BY LIST (a); CREATE INDEX ON t (b); "
     "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1); CREATE TABLE p (x int CHECK (x > 0)); CREATE TABLE k () "
     "INHERITS (p)",
     "CREATE TABLE t (b text DEFAULT 'x', a int PRIMARY KEY) PARTITION BY LIST (a); CREATE TABLE t1 (a int NOT NULL, b "
     "text DEFAULT 'x'); CREATE INDEX mine ON t1 (b); ALTER TABLE t ATTACH PARTITION t1 FOR VALUES IN (1); CREATE "
     "INDEX ON t (b); CREATE TABLE p (x int CHECK (x > 0)); CREATE TABLE k (x int CHECK (x > 0)); ALTER TABLE k "
     "RENAME CONSTRAINT k_x_check TO p_x_check; ALTER TABLE k INHERIT p"},
    /* what was granted and taken back, said and unsaid */
    {"CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
     "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT SELECT ON t TO PUBLIC; "
     "REVOKE SELECT ON t FROM PUBLIC; REVOKE ALL ON FUNCTION f FROM PUBLIC; GRANT EXECUTE ON FUNCTION f TO PUBLIC; "
     "COMMENT ON TABLE t IS 'x'; COMMENT ON TABLE t IS NULL; ALTER TABLE t ALTER a SET STORAGE PLAIN; ALTER TABLE t "
     "ALTER a SET STATISTICS 500; CREATE ROLE made; ALTER TABLE t OWNER TO made; ALTER FUNCTION f OWNER TO made"},
};

static void test_twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TWINS); i++) {
        AUTO(schema) Schema one = {0}, other = {0};
        AUTO(str) char *text = NULL;
        size_t count;

        pg_make("one", TWINS[i].one);
        pg_make("other", TWINS[i].other);
        pg_schema_of("one", &one);
        pg_schema_of("other", &other);
        pg_drop("one");
        pg_drop("other");
        text = pg_diff_text(&one, &other, &count);
        if (count > 0)
            print_error("%s\n  is not\n%s\n", TWINS[i].one, TWINS[i].other);
        assert_string_equal(text, "");
        assert_true(one.len > 1);
    }
}

/* pg_dump, restored once and again. */
static void assert_restored(const char *name)
{
    AUTO(schema) Schema first = {0};
    const char *from = name;

    pg_schema_of(name, &first);
    for (size_t i = 0; i < 2; i++) {
        static const char *const names[] = {"restored", "again"};
        AUTO(schema) Schema next = {0};
        AUTO(str) char *text = NULL;
        size_t count;

        pg_make(names[i], NULL);
        pg_dump_into(from, names[i]);
        pg_schema_of(names[i], &next);
        text = pg_diff_text(&first, &next, &count);
        assert_string_equal(text, "");
        assert_int_equal(first.len, next.len);
        from = names[i];
    }
    pg_drop("again");
    pg_drop("restored");
}

static void test_restored(void **state)
{
    (void)state;
    assert_restored("everything");
}

static void test_fixtures_restored(void **state)
{
    size_t count = 0;
    glob_t found = {0};

    (void)state;
    assert_int_equal(glob("fixtures/schemas/postgres/*.sql", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        AUTO(str) char *sql = pg_file_text(found.gl_pathv[i]);

        pg_make("fixture", sql);
        assert_restored("fixture");
        pg_drop("fixture");
        count++;
    }
    globfree(&found);
    assert_true(count >= 3);
}

/* The one with more than 300 objects that the mutations are made of. */
static void test_large_restored(void **state)
{
    (void)state;
    pg_make("large",
            PG_EVERYTHING PG_MORE "ALTER EXTENSION hstore UPDATE"); /* a dump has no version */
    assert_restored("large");
}

/* Names that would break out of quotes, and statements of ours that use them. */
static void test_hostile_names(void **state)
{
    static const char sql[] =
        "CREATE SCHEMA \"s'; DROP TABLE x; --\"; SET search_path TO \"s'; DROP TABLE x; --\"; "
        "CREATE TYPE \"T\"\"\" AS ENUM ('a''b', ')'); CREATE TABLE \"t\"\" USING (%s\" "
        "(\"c'\"\")\" serial PRIMARY KEY, \"AND (\" int DEFAULT 1 CHECK (\"AND (\" > 0), "
        "\"\xc3\xa9\\\" \"T\"\"\", \"par\"\"ent\" int REFERENCES \"t\"\" USING (%s\"); "
        "CREATE INDEX \"i USING (\"\"\" ON \"t\"\" USING (%s\" (\"AND (\", lower(\"AND (\"::text)); "
        "CREATE VIEW \"v\n\" AS SELECT * FROM \"t\"\" USING (%s\"; "
        "INSERT INTO \"t\"\" USING (%s\" VALUES (1, 2, 'a''b', 1); CREATE FUNCTION \"f(\"(int) "
        "RETURNS int LANGUAGE sql AS 'SELECT 1'";
    AUTO(snapshot) Snapshot snapshot = {0};
    AUTO(schema) Schema restored = {0};
    AUTO(str) char *text = NULL;
    AUTO(str) char *unseen = NULL;
    size_t count;

    (void)state;
    pg_make("hostile \"; --'", sql);
    pg_snapshot_of("hostile \"; --'", &snapshot);
    unseen = str_list_join(&snapshot.unseen, "\n");
    assert_string_equal(unseen, "");
    assert_string_equal(snapshot.location, "hostile \"; --'");
    assert_int_equal(snapshot.data.len, 1);
    assert_int_equal(snapshot.data.items[0].rows, 1);
    assert_string_equal(snapshot.data.items[0].table, "t\" USING (%s");
    assert_int_equal(snapshot.faults.len, 1); /* the sequence, which the insert did not use */
    assert_int_equal(snapshot.faults.items[0].kind, FAULT_SEQUENCE);
    assert_non_null(schema_find(&snapshot.schema, SCHEMA_INDEX, "s'; DROP TABLE x; --",
                                "t\" USING (%s", "i USING (\""));
    pg_make("hostile2", NULL);
    pg_dump_into("hostile \"; --'", "hostile2");
    pg_schema_of("hostile2", &restored);
    text = pg_diff_text(&snapshot.schema, &restored, &count);
    assert_string_equal(text, "");
}

static int make_everything(void **state)
{
    int failed = pg_test_start(state);

    if (!failed)
        pg_make("everything", PG_EVERYTHING);
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),           cmocka_unit_test(test_no_changes),
        cmocka_unit_test(test_renamed),           cmocka_unit_test(test_restored),
        cmocka_unit_test(test_hostile_names),     cmocka_unit_test(test_twins),
        cmocka_unit_test(test_fixtures_restored), cmocka_unit_test(test_large_restored),
    };

    return cmocka_run_group_tests(tests, make_everything, pg_test_stop);
}
