#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "migrator/ledger_shapes.h"
#include "sqlite_fixture.h"

static const char *fingerprint(const Snapshot *snapshot, const char *table)
{
    const TableData *data = snapshot_table(snapshot, "", table);

    assert_non_null(data);
    return data->fingerprint;
}

/* All data of a database whose process was killed is in -wal. */
static void wal_is_part_of_the_database(void **state)
{
    static const char *const sql =
        "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;"
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, body); INSERT INTO notes(body) VALUES('a'), ('b')";
    Fixture fixture = fixture_make(sql);
    FixtureTar tar = fixture_tar(), bare_tar = fixture_tar();
    AUTO(volume_copy) VolumeCopy *copy = NULL, *bare = NULL;
    AUTO(snapshot) Snapshot snapshot = {0}, without = {0};
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};

    (void)state;
    assert_true(fixture.wal.len > 0);
    assert_true(fixture.db.len <= 4096);
    fixture_add_db(&tar, "data/app.db", &fixture);
    copy = fixture_copy(&tar);
    assert_null(sqlite_snapshot(copy, &spec, NULL, NULL, deadline_in(60000), &snapshot));
    assert_true(snapshot.exists);
    assert_string_equal(snapshot.location, "/app/data/app.db");
    assert_int_equal(snapshot.size_bytes, fixture.db.len + fixture.wal.len);
    assert_int_equal(snapshot_table(&snapshot, "", "notes")->rows, 2);
    assert_int_equal(snapshot.faults.len, 0);
    assert_int_equal(snapshot.other_databases.len, 0);

    fixture_add(&bare_tar, "data/app.db", fixture.db.bytes, fixture.db.len);
    bare = fixture_copy(&bare_tar);
    assert_null(sqlite_snapshot(bare, &spec, NULL, NULL, deadline_in(60000), &without));
    assert_true(without.exists);
    assert_int_equal(without.data.len, 0);
    fixture_clear(&fixture);
}

/* What a schema calls need not be harmless to be read. */
static void checks_that_call_functions(void **state)
{
    AUTO(snapshot)
    Snapshot snapshot = fixture_snapshot(
        "CREATE TABLE t(a TEXT CHECK (json_valid(a)), b TEXT DEFAULT (strftime('%s', 'now')),"
        "c AS (json_extract(a, '$.x'))); CREATE INDEX i ON t(json_extract(a, '$.x'));"
        "INSERT INTO t(a) VALUES('{\"x\": 1}')",
        NULL);

    (void)state;
    assert_int_equal(snapshot.faults.len, 0);
    assert_int_equal(snapshot.unseen.len, 0);
    assert_int_equal(snapshot_table(&snapshot, "", "t")->rows, 1);
}

/* A copy that was made while somebody wrote does not fit together: that is no damage. */
static void peek_sees_whether_somebody_writes(void **state)
{
    Fixture fixture = fixture_make(
        "CREATE TABLE t(a); CREATE TABLE migrations(id INTEGER PRIMARY KEY, name TEXT, applied_at);"
        "INSERT INTO migrations VALUES(1, 'one', 0); INSERT INTO t VALUES(hex(zeroblob(9000)))");
    FixtureTar tar = fixture_tar(), torn_tar = fixture_tar();
    AUTO(volume_copy) VolumeCopy *copy = NULL, *torn = NULL;
    AUTO(snapshot) Snapshot snapshot = {0}, untouched = {0};
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    bool busy = true;

    (void)state;
    fixture_add_db(&tar, "data/app.db", &fixture);
    copy = fixture_copy(&tar);
    assert_null(
        sqlite_peek(copy, &spec, ledger_specs_find, NULL, deadline_in(60000), &snapshot, &busy));
    assert_false(busy);
    assert_int_equal(snapshot.ledgers.len, 1);
    assert_int_equal(snapshot.ledgers.items[0].len, 1);
    assert_int_equal(snapshot.data.len, 0);
    assert_true(snapshot.exists);

    memset(fixture.db.bytes + 100, 0x55, 400); /* the page of the schema */
    fixture_add(&torn_tar, "data/app.db", fixture.db.bytes, fixture.db.len);
    torn = fixture_copy(&torn_tar);
    assert_null(
        sqlite_peek(torn, &spec, ledger_specs_find, NULL, deadline_in(60000), &untouched, &busy));
    assert_true(busy);
    assert_false(untouched.exists);
    fixture_clear(&fixture);
}

