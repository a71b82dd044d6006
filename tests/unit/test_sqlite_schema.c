#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sqlite_fixture.h"

/* "kind table.name {key=value; ...}" */
static char *describe(const Schema *schema)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < schema->len; i++) {
        const SchemaObject *object = &schema->items[i];
        AUTO(str_list) StrList pairs = {0};
        AUTO(str) char *joined = NULL;

        for (size_t k = 0; k < object->attributes.len; k++)
            str_list_addf(&pairs, "%s=%s", object->attributes.items[k].key,
                          object->attributes.items[k].value);
        joined = str_list_join(&pairs, "; ");
        str_list_addf(&lines, "%s %s%s%s {%s}\n", schema_kind_name(object->kind), object->table,
                      object->table[0] ? "." : "", object->name, joined);
    }
    return str_list_join(&lines, "");
}

#define PLAIN "{without rowid=no; strict=no; autoincrement=no}\n"

static const struct {
    const char *sql, *wanted;
} ROWS[] = {
    {"", ""},
    {"CREATE TABLE notes(id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL DEFAULT ( 'x' ))",
     "table notes {without rowid=no; strict=no; autoincrement=yes}\n"
     "column notes.body {type=text; not null=yes; default='x'}\n"
     "column notes.id {type=integer; not null=no}\n"
     "primary key notes.(id) {columns=id}\n"},
    {"CREATE TABLE t(a ANY, b INT UNIQUE ON CONFLICT REPLACE, PRIMARY KEY(a, b DESC)) STRICT, WITHOUT ROWID",
     "table t {without rowid=yes; strict=yes; autoincrement=no}\n"
     "column t.a {type=any; not null=no}\n"
     "column t.b {type=int; not null=no}\n"
     "primary key t.(a, b) {columns=a, b DESC}\n"
     "unique constraint t.(b) {columns=b; on conflict=REPLACE}\n"},
    {"CREATE TABLE t(a VARCHAR ( 20 ) COLLATE NoCase, b DEFAULT CURRENT_TIMESTAMP, c AS (a || 'x'),"
     "d INT AS (1) STORED NOT NULL ON CONFLICT IGNORE, \"e\" DEFAULT \"null\", f DEFAULT null)",
     "table t " PLAIN "column t.a {type=varchar(20); not null=no; collation=NOCASE}\n"
     "column t.b {type=; not null=no; default=CURRENT_TIMESTAMP}\n"
     "column t.c {type=; not null=no; generated=virtual (a || 'x')}\n"
     "column t.d {type=int; not null=yes; on conflict=IGNORE; generated=stored (1)}\n"
     "column t.e {type=; not null=no; default=\"null\"}\n"
     "column t.f {type=; not null=no; default=NULL}\n"},
    /* several keys on the same column, the text's order against the pragma's */
    {"CREATE TABLE p(x, y); CREATE TABLE t(a REFERENCES p(x) ON DELETE CASCADE,"
     "b, FOREIGN KEY(a, b) REFERENCES p(x, y) ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED,"
     "FOREIGN KEY(a) REFERENCES gone)",
     "table p " PLAIN "table t " PLAIN
     "column p.x {type=; not null=no}\ncolumn p.y {type=; not null=no}\n"
     "column t.a {type=; not null=no}\ncolumn t.b {type=; not null=no}\n"
     "foreign key t.(a) {references=p (x); on update=NO ACTION; on delete=CASCADE; deferrable=no}\n"
     "foreign key t.(a) #2 {references=gone; on update=NO ACTION; on delete=NO ACTION; deferrable=no}\n"
     "foreign key t.(a, b) {references=p (x, y); on update=SET NULL; on delete=NO ACTION; "
     "deferrable=initially deferred}\n"},
    {"CREATE TABLE t(a CHECK(a>0), CONSTRAINT positive CHECK ( \"a\" > 1 ), CHECK(a > 0))",
     "table t " PLAIN "column t.a {type=; not null=no}\n"
     "check t.(a) {expression=a > 0}\ncheck t.(a) #2 {expression=a > 1}\n"
     "check t.(a) #3 {expression=a > 0}\n"},
    {"CREATE TABLE t(b, \"A\", CHECK (b > a OR A IS NULL), CHECK (1))",
     "table t " PLAIN "column t.A {type=; not null=no}\ncolumn t.b {type=; not null=no}\n"
     "check t.() {expression=1}\ncheck t.(A, b) {expression=b > a OR A IS NULL}\n"},
    {"CREATE TABLE t(a, b); CREATE UNIQUE INDEX i ON t(lower(a), b COLLATE rtrim DESC)"
     " WHERE b IS NOT null; CREATE INDEX j ON [t] ([a])",
     "table t " PLAIN "column t.a {type=; not null=no}\ncolumn t.b {type=; not null=no}\n"
     "index t.i {unique=yes; columns=lower(a), b COLLATE RTRIM DESC; where=b IS NOT NULL}\n"
     "index t.j {unique=no; columns=a}\n"},
    {"CREATE TABLE t(a); CREATE VIEW  v AS SELECT a -- the only one\n FROM t;"
     "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END",
     "table t " PLAIN "column t.a {type=; not null=no}\n"
     "view v {sql=CREATE VIEW v AS SELECT a FROM t}\n"
     "trigger t.r {sql=CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END}\n"},
    /* a virtual table without its shadow tables */
    {"CREATE VIRTUAL TABLE f USING fts5(title, body)",
     "column f.body {type=; not null=no}\n"
     "column f.f {type=; not null=no; hidden=yes}\n"
     "column f.rank {type=; not null=no; hidden=yes}\n"
     "column f.title {type=; not null=no}\n"
     "virtual table f {sql=CREATE VIRTUAL TABLE f USING fts5(title, body)}\n"},
    /* a key that names no columns means the parent's primary key */
    {"CREATE TABLE p(x, y, PRIMARY KEY (y, x)); CREATE TABLE t(a, b, FOREIGN KEY (a, b) REFERENCES p)",
     "table p " PLAIN "table t " PLAIN
     "column p.x {type=; not null=no}\ncolumn p.y {type=; not null=no}\n"
     "column t.a {type=; not null=no}\ncolumn t.b {type=; not null=no}\n"
     "primary key p.(y, x) {columns=y, x}\n"
     "foreign key t.(a, b) {references=p (y, x); on update=NO ACTION; on delete=NO ACTION; "
     "deferrable=no}\n"},
    /* names that want to be SQL */
    {"CREATE TABLE \"a\"\"b'; DROP TABLE x; --\n\"(\"c\"\"d\" REFERENCES \"p)q\"(\"r,s\"), [e f] UNIQUE)",
     "table a\"b'; DROP TABLE x; --\n " PLAIN
     "column a\"b'; DROP TABLE x; --\n.c\"d {type=; not null=no}\n"
     "column a\"b'; DROP TABLE x; --\n.e f {type=; not null=no}\n"
     "unique constraint a\"b'; DROP TABLE x; --\n.(e f) {columns=e f}\n"
     "foreign key a\"b'; DROP TABLE x; --\n.(c\"d) {references=p)q (r,s); on update=NO ACTION; "
     "on delete=NO ACTION; deferrable=no}\n"},
    /* a rebuild quotes what was not quoted: nothing changes */
    {"CREATE TABLE x(key PRIMARY KEY, v DEFAULT 1); CREATE INDEX i ON x(key, v);"
     "ALTER TABLE x RENAME TO t; ALTER TABLE t ADD COLUMN w TEXT",
     "table t " PLAIN
     "column t.key {type=; not null=no}\ncolumn t.v {type=; not null=no; default=1}\n"
     "column t.w {type=text; not null=no}\nprimary key t.(key) {columns=key}\n"
     "index t.i {unique=no; columns=key, v}\n"},
};

