#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/sql_scan.h"
#include "model/statements.h"

typedef struct SqlCase {
    const char *sql, *wanted;
} SqlCase;

/* "delete a; update a (b,c); copy a (x,y) <- b,c = x narrowed" */
static char *written(const EffectList *effects)
{
    static const char *const KINDS[] = {
        [EFFECT_DELETE] = "delete",
        [EFFECT_UPDATE] = "update",
        [EFFECT_INSERT] = "insert",
        [EFFECT_COPY] = "copy",
        [EFFECT_DROP_TABLE] = "drop",
        [EFFECT_DROP_COLUMN] = "drop column",
        [EFFECT_RETYPE] = "retype",
        [EFFECT_RENAME_TABLE] = "rename",
        [EFFECT_RENAME_COLUMN] = "rename column",
        [EFFECT_RENAME_VALUE] = "rename value",
    };
    AUTO(str_list) StrList all = {0};

    for (size_t i = 0; i < effects->len; i++) {
        const Effect *effect = &effects->items[i];
        AUTO(str) char *columns = str_list_join(&effect->columns, ",");
        AUTO(str) char *sources = str_list_join(&effect->sources, ",");
        AUTO(str) char *plain = str_list_join(&effect->plain, ",");

        str_list_addf(&all, "%s %s%s%s%s%s%s%s%s%s%s%s", KINDS[effect->kind], effect->table,
                      *columns ? " (" : "", columns, *columns ? ")" : "", *sources ? " <- " : "",
                      sources, *plain ? " = " : "", plain, effect->narrowed ? " narrowed" : "",
                      effect->other ? " > " : "", effect->other ? effect->other : "");
    }
    return str_list_join(&all, "; ");
}

