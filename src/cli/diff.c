#include "base/json.h"
#include "check/differences.h"
#include "cli/command.h"
#include "cli/talk.h"
#include "report/safe.h"
#include "verify/sides.h"

#define DIFF_FORMAT 1

static const CommandOption OPTIONS[] = {
    {"--format", "FORMAT", "text json", "how to print it (text)"},
    {"--statements", NULL, NULL, "with the SQL that makes A like B under each difference"},
};

static const struct {
    SchemaChange change;
    const char *title, *key;
} GROUPS[] = {
    {SCHEMA_REMOVED, "only in A", "only_in_a"},
    {SCHEMA_ADDED, "only in B", "only_in_b"},
    {SCHEMA_CHANGED, "different (A -> B)", "different"},
};

/* Names in a schema are anybody's text. Caller frees; NULL: none can be told. */
static char *statement_of(const Side *a, const Side *b, const SchemaDifference *one)
{
    AUTO(str)
    char *statement =
        schema_difference_statement(a->dialect, &a->snapshot.schema, &b->snapshot.schema, one);

    return safe_text(statement);
}

static char *text_of(const SchemaDifference *one)
{
    AUTO(str)
    char *text =
        one->change == SCHEMA_CHANGED ? schema_difference_text(one) : schema_difference_object(one);

    return safe_line(text);
}

/* --- text ------------------------------------------------------------------------------------ */

static void print_indented(const char *text)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(text, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++)
        if (*lines.items[i])
            (void)printf("      %s\n", lines.items[i]);
}

static void print_group(const Side sides[2], const SchemaDiff *diff, size_t group, bool statements)
{
    bool first = true;

    for (size_t i = 0; i < diff->len; i++) {
        AUTO(str) char *text = NULL;
        AUTO(str) char *statement = NULL;

        if (diff->items[i].change != GROUPS[group].change)
            continue;
        if (first)
            (void)printf("\n%s\n", GROUPS[group].title);
        first = false;
        text = text_of(&diff->items[i]);
        (void)printf("  %s\n", text);
        statement = statements ? statement_of(&sides[0], &sides[1], &diff->items[i]) : NULL;
        if (statement)
            print_indented(statement);
    }
}

static void print_text(const Side sides[2], const SchemaDiff *diff, bool statements)
{
    for (size_t i = 0; i < 2; i++) {
        AUTO(str) char *name = safe_line(sides[i].name);
        AUTO(str) char *what = safe_line(sides[i].what);

        (void)printf("%c  %s  (%s)\n", i == 0 ? 'A' : 'B', name, what);
    }
    for (size_t i = 0; i < COUNT_OF(GROUPS); i++)
        print_group(sides, diff, i, statements);
    if (diff->len == 0)
        (void)printf("\nno differences\n");
    else
        (void)printf("\n%zu %s\n", diff->len, diff->len == 1 ? "difference" : "differences");
}

/* --- json ------------------------------------------------------------------------------------ */

static void set_safe(cJSON *object, const char *key, const char *text)
{
    AUTO(str) char *safe = safe_line(text);

    json_set_str(object, key, safe);
}

static cJSON *side_json(const Side *side)
{
    cJSON *object = json_object();

    set_safe(object, "name", side->name);
    set_safe(object, "what", side->what);
    return object;
}

static cJSON *difference_json(const Side sides[2], const SchemaDifference *one)
{
    cJSON *object = json_object();
    AUTO(str) char *name = schema_difference_object(one);
    AUTO(str) char *statement = statement_of(&sides[0], &sides[1], one);

    set_safe(object, "object", name);
    set_safe(object, "kind", schema_kind_name(one->kind));
    if (one->change == SCHEMA_CHANGED) {
        set_safe(object, "attribute", one->attribute);
        set_safe(object, "a", one->before);
        set_safe(object, "b", one->after);
    }
    json_set_str(object, "statement", statement);
    return object;
}

static void print_json(const Side sides[2], const SchemaDiff *diff)
{
    AUTO(json) cJSON *root = json_object();
    AUTO(json_text) char *text = NULL;

    json_set_i64(root, "format", DIFF_FORMAT);
    json_set(root, "a", side_json(&sides[0]));
    json_set(root, "b", side_json(&sides[1]));
    for (size_t i = 0; i < COUNT_OF(GROUPS); i++) {
        cJSON *list = json_array();

        for (size_t k = 0; k < diff->len; k++)
            if (diff->items[k].change == GROUPS[i].change)
                json_push(list, difference_json(sides, &diff->items[k]));
        json_set(root, GROUPS[i].key, list);
    }
    text = json_print(root, true);
    (void)fputs(text, stdout);
}

/* --------------------------------------------------------------------------------------------- */

/* What could not be read may differ, and is said. */
static size_t warn_unseen(const Side sides[2], Talk *talk)
{
    size_t count = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < sides[i].snapshot.unseen.len; k++) {
            AUTO(str)
            char *text = xasprintf("could not be looked at in %s: %s", sides[i].name,
                                   sides[i].snapshot.unseen.items[k]);

            talk_warn(talk, text);
            count++;
        }
    return count;
}

static void warn_all(const StrList *warnings, Talk *talk)
{
    for (size_t i = 0; i < warnings->len; i++)
        talk_warn(talk, warnings->items[i]);
}

static Error *compare(const CommandInput *input, const Side sides[2], Talk *talk, int *ret_status)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    size_t unseen;

    differences_find(&sides[0].snapshot, &sides[1].snapshot, &diff);
    talk_rest(talk);
    if (text_eq(str_map_get(input->options, "--format"), "json"))
        print_json(sides, &diff);
    else
        print_text(sides, &diff, str_map_has(input->options, "--statements"));
    unseen = warn_unseen(sides, talk);
    if (diff.len == 0 && unseen > 0)
        return error_new(ERR_CONFLICT, 0,
                         "no differences in what could be looked at, which is not "
                         "all of it");
    *ret_status = diff.len > 0 ? EXIT_BROKEN : EXIT_SOUND;
    return NULL;
}

static Error *run(const CommandInput *input, int *ret_status)
{
    AUTO(config) Config config = {0};
    AUTO(talk) Talk *talk = NULL;
    AUTO(str_list) StrList warnings = {0};
    Side sides[2] = {0};
    Error *err;

    if (input->arguments->len != 2)
        return error_new(
            ERR_INVALID, 0,
            "diff: wanted two to compare, found %zu: SQLite files, postgres:// URLs or "
            "image references",
            input->arguments->len);
    TRY(command_config(input, &config));
    talk = talk_new(&config);
    err = sides_read(&config, input->cancel, talk_progress(talk),
                     (const char *[2]){input->arguments->items[0], input->arguments->items[1]},
                     sides, &warnings);
    warn_all(&warnings, talk);
    if (!err)
        err = compare(input, sides, talk, ret_status);
    side_clear(&sides[0]);
    side_clear(&sides[1]);
    return err;
}

const Command COMMAND_DIFF = {
    .name = "diff",
    .summary =
        "compare the schemas of two databases or images: exit 0 when they are the same, 1 when "
        "not",
    .arguments = "A B",
    .arguments_max = 2,
    .takes_settings = true,
    .options = OPTIONS,
    .option_count = COUNT_OF(OPTIONS),
    .run = run,
};