/* A process killed while it wrote leaves a journal, which takes the half-done change back. */
static void journal_is_rolled_back(void **state)
{
    Fixture fixture = fixture_make(
        "CREATE TABLE notes(id INTEGER PRIMARY KEY, body TEXT);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        "INSERT INTO notes SELECT i, hex(zeroblob(100)) FROM n;"
        "PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; DELETE FROM notes;");
    FixtureTar tar = fixture_tar();
    AUTO(volume_copy) VolumeCopy *copy = NULL;
    AUTO(snapshot) Snapshot snapshot = {0};
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};

    (void)state;
    assert_true(fixture.journal.len > 0);
    fixture_add_db(&tar, "data/app.db", &fixture);
    fixture_clear(&fixture);
    copy = fixture_copy(&tar);
    assert_null(sqlite_snapshot(copy, &spec, NULL, NULL, deadline_in(60000), &snapshot));
    assert_int_equal(snapshot_table(&snapshot, "", "notes")->rows, 1000);
    assert_int_equal(snapshot.faults.len, 0);
}

static const struct {
    const char *one, *other;
    bool same;
} VALUES[] = {
    {"(1, 2), (3, 4)", "(3, 4), (1, 2)", true},
    {"(1, 2)", "(2, 1)", false},
    {"(1, 2), (1, 2)", "(1, 2)", false},
    {"(1, 2), (1, 2), (3, 3)", "(1, 2), (3, 3), (3, 3)", false},
    {"(1, 2), (3, 4)", "(1, 4), (3, 2)", false}, /* the same values, other rows */
    {"('1', 0)", "(1, 0)", false},
    {"(1.0, 0)", "(1, 0)", false},
    {"(NULL, 0)", "('', 0)", false},
    {"(NULL, 0)", "(0, 0)", false},
    {"('', 0)", "(x'', 0)", false},
    {"('a', 0)", "(x'61', 0)", false},
    {"('ab', 'c')", "('a', 'bc')", false},
    {"('a', 0)", "('A', 0)", false},
    {"(CAST(x'6100' AS TEXT), 0)", "('a', 0)", false},
    {"(-1, 0)", "(255, 0)", false},
    {"(0.1, 0)", "(0.1000000001, 0)", false},
};

static void fingerprint_sees_values_and_not_their_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(VALUES); i++) {
        AUTO(str)
        char *one_sql = xasprintf("CREATE TABLE t(a, b); INSERT INTO t VALUES%s", VALUES[i].one);
        AUTO(str)
        char *other_sql =
            xasprintf("CREATE TABLE t(a, b); INSERT INTO t VALUES%s", VALUES[i].other);
        AUTO(snapshot) Snapshot one = fixture_snapshot(one_sql, NULL);
        AUTO(snapshot) Snapshot other = fixture_snapshot(other_sql, NULL);
        bool same = text_eq(fingerprint(&one, "t"), fingerprint(&other, "t"));

        if (same != VALUES[i].same)
            fail_msg("%s against %s: %s", VALUES[i].one, VALUES[i].other,
                     same ? "same" : "different");
    }
}

static void fingerprint_does_not_mind_the_order_of_columns(void **state)
{
    AUTO(snapshot)
    Snapshot one = fixture_snapshot(
        "CREATE TABLE t(a, b, c AS (a)); INSERT INTO t VALUES(1, 2); CREATE TABLE empty(a)", NULL);
    AUTO(snapshot)
    Snapshot other = fixture_snapshot("CREATE TABLE t(b, a); INSERT INTO t VALUES(2, 1)", NULL);

    (void)state;
    assert_string_equal(fingerprint(&one, "t"), fingerprint(&other, "t"));
    assert_string_equal(fingerprint(&one, "empty"), "00000000000000000000000000000000");
    assert_string_not_equal(fingerprint(&one, "t"), fingerprint(&one, "empty"));
}