static const SqlCase EFFECTS[] = {
    {"", ""},
    {"SELECT 1", ""},
    /* rows */
    {"DELETE FROM a", "delete a"},
    {"delete from ONLY app.\"No\"\"tes\" AS n USING b WHERE n.id = b.id", "delete No\"tes"},
    {"DELETE FROM `a b`; DELETE FROM [c d]", "delete a b; delete c d"},
    {"TRUNCATE a", "delete a"},
    {"TRUNCATE TABLE a, ONLY b, c.\"D\" * RESTART IDENTITY CASCADE",
     "delete a; delete b; delete D"},
    {"WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
     "delete a; copy b <- gone"},
    {"WITH x AS (SELECT 1) UPDATE a SET b = 1", "update a (b)"},
    {"DROP TABLE IF EXISTS a, s.\"B\" CASCADE", "drop a; drop B"},
    {"DROP SCHEMA IF EXISTS s, t CASCADE", "drop  > s; drop  > t"},
    {"DROP VIEW a; DROP INDEX b; DROP TYPE c CASCADE", ""},
    /* what is no statement */
    {"-- DELETE FROM a\nDELETE FROM b", "delete b"},
    {"/* x /* y */ DELETE FROM a */ DELETE FROM b", "delete b"},
    {"/* not closed DELETE FROM a", ""},
    {"DELETE FROM a WHERE b = 'x'';DELETE'", "delete a"},
    {"SELECT E'\\'; DELETE' FROM a", ""},
    {"SELECT \"DELETE\" FROM a; SELECT $$x$$", ""},
    {"SELECT $1, $2 FROM a; DELETE FROM b WHERE c = $1", "delete b"},
    {"CREATE TABLE a (b int REFERENCES c ON UPDATE CASCADE ON DELETE SET NULL)", ""},
    {"SELECT * FROM a FOR UPDATE; SELECT * FROM a FOR NO KEY UPDATE OF a", ""},
    {"CREATE TRIGGER t AFTER INSERT OR UPDATE OR DELETE ON a EXECUTE FUNCTION f()", ""},
    /* values */
    {"UPDATE a SET b = 1, c = (SELECT x, y FROM d WHERE y = 1), (e, f) = (1, 2) WHERE g = 1",
     "update a (b,c,e,f)"},
    {"UPDATE ONLY s.a AS t SET b = u.b FROM u WHERE t.c = u.c", "update a (b)"},
    {"UPDATE a SET b = CASE WHEN c THEN 1 ELSE CASE WHEN d THEN 2 END END, e = 3",
     "update a (b,e)"},
    {"UPDATE a SET b = c IS DISTINCT FROM d, e = 3 FROM f", "update a (b,e)"},
    {"UPDATE a SET \"B\" = b = 1, t.c = 2 RETURNING d = 3", "update a (B,c)"},
    {"UPDATE a SET tags[1] = 'x', data['k'] = '1', m[n] = 2", "update a (tags,data,m)"},
    {"UPDATE OR IGNORE a SET b = 1; UPDATE OR REPLACE c SET d = 1", "update a (b); update c (d)"},
    {"MERGE INTO a USING b ON a.id = b.id WHEN MATCHED AND b.x THEN DELETE WHEN MATCHED THEN "
     "UPDATE SET c = CASE WHEN b.y THEN 1 END, d = 2 WHEN NOT MATCHED THEN INSERT (id) VALUES (1)",
     "delete a; update a (c,d)"},
    /* rows that come */
    {"INSERT INTO a (x, y) VALUES (1, 2)", "insert a (x,y)"},
    {"INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET y = 2, z = excluded.z WHERE w = 1",
     "insert a (x); update a (y,z)"},
    {"INSERT INTO a (x) VALUES (1) ON CONFLICT DO NOTHING", "insert a (x)"},
    {"INSERT OR REPLACE INTO a (x) VALUES (1)", "insert a (x); update a (x)"},
    {"REPLACE INTO a (x) VALUES (1)", "insert a (x); update a (x)"},
    {"INSERT INTO a SELECT * FROM s.b", "copy a <- b"},
    {"INSERT INTO a (x, y, z, v, w) SELECT x, b.y, upper(z), NULL, q AS w FROM b",
     "copy a (x,y,z,v,w) <- b = x,y,w"},
    {"INSERT INTO a (x) (SELECT x FROM b)", "copy a (x) <- b = x"},
    {"INSERT INTO a (x) SELECT (SELECT y FROM c WHERE c.id = b.id) FROM b", "copy a (x) <- b"},
    {"INSERT INTO a (x) SELECT DISTINCT x FROM b", "copy a (x) <- b = x narrowed"},
    {"INSERT INTO a (x) SELECT x FROM b WHERE y", "copy a (x) <- b = x narrowed"},
    {"INSERT INTO a (x) SELECT b.x FROM b JOIN c ON c.id = b.id", "copy a (x) <- b,c = x narrowed"},
    {"INSERT INTO a (x) SELECT x FROM b GROUP BY x", "copy a (x) <- b = x narrowed"},
    {"INSERT INTO a (x) SELECT x FROM b LIMIT 5", "copy a (x) <- b = x narrowed"},
    {"INSERT INTO a SELECT * FROM b UNION ALL SELECT * FROM c", "copy a <- b,c"},
    {"INSERT INTO a SELECT * FROM b UNION SELECT * FROM c", "copy a <- b,c narrowed"},
    {"INSERT INTO a SELECT * FROM b, c", "copy a <- b,c"},
    {"INSERT INTO a SELECT * FROM b; SELECT 1 WHERE false", "copy a <- b"},
    {"CREATE TEMP TABLE a AS SELECT * FROM b WHERE c", "copy a <- b narrowed"},
    {"CREATE TABLE IF NOT EXISTS a (x int); SELECT * FROM b", ""},
    /* columns and names */
    {"ALTER TABLE IF EXISTS ONLY s.a DROP COLUMN b, DROP COLUMN IF EXISTS \"C d\" CASCADE, DROP e, "
     "ADD COLUMN f numeric(10, 2) CHECK (f > 0), DROP CONSTRAINT g",
     "drop column a (b); drop column a (C d); drop column a (e)"},
    {"ALTER TABLE a ALTER COLUMN b DROP NOT NULL, ALTER c DROP DEFAULT, ALTER d SET DEFAULT 'x, DROP y'",
     ""},
    {"ALTER TABLE a ALTER COLUMN b TYPE jsonb USING f(b, 1)::jsonb, ALTER c SET DATA TYPE int",
     "retype a (b); retype a (c)"},
    {"ALTER TABLE s.a RENAME TO b; ALTER TABLE b RENAME COLUMN c TO \"D\"; ALTER TABLE b RENAME d TO e",
     "rename a > b; rename column b (c) > D; rename column b (d) > e"},
    {"ALTER TYPE s.mood RENAME VALUE 'sad' TO 'blue'; ALTER TYPE mood RENAME TO b; ALTER TYPE mood ADD VALUE 'x'; ALTER TYPE",
     "rename value mood"},
    {"ALTER TABLE a RENAME CONSTRAINT b TO c; ALTER INDEX a RENAME TO b", ""},
    /* SQL in SQL */
    {"DO $x$ BEGIN DELETE FROM a; UPDATE b SET c = 1; EXECUTE 'DROP TABLE d'; END $x$",
     "delete a; update b (c); drop d"},
    {"DO $$ BEGIN EXECUTE format('DELETE FROM %I WHERE x', t); END $$", "delete %"},
    {"DO $$ BEGIN EXECUTE format('TRUNCATE %I.%I, b', s, t); END $$", "delete %; delete b"},
    {"DO $$ BEGIN EXECUTE 'DELETE FROM ' || quote_ident(t); END $$", "delete %"},
    {"DO $$ BEGIN EXECUTE 'DROP TABLE IF EXISTS ' || t; END $$", "drop %"},
    {"DO $$ BEGIN RAISE NOTICE 'nothing to truncate'; END $$", ""},
    {"DO $$ BEGIN EXECUTE format('ALTER TABLE %I DROP COLUMN %I, DROP b', t, c); END $$",
     "drop column % (%); drop column % (b)"},
    {"DO $$ BEGIN EXECUTE format('UPDATE %I SET %I = NULL, b = 1 WHERE x', t, c); END $$",
     "update % (%,b)"},
    {"DELETE FROM ${schema}.${table} WHERE x; DELETE FROM {name}, b",
     "delete %; delete %; delete b"},
    {"UPDATE a SET ${b} = 1 WHERE c; UPDATE a SET {b} = 1, d = 2", "update a (%); update a (%,d)"},
    {"CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM a; END", "delete a"},
    {"DELETE FROM a; DELETE FROM", "delete a; delete %"},
    {"UPDATE", ""},
    {"ALTER TABLE", ""},
    {"ALTER TABLE a RENAME", ""},
    {"INSERT INTO a (", "insert a"},
    {"MERGE INTO", ""},
};