static void schema_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(snapshot) Snapshot snapshot = fixture_snapshot(ROWS[i].sql, NULL);
        AUTO(str) char *text = describe(&snapshot.schema);

        assert_string_equal(text, ROWS[i].wanted);
        assert_int_equal(snapshot.unseen.len, 0);
    }
}

static void format_makes_no_difference(void **state)
{
    AUTO(snapshot)
    Snapshot one = fixture_snapshot(
        "CREATE TABLE notes (id integer primary key, owner INT NOT NULL REFERENCES users (id) "
        "ON DELETE CASCADE, slug text, CHECK (slug <> ''), UNIQUE (owner, slug));"
        "CREATE INDEX notes_slug ON notes (slug) WHERE slug IS NOT NULL;"
        "CREATE VIEW v AS SELECT id FROM notes",
        NULL);
    AUTO(snapshot)
    Snapshot other = fixture_snapshot(
        "create table `notes`(\"id\" INTEGER\n PRIMARY KEY,owner int not null references [users](id)"
        " on delete cascade,slug TEXT,/* never empty */check(slug<>''),constraint u unique(owner,slug));"
        "create index notes_slug on notes(`slug`)where slug is not null;"
        "create view v as\n\tselect \"id\" from \"notes\" -- all",
        NULL);
    AUTO(schema_diff) SchemaDiff diff = {0};

    (void)state;
    schema_diff(&one.schema, &other.schema, &diff);
    for (size_t i = 0; i < diff.len; i++) {
        AUTO(str) char *text = schema_difference_text(&diff.items[i]);

        fail_msg("%s", text);
    }
    assert_true(one.schema.len > 5);
}

