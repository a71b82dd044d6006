#include <assert.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "database/sqlite_schema.h"
#include "model/schema_statement.h"
#include "sqlite_fixture.h"

/* A schema, and tables enough around it that a change has something to hide in. */
#define BASE                                                                                       \
    "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INT DEFAULT 1, "  \
    "name TEXT COLLATE NOCASE, n INT AS (age + 1) VIRTUAL, CHECK (age > 0), CHECK (age < 200));"   \
    "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, owner INT REFERENCES users ON "     \
    "DELETE CASCADE, slug TEXT, body TEXT);"                                                       \
    "CREATE TABLE strict (a INT PRIMARY KEY NOT NULL, b TEXT) STRICT;"                             \
    "CREATE TABLE pairs (a INT NOT NULL, b TEXT NOT NULL, PRIMARY KEY (a, b));"                    \
    "CREATE TABLE loose (a INT, b TEXT);"                                                          \
    "CREATE INDEX notes_slug ON notes (slug) WHERE slug IS NOT NULL;"                              \
    "CREATE INDEX notes_body ON notes (lower(body), id DESC);"                                     \
    "CREATE VIEW adults AS SELECT id FROM users WHERE age > 17;"                                   \
    "CREATE TRIGGER touch AFTER UPDATE ON notes BEGIN UPDATE notes SET slug = 1; END;"             \
    "CREATE VIRTUAL TABLE found USING fts5(title, body);"

enum { MANY = 60 };

/* How SQLite gets there: by statements, by a table that is made anew, which is said, or not at all
 * because the change comes with another one. */
typedef enum Cure { BY_SQL, BY_REBUILD } Cure;

typedef struct Mutation {
    SchemaKind kind;
    const char *feature, *object;
    const char *from, *to; /* in BASE; from NULL: to is appended; both NULL: not to be had */
    Cure forth, back;
} Mutation;

