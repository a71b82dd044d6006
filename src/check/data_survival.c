#include <inttypes.h>

#include "check/said.h"
#include "check/table.h"

#define LISTED_MAX 50

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* Why nothing is quoted, or what probably did it. @param column  that is gone or changed; NULL:
 * rows. @param[out] ret_by  the statement; NULL when not known */
static char *cause_of(const Said *said, const TableChange *change, const ColumnChange *column,
                      const Statement **ret_by)
{
    const Statement *parents = said_of_parents(said, change);
    const Statement *rebuild = said_of_rebuild(said, change);
    const Statement *cascade = said_of_cascade(said);
    bool dropped = column ? !column->after_column : !change->after_table;

    *ret_by = NULL;
    if (parents && !dropped && !(column && rebuild)) {
        *ret_by = parents;
        return xasprintf("\na key of %s follows this statement: %s", change->table, parents->text);
    }
    if (rebuild) {
        *ret_by = rebuild;
        return xasprintf("\nthe table was copied by this statement: %s", rebuild->text);
    }
    if (cascade && dropped) {
        *ret_by = cascade;
        return xasprintf("\nthis statement takes along what depends on it: %s", cascade->text);
    }
    if (!said->seen->statements)
        return xstrdup(
            "\nthe SQL of the candidate is not known, so that nothing says it was meant");
    if (said->seen->statements->partial)
        return xstrdup("\nthe candidate's migrations are code: what they run beside the statements "
                       "that stand in it is not known");
    if (said->seen->statements->cut)
        return xstrdup("\nthe log of the candidate's statements is not complete");
    return xstrdup("");
}

static void judge_rows(const Said *said, const TableChange *change, FindingList *findings)
{
    const Statement *by;
    AUTO(str) char *table = said_table(change);
    AUTO(str) char *cause = NULL;
    AUTO(str) char *migration = NULL;
    Finding *finding;

    if (said_rows(said, change, &by) != UNSAID)
        return;
    cause = cause_of(said, change, NULL, &by);
    migration = said_migration(said, by);
    if (!change->after_table)
        finding = finding_new(findings, "data-survival", LEVEL_ERROR,
                              "table %s is gone with %" PRId64 " row%s, and no statement names it",
                              table, change->gone, plural(change->gone));
    else
        finding = finding_new(findings, "data-survival", LEVEL_ERROR,
                              "%" PRId64 " of %" PRId64 " rows of %s are gone, and no statement "
                              "removes rows of %s",
                              change->gone, change->rows_before, table, table);
    finding_detail(finding, "rows before: %" PRId64 ", after: %" PRId64 "%s%s%s%s%s",
                   change->rows_before, change->rows_after, change->key ? "\nfor example " : "",
                   change->key ? change->key : "", change->row && *change->row ? "\nit held: " : "",
                   change->row ? change->row : "", cause);
    finding_field(&finding->table, table);
    finding_field(&finding->migration, migration);
    finding_hint(finding,
                 "a rebuilt or emptied parent takes its children along: switch foreign keys "
                 "off outside of the transaction, or copy the children too");
}

static char *column_title(const TableChange *change, const ColumnChange *column, const char *table)
{
    if (!column->after_column)
        return xasprintf("column %s.%s is gone with %" PRId64 " value%s, and no statement names it",
                         table, column->column, column->lost, plural(column->lost));
    if (column->emptied)
        return xasprintf("%s.%s is NULL in all %" PRId64
                         " rows that held a value, and no statement "
                         "sets it",
                         table, column->column, column->nulled);
    if (column->levelled)
        return xasprintf("%s.%s has one value in all rows, where values differed, and no statement "
                         "sets it",
                         table, column->column);
    (void)change;
    return xasprintf("%" PRId64 " value%s of %s.%s %s, and no statement sets it", column->lost,
                     plural(column->lost), table, column->column,
                     column->nulled == column->lost ? "became NULL" : "changed");
}

static void judge_column(const Said *said, const TableChange *change, const ColumnChange *column,
                         FindingList *findings)
{
    const Statement *by;
    AUTO(str) char *table = said_table(change);
    AUTO(str) char *cause = NULL;
    AUTO(str) char *title = NULL;
    AUTO(str) char *migration = NULL;
    Finding *finding;

    if (said_column(said, change, column, &by) != UNSAID)
        return;
    title = column_title(change, column, table);
    cause = cause_of(said, change, column, &by);
    migration = said_migration(said, by);
    finding = finding_new(findings, "data-survival", LEVEL_ERROR, "%s", title);
    finding_detail(finding, "values before: %" PRId64 ", lost: %" PRId64 "%s%s%s%s%s%s%s",
                   column->values, column->lost, column->was ? "\nfor example " : "",
                   column->was && column->key ? column->key : "", column->was ? " before: " : "",
                   column->was ? column->was : "", column->is ? ", after: " : "",
                   column->is ? column->is : "", cause);
    finding_field(&finding->table, table);
    finding_field(&finding->column, column->column);
    finding_field(&finding->migration, migration);
    finding_hint(finding,
                 "name the column in the list that the rebuild copies; where it was meant to "
                 "be cleared, say so with UPDATE or DROP COLUMN");
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
}

/* Silence about a table that was not read would be a pass that nobody saw. */
static char *blind(const Observation *seen)
{
    const char *could_not = check_could_not(&CHECK_DATA_SURVIVAL, seen);

    if (could_not)
        return xstrdup(could_not);
    return seen->data ? said_unseen(seen, 0) : NULL;
}

const Check CHECK_DATA_SURVIVAL = {
    .id = "data-survival",
    .level = LEVEL_ERROR,
    .profile = PROFILE_STANDARD,
    .finds =
        "rows or values of the old database that are gone after the upgrade though no statement "
        "of the candidate names their table or column",
    .why = "The schema can be right and the migration end well while users lose data:\n"
           "DROP TABLE of a parent in SQLite deletes its children when foreign keys are\n"
           "on, a rebuild forgets a column in its copy list, a key sets links to NULL,\n"
           "DROP TYPE ... CASCADE takes columns along. Rows and values are followed one\n"
           "by one; what was renamed, moved to another column or table, or only written\n"
           "in another way by a change of type, is not lost. A table with rows that could\n"
           "not be read is an error: that nothing is missing there was not seen. Virtual\n"
           "and foreign tables are not followed, and a warning names them.",
    .fix = "Copy every column by name, switch foreign keys off before the transaction of a\n"
           "rebuild begins, and let the migration count rows before and after. What is\n"
           "meant to go should be named by a DELETE, UPDATE or DROP: it is then only a\n"
           "warning of the check destructive. Or accept it:\n"
           "\n"
           "    allow:\n"
           "      - {check: data-survival, table: sessions, reason: made anew on login}",
    .example = "18 of 18 rows of notes are gone, and no statement removes rows of notes\n"
               "\n"
               "The migration rebuilt notebooks, and DROP TABLE notebooks deleted the notes\n"
               "that refer to it.",
    .judge = judge,
    .blind = blind,
};
