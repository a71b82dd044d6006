#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/schema_statement.h"

/* An object of a line: "kind|space|table|name|key=value|~fact=value". */
static void add_line(Schema *schema, const char *line)
{
    AUTO(str_list) StrList parts = {0};
    SchemaObject *object = NULL;

    str_list_split(line, '|', &parts);
    assert_true(parts.len >= 4);
    for (int kind = 0; kind < SCHEMA_KIND_COUNT; kind++)
        if (text_eq(schema_kind_name((SchemaKind)kind), parts.items[0]))
            object = schema_add(schema, (SchemaKind)kind, parts.items[1], parts.items[2],
                                parts.items[3]);
    assert_non_null(object);
    for (size_t i = 4; i < parts.len; i++) {
        char *equals = strchr(parts.items[i], '=');

        assert_non_null(equals);
        *equals = '\0';
        if (parts.items[i][0] == '~')
            str_map_set(&object->facts, parts.items[i] + 1, equals + 1);
        else
            str_map_set(&object->attributes, parts.items[i], equals + 1);
    }
}

static Schema schema_of(const char *const *lines)
{
    Schema schema = {0};

    for (; *lines; lines++)
        add_line(&schema, *lines);
    schema_sort(&schema);
    return schema;
}

/* What an upgrade left behind, what a fresh install has, and the statements, one difference a line,
 * "-" where there is none. */