static const Mutation MUTATIONS[] = {
    {SCHEMA_TABLE, "added", "table fresh",
     .to =
         "CREATE TABLE fresh (a INT); CREATE INDEX i ON fresh (a); CREATE TRIGGER t AFTER INSERT ON fresh BEGIN SELECT 1; END;"},
    {SCHEMA_TABLE, "removed", "table loose", "CREATE TABLE loose (a INT, b TEXT);", "", BY_SQL,
     BY_SQL},
    {SCHEMA_TABLE, "without rowid", "table pairs", "PRIMARY KEY (a, b))",
     "PRIMARY KEY (a, b)) WITHOUT ROWID", BY_REBUILD, BY_REBUILD},
    {SCHEMA_TABLE, "without rowid", "table strict", ") STRICT", ") STRICT, WITHOUT ROWID",
     BY_REBUILD, BY_REBUILD},
    {SCHEMA_TABLE, "strict", "table strict", ") STRICT", ")", BY_REBUILD, BY_REBUILD},
    {SCHEMA_TABLE, "autoincrement", "table notes", " AUTOINCREMENT", "", BY_REBUILD, BY_REBUILD},
    {SCHEMA_COLUMN, "added", "column loose.c", "loose (a INT, b TEXT",
     "loose (a INT, b TEXT, c VARCHAR(9) NOT NULL DEFAULT 'it''s'", BY_SQL, BY_SQL},
    {SCHEMA_COLUMN, "added", "column loose.order", "loose (a INT, b TEXT",
     "loose (a INT, b TEXT, \"order\" INT COLLATE RTRIM", BY_SQL, BY_SQL},
    {SCHEMA_COLUMN, "added", "column loose.c", "loose (a INT, b TEXT",
     "loose (a INT, b TEXT, c AS (a || 'x')", BY_SQL, BY_SQL},
    {SCHEMA_COLUMN, "added", "column loose.c", "loose (a INT, b TEXT",
     "loose (a INT, b TEXT, c TEXT NOT NULL", BY_REBUILD, BY_SQL},
    {SCHEMA_COLUMN, "added", "column loose.c", "loose (a INT, b TEXT",
     "loose (a INT, b TEXT, c TEXT DEFAULT CURRENT_TIMESTAMP", BY_REBUILD, BY_SQL},
    {SCHEMA_COLUMN, "added", "column loose.c", "loose (a INT, b TEXT",
     "loose (a INT, b TEXT, c TEXT AS (a) STORED", BY_REBUILD, BY_SQL},
    {SCHEMA_COLUMN, "removed", "column loose.b", "loose (a INT, b TEXT)", "loose (a INT)", BY_SQL,
     BY_SQL},
    {SCHEMA_COLUMN, "type", "column loose.a", "loose (a INT,", "loose (a INTEGER,", BY_REBUILD,
     BY_REBUILD},
    {SCHEMA_COLUMN, "not null", "column loose.a", "loose (a INT,", "loose (a INT NOT NULL,",
     BY_REBUILD, BY_REBUILD},
    {SCHEMA_COLUMN, "default", "column users.age", "DEFAULT 1", "DEFAULT 2", BY_REBUILD,
     BY_REBUILD},
    {SCHEMA_COLUMN, "default", "column users.age", "DEFAULT 1", "", BY_REBUILD, BY_REBUILD},
    {SCHEMA_COLUMN, "on conflict", "column pairs.a", "a INT NOT NULL, b TEXT NOT NULL",
     "a INT NOT NULL ON CONFLICT IGNORE, b TEXT NOT NULL", BY_REBUILD, BY_REBUILD},
    {SCHEMA_COLUMN, "hidden", "follows from a virtual table's text", NULL, NULL, BY_SQL, BY_SQL},
    {SCHEMA_COLUMN, "generated", "column users.n", "VIRTUAL", "STORED", BY_REBUILD, BY_REBUILD},
    {SCHEMA_COLUMN, "generated", "column users.n", "age + 1", "age + 2", BY_REBUILD, BY_REBUILD},
    {SCHEMA_COLUMN, "collation", "column users.name", "COLLATE NOCASE", "COLLATE RTRIM", BY_REBUILD,
     BY_REBUILD},
    {SCHEMA_PRIMARY_KEY, "added", "primary key (a) on loose", "loose (a INT,",
     "loose (a INT PRIMARY KEY,", BY_REBUILD, BY_REBUILD},
    {SCHEMA_PRIMARY_KEY, "removed", "primary key (a, b) on pairs", ", PRIMARY KEY (a, b)", "",
     BY_REBUILD, BY_REBUILD},
    {SCHEMA_PRIMARY_KEY, "columns", "primary key (a, b) on pairs", "PRIMARY KEY (a, b)",
     "PRIMARY KEY (a, b DESC)", BY_REBUILD, BY_REBUILD},
    {SCHEMA_PRIMARY_KEY, "on conflict", "primary key (a, b) on pairs", "PRIMARY KEY (a, b)",
     "PRIMARY KEY (a, b) ON CONFLICT FAIL", BY_REBUILD, BY_REBUILD},
    {SCHEMA_UNIQUE, "added", "unique constraint (a, b) on loose", "b TEXT);CREATE INDEX notes_slug",
     "b TEXT, UNIQUE (a, b));CREATE INDEX notes_slug", BY_REBUILD, BY_REBUILD},
    {SCHEMA_UNIQUE, "removed", "unique constraint (email) on users", "NOT NULL UNIQUE", "NOT NULL",
     BY_REBUILD, BY_REBUILD},
    {SCHEMA_UNIQUE, "columns", "unique constraint (email) on users",
     "UNIQUE, age INT DEFAULT 1, name TEXT COLLATE NOCASE, n INT AS (age + 1) VIRTUAL",
     ", age INT DEFAULT 1, name TEXT COLLATE NOCASE, n INT AS (age + 1) VIRTUAL, UNIQUE (email COLLATE NOCASE)",
     BY_REBUILD, BY_REBUILD},
    {SCHEMA_UNIQUE, "on conflict", "unique constraint (email) on users", "NOT NULL UNIQUE",
     "NOT NULL UNIQUE ON CONFLICT REPLACE", BY_REBUILD, BY_REBUILD},
    {SCHEMA_FOREIGN_KEY, "added", "foreign key (a) on loose", "loose (a INT,",
     "loose (a INT REFERENCES users,", BY_REBUILD, BY_REBUILD},
    {SCHEMA_FOREIGN_KEY, "removed", "foreign key (owner) on notes",
     "REFERENCES users ON DELETE CASCADE", "", BY_REBUILD, BY_REBUILD},
    {SCHEMA_FOREIGN_KEY, "references", "foreign key (owner) on notes", "REFERENCES users",
     "REFERENCES strict", BY_REBUILD, BY_REBUILD},
    {SCHEMA_FOREIGN_KEY, "on update", "foreign key (owner) on notes", "ON DELETE CASCADE",
     "ON DELETE CASCADE ON UPDATE SET NULL", BY_REBUILD, BY_REBUILD},
    {SCHEMA_FOREIGN_KEY, "on delete", "foreign key (owner) on notes", "CASCADE", "RESTRICT",
     BY_REBUILD, BY_REBUILD},
    {SCHEMA_FOREIGN_KEY, "deferrable", "foreign key (owner) on notes", "CASCADE",
     "CASCADE DEFERRABLE INITIALLY DEFERRED", BY_REBUILD, BY_REBUILD},
    {SCHEMA_CHECK, "added", "check (age) #2 on users", "CHECK (age > 0)",
     "CHECK (age > 0), CHECK (age <> 13)", BY_REBUILD, BY_REBUILD},
    {SCHEMA_CHECK, "removed", "check (age) on users", "CHECK (age > 0), ", "", BY_REBUILD,
     BY_REBUILD},
    {SCHEMA_CHECK, "expression", "check (age) on users", "age > 0", "age > 1", BY_REBUILD,
     BY_REBUILD},
    {SCHEMA_INDEX, "added", "index fresh on loose",
     .to = "CREATE UNIQUE INDEX fresh ON loose (a, lower(b)) WHERE a > 1;"},
    {SCHEMA_INDEX, "removed", "index notes_body on notes",
     "CREATE INDEX notes_body ON notes (lower(body), id DESC);", "", BY_SQL, BY_SQL},
    {SCHEMA_INDEX, "unique", "index notes_slug on notes", "INDEX notes_slug",
     "UNIQUE INDEX notes_slug", BY_SQL, BY_SQL},
    {SCHEMA_INDEX, "columns", "index notes_body on notes", "lower(body)", "upper(body)", BY_SQL,
     BY_SQL},
    {SCHEMA_INDEX, "columns", "index notes_slug on notes", "notes (slug)",
     "notes (slug COLLATE NOCASE)", BY_SQL, BY_SQL},
    {SCHEMA_INDEX, "where", "index notes_slug on notes", " WHERE slug IS NOT NULL", "", BY_SQL,
     BY_SQL},
    {SCHEMA_VIEW, "added", "view fresh", .to = "CREATE VIEW fresh AS SELECT 1;"},
    {SCHEMA_VIEW, "removed", "view adults",
     "CREATE VIEW adults AS SELECT id FROM users WHERE age > 17;", "", BY_SQL, BY_SQL},
    {SCHEMA_VIEW, "sql", "view adults", "> 17", "> 18", BY_SQL, BY_SQL},
    {SCHEMA_TRIGGER, "added", "trigger fresh on notes",
     .to = "CREATE TRIGGER fresh BEFORE DELETE ON notes BEGIN SELECT 1; END;"},
    {SCHEMA_TRIGGER, "removed", "trigger touch on notes",
     "CREATE TRIGGER touch AFTER UPDATE ON notes BEGIN UPDATE notes SET slug = 1; END;", "", BY_SQL,
     BY_SQL},
    {SCHEMA_TRIGGER, "sql", "trigger touch on notes", "slug = 1", "slug = 2", BY_SQL, BY_SQL},
    {SCHEMA_VIRTUAL_TABLE, "added", "virtual table fresh",
     .to = "CREATE VIRTUAL TABLE fresh USING fts5(x);"},
    {SCHEMA_VIRTUAL_TABLE, "removed", "virtual table found",
     "CREATE VIRTUAL TABLE found USING fts5(title, body);", "", BY_SQL, BY_SQL},
    {SCHEMA_VIRTUAL_TABLE, "sql", "virtual table found", "fts5(title, body)",
     "fts5(title, body, more)", BY_REBUILD, BY_REBUILD},
};

