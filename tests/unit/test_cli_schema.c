/* What is generated from the table of settings: the JSON Schema, the Markdown tables, the help. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/schema.h"

/* Schema of a dotted key, through the maps and the alternatives of anyOf. */
static const cJSON *find_key(const cJSON *schema, const char *key)
{
    size_t len = strcspn(key, ".");
    AUTO(str) char *name = xstrndup(key, len);
    const cJSON *ways = json_member(schema, "anyOf");
    const cJSON *child, *way;

    cJSON_ArrayForEach(way, ways)
    {
        child = find_key(way, key);
        if (child)
            return child;
    }
    child = json_member(json_member(schema, "properties"), name);
    return child && key[len] ? find_key(child, key + len + 1) : child;
}

/* The text of the schema, parsed again: it is valid JSON. */
static cJSON *printed_schema(void)
{
    AUTO(json) cJSON *schema = schema_json();
    AUTO(json_text) char *text = json_print(schema, true);
    cJSON *root = NULL;
    AUTO(error) Error *err = json_parse(text, strlen(text), "schema", &root);

    assert_null(err);
    return root;
}

static void the_schema_has_every_key(void **state)
{
    AUTO(json) cJSON *root = printed_schema();
    size_t count;
    const Setting *table = config_settings(&count);

    (void)state;
    assert_string_equal(json_str_or(root, "$schema", ""),
                        "http://json-schema.org/draft-07/schema#");
    assert_false(json_bool_or(root, "additionalProperties", true));
    for (size_t i = 0; i < count; i++) {
        const cJSON *schema = find_key(root, table[i].key);

        if (table[i].flag_only) {
            assert_null(schema);
            continue;
        }
        if (!schema)
            fail_msg("%s is missing", table[i].key);
        assert_string_equal(json_str_or(schema, "description", ""), table[i].help);
        assert_true(!table[i].fallback || json_member(schema, "default"));
    }
    assert_non_null(find_key(root, "walk"));
}

static void forms_of_values(void **state)
{
    static const char *const ROWS[][2] = {
        {"keep", "{\"type\":\"boolean\",\"description\":\"leave containers and volumes for "
                 "inspection\",\"default\":false}"},
        {"jobs", "{\"type\":\"integer\",\"description\":\"upgrade paths at once, at the most; "
                 "this version runs one after another\",\"default\":0}"},
        {"network", "{\"enum\":[\"isolated\",\"open\"],\"description\":\"whether containers reach "
                    "more than their trial's network\",\"default\":\"isolated\"}"},
        {"database.sqlite", "{\"type\":\"string\",\"pattern\":\"^/\",\"description\":\"the SQLite "
                            "file in the container: /app/data/app.db\"}"},
    };
    AUTO(json) cJSON *root = printed_schema();
    const cJSON *levels;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(json_text) char *text = json_print(find_key(root, ROWS[i][0]), false);

        assert_string_equal(text, ROWS[i][1]);
    }
    levels =
        json_member(json_member(json_at(root, "properties.checks.properties"), "rerun"), "enum");
    assert_int_equal(cJSON_GetArraySize(levels), 4); /* off is false to a YAML 1.1 editor */
    assert_true(cJSON_IsFalse(cJSON_GetArrayItem(levels, 3)));
}

static void the_tables_have_every_setting(void **state)
{
    AUTO(str) char *text = schema_markdown();
    size_t count;
    const Setting *table = config_settings(&count);

    (void)state;
    assert_true(text_starts(text,
                            "### Settings: images\n\n| key | flag | variable | default | "
                            "meaning |\n|---|---|---|---|---|\n| `image` | `--image REPOSITORY` "
                            "| `SEATRIAL_IMAGE` |  | repository"));
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *flag = config_setting_flag(&table[i]);
        AUTO(str) char *key = xasprintf("| `%s` | `%s", table[i].key, flag);

        if (table[i].flag_only)
            assert_non_null(strstr(text, flag));
        else if (!strstr(text, key))
            fail_msg("no row %s", key);
    }
}

/* Help fits a terminal of 80 columns and names every flag once. */
static void help_of_a_command(void **state)
{
    char *text = NULL;
    size_t len = 0, count;
    FILE *out = open_memstream(&text, &len);
    const Setting *table = config_settings(&count);

    (void)state;
    assert_non_null(out);
    help_command(&(Command){.name = "verify", .summary = "run", .takes_settings = true}, out);
    assert_int_equal(fclose(out), 0);
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        size_t width = strcspn(line, "\n");

        if (width > 80 || (width > 0 && line[width - 1] == ' '))
            fail_msg("%.*s", (int)width, line);
    }
    for (size_t i = 0; i < count; i++) {
        AUTO(str) char *flag = config_setting_flag(&table[i]);
        AUTO(str) char *row = xasprintf(" %s", flag);
        size_t rows = 0;

        for (const char *at = text; (at = strstr(at, row)); at += strlen(row))
            rows += strchr(" \n", at[strlen(row)]) != NULL;
        if (rows != 1)
            fail_msg("%s is there %zu times", flag, rows);
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_has_every_key),
        cmocka_unit_test(forms_of_values),
        cmocka_unit_test(the_tables_have_every_setting),
        cmocka_unit_test(help_of_a_command),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