/* What was altered into shape, and what was made so. */
static const struct {
    const char *one, *other;
} TWINS[] = {
    /* columns added later, in another order */
    {"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); ALTER TABLE t ADD COLUMN b INT NOT NULL DEFAULT 0; "
     "ALTER TABLE t ADD COLUMN c TEXT COLLATE NOCASE REFERENCES t (id); ALTER TABLE t ADD COLUMN d AS (a || b)",
     "CREATE TABLE t (d AS (a||b), c TEXT COLLATE nocase REFERENCES t, b int DEFAULT (0) NOT NULL, a text, "
     "id integer PRIMARY KEY)"},
    /* a column that was dropped, one that was renamed */
    {"CREATE TABLE t (a INT, gone TEXT, old TEXT CHECK (old <> '')); CREATE INDEX i ON t (old); CREATE VIEW v "
     "AS SELECT old FROM t; ALTER TABLE t DROP COLUMN gone; ALTER TABLE t RENAME COLUMN old TO new",
     "CREATE TABLE t (a INT, new TEXT, CHECK (new <> '')); CREATE INDEX i ON t (new); CREATE VIEW v AS SELECT "
     "new FROM t"},
    /* the twelve steps of a rebuild */
    {"CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, p INT REFERENCES p); "
     "PRAGMA foreign_keys = OFF; CREATE TABLE \"new_t\" (\n  \"id\" INTEGER PRIMARY KEY,\n  \"a\" varchar (20) NOT NULL,\n"
     "  `p` int,\n  FOREIGN KEY(`p`) REFERENCES `p`(`id`) ON DELETE NO ACTION\n); INSERT INTO new_t SELECT * FROM t; "
     "DROP TABLE t; ALTER TABLE new_t RENAME TO t; CREATE INDEX IF NOT EXISTS \"i\" ON \"t\" (\"a\" ASC)",
     "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, a VARCHAR(20) NOT "
     "NULL, p INT REFERENCES p); CREATE INDEX i ON t (a)"},
    /* constraints with names, inline and apart, in another order */
    {"CREATE TABLE t (a INT CONSTRAINT positive CHECK (a > 0) CONSTRAINT once UNIQUE, b INT, CONSTRAINT small CHECK (a < "
     "9), CONSTRAINT both UNIQUE (a, b))",
     "CREATE TABLE t (a INT, b INT, UNIQUE (a, b), CHECK (a < 9), CONSTRAINT renamed CHECK (\"a\" > 0), UNIQUE (a))"},
    {"CREATE TABLE t (a); CREATE TABLE u (b REFERENCES t); CREATE TRIGGER IF NOT EXISTS r AFTER INSERT ON t BEGIN "
     "DELETE FROM u; END; ALTER TABLE t RENAME TO other; ALTER TABLE other RENAME TO t",
     "CREATE TABLE t (a); CREATE TABLE u (b REFERENCES t); CREATE TRIGGER r AFTER INSERT ON t BEGIN delete from u; END"},
};

static void assert_same(const Schema *one, const Schema *other)
{
    AUTO(schema_diff) SchemaDiff diff = {0};

    schema_diff(one, other, &diff);
    for (size_t i = 0; i < diff.len; i++) {
        AUTO(str) char *text = schema_difference_text(&diff.items[i]);

        print_error("%s\n", text);
    }
    assert_int_equal(diff.len, 0);
}

static void twins_are_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TWINS); i++) {
        AUTO(snapshot) Snapshot one = fixture_snapshot(TWINS[i].one, NULL);
        AUTO(snapshot) Snapshot other = fixture_snapshot(TWINS[i].other, NULL);

        assert_true(one.schema.len > 0);
        assert_same(&one.schema, &other.schema);
    }
}

static char *wiki_sql(void)
{
    FixtureFile file = fixture_read("fixtures/schemas/sqlite/wiki.sql");

    assert_non_null(file.bytes);
    file.bytes[file.len] = '\0';
    return file.bytes;
}

/* Every statement that SQLite keeps, run anew: what .dump writes. Shadow tables come with theirs.
 */
static char *dump_of(const char *sql)
{
    AUTO(str_list) StrList lines = {0};
    sqlite3_stmt *stmt = NULL;
    sqlite3 *db = NULL;

    assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(
            db,
            "SELECT m.sql FROM sqlite_schema m LEFT JOIN pragma_table_list l ON l.name = m.name "
            "AND l.schema = 'main' WHERE m.sql IS NOT NULL AND m.name NOT LIKE 'sqlite_%' AND "
            "coalesce(l.type, '') <> 'shadow' ORDER BY m.type = 'table' DESC, m.rowid",
            -1, &stmt, NULL),
        SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        str_list_addf(&lines, "%s;", (const char *)sqlite3_column_text(stmt, 0));
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return str_list_join(&lines, "\n");
}

static void a_dump_is_the_same(void **state)
{
    AUTO(str) char *sql = wiki_sql();
    AUTO(str) char *vacuumed_sql = xasprintf("%s; VACUUM", sql);
    AUTO(str) char *dumped_sql = dump_of(sql);
    AUTO(snapshot) Snapshot first = fixture_snapshot(sql, NULL);
    AUTO(snapshot) Snapshot vacuumed = fixture_snapshot(vacuumed_sql, NULL);
    AUTO(snapshot) Snapshot dumped = fixture_snapshot(dumped_sql, NULL);

    (void)state;
    assert_true(first.schema.len > 100);
    assert_same(&first.schema, &vacuumed.schema);
    assert_same(&first.schema, &dumped.schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_is_read),
        cmocka_unit_test(format_makes_no_difference),
        cmocka_unit_test(twins_are_the_same),
        cmocka_unit_test(a_dump_is_the_same),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