static const char *const KINDS[] = {"corrupt", "foreign-key", "sequence", "leftover", "unreadable"};

/* "kind table.column count: detail" */
static char *describe(const FaultList *faults)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < faults->len; i++) {
        const Fault *fault = &faults->items[i];

        str_list_addf(&lines, "%s %s%s%s %lld: %s\n", KINDS[fault->kind],
                      fault->table ? fault->table : "-", fault->column ? "." : "",
                      fault->column ? fault->column : "", (long long)fault->count, fault->detail);
    }
    return str_list_join(&lines, "");
}

static const struct {
    const char *sql, *wanted;
} FAULTS[] = {
    {"CREATE TABLE users(id INTEGER PRIMARY KEY); CREATE TABLE notes(id INTEGER PRIMARY KEY,"
     "owner REFERENCES users(id), editor REFERENCES users); INSERT INTO users VALUES(1);"
     "INSERT INTO notes VALUES(1, 1, NULL), (2, 7, 1), (3, 8, 9)",
     "foreign-key notes.owner 2: foreign_key_check: 2 rows of notes (owner) refer to missing rows of users"
     ", first at rowid 2\n"
     "foreign-key notes.editor 1: foreign_key_check: 1 row of notes (editor) refers to a missing row of "
     "users, first at rowid 3\n"},
    {"CREATE TABLE n(a, b, PRIMARY KEY(a, b), FOREIGN KEY(a, b) REFERENCES gone(x, y)) WITHOUT ROWID;"
     "INSERT INTO n VALUES(1, 2)",
     "foreign-key n.a, b 1: foreign_key_check: 1 row of n (a, b) refers to a missing row of gone\n"},
    {"CREATE TABLE p(x); CREATE TABLE n(a REFERENCES p(x)); INSERT INTO n VALUES(1)",
     "foreign-key n 0: foreign key mismatch - \"n\" referencing \"p\"\n"},
    {"CREATE TABLE n(id INTEGER PRIMARY KEY AUTOINCREMENT, b); INSERT INTO n VALUES(10, 1);"
     "UPDATE sqlite_sequence SET seq = 3",
     "sequence n.id 0: sqlite_sequence of n is 3, but its largest id is 10: ids of deleted rows may "
     "come back\n"},
    {"CREATE TABLE n(id INTEGER PRIMARY KEY AUTOINCREMENT, b); INSERT INTO n VALUES(10, 1);"
     "DELETE FROM n; CREATE TABLE m(id INTEGER PRIMARY KEY AUTOINCREMENT)",
     ""},
    {"CREATE TABLE n(a NOT NULL); PRAGMA writable_schema = 1; INSERT INTO n VALUES(1);"
     "UPDATE sqlite_schema SET sql = 'CREATE TABLE n(a NOT NULL, b NOT NULL)' WHERE name = 'n'",
     "corrupt - 0: NULL value in n.b\n"},
    /* SQLite 3.40 says so of each row */
    {"CREATE TABLE \"n.m\"(a INTEGER NOT NULL, \"b.c\" TEXT NOT NULL, d TEXT, PRIMARY KEY(\"b.c\")) "
     "WITHOUT ROWID; INSERT INTO \"n.m\" VALUES(1, 'x', NULL), (2, 'y', 'z')",
     ""},
    /* what tools leave of a rebuild, and what is only called so */
    {"CREATE TABLE notes(id, a); CREATE TABLE _alembic_tmp_notes(id)",
     "leftover _alembic_tmp_notes 0: _alembic_tmp_notes is left over from a rebuild of notes (Alembic "
     "names it so)\n"},
    {"CREATE TABLE __new_notes(id)",
     "leftover __new_notes 0: __new_notes is left over from a rebuild of notes, which is gone (Drizzle "
     "names it so)\n"},
    {"CREATE TABLE notes(id, a, b); CREATE TABLE new_notes(id, a, c)",
     "leftover new_notes 0: new_notes is left over from a rebuild of notes (Prisma names it so)\n"},
    {"CREATE TABLE notes(id, a, b); CREATE TABLE notes_new(id, b)",
     "leftover notes_new 0: notes_new is left over from a rebuild of notes\n"},
    {"CREATE TABLE notes_new(id, b); CREATE TABLE tags(note REFERENCES notes(id))",
     "leftover notes_new 0: notes_new is left over from a rebuild of notes, which is gone\n"},
    {"CREATE TABLE _knex_temp_alter123(id)",
     "leftover _knex_temp_alter123 0: _knex_temp_alter123 is left over from a rebuild of some table "
     "(Knex names it so)\n"},
    {"CREATE TABLE notes(id, a); CREATE TABLE _notes_gho(id, a); CREATE TABLE _notes_del(id, a); CREATE "
     "TABLE notes__tmp__(id, a); CREATE TABLE _prisma_new_notes(id); CREATE TABLE sqlb_temp_table_1(a)",
     "leftover _notes_del 0: _notes_del is left over from a rebuild of notes (gh-ost names it so)\n"
     "leftover _notes_gho 0: _notes_gho is left over from a rebuild of notes (gh-ost names it so)\n"
     "leftover _prisma_new_notes 0: _prisma_new_notes is left over from a rebuild of notes (Prisma names "
     "it so)\n"
     "leftover notes__tmp__ 0: notes__tmp__ is left over from a rebuild of notes (Peewee names it so)\n"
     "leftover sqlb_temp_table_1 0: sqlb_temp_table_1 is left over from a rebuild of some table (DB "
     "Browser for SQLite names it so)\n"},
    {"CREATE TABLE notes(id, a); CREATE TABLE _notes_new(id, a); CREATE TABLE _notes_old(id, a)",
     "leftover _notes_new 0: _notes_new is left over from a rebuild of notes (pt-online-schema-change "
     "names it so)\n"
     "leftover _notes_old 0: _notes_old is left over from a rebuild of notes (pt-online-schema-change "
     "names it so)\n"},
    {"CREATE TABLE notes(id, a); CREATE TABLE _notes_del(at, by); CREATE TABLE _to_del(id, a); CREATE "
     "TABLE log_2024(id); CREATE TABLE table_1(id)",
     ""},
    {"CREATE TABLE new_arrivals(id, a); CREATE TABLE users(id, name, mail);"
     "CREATE TABLE users_backup(taken_at, path); CREATE TABLE whats_new(id)",
     ""},
    {"CREATE TABLE a(x); CREATE VIEW v AS SELECT * FROM nowhere; CREATE VIEW w AS SELECT * FROM v;"
     "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO nowhere VALUES(1); END",
     ""},
};

