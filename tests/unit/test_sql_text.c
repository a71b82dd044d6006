#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database/sql_table.h"
#include "database/sql_text.h"

static const struct {
    const char *sql, *wanted;
} NORMALISED[] = {
    {"", ""},
    {" ;; ", ""},
    {"select  1", "SELECT 1"},
    {"SELECT\n\t1 ;", "SELECT 1"},
    {"select 1 -- why\n+ 2", "SELECT 1 + 2"},
    {"select/* a * b */1/**/+2", "SELECT 1 + 2"},
    {"select 1 /* never closed", "SELECT 1"},
    {"create view V as select \"a\", [b], `c` from t", "CREATE VIEW V AS SELECT a, b, c FROM t"},
    {"select \"a b\", [a\"b], `a``b`, \"a\"\"b\"",
     "SELECT \"a b\", \"a\"\"b\", \"a`b\", \"a\"\"b\""},
    /* a keyword as a name is the same name with and without quotes */
    {"select key, \"key\", Key", "SELECT KEY, KEY, KEY"},
    /* but in quotes a value is text */
    {"default \"null\"", "DEFAULT \"null\""},
    {"default null", "DEFAULT NULL"},
    {"default TRUE", "DEFAULT TRUE"},
    {"default \"Current_Timestamp\"", "DEFAULT \"Current_Timestamp\""},
    /* text stays as it is, names keep their case */
    {"select 'It''s  -- /* ', Name", "SELECT 'It''s  -- /* ', Name"},
    {"select x'AB', X'ab', .5, 1e-3, 0xFf, 1-3", "SELECT x'AB', X'ab', .5, 1e-3, 0xFf, 1 - 3"},
    {"a||b<>c!=d->>e->f<<1", "a || b <> c != d ->> e -> f << 1"},
    {"where lower ( a ) in(1,2) and t . c=?1", "WHERE lower(a) IN (1, 2) AND t.c = ? 1"},
    {"varchar ( 20 , 3 )", "varchar(20, 3)"},
    {"select 'never closed", "SELECT 'never closed"},
    {"select \"never closed", "SELECT \"never closed\""},
    {"\xc3\xa9t\xc3\xa9 = 1", "\xc3\xa9t\xc3\xa9 = 1"},
};

static void one_way_of_writing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(NORMALISED); i++) {
        AUTO(str) char *text = sql_normalise(NORMALISED[i].sql);

        assert_string_equal(text, NORMALISED[i].wanted);
    }
}

static char *describe(const SqlTable *table)
{
    static const char *const kinds[] = {"pk", "unique", "fk", "check", "generated", "notnull"};
    AUTO(str_list) StrList lines = {0};

    for (size_t i = 0; i < table->len; i++) {
        const SqlClause *clause = &table->items[i];

        str_list_addf(&lines, "%s%s%s%s%s%s%s%s%s%s%s%s%s", kinds[clause->kind],
                      clause->name ? " " : "", clause->name ? clause->name : "",
                      clause->columns ? " " : "", clause->columns ? clause->columns : "",
                      clause->text ? " = " : "", clause->text ? clause->text : "",
                      clause->conflict ? " or " : "", clause->conflict ? clause->conflict : "",
                      clause->deferrable ? " " : "", clause->deferrable ? clause->deferrable : "",
                      clause->stored ? " stored" : "", clause->autoincrement ? " auto" : "");
    }
    return str_list_join(&lines, "; ");
}

