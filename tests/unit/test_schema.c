#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/schema.h"

/* "kind space table name key=value key=value", "-" for empty, "+" for a space */
static void add_line(Schema *schema, const char *line)
{
    AUTO(str_list) StrList words = {0};
    SchemaObject *object = NULL;

    str_list_split(line, ' ', &words);
    for (size_t i = 0; i < words.len; i++) {
        if (text_eq(words.items[i], "-"))
            words.items[i][0] = '\0';
        for (char *c = words.items[i]; i > 0 && *c; c++)
            if (*c == '+')
                *c = ' ';
    }
    assert_true(words.len >= 4);
    for (int kind = 0; kind < SCHEMA_KIND_COUNT; kind++) {
        AUTO(str) char *name = text_replace(schema_kind_name((SchemaKind)kind), " ", "_");

        if (text_eq(name, words.items[0]))
            object = schema_add(schema, (SchemaKind)kind, words.items[1], words.items[2],
                                words.items[3]);
    }
    assert_non_null(object);
    for (size_t i = 4; i < words.len; i++) {
        AUTO(str_list) StrList pair = {0};

        str_list_split(words.items[i], '=', &pair);
        if (pair.items[0][0] == '~') /* a fact, which is not compared */
            str_map_set(&object->facts, pair.items[0] + 1, pair.items[1]);
        else
            str_map_set(&object->attributes, pair.items[0], pair.items[1]);
    }
}

static Schema schema_of(const char *lines)
{
    AUTO(str_list) StrList list = {0};
    Schema schema = {0};

    str_list_split(lines, '\n', &list);
    for (size_t i = 0; i < list.len; i++)
        if (list.items[i][0])
            add_line(&schema, list.items[i]);
    schema_sort(&schema);
    return schema;
}

static const struct {
    const char *before, *after, *wanted;
} ROWS[] = {
    {"", "", ""},
    {"table - - notes\ncolumn - notes id", "column - notes id\ntable - - notes", ""},
    {"table - - notes", "table - - notes\ncolumn - notes owner", "column notes.owner: added\n"},
    {"table - - notes\nindex - notes notes_owner", "table - - notes",
     "index notes_owner on notes: removed\n"},
    /* parts of a table that comes or goes are not told one by one, its triggers neither */
    {"", "table - - notes\ncolumn - notes id\nindex - notes i\ntrigger - notes t",
     "table notes: added\n"},
    {"table - - notes\ncolumn - notes id\nforeign_key - notes (id)", "", "table notes: removed\n"},
    {"view - - v\ntrigger - v t", "", "view v: removed\n"},
    /* a table that becomes a virtual one is still there: its parts count */
    {"table - - notes\ncolumn - notes id", "virtual_table - - notes",
     "table notes: removed\ncolumn notes.id: removed\nvirtual table notes: added\n"},
    {"table - - n\ncolumn - n a null=no", "table - - n\ncolumn - n a null=yes",
     "column n.a: null: no -> yes\n"},
    {"table - - n\ncolumn - n a type=text", "table - - n\ncolumn - n a default=0",
     "column n.a: type: text -> none\ncolumn n.a: default: none -> 0\n"},
    /* the same names in two namespaces are two objects */
    {"table app - n\ncolumn app n a x=1\ntable web - n\ncolumn web n a x=1",
     "table app - n\ncolumn app n a x=2\ntable web - n\ncolumn web n a x=1",
     "column app.n.a: x: 1 -> 2\n"},
    {"table app - n\nindex app n i\nview app - v", "table app - n\nprimary_key app n (a)",
     "primary key (a) on app.n: added\nindex i on app.n: removed\nview app.v: removed\n"},
    /* numbers tell several on the same columns apart and say nothing else */
    {"table - - n\ncheck - n (a) x=1\ncheck - n (a)+#2 x=2\ncheck - n (a)+#3 x=3",
     "table - - n\ncheck - n (a) x=2\ncheck - n (a)+#2 x=3\ncheck - n (a)+#3 x=1", ""},
    {"table - - n\ncheck - n (a) x=1\ncheck - n (a)+#2 x=3",
     "table - - n\ncheck - n (a) x=1\ncheck - n (a)+#2 x=2\ncheck - n (a)+#3 x=3",
     "check (a) #2 on n: added\n"},
    {"table - - n\ncheck - n (a) x=1\ncheck - n (a)+#2 x=3", "table - - n\ncheck - n (a) x=3",
     "check (a) on n: removed\n"},
    {"table - - n\ncheck - n (a) x=1\ncheck - n (a)+#2 x=3",
     "table - - n\ncheck - n (a) x=2\ncheck - n (a)+#2 x=3", "check (a) on n: x: 1 -> 2\n"},
    {"table - - n\nindex - n i+#2 x=1", "table - - n\nindex - n i+#3 x=1",
     "index i #2 on n: removed\nindex i #3 on n: added\n"},
    /* a child's share of its parent's change */
    {"table p - a\ntable p - b parent=p.a\ntable p - c parent=p.x,+p.b\ncolumn p b own\n",
     "table p - a\ntable p - b parent=p.a\ntable p - c parent=p.x,+p.b\ncolumn p b own\n"
     "column p a x t=1\ncolumn p b x t=1\ncolumn p c x t=1\ncolumn p c y t=1",
     "column p.a.x: added\ncolumn p.c.y: added\n"},
    {"table p - a\ntable p - b parent=\"p\".a\ncolumn p a x t=1\ncolumn p b x t=1",
     "table p - a\ntable p - b parent=\"p\".a\ncolumn p a x t=2\ncolumn p b x t=3",
     "column p.a.x: t: 1 -> 2\ncolumn p.b.x: t: 1 -> 3\n"},
    /* a sequence that a column takes, and gives away */
    {"table p - a\ncolumn p a n default=raw\nsequence p - s ~sequence+name=p.s",
     "table p - a\ncolumn p a n default=own sequence=owned ~sequence+name=p.s",
     "sequence p.s: owned by: none -> p.a.n\n"},
    {"table p - a\ncolumn p a n default=own ~sequence+name=p.s",
     "table p - a\ncolumn p a n default=raw\nsequence p - s ~sequence+name=p.s",
     "sequence p.s: owned by: p.a.n -> none\n"},
    {"table p - a\nsequence p - s ~sequence+name=p.s",
     "table p - a\ncolumn p a n default=own ~sequence+name=p.s",
     "column p.a.n: added\nsequence p.s: removed\n"},
    {"table - - n", "table - - n\nunique_constraint - n (a)\ncheck - n c",
     "unique constraint (a) on n: added\ncheck c on n: added\n"},
};