static void faults_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(FAULTS); i++) {
        AUTO(snapshot) Snapshot snapshot = fixture_snapshot(FAULTS[i].sql, NULL);
        AUTO(str) char *text = describe(&snapshot.faults);

        assert_string_equal(text, FAULTS[i].wanted);
        assert_int_equal(snapshot.unseen.len, 0);
    }
}

static Snapshot snapshot_of_bytes(const void *bytes, size_t len)
{
    FixtureTar tar = fixture_tar();
    AUTO(volume_copy) VolumeCopy *copy = NULL;
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    Snapshot snapshot = {0};

    fixture_add(&tar, "data/app.db", bytes, len);
    copy = fixture_copy(&tar);
    assert_null(sqlite_snapshot(copy, &spec, NULL, NULL, deadline_in(60000), &snapshot));
    return snapshot;
}

static void garbage_is_a_fault(void **state)
{
    char garbage[8192];
    AUTO(str) char *text = NULL;
    AUTO(snapshot) Snapshot snapshot = {0};

    (void)state;
    memset(garbage, 'x', sizeof garbage);
    snapshot = snapshot_of_bytes(garbage, sizeof garbage);
    text = describe(&snapshot.faults);
    assert_true(snapshot.exists);
    assert_string_equal(text, "unreadable - 0: file is not a database\n");
}

