#include <inttypes.h>

#include "check/said.h"
#include "check/table.h"

#define LISTED_MAX 50

static void quote(Finding *finding, const Said *said, const Statement *by, const char *example)
{
    AUTO(str) char *migration = said_migration(said, by);

    finding_detail(finding, "%s%s%s", by ? "statement: " : "the new schema leaves it out",
                   by ? by->text : "", example);
    finding_field(&finding->migration, migration);
}

static void judge_rows(const Said *said, const TableChange *change, FindingList *findings)
{
    const Statement *by;
    AUTO(str) char *table = said_table(change);
    AUTO(str) char *example = NULL;
    Finding *finding;

    if (said_rows(said, change, &by) != SAID)
        return;
    if (!change->after_table)
        finding = finding_new(findings, "destructive", LEVEL_WARN,
                              "table %s is dropped with %" PRId64 " row%s (%" PRId64 " values)",
                              table, change->gone, change->gone == 1 ? "" : "s", change->values);
    else
        finding = finding_new(findings, "destructive", LEVEL_WARN,
                              "%" PRId64 " of %" PRId64 " rows of %s are removed", change->gone,
                              change->rows_before, table);
    example =
        xasprintf("%s%s%s%s", change->key ? "\nfor example " : "", change->key ? change->key : "",
                  change->row && *change->row ? "\nit held: " : "", change->row ? change->row : "");
    quote(finding, said, by, example);
    finding_field(&finding->table, table);
    finding_hint(finding, "nothing to do when it is meant; say so in the release notes");
}

static char *column_title(const ColumnChange *column, const char *table)
{
    if (!column->after_column)
        return xasprintf("column %s.%s is dropped with %" PRId64 " value%s", table, column->column,
                         column->lost, column->lost == 1 ? "" : "s");
    if (column->nulled > 0)
        return xasprintf("%" PRId64 " value%s of %s.%s %s set to NULL", column->nulled,
                         column->nulled == 1 ? "" : "s", table, column->column,
                         column->nulled == 1 ? "is" : "are");
    if (column->levelled)
        return xasprintf("%s.%s is set to one value in all rows, where values differed", table,
                         column->column);
    return xasprintf("%" PRId64 " value%s of %s.%s are replaced by fewer different ones",
                     column->lost, column->lost == 1 ? "" : "s", table, column->column);
}

static void judge_column(const Said *said, const TableChange *change, const ColumnChange *column,
                         FindingList *findings)
{
    const Statement *by;
    AUTO(str) char *table = said_table(change);
    AUTO(str) char *title = NULL;
    AUTO(str) char *example = NULL;
    Finding *finding;

    if (said_column(said, change, column, &by) != SAID)
        return;
    title = column_title(column, table);
    example = xasprintf("%s%s%s%s%s%s", column->was ? "\nfor example " : "",
                        column->was && column->key ? column->key : "",
                        column->was ? " before: " : "", column->was ? column->was : "",
                        column->is ? ", after: " : "", column->is ? column->is : "");
    finding = finding_new(findings, "destructive", LEVEL_WARN, "%s", title);
    quote(finding, said, by, example);
    finding_field(&finding->table, table);
    finding_field(&finding->column, column->column);
    if (column->added_alike)
        finding_hint(
            finding,
            "the new column %s is of the same type and holds nothing: if it is the old one "
            "under another name, use RENAME COLUMN, or copy the values first",
            column->added_alike);
    else
        finding_hint(finding, "nothing to do when it is meant; say so in the release notes");
}

static void judge(const Observation *seen, FindingList *findings, char **ret_skip)
{
    AUTO(said) Said said = {0};
    size_t first = findings->len;
    char *skip = said_skip(seen);

    if (skip) {
        *ret_skip = skip;
        return;
    }
    said_read(seen, &said);
    for (size_t i = 0; i < seen->data->len && findings->len - first < LISTED_MAX; i++) {
        const TableChange *change = &seen->data->items[i];

        judge_rows(&said, change, findings);
        for (size_t k = 0; k < change->columns.len; k++)
            judge_column(&said, change, &change->columns.items[k], findings);
    }
    *ret_skip = said_unseen(seen, findings->len - first);
}

const Check CHECK_DESTRUCTIVE = {
    .id = "destructive",
    .level = LEVEL_WARN,
    .profile = PROFILE_STANDARD,
    .finds =
        "rows, values, columns or tables that held data were removed by a statement that says so",
    .why = "A DELETE, TRUNCATE, UPDATE or DROP in a migration is usually meant: sessions,\n"
           "caches, columns that nobody reads any more. It is also where an application\n"
           "loses data for good when a WHERE was forgotten or a rename was written as\n"
           "drop and add. Whoever releases should see it before the users do.",
    .fix = "Nothing, when it is meant: it does not fail the gate. Accept it with a reason, so\n"
           "that the next reader knows; otherwise narrow the statement, or copy the values\n"
           "first:\n"
           "\n"
           "    allow:\n"
           "      - {check: destructive, table: sessions, reason: users log in again}",
    .example = "column users.full_name is dropped with 20 values\n"
               "\n"
               "ALTER TABLE users DROP COLUMN full_name, while users.name was added without\n"
               "a value.",
    .judge = judge,
};