static char *base_sql(void)
{
    AUTO(str_list) StrList parts = {0};

    str_list_add(&parts, BASE);
    for (int i = 0; i < MANY; i++)
        str_list_addf(&parts,
                      "CREATE TABLE many%d (id INTEGER PRIMARY KEY, a TEXT NOT NULL CHECK (a <> "
                      "''), b INT REFERENCES users (id)); CREATE INDEX many%d_b ON many%d (b);",
                      i, i, i);
    return str_list_join(&parts, "");
}

static char *mutated_sql(const char *base, const Mutation *mutation)
{
    const char *at = mutation->from ? strstr(base, mutation->from) : NULL;

    assert_true(!mutation->from || at);
    if (!mutation->from)
        return xasprintf("%s%s", base, mutation->to);
    return xasprintf("%.*s%s%s", (int)(at - base), base, mutation->to, at + strlen(mutation->from));
}

/* The schema of a file that is filled first. */
static Schema schema_after(const char *sql)
{
    AUTO(snapshot) Snapshot snapshot = fixture_snapshot(sql, NULL);
    Schema schema = snapshot.schema;

    assert_int_equal(snapshot.unseen.len, 0);
    snapshot.schema = (Schema){0};
    return schema;
}

static const char *feature_of(const SchemaDifference *difference)
{
    return difference->change == SCHEMA_ADDED     ? "added"
           : difference->change == SCHEMA_REMOVED ? "removed"
                                                  : difference->attribute;
}

