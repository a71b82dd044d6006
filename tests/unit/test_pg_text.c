#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/text.h"
#include "database/pg_script.h"
#include "database/pg_text.h"

static const struct {
    const char *rendered, *wanted;
} NORMALS[] = {
    {"", ""},
    {"(a > 0)", "(a > 0)"},
    /* the two renderings of BETWEEN ... AND */
    {"(((a >= 1) AND (a <= 5)) AND (b > 0))", "((a >= 1) AND (a <= 5) AND (b > 0))"},
    {"((a >= 1) AND (a <= 5) AND (b > 0))", "((a >= 1) AND (a <= 5) AND (b > 0))"},
    {"((b > 0) AND ((a >= 1) AND (a <= 5)))", "((b > 0) AND (a >= 1) AND (a <= 5))"},
    {"((((a) AND (b)) AND (c)) AND (d))", "((a) AND (b) AND (c) AND (d))"},
    {"((a OR b) OR c)", "(a OR b OR c)"},
    {"((a\n   OR b)\n   OR c)", "(a\n   OR b\n   OR c)"},
    /* parentheses that mean something */
    {"((a OR b) AND c)", "((a OR b) AND c)"},
    {"((NOT (a AND b)) AND c)", "((NOT (a AND b)) AND c)"},
    {"(f((a AND b)) AND c)", "(f((a AND b)) AND c)"},
    {"((a AND b) = (c AND d))", "((a AND b) = (c AND d))"},
    {"(x AND (a AND b)::text)", "(x AND (a AND b)::text)"},
    {"(BAND (a AND b) AND c)", "(BAND (a AND b) AND c)"},
    {"(sum(a) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AND b)",
     "(sum(a) OVER (ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AND b)"},
    /* quotes */
    {"((a = '(x AND y) AND z') AND b)", "((a = '(x AND y) AND z') AND b)"},
    {"(((\"AND (\" = 'it''s') AND b) AND c)", "((\"AND (\" = 'it''s') AND b AND c)"},
    {"((a = E'\\'') AND b) AND c)", "((a = E'\\'') AND b) AND c)"},
    {"('never closed AND (", "('never closed AND ("},
    {"(((", "((("},
    {")))", ")))"},
    {"a\001b", "a\001b"},
    /* the two renderings of IN on a varchar column */
    {"((s)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))",
     "((s)::text = ANY (ARRAY['a'::character varying, 'it''s'::character varying]))"},
    {"((s)::text = ANY (ARRAY[('a'::character varying)::text, ('it''s'::character varying)::text]))",
     "((s)::text = ANY (ARRAY['a'::character varying, 'it''s'::character varying]))"},
    {"(ARRAY['a'::character varying, b])::text[]", "(ARRAY['a'::character varying, b])::text[]"},
    {"(ARRAY['a'::character varying])::integer[]", "(ARRAY['a'::character varying])::integer[]"},
    {"'('::character varying", "'('::character varying"},
    {"(ARRAY[", "(ARRAY["},
};

static void test_normalise(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(NORMALS); i++) {
        AUTO(str) char *normal = pg_normalise(NORMALS[i].rendered);
        AUTO(str) char *again = pg_normalise(normal);

        assert_string_equal(normal, NORMALS[i].wanted);
        assert_string_equal(again, NORMALS[i].wanted);
    }
}

static void test_unwrap(void **state)
{
    static const char *const rows[][2] = {
        {"(a, b DESC)", "a, b DESC"},
        {"(a) INCLUDE (b)", "(a) INCLUDE (b)"},
        {"(lower(a))", "lower(a)"},
        {"(\")\")", "\")\""},
        {"", ""},
        {"a", "a"},
        {"(a", "(a"},
        {"()", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(str) char *plain = pg_unwrap(rows[i][0]);

        assert_string_equal(plain, rows[i][1]);
    }
}

static const struct {
    const char *script, *wanted; /* line:statement, separated by | */
} SCRIPTS[] = {
    {"", ""},
    {" ;; \n -- nothing\n /* nor /* here */ */ ;", ""},
    {"SELECT 1", "1:SELECT 1"},
    {"SELECT 1;\nSELECT 2;", "1:SELECT 1|2:SELECT 2"},
    {"\xef\xbb\xbfSELECT 1;", "1:SELECT 1"},
    {"-- first; no\nSELECT ';', \";\", E'\\';', 'it''s;';SELECT 2",
     "2:SELECT ';', \";\", E'\\';', 'it''s;'|2:SELECT 2"},
    {"DO $$ BEGIN; END $$; SELECT $a$ ; $b$ ; $a$, $1;",
     "1:DO $$ BEGIN; END $$|1:SELECT $a$ ; $b$ ; $a$, $1"},
    {"SELECT a$b$c; SELECT 1", "1:SELECT a$b$c|1:SELECT 1"},
    {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
     "1:CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|1:SELECT 3"},
    {"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
     "END;\nSELECT 2",
     "1:CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
     "END|2:SELECT 2"},
    {"BEGIN; SELECT 1; END; SELECT 2", "1:BEGIN|1:SELECT 1|1:END|1:SELECT 2"},
    {"CREATE TABLE function(begin int); SELECT 1", "1:CREATE TABLE function(begin int)|1:SELECT 1"},
    {"SELECT 'open; SELECT 2", "1:SELECT 'open; SELECT 2"},
    {"SELECT $x$ open; SELECT 2", "1:SELECT $x$ open; SELECT 2"},
    {"SELECT /* open; SELECT 2", "1:SELECT /* open; SELECT 2"},
    {"SELECT 1)); SELECT 2", "1:SELECT 1))|1:SELECT 2"},
    {"$", "1:$"},
    {"E'\\", "1:E'\\"},
};

static void test_statements(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SCRIPTS); i++) {
        AUTO(pg_statements) PgStatementList statements = {0};
        AUTO(str_list) StrList lines = {0};
        AUTO(str) char *text = NULL;

        pg_statements_read(SCRIPTS[i].script, &statements);
        for (size_t k = 0; k < statements.len; k++)
            str_list_addf(&lines, "%zu:%.*s", statements.items[k].line,
                          (int)statements.items[k].len,
                          SCRIPTS[i].script + statements.items[k].start);
        text = str_list_join(&lines, "|");
        assert_string_equal(text, SCRIPTS[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normalise),
        cmocka_unit_test(test_unwrap),
        cmocka_unit_test(test_statements),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
