#include <string.h>

#include "check/compose.h"
#include "check/table.h"

#define ROW_NEAR_LINES 25 /* how far below a message its detail stands */

/* --- what the rows learnt --------------------------------------------------------------------- */

static bool is_postgres(const Lesson *lesson)
{
    return !text_is_empty(lesson->space);
}

static bool is_number(const Observation *seen, const Lesson *lesson)
{
    const SchemaObject *column = seen->before ? schema_find(&seen->before->schema, SCHEMA_COLUMN,
                                                            lesson->space ? lesson->space : "",
                                                            lesson->table, lesson->column)
                                              : NULL;
    const char *type = column ? str_map_get(&column->attributes, "type") : NULL;

    return type && (text_contains_nocase(type, "int") || text_contains_nocase(type, "numeric"));
}

static char *distinct_expression(const Observation *seen, const Lesson *lesson)
{
    if (is_number(seen, lesson))
        return xstrdup(is_postgres(lesson) ? "(random() * 1000000000)::bigint"
                                           : "abs(random() % 1000000000)");
    return xstrdup(is_postgres(lesson) ? "gen_random_uuid()::text" : "hex(randomblob(16))");
}

static char *uuid_expression(const Lesson *lesson)
{
    return xstrdup(is_postgres(lesson) ? "gen_random_uuid()::text"
                                       : "'00000000-0000-4000-8000-000000000001'");
}

static char *key_expression(const Lesson *lesson)
{
    return xasprintf("(SELECT %s FROM %s ORDER BY random() LIMIT 1)",
                     lesson->of_column ? lesson->of_column : "id", lesson->of_table);
}

/* A literal of SQL, within the double quotes of YAML. */
static char *text_expression(const char *text)
{
    AUTO(str) char *doubled = text_replace(text, "'", "''");
    AUTO(str) char *slashes = text_replace(doubled, "\\", "\\\\");
    AUTO(str) char *quotes = text_replace(slashes, "\"", "\\\"");

    return xasprintf("'%s'", quotes);
}

/* SQL that fills the column as it was learnt. */
static char *expression(const Observation *seen, const Lesson *lesson)
{
    switch (lesson->kind) {
    case LESSON_JSON:
        return xstrdup("'{}'");
    case LESSON_DIGITS:
        return xstrdup("'1'");
    case LESSON_ISO_TIME:
        return xstrdup("'2024-01-02T03:04:05Z'");
    case LESSON_UUID:
        return uuid_expression(lesson);
    case LESSON_KEY_OF:
        return key_expression(lesson);
    case LESSON_DISTINCT:
        return distinct_expression(seen, lesson);
    case LESSON_ONE_OF:
        return text_expression(lesson->texts.len > 0 ? lesson->texts.items[0] : "");
    case LESSON_NOT_NULL:
        break;
    }
    return xstrdup("''");
}

/* What the migrations took the column for. */
static char *expectation(const Lesson *lesson)
{
    AUTO(str) char *texts = str_list_join(&lesson->texts, ", ");

    switch (lesson->kind) {
    case LESSON_JSON:
        return xstrdup("JSON");
    case LESSON_DIGITS:
        return xstrdup("a number");
    case LESSON_ISO_TIME:
        return xstrdup("a date or time");
    case LESSON_UUID:
        return xstrdup("a UUID");
    case LESSON_KEY_OF:
        return xasprintf("a key of %s", lesson->of_table);
    case LESSON_DISTINCT:
        return xstrdup("another value in every row");
    case LESSON_ONE_OF:
        return xasprintf("one of %s", texts);
    case LESSON_NOT_NULL:
        break;
    }
    return xstrdup("a value in every row");
}

static char *place_of(const Lesson *lesson)
{
    bool plain = text_is_empty(lesson->space) || text_eq(lesson->space, "public");

    return xasprintf("%s%s%s.%s", plain ? "" : lesson->space, plain ? "" : ".", lesson->table,
                     lesson->column);
}

static void add_learnt(const Observation *seen, const Learnt *learnt, FindingList *findings)
{
    AUTO(str) char *place = place_of(&learnt->lesson);
    AUTO(str) char *expected = expectation(&learnt->lesson);
    AUTO(str) char *sql = expression(seen, &learnt->lesson);
    Finding *finding = finding_new(
        findings, "edge-data", LEVEL_WARN,
        "the migrations expect %s in %s, which the old schema does not ask for", expected, place);

    finding_detail(
        finding, "%s%s%s%sThe rows were made again with %s, and the upgrade with them.",
        learnt->words ? learnt->words : "", learnt->value ? "\nthe value was made up: " : "",
        learnt->value ? learnt->value : "", learnt->words || learnt->value ? "\n" : "", expected);
    finding_field(&finding->table, learnt->table);
    finding_field(&finding->column, learnt->column);
    finding_field(&finding->migration, learnt->migration);
    finding_hint(
        finding,
        "when the application keeps nothing else there, say so: data.columns: {%s: \"%s\"}; "
        "otherwise convert the other values in the migration",
        place, sql);
}