static void empty_file_is_an_empty_database(void **state)
{
    AUTO(snapshot) Snapshot snapshot = snapshot_of_bytes("", 0);

    (void)state;
    assert_true(snapshot.exists);
    assert_int_equal(snapshot.size_bytes, 0);
    assert_int_equal(snapshot.schema.len, 0);
    assert_int_equal(snapshot.faults.len, 0);
}

/* A page of the table is overwritten: what can be read of the rest is there. */
static void damage_is_a_fault(void **state)
{
    Fixture fixture =
        fixture_make("CREATE TABLE a(x TEXT); CREATE TABLE b(x TEXT); INSERT INTO b VALUES('kept');"
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
                     "INSERT INTO a SELECT hex(zeroblob(100)) FROM n");
    AUTO(snapshot) Snapshot snapshot = {0};
    bool named = false;

    (void)state;
    memset(fixture.db.bytes + 4096, 0xa5, 4096); /* the root page of a */
    snapshot = snapshot_of_bytes(fixture.db.bytes, fixture.db.len);
    fixture_clear(&fixture);
    assert_true(snapshot.exists);
    assert_int_equal(snapshot_table(&snapshot, "", "b")->rows, 1);
    for (size_t i = 0; i < snapshot.faults.len; i++) {
        assert_int_equal(snapshot.faults.items[i].kind, FAULT_CORRUPT);
        named |= text_eq(snapshot.faults.items[i].table, "a");
    }
    assert_true(named);
    assert_true(snapshot.faults.len <= 21);
}

static void damaged_ledger_is_a_fault(void **state)
{
    Fixture fixture = fixture_make("CREATE TABLE migrations(name TEXT); CREATE TABLE notes(id);"
                                   "INSERT INTO notes VALUES(1)");
    FixtureTar tar = fixture_tar();
    AUTO(volume_copy) VolumeCopy *copy = NULL;
    AUTO(snapshot) Snapshot snapshot = {0};
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};

    (void)state;
    memset(fixture.db.bytes + 4096, 0xa5, 4096); /* the root page of migrations */
    fixture_add_db(&tar, "data/app.db", &fixture);
    fixture_clear(&fixture);
    copy = fixture_copy(&tar);
    assert_null(
        sqlite_snapshot(copy, &spec, ledger_specs_find, NULL, deadline_in(60000), &snapshot));
    assert_int_equal(snapshot.ledgers.len, 1);
    assert_int_equal(snapshot.ledgers.items[0].len, 0);
    assert_int_equal(snapshot_table(&snapshot, "", "notes")->rows, 1);
    assert_true(snapshot.faults.len > 0);
    assert_int_equal(snapshot.faults.items[0].kind, FAULT_CORRUPT);
    assert_string_equal(snapshot.faults.items[0].table, "migrations");
    assert_string_equal(snapshot.faults.items[0].detail, "database disk image is malformed");
}

static void unknown_format_is_a_fault(void **state)
{
    Fixture fixture = fixture_make("CREATE TABLE notes(id)");
    AUTO(snapshot) Snapshot snapshot = {0};
    AUTO(str) char *text = NULL;

    (void)state;
    fixture.db.bytes[47] = 9; /* schema format: 1 to 4 are known */
    snapshot = snapshot_of_bytes(fixture.db.bytes, fixture.db.len);
    fixture_clear(&fixture);
    text = describe(&snapshot.faults);
    assert_string_equal(text, "unreadable - 0: unsupported file format\n");
}

/* The schema does not parse: a fault, unless a newer SQLite wrote it, which knows more SQL than
 * ours. */