static void test_effects(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(EFFECTS); i++) {
        AUTO(effect_list) EffectList effects = {0};
        AUTO(str) char *found = NULL;

        effects_of(EFFECTS[i].sql, 0, &effects);
        found = written(&effects);
        if (!text_eq(found, EFFECTS[i].wanted)) {
            print_error("%s:\n  wanted %s\n  found  %s\n", EFFECTS[i].sql, EFFECTS[i].wanted,
                        found);
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

/* Every beginning of every text: half tokens are read without harm. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(EFFECTS); i++)
        for (size_t len = 0; len < strlen(EFFECTS[i].sql); len++) {
            AUTO(str) char *sql = xstrndup(EFFECTS[i].sql, len);
            AUTO(effect_list) EffectList effects = {0};

            effects_of(sql, 7, &effects);
            for (size_t k = 0; k < effects.len; k++) {
                assert_non_null(effects.items[k].table);
                assert_int_equal(effects.items[k].statement, 7);
            }
        }
}

static const SqlCase TOKENS[] = {
    {"a.\"b\"\"c\" /* x */ -- y\n= 'd''e'", "a|.|b\"c|=|d'e"},
    {"$$x $y$ z$$ $t$a $$ b$t$ $1 a$b$c", "x $y$ z|a $$ b|$|1|a$b$c"},
    {"E'a\\'b' 12 [c d] `e``f` $t$ not closed", "a\\|12|c d|e`f| not closed"},
    {"'not closed", "not closed"},
    {"\xc3\xa4 _x9", "\xc3\xa4|_x9"},
};

static void test_tokens(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TOKENS); i++) {
        AUTO(scan) ScanTokens tokens = {0};
        AUTO(str_list) StrList texts = {0};
        AUTO(str) char *found = NULL;

        scan_read(TOKENS[i].sql, &tokens);
        for (size_t k = 0; k < tokens.len; k++)
            str_list_add_owned(&texts, scan_text(&tokens.items[k]));
        found = str_list_join(&texts, "|");
        print_message("    %s\n", found);
        assert_string_equal(found, TOKENS[i].wanted);
    }
}

static const SqlCase SCRIPTS[] = {
    {"DELETE FROM a; -- x;\n\n;DELETE FROM b", "DELETE FROM a|DELETE FROM b"},
    {"CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; "
     "END; DELETE FROM e",
     "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = CASE WHEN 1 THEN 2 END; DELETE FROM d; "
     "END|DELETE FROM e"},
    {"BEGIN; DELETE FROM a; COMMIT", "BEGIN|DELETE FROM a|COMMIT"},
    {"SELECT ';'; SELECT $$;$$", "SELECT ';'|SELECT $$;$$"},
    {"-- +goose Up\nDELETE FROM a;\n-- +goose Down\nDELETE FROM b;", "DELETE FROM a"},
    {"-- migrate:up\nDELETE FROM a;\n  --migrate:down\nDELETE FROM b;", "DELETE FROM a"},
};

static void test_scripts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SCRIPTS); i++) {
        AUTO(statement_list) StatementList list = {0};
        AUTO(str_list) StrList texts = {0};
        AUTO(str) char *found = NULL;

        statement_list_add_script(&list, "7", SCRIPTS[i].sql);
        for (size_t k = 0; k < list.len; k++)
            str_list_add(&texts, list.items[k].text);
        found = str_list_join(&texts, "|");
        assert_string_equal(found, SCRIPTS[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_effects),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_scripts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