/* --- rows at the edge of what is permitted ---------------------------------------------------- */

/* The row in the database's words: Key (email)=(x) is duplicated. | Failing row contains (1, x). */
static char *breaking_row(const Step *step, const Evidence *evidence)
{
    static const char *const WORDS[] = {"Failing row contains (", "Key ("};
    AUTO(str_list) StrList lines = {0};

    str_list_split(step->log_tail ? step->log_tail : "", '\n', &lines);
    for (size_t i = evidence->line; i < lines.len && i < evidence->line + ROW_NEAR_LINES; i++)
        for (size_t k = 0; k < COUNT_OF(WORDS); k++) {
            const char *at = strstr(lines.items[i], WORDS[k]);

            if (at)
                return xstrdup(at);
        }
    return NULL;
}

/* The main path has failed over the same thing, and new-migrate says so. */
static bool is_same_failure(const Observation *seen, const Evidence *evidence)
{
    AUTO(evidence) Evidence main_path = {0};

    if (!seen->new_migrate || step_passed(seen->new_migrate))
        return false;
    step_evidence(seen->new_migrate, seen, &main_path);
    return main_path.kind == evidence->kind && text_eq(main_path.table, evidence->table) &&
           text_eq(main_path.column, evidence->column) && text_eq(main_path.name, evidence->name) &&
           (evidence->table || evidence->name || text_eq(main_path.message, evidence->message));
}

static void add_edge(const Observation *seen, FindingList *findings)
{
    AUTO(evidence) Evidence evidence = {0};
    AUTO(str) char *fault = step_fault(seen->edge, seen);
    AUTO(str) char *row = NULL;
    AUTO(str) char *note = NULL;
    AUTO(str) char *migration = NULL;
    Finding *finding;

    step_evidence(seen->edge, seen, &evidence);
    if (is_same_failure(seen, &evidence))
        return;
    row = breaking_row(seen->edge, &evidence);
    note = row ? xasprintf("The row that broke it: %s", row) : NULL;
    migration = evidence_migration(seen->edge->log_tail,
                                   seen->edge->end == STEP_EXITED ? evidence.line : SIZE_MAX,
                                   seen->before, NULL);
    finding = finding_new(findings, "edge-data", LEVEL_WARN,
                          "%s%s fails on rows that the old schema permits: %s",
                          migration ? "migration " : "the upgrade", migration ? migration : "",
                          evidence.message ? evidence.message : fault);
    finding_field(&finding->migration, migration);
    finding_step(finding, seen->edge, &evidence, seen, note);
    finding_evidence(finding, &evidence, seen);
    if (!finding->hint)
        finding_hint(finding, "let the migration deal with such rows, or accept it with an `allow` "
                              "entry when no installation can have them");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    bool could_not = seen->edge && seen->edge->outcome == OUTCOME_ERROR;
    AUTO(str) char *skip = skip_unless_upgraded(seen);

    for (size_t i = 0; seen->learnt && i < seen->learnt->len; i++)
        add_learnt(seen, &seen->learnt->items[i], findings);
    if (seen->edge && !could_not && !step_passed(seen->edge))
        add_edge(seen, findings);
    if (seen->learnt && seen->learnt->len > 0)
        return;
    if (could_not)
        *ret_skip = xasprintf("the migrations could not be run on such rows: %s",
                              seen->edge->reason ? seen->edge->reason : "no reason");
    else if (!seen->edge)
        *ret_skip =
            skip ? TAKE(skip) : xstrdup("no rows were made that the old schema merely permits");
}

/* What the main path's rows learnt is known, whatever became of the others. */
static char *blind(const Observation *seen)
{
    return xstrdup_null(check_could_not(&CHECK_EDGE_DATA, seen));
}

const Check CHECK_EDGE_DATA = {
    .id = "edge-data",
    .level = LEVEL_WARN,
    .profile = PROFILE_STANDARD,
    .finds = "the upgrade fails on rows that the old schema permits but that typical data does not "
             "contain",
    .why = "A schema permits more than an application writes: duplicates where nothing is\n"
           "unique, NULL, empty and very long text, references that no key guards. Old\n"
           "installations have some of it. A second set of rows holds all that, and the\n"
           "candidate migrates it on a copy of the database.\n"
           "\n"
           "Typical rows can be too free as well: text that the application always fills\n"
           "with JSON is made up as words. When an upgrade fails over such a value, the\n"
           "rows learn, are made again, and the upgrade goes on; this check tells.",
    .fix = "Let the migration deal with the row that the finding shows. When no\n"
           "installation can have it, say how the application fills the column, or accept\n"
           "the finding:\n"
           "\n"
           "    data:\n"
           "      columns: {reports.parameters: \"'{}'\"}\n"
           "    allow:\n"
           "      - {check: edge-data, table: users, reason: the form trims names}",
    .example = "the migrations expect JSON in reports.parameters, which the old schema does not\n"
               "ask for\n"
               "\n"
               "The column was TEXT, and the candidate reads it with json_extract.",
    .judge = judge,
    .blind = blind,
};