static void newer_sql_is_no_damage(void **state)
{
    Fixture fixture = fixture_make(
        "CREATE TABLE a(x); INSERT INTO a VALUES(1); CREATE VIEW v AS SELECT 1;"
        "PRAGMA writable_schema = 1;"
        "UPDATE sqlite_schema SET sql = 'CREATE VIEW v AS SELECT NEWLY 1 IN 2 OF 3' WHERE name = 'v'");
    AUTO(snapshot) Snapshot old = snapshot_of_bytes(fixture.db.bytes, fixture.db.len);
    AUTO(snapshot) Snapshot newer = {0};
    AUTO(str) char *text = describe(&old.faults);

    (void)state;
    assert_string_equal(text, "unreadable - 0: malformed database schema (v) - near \"1\": syntax "
                              "error\n");
    memcpy(fixture.db.bytes + 96, "\x00\x3d\x09\x00", 4); /* 4.000.000 */
    newer = snapshot_of_bytes(fixture.db.bytes, fixture.db.len);
    fixture_clear(&fixture);
    assert_int_equal(newer.faults.len, 0);
    assert_int_equal(snapshot_table(&newer, "", "a")->rows, 1);
    assert_non_null(schema_find(&newer.schema, SCHEMA_VIEW, "", "", "v"));
}

/* The application's own functions, collations and modules are not here: what needs them is said. */
static void what_the_application_alone_has_is_said(void **state)
{
    AUTO(snapshot)
    Snapshot snapshot = fixture_snapshot(
        "PRAGMA writable_schema = 1; CREATE TABLE a(x, y); CREATE TABLE b(x); INSERT INTO b VALUES(1);"
        "INSERT INTO sqlite_schema VALUES('table','vec','vec',0,'CREATE VIRTUAL TABLE vec USING vec0(e)');"
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE a(x COLLATE app, y CHECK(app(y) > 0))'"
        " WHERE name = 'a'; INSERT INTO a VALUES(1, 2);",
        NULL);
    AUTO(str) char *text = str_list_join(&snapshot.unseen, "\n");

    (void)state;
    assert_int_equal(snapshot.faults.len, 0);
    assert_int_equal(snapshot_table(&snapshot, "", "a")->rows, 1);
    assert_int_equal(snapshot_table(&snapshot, "", "b")->rows, 1);
    assert_string_equal(text, "table vec: no such module: vec0\n"
                              "integrity of a: unknown function: app()");
}

static void virtual_tables_have_rows(void **state)
{
    AUTO(snapshot)
    Snapshot snapshot = fixture_snapshot(
        "CREATE VIRTUAL TABLE f USING fts5(title, body); INSERT INTO f VALUES('a', 'b'), ('c', 'd');",
        NULL);

    (void)state;
    assert_int_equal(snapshot.data.len, 1);
    assert_int_equal(snapshot_table(&snapshot, "", "f")->rows, 2);
    assert_int_equal(snapshot.unseen.len, 0);
}

static void hostile_names_stay_names(void **state)
{
    AUTO(snapshot)
    Snapshot snapshot = fixture_snapshot(
        "CREATE TABLE p(id INTEGER PRIMARY KEY);"
        "CREATE TABLE \"x\"\"; DROP TABLE p; --\n'\"(\"a\"\"b\" INTEGER PRIMARY KEY AUTOINCREMENT,"
        "\"c'd\" REFERENCES p); INSERT INTO \"x\"\"; DROP TABLE p; --\n'\" VALUES(5, 6);"
        "UPDATE sqlite_sequence SET seq = 1;"
        "CREATE TABLE \"%s%n_migrations\"(\"name\", \"hash\"); INSERT INTO \"%s%n_migrations\" VALUES(1, 2);",
        ledger_specs_find);
    static const char *const name = "x\"; DROP TABLE p; --\n'";

    (void)state;
    assert_int_equal(snapshot.data.len, 3);
    assert_int_equal(snapshot_table(&snapshot, "", name)->rows, 1);
    assert_int_equal(snapshot.faults.len, 2);
    assert_string_equal(snapshot.faults.items[0].table, name);
    assert_string_equal(snapshot.faults.items[0].column, "c'd");
    assert_string_equal(snapshot.faults.items[1].column, "a\"b");
    assert_int_equal(snapshot.ledgers.len, 1);
    assert_string_equal(snapshot.ledgers.items[0].table, "%s%n_migrations");
    assert_int_equal(snapshot.ledgers.items[0].len, 1);
    assert_int_equal(snapshot.unseen.len, 0);
}