static char *text_of(const SchemaDiff *diff)
{
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < diff->len; i++)
        str_list_add_owned(&lines, schema_difference_text(&diff->items[i]));
    return str_list_join(&lines, "\n");
}

/* The statement works, or says that there is none. */
static bool is_cured(const char *sql, const Schema *from, const Schema *to, Cure cure)
{
    AUTO(schema_diff) SchemaDiff diff = {0}, left = {0};
    AUTO(str) char *statement = NULL;
    AUTO(str) char *all = NULL;
    AUTO(str) char *text = NULL;
    AUTO(schema) Schema now = {0};

    schema_diff(from, to, &diff);
    statement = schema_difference_statement(SCHEMA_SQLITE, from, to, &diff.items[0]);
    if (!statement || (cure == BY_REBUILD) != text_starts(statement, "-- ")) {
        print_error("  %s\n", statement ? statement : "no statement");
        return false;
    }
    if (cure == BY_REBUILD)
        return true;
    all = xasprintf("%s%s", sql, statement);
    now = schema_after(all);
    schema_diff(&now, to, &left);
    text = text_of(&left);
    if (left.len > 0)
        print_error("  after %s: %s\n", statement, text);
    return left.len == 0;
}

static bool is_noticed(const Mutation *mutation, const SchemaDiff *diff)
{
    AUTO(str) char *object = diff->len > 0 ? schema_difference_object(&diff->items[0]) : NULL;
    AUTO(str) char *text = text_of(diff);

    if (diff->len == 1 && diff->items[0].kind == mutation->kind &&
        text_eq(object, mutation->object) &&
        text_eq(feature_of(&diff->items[0]), mutation->feature))
        return true;
    print_error("  %s\n", text);
    return false;
}

static void every_change_is_one_difference(void **state)
{
    AUTO(str) char *base = base_sql();
    AUTO(schema) Schema before = schema_after(base);
    size_t wrong = 0;

    (void)state;
    assert_true(before.len >= 300);
    for (size_t i = 0; i < COUNT_OF(MUTATIONS); i++) {
        const Mutation *mutation = &MUTATIONS[i];
        AUTO(str) char *sql = mutation->to ? mutated_sql(base, mutation) : NULL;
        AUTO(schema) Schema after = {0};
        AUTO(schema_diff) SchemaDiff diff = {0};

        if (!sql)
            continue;
        after = schema_after(sql);
        schema_diff(&before, &after, &diff);
        if (is_noticed(mutation, &diff) && is_cured(base, &before, &after, mutation->forth) &&
            is_cured(sql, &after, &before, mutation->back))
            continue;
        print_error("wanted %s: %s (%s)\n", mutation->object, mutation->feature, mutation->to);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static bool has_mutation(SchemaKind kind, const char *feature)
{
    for (size_t i = 0; i < COUNT_OF(MUTATIONS); i++)
        if (MUTATIONS[i].kind == kind && text_eq(MUTATIONS[i].feature, feature))
            return true;
    print_error("no mutation of %s: %s\n", schema_kind_name(kind), feature);
    return false;
}

/* The list of mutations is as long as that of what is read, and that one is whole. */
static void every_attribute_has_a_change(void **state)
{
    AUTO(str) char *base = base_sql();
    AUTO(schema) Schema schema = schema_after(base);
    size_t missing = 0;

    (void)state;
    for (size_t i = 0; i < SQLITE_FEATURE_COUNT; i++) {
        SchemaKind kind = SQLITE_FEATURES[i].kind;

        missing += has_mutation(kind, SQLITE_FEATURES[i].attribute) ? 0 : 1;
        missing += has_mutation(kind, "added") && has_mutation(kind, "removed") ? 0 : 1;
    }
    assert_int_equal(missing, 0);
    for (size_t i = 0; i < schema.len; i++)
        for (size_t k = 0; k < schema.items[i].attributes.len; k++)
            assert_true(
                sqlite_is_feature(schema.items[i].kind, schema.items[i].attributes.items[k].key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_attribute_has_a_change),
        cmocka_unit_test(every_change_is_one_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