static void diff_tells_what_changed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(schema) Schema before = schema_of(ROWS[i].before);
        AUTO(schema) Schema after = schema_of(ROWS[i].after);
        AUTO(schema_diff) SchemaDiff diff = {0};
        AUTO(str) char *text = xstrdup("");

        schema_diff(&before, &after, &diff);
        for (size_t k = 0; k < diff.len; k++) {
            AUTO(str) char *line = schema_difference_text(&diff.items[k]);
            AUTO(str) char *old = text;

            text = xasprintf("%s%s\n", old, line);
        }
        assert_string_equal(text, ROWS[i].wanted);
    }
}

static void difference_names_its_object(void **state)
{
    AUTO(schema) Schema empty = {0};
    AUTO(schema) Schema one = schema_of("trigger public - touch");
    AUTO(schema_diff) SchemaDiff diff = {0};
    AUTO(str) char *object = NULL;

    (void)state;
    one.items[0].kind = SCHEMA_TABLE;
    schema_diff(&empty, &one, &diff);
    assert_int_equal(diff.len, 1);
    assert_int_equal(diff.items[0].change, SCHEMA_ADDED);
    assert_null(diff.items[0].attribute);
    object = schema_difference_object(&diff.items[0]);
    assert_string_equal(object, "table public.touch");
}

static void finds_objects_sorted_or_not(void **state)
{
    AUTO(schema) Schema schema = {0};
    size_t count = 9;
    const SchemaObject *columns;

    (void)state;
    assert_null(schema_find(&schema, SCHEMA_TABLE, "", "", "a"));
    assert_null(schema_parts(&schema, SCHEMA_COLUMN, "", "a", &count));
    assert_int_equal(count, 0);
    add_line(&schema, "table - - b");
    add_line(&schema, "column - b z");
    add_line(&schema, "column - b a");
    add_line(&schema, "column - ba a");
    add_line(&schema, "column x b a");
    assert_string_equal(schema_find(&schema, SCHEMA_COLUMN, "", "b", "a")->name, "a");
    schema_sort(&schema);
    assert_true(schema.sorted);
    assert_non_null(schema_find(&schema, SCHEMA_COLUMN, "x", "b", "a"));
    assert_null(schema_find(&schema, SCHEMA_COLUMN, "", "b", "b"));
    assert_null(schema_find(&schema, SCHEMA_VIEW, "", "", "b"));
    columns = schema_parts(&schema, SCHEMA_COLUMN, "", "b", &count);
    assert_int_equal(count, 2);
    assert_string_equal(columns[0].name, "a");
    assert_string_equal(columns[1].name, "z");
    assert_int_equal(schema_count(&schema, SCHEMA_COLUMN), 4);
    (void)schema_add(&schema, SCHEMA_TABLE, "", "", "a");
    assert_false(schema.sorted);
    assert_non_null(schema_find(&schema, SCHEMA_TABLE, "", "", "a"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diff_tells_what_changed),
        cmocka_unit_test(difference_names_its_object),
        cmocka_unit_test(finds_objects_sorted_or_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