static void many_tables(void **state)
{
    AUTO(buf) Buf sql = BUF_INIT(8 << 20);
    AUTO(snapshot) Snapshot snapshot = {0};
    int64_t started;

    (void)state;
    buf_adds(&sql, "PRAGMA synchronous = OFF; BEGIN;");
    for (int i = 0; i < 3000; i++)
        buf_addf(&sql,
                 "CREATE TABLE t%d(id INTEGER PRIMARY KEY, a TEXT NOT NULL, b REFERENCES t%d);"
                 "CREATE INDEX i%d ON t%d(a); INSERT INTO t%d VALUES(1, 'x', NULL);",
                 i, i / 2, i, i, i);
    buf_adds(&sql, "COMMIT");
    started = clock_now_ms();
    snapshot = fixture_snapshot(buf_text(&sql), ledger_specs_find);
    assert_int_equal(snapshot.data.len, 3000);
    assert_int_equal(snapshot_rows(&snapshot), 3000);
    assert_int_equal(schema_count(&snapshot.schema, SCHEMA_FOREIGN_KEY), 3000);
    assert_int_equal(snapshot.faults.len, 0);
    assert_true(clock_now_ms() - started < 60000); /* nothing grows with the square */
}

static void wait_ends_at_the_deadline_and_at_a_signal(void **state)
{
    AUTO(volume_copy)
    VolumeCopy *copy = fixture_volume("CREATE TABLE t(a); INSERT INTO t VALUES(1)");
    DatabaseSpec spec = {.sqlite = "/app/data/app.db"};
    Snapshot snapshot = {.size_bytes = -7};
    AUTO(cancel) Cancel *cancel = NULL;
    AUTO(error) Error *late = NULL, *stopped = NULL;

    (void)state;
    late = sqlite_snapshot(copy, &spec, NULL, NULL, deadline_in(-1), &snapshot);
    assert_non_null(late);
    assert_int_equal(late->code, ERR_TIMEOUT);
    assert_null(cancel_new(&cancel));
    cancel_raise(cancel, 15);
    stopped = sqlite_snapshot(copy, &spec, NULL, cancel, deadline_in(60000), &snapshot);
    assert_non_null(stopped);
    assert_int_equal(stopped->code, ERR_CANCELLED);
    assert_int_equal(snapshot.size_bytes, -7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wal_is_part_of_the_database),
        cmocka_unit_test(journal_is_rolled_back),
        cmocka_unit_test(peek_sees_whether_somebody_writes),
        cmocka_unit_test(checks_that_call_functions),
        cmocka_unit_test(fingerprint_sees_values_and_not_their_order),
        cmocka_unit_test(fingerprint_does_not_mind_the_order_of_columns),
        cmocka_unit_test(faults_are_found),
        cmocka_unit_test(garbage_is_a_fault),
        cmocka_unit_test(empty_file_is_an_empty_database),
        cmocka_unit_test(damage_is_a_fault),
        cmocka_unit_test(damaged_ledger_is_a_fault),
        cmocka_unit_test(unknown_format_is_a_fault),
        cmocka_unit_test(newer_sql_is_no_damage),
        cmocka_unit_test(what_the_application_alone_has_is_said),
        cmocka_unit_test(virtual_tables_have_rows),
        cmocka_unit_test(hostile_names_stay_names),
        cmocka_unit_test(many_tables),
        cmocka_unit_test(wait_ends_at_the_deadline_and_at_a_signal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