static const struct {
    const char *sql, *wanted;
} TABLES[] = {
    {"CREATE TABLE t(a)", ""},
    {"CREATE TABLE \"a(b\" (a, b INTEGER)", ""},
    {"CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT)", "pk (id) auto"},
    {"CREATE TABLE t(id INTEGER PRIMARY KEY DESC ON CONFLICT REPLACE, b)", "pk (id) or REPLACE"},
    {"CREATE TABLE t(a TEXT NOT NULL ON CONFLICT IGNORE UNIQUE, b)",
     "notnull (a) or IGNORE; unique (a)"},
    {"CREATE TABLE t(a, b, CONSTRAINT u UNIQUE (a COLLATE nocase, \"b\" DESC) ON CONFLICT FAIL)",
     "unique u (a, b) or FAIL"},
    /* commas between table constraints may be missing */
    {"CREATE TABLE t(a, b, PRIMARY KEY(a, b) CHECK(a > (b)) UNIQUE(b))",
     "pk (a, b); check = a > (b); unique (b)"},
    {"CREATE TABLE t(a CHECK (a <> ')') DEFAULT ('(' || 'x'), b DEFAULT -1 CHECK(b IN (1,2)))",
     "check (a) = a <> ')'; check (b) = b IN (1, 2)"},
    {"CREATE TABLE t(a REFERENCES p ON DELETE SET NULL ON UPDATE NO ACTION MATCH FULL NOT NULL)",
     "fk (a) no; notnull (a)"},
    {"CREATE TABLE t(a REFERENCES p(x) ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED CHECK(1))",
     "fk (a) initially deferred; check (a) = 1"},
    {"CREATE TABLE t(a REFERENCES p DEFERRABLE, b REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED)",
     "fk (a) initially immediate; fk (b) no"},
    {"CREATE TABLE t(a, b, FOREIGN KEY(a, b) REFERENCES p (x, y) DEFERRABLE INITIALLY IMMEDIATE)",
     "fk (a, b) initially immediate"},
    {"CREATE TABLE t(a DECIMAL(10, 2) GENERATED ALWAYS AS (b * 2) STORED, b, c AS (b))",
     "generated (a) = b * 2 stored; generated (c) = b"},
    {"CREATE TABLE t(\"check\" TEXT, [unique] x, `primary` y CHECK(\"check\" > 0))",
     "check (primary) = CHECK > 0"},
    {"CREATE TABLE t(a CONSTRAINT c1 NOT NULL CONSTRAINT c2 CHECK (a > 0))",
     "notnull c1 (a); check c2 (a) = a > 0"},
    /* nothing that SQLite would store, but nothing to stumble over */
    {"", ""},
    {"CREATE TABLE t", ""},
    {"CREATE TABLE t(", ""},
    {"CREATE TABLE t(,,a CHECK(", "check (a) = "},
    {"CREATE TABLE t(a CONSTRAINT", ""},
    {"CREATE TABLE t(a REFERENCES", "fk (a) no"},
    {"CREATE TABLE t(ON CONFLICT", ""},
};

static void clauses_of_a_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TABLES); i++) {
        AUTO(sql_table) SqlTable table = {0};
        AUTO(str) char *text = NULL;

        sql_table_read(TABLES[i].sql, &table);
        text = describe(&table);
        assert_string_equal(text, TABLES[i].wanted);
    }
}

static const struct {
    const char *sql, *terms, *where;
} INDEXES[] = {
    {"CREATE INDEX i ON t(a)", "a", NULL},
    {"CREATE UNIQUE INDEX i ON t (a DESC, lower( b ) COLLATE nocase ASC, c||',' )",
     "a|lower(b)|c || ','", NULL},
    {"CREATE INDEX i ON t(a) where  \"b\" is not null", "a", "b IS NOT NULL"},
    {"CREATE INDEX i ON t(desc)", "DESC", NULL},
    {"CREATE INDEX", "", NULL},
};

static void terms_of_an_index(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(INDEXES); i++) {
        AUTO(sql_index) SqlIndex index = {0};
        AUTO(str) char *terms = NULL;

        sql_index_read(INDEXES[i].sql, &index);
        terms = str_list_join(&index.terms, "|");
        assert_string_equal(terms, INDEXES[i].terms);
        assert_true(text_eq(index.where, INDEXES[i].where));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_way_of_writing),
        cmocka_unit_test(clauses_of_a_table),
        cmocka_unit_test(terms_of_an_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