static const struct {
    SchemaDialect dialect;
    const char *upgraded[6], *fresh[8];
    const char *wanted;
} ROWS[] = {
    {SCHEMA_POSTGRES,
     {"table|public||users"},
     {"table|public||users",
      "index|public|users|(email)|unique=yes|~identifier=users_email_idx|~definition=CREATE UNIQUE "
      "INDEX users_email_idx ON public.users USING btree (email)"},
     "CREATE UNIQUE INDEX users_email_idx ON public.users USING btree (email);\n"},
    /* the name that it has is dropped, not the name that it is known by */
    {SCHEMA_POSTGRES,
     {"table|public||users", "index|public|users|(email)|~identifier=Users \"x\""},
     {"table|public||users"},
     "DROP INDEX public.\"Users \"\"x\"\"\";\n"},
    {SCHEMA_POSTGRES,
     {"table|s'||t", "column|s'|t|order|type=integer|not null=no|default=1"},
     {"table|s'||t", "column|s'|t|order|type=text|not null=yes|comment=it's"},
     "ALTER TABLE \"s'\".t ALTER COLUMN \"order\" DROP DEFAULT;\n"
     "ALTER TABLE \"s'\".t ALTER COLUMN \"order\" TYPE text USING \"order\"::text;\n"
     "ALTER TABLE \"s'\".t ALTER COLUMN \"order\" SET NOT NULL;\n"
     "ALTER TABLE \"s'\".t ALTER COLUMN \"order\" DROP DEFAULT;\n"
     "COMMENT ON COLUMN \"s'\".t.\"order\" IS 'it''s';\n"},
    {SCHEMA_POSTGRES,
     {NULL},
     {"table|public||users|comment=who|grants=SELECT TO reader",
      "column|public|users|name|type=text|not null=yes|default='x'::text",
      "column|public|users|id|type=integer|not null=yes|default=nextval(its own sequence)|"
      "~serial=serial|~own default=yes",
      "primary key|public|users|(id)|definition=PRIMARY KEY (id)|~identifier=users_pkey"},
     "CREATE TABLE public.users (\n    name text DEFAULT 'x'::text NOT NULL,\n    id serial NOT NULL\n"
     ");\nCOMMENT ON TABLE public.users IS 'who';\n"
     "GRANT SELECT ON TABLE public.users TO reader;\n"
     "ALTER TABLE public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);\n"},
    {SCHEMA_POSTGRES,
     {"enum type|public||mood|values='a', 'c'",
      "table|public||t|grants=no SELECT TO OWNER|~owner=me"},
     {"enum type|public||mood|values='a', 'b', 'c', 'it''s, d'", "table|public||t|grants=INSERT TO "
                                                                 "\"x TO y\" WITH GRANT OPTION"},
     "GRANT SELECT ON TABLE public.t TO me;\n"
     "GRANT INSERT ON TABLE public.t TO \"x TO y\" WITH GRANT OPTION;\n"
     "ALTER TYPE public.mood ADD VALUE 'b' BEFORE 'c';\n"
     "ALTER TYPE public.mood ADD VALUE 'it''s, d';\n"},
    /* a value cannot be taken away */
    {SCHEMA_POSTGRES,
     {"enum type|public||mood|values='a', 'b'"},
     {"enum type|public||mood|values='b'"},
     "-\n"},
    {SCHEMA_POSTGRES,
     {"composite type|public||p|attributes=x integer, \"y z\" text, w numeric(4,2)"},
     {"composite type|public||p|attributes=x bigint, w numeric(4,2), v text"},
     "ALTER TYPE public.p DROP ATTRIBUTE \"y z\";\n"
     "ALTER TYPE public.p ALTER ATTRIBUTE x TYPE bigint;\n"
     "ALTER TYPE public.p ADD ATTRIBUTE v text;\n"},
    {SCHEMA_POSTGRES,
     {"composite type|public||p|attributes=x integer, y text"},
     {"composite type|public||p|attributes=y text, x integer"},
     "-\n"},
    {SCHEMA_POSTGRES,
     {"table|public||t|options=fillfactor=70, autovacuum_enabled=false"},
     {"table|public||t|options=fillfactor=80"},
     "ALTER TABLE public.t RESET (autovacuum_enabled);\nALTER TABLE public.t SET (fillfactor=80);\n"},

    {SCHEMA_SQLITE,
     {"table|||notes"},
     {"table|||notes|~definition=CREATE TABLE notes (id)",
      "column||notes|owner|type=integer|not null=no",
      "foreign key||notes|(owner)|references=users (id)|on update=NO ACTION|on delete=CASCADE",
      "index||notes|i|~definition=CREATE INDEX i ON notes (owner)"},
     "ALTER TABLE notes ADD COLUMN owner integer REFERENCES users (id) ON DELETE CASCADE;\n"
     "-\nCREATE INDEX i ON notes (owner);\n"},
    {SCHEMA_SQLITE,
     {"table|||notes"},
     {"table|||notes|~definition=CREATE TABLE notes (\n  at)",
      "column||notes|at|type=text|not null=yes|default=CURRENT_TIMESTAMP"},
     "-- SQLite has no statement for this: rebuild table notes (make a new one as below, copy the rows, drop "
     "the old one, rename the new one)\n-- CREATE TABLE notes (\n--   at);\n"},
    {SCHEMA_SQLITE,
     {"table|||notes", "column||notes|a|type=|not null=no", "column||notes|b|type=|not null=no",
      "index||notes|i|columns=lower(b)", "view|||v|sql=CREATE VIEW v AS SELECT 1"},
     {"table|||notes|~definition=CREATE TABLE notes (c)"},
     "ALTER TABLE notes DROP COLUMN a;\n"
     "-- SQLite has no statement for this: rebuild table notes (make a new one as below, copy the rows, drop "
     "the old one, rename the new one)\n-- CREATE TABLE notes (c);\n"
     "DROP INDEX i;\nDROP VIEW v;\n"},
    {SCHEMA_SQLITE,
     {NULL},
     {"table|||t|~definition=CREATE TABLE t (a)", "index||t|i|~definition=CREATE INDEX i ON t (a)",
      "trigger||t|r|~definition=CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END"},
     "CREATE TABLE t (a);\nCREATE INDEX i ON t (a);\n"
     "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END;\n"},
};

static void test_statements(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(schema) Schema upgraded = schema_of(ROWS[i].upgraded);
        AUTO(schema) Schema fresh = schema_of(ROWS[i].fresh);
        AUTO(schema_diff) SchemaDiff diff = {0};
        AUTO(str_list) StrList lines = {0};
        AUTO(str) char *text = NULL;

        schema_diff(&upgraded, &fresh, &diff);
        for (size_t k = 0; k < diff.len; k++) {
            AUTO(str)
            char *statement =
                schema_difference_statement(ROWS[i].dialect, &upgraded, &fresh, &diff.items[k]);

            str_list_addf(&lines, "%s\n", statement ? statement : "-");
        }
        text = str_list_join(&lines, "");
        assert_string_equal(text, ROWS[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_statements)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
