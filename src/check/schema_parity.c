#include <string.h>

#include "check/compose.h"
#include "check/parity.h"
#include "check/reference.h"
#include "check/table.h"
#include "model/schema_statement.h"

enum {
    LISTED_MAX = 40, /* differences, then tables, that get a finding of their own */
    STATEMENT_SHOWN_BYTES = 300,
};

static const char UPGRADED[] = "after the upgrade";
static const char FRESH[] = "after a fresh install";

static char *statement_of(const Observation *seen, const SchemaDifference *difference)
{
    SchemaDialect dialect =
        seen->database && text_starts(seen->database, "sqlite") ? SCHEMA_SQLITE : SCHEMA_POSTGRES;

    return schema_difference_statement(dialect, &seen->after->schema, &seen->after_fresh->schema,
                                       difference);
}

static void advise(const char *statement, Finding *finding)
{
    if (!statement)
        finding_hint(finding, "%s",
                     "write a new migration that makes upgraded databases like fresh ones; a "
                     "difference that is meant goes into `allow`");
    else if (strchr(statement, '\n') || strlen(statement) > STATEMENT_SHOWN_BYTES)
        finding_hint(finding, "%s", "put the statements above into a new migration");
    else
        finding_hint(finding, "put into a new migration: %s", statement);
}

static void add_one(const Observation *seen, const SchemaDifference *difference,
                    FindingList *findings)
{
    AUTO(str) char *sentence = difference_sentence(difference, UPGRADED, FRESH);
    AUTO(str) char *statement = statement_of(seen, difference);
    const MigrationFile *file = parity_migration(seen, difference);
    Finding *finding = finding_new(findings, "schema-parity", LEVEL_ERROR, "%s", sentence);

    finding_field(&finding->table, difference_table(difference));
    if (difference->kind == SCHEMA_COLUMN)
        finding_field(&finding->column, difference->name);
    if (file)
        finding_field(&finding->migration, file->names[MIGRATION_NAME_STEM]);
    finding_detail(finding, "%s%s%s%s%s", sentence, file ? "\nnamed in " : "",
                   file ? file->path : "", statement ? "\nwhat upgraded databases need:\n" : "",
                   statement ? statement : "");
    advise(statement, finding);
}

static void add_table(const SchemaDiff *diff, const char *table, FindingList *findings)
{
    AUTO(str_list) StrList lines = {0};
    AUTO(str) char *detail = NULL;
    Finding *finding;

    for (size_t i = 0; i < diff->len; i++)
        if (text_eq(difference_table(&diff->items[i]), table))
            str_list_add_owned(&lines, difference_sentence(&diff->items[i], UPGRADED, FRESH));
    detail = str_list_join(&lines, "\n");
    if (lines.len == 1)
        finding = finding_new(findings, "schema-parity", LEVEL_ERROR, "%s", lines.items[0]);
    else
        finding =
            finding_new(findings, "schema-parity", LEVEL_ERROR, "%s differs in %zu things: %s, ...",
                        table, lines.len, lines.items[0]);
    finding_field(&finding->table, table);
    finding_detail(finding, "%s", detail);
    finding_hint(finding, "%s",
                 "write a new migration that makes upgraded databases like fresh ones");
}

/* Hundreds have one cause or two: a finding for each table then. */
static void add_tables(const SchemaDiff *diff, FindingList *findings)
{
    AUTO(str_list) StrList tables = {0};

    for (size_t i = 0; i < diff->len; i++)
        if (!str_list_has(&tables, difference_table(&diff->items[i])))
            str_list_add(&tables, difference_table(&diff->items[i]));
    for (size_t i = 0; i < tables.len && i < LISTED_MAX; i++)
        add_table(diff, tables.items[i], findings);
    if (tables.len > LISTED_MAX) {
        Finding *finding =
            finding_new(findings, "schema-parity", LEVEL_ERROR,
                        "%zu more tables differ between an upgraded and a fresh database",
                        tables.len - LISTED_MAX);

        finding_hint(finding, "%s", "look at the differences above first");
    }
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    AUTO(schema_diff) SchemaDiff diff = {0};
    char *skip = parity_unknown(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    parity_find(seen, &diff);
    if (diff.len > LISTED_MAX)
        add_tables(&diff, findings);
    for (size_t i = 0; diff.len <= LISTED_MAX && i < diff.len; i++)
        add_one(seen, &diff.items[i], findings);
    if (seen->references)
        reference_judge(seen->references, findings);
}

const Check CHECK_SCHEMA_PARITY = {
    .id = "schema-parity",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds = "an upgraded database and a fresh one have different schemas",
    .why = "Users arrive at a release by two roads: an upgrade and a fresh install. Where\n"
           "these end in different schemas, one half of the users runs on tables that\n"
           "nobody has tested: an index that is missing, a column that is still NULL. It\n"
           "comes of migrations that were edited after their release, were skipped because\n"
           "of their number, or do nothing where something of that name exists.",
    .fix = "Put what upgraded databases lack into a new migration; the finding shows the\n"
           "statement where one can be told. Column order, generated names, comments and\n"
           "the migrator's own tables are no differences. One that is meant, such as a\n"
           "column that stays for a while, is accepted by name:\n"
           "\n"
           "    allow:\n"
           "      - {check: schema-parity, table: users, column: login, reason: dropped in 3.0}",
    .example = "index users_email_idx on users exists only after a fresh install\n"
               "\n"
               "The index was added to the text of a migration that users had run already.",
    .judge = judge,
};
