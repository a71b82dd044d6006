#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "database/populate/distance.h"
#include "database/populate/moves.h"

static PopTable table_make(void)
{
    static const char *const names[] = {"a", "b", "kind", "year"};
    PopTable table = {.space = xstrdup(""), .name = xstrdup("t"), .place = xstrdup("t")};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        pop_column_add(&table, names[i])->family = i == 2 ? FAMILY_TEXT : FAMILY_INT;
    return table;
}

/* The kinds in the order of the text, kids in parentheses. */
static void tell(const PopNode *node, StrList *out)
{
    static const char *const kinds[] = {"other",   "literal", "column", "and",     "or",   "not",
                                        "compare", "is",      "in",     "between", "like", "any",
                                        "case",    "binary",  "minus",  "call",    "cast", "array",
                                        "row",     "element", "field"};

    str_list_addf(out, "%s%s%s%s", node->negated ? "!" : "", kinds[node->kind], node->op ? " " : "",
                  node->op ? node->op : "");
    for (size_t i = 0; i < node->len; i++) {
        str_list_add(out, i == 0 ? "(" : ",");
        tell(node->items[i], out);
    }
    if (node->len > 0)
        str_list_add(out, ")");
}

static void expressions_are_read(void **state)
{
    static const struct {
        const char *sql, *tree;
    } rows[] = {
        {"a > 1 AND b < 2 OR NOT kind = 'x'",
         "or(and(compare >(column,literal),compare <(column,literal)),not(compare =(column,literal)))"},
        {"((kind)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))",
         "any =(cast text(column),cast text[](array(cast character varying(literal),cast character varying(literal))))"},
        {"a BETWEEN 1 AND 5 AND b IS NOT NULL",
         "and(between(column,literal,literal),!is null(column))"},
        {"kind NOT LIKE 'x%' AND kind NOT IN ('p', 'q')",
         "and(!like like(column,literal),!in(column,literal,literal))"},
        {"CASE WHEN a = -1 THEN b > 2 ELSE true END",
         "case(compare =(column,literal),compare >(column,literal),literal)"},
        {"a=-1", "compare =(column,literal)"},
        {"a + b * 2 = year % 4",
         "compare =(binary +(column,binary *(column,literal)),binary %(column,literal))"},
        {"EXTRACT(year FROM kind) > 2000", "compare >(call extract(column,column),literal)"},
        {"SUBSTRING(kind FROM 1 FOR 2) ~ '^[0-9]'",
         "like ~(call substring(column,literal,literal),literal)"},
        {"(kind OPERATOR(public.~) 'x'::public.citext)",
         "like ~(column,cast public.citext(literal))"},
        {"(x).low < a", "compare <(field low(other),column)"},
        {"kind->'p'->>'q' = 'z'",
         "compare =(binary ->>(binary ->(column,literal),literal),literal)"},
        {"a IS DISTINCT FROM b", "compare <>(column,column)"},
        {"EXISTS (SELECT 1 FROM t) AND a = 1", "and(other exists,compare =(column,literal))"},
        {"a = b c", "other"},
        {"((((", "other"},
        {"", "other"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        PopTable table = table_make();
        AUTO(pop_node) PopNode *node = pop_tree_read(&table, rows[i].sql);
        AUTO(str_list) StrList parts = {0};
        AUTO(str) char *text = NULL;

        tell(node, &parts);
        text = str_list_join(&parts, "");
        assert_string_equal(text, rows[i].tree);
        pop_table_clear(&table);
    }
}

static void names_are_replaced(void **state)
{
    static const struct {
        const char *sql, *replaced;
    } rows[] = {
        {"a > b", "(1) > (2)"},
        {"t.a > \"b\"", "(1) > (2)"},
        {"a(1) + year", "a(1) + (4)"},
        {"EXTRACT(year FROM a)", "EXTRACT(year FROM (1))"},
        {"CAST(b AS a) || 'a'", "CAST((2) AS a) || 'a'"},
        {"(b)::a", "((2))::a"},
        {"b[a]", "(2)[(1)]"},
        {"(b).a", "((2)).a"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char one[] = "(1)", two[] = "(2)", four[] = "(4)";
        char *with[] = {one, two, four};
        AUTO(str_list) StrList names = {0};
        AUTO(str) char *text = NULL;

        str_list_add(&names, "a");
        str_list_add(&names, "b");
        str_list_add(&names, "year");
        text = pop_names_replace(rows[i].sql, &names, with);
        assert_string_equal(text, rows[i].replaced);
    }
}

/* What brings a column to where a check wants it. */
static void moves_come_from_the_other_side(void **state)
{
    static const struct {
        const char *check, *column, *move;
    } rows[] = {
        {"a + b = 100", "a", "((100) - (b))"},
        {"a = b * 2", "a", "b * 2"},
        {"a - b > 3", "a", "((((3) + 1)) + (b))"},
        {"a % 5 = 0", "a", "((5) * r.i + (0))"},
        {"left(kind, 2) = 'XY'", "kind", "(('XY') || substr(kind, (2) + 1))"},
        {"lower(kind) = kind", "kind", "lower(kind)"},
        {"length(kind) = 9", "kind", "rpad(kind, CAST(9 AS integer), '7')"},
        {"(kind = 'x') = (a IS NULL)", "a", "NULL"},
        {"CASE kind WHEN 'x' THEN a > 5 ELSE a < 2 END", "kind", "'x'"},
        {"NOT (a > 5)", "a", "5"},
    };

    PopContext context = {.postgres = true, .rows = 20};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        PopTable table = table_make();
        AUTO(pop_node) PopNode *node = pop_tree_read(&table, rows[i].check);
        AUTO(pop_moves) PopMoveList moves = {0};
        bool found = false;

        pop_moves_find(&context, &table, node, false, &moves);
        for (size_t m = 0; m < moves.len; m++)
            found |= text_eq(table.columns.items[moves.items[m].column].name, rows[i].column) &&
                     text_eq(moves.items[m].sql, rows[i].move);
        if (!found)
            fail_msg("%s: no %s := %s", rows[i].check, rows[i].column, rows[i].move);
        pop_table_clear(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions_are_read),
        cmocka_unit_test(names_are_replaced),
        cmocka_unit_test(moves_come_from_the_other_side),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
