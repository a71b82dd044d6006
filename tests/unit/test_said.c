#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "check_fixture.h"

/* One change of public.notes, and the SQL of the candidate. */
typedef struct SaidCase {
    const char *name;
    const char *sql;     /* NULL: not known */
    const char *space;   /* NULL: public */
    bool dropped;        /* the table is gone */
    int64_t gone;        /* rows */
    ColumnChange column; /* column NULL: no change of a column */
    const char *unseen;
    Outcome survival, destructive;
} SaidCase;

#define TEXT(text) ((char *)(uintptr_t)(text))
#define EMPTIED(name)                                                                              \
    {                                                                                              \
        .column = TEXT(name), .after_column = TEXT(name), .values = 4, .lost = 4, .nulled = 4,     \
        .emptied = true                                                                            \
    }
#define DROPPED(name)                                                                              \
    {                                                                                              \
        .column = TEXT(name), .values = 4, .lost = 4                                               \
    }
#define CHANGED(name)                                                                              \
    {                                                                                              \
        .column = TEXT(name), .after_column = TEXT(name), .values = 4, .lost = 4                   \
    }
#define MERGED(name)                                                                               \
    {                                                                                              \
        .column = TEXT(name), .after_column = TEXT(name), .values = 4, .lost = 4, .merged = true   \
    }

#define P OUTCOME_PASSED
#define F OUTCOME_FAILED
#define W OUTCOME_WARNED
#define S OUTCOME_SKIPPED
#define E OUTCOME_ERROR

static const SaidCase CASES[] = {
    /* rows */
    {.name = "named",
     .sql = "DELETE FROM notes WHERE a",
     .gone = 3,
     .survival = P,
     .destructive = W},
    {.name = "of another table",
     .sql = "DELETE FROM tags",
     .gone = 3,
     .survival = F,
     .destructive = P},
    {.name = "not known", .gone = 3, .survival = F, .destructive = P},
    {.name = "names in capitals",
     .sql = "TRUNCATE NOTES",
     .gone = 3,
     .survival = P,
     .destructive = W},
    {.name = "at run time",
     .sql = "DO $$ BEGIN EXECUTE 'DELETE FROM ' || t; END $$",
     .gone = 3,
     .survival = P,
     .destructive = W},
    {.name = "a copy that leaves some out",
     .sql =
         "INSERT INTO new SELECT * FROM notes WHERE a; DROP TABLE notes; ALTER TABLE new RENAME TO notes",
     .gone = 3,
     .survival = P,
     .destructive = W},
    {.name = "a copy of all",
     .sql =
         "INSERT INTO new SELECT * FROM notes; DROP TABLE notes; ALTER TABLE new RENAME TO notes",
     .gone = 3,
     .survival = F,
     .destructive = P},
    /* tables */
    {.name = "dropped",
     .sql = "DROP TABLE notes",
     .dropped = true,
     .gone = 4,
     .survival = P,
     .destructive = W},
    {.name = "dropped with its schema",
     .sql = "DROP SCHEMA s, public CASCADE",
     .dropped = true,
     .gone = 4,
     .survival = P,
     .destructive = W},
    {.name = "gone without a word",
     .sql = "DROP SCHEMA s CASCADE",
     .dropped = true,
     .gone = 4,
     .survival = F,
     .destructive = P},
    {.name = "SQLite drops none by itself",
     .space = "",
     .dropped = true,
     .gone = 4,
     .survival = P,
     .destructive = W},
    /* values */
    {.name = "set",
     .sql = "UPDATE notes SET body = NULL",
     .column = EMPTIED("body"),
     .survival = P,
     .destructive = W},
    {.name = "another column is set",
     .sql = "UPDATE notes SET title = NULL",
     .column = EMPTIED("body"),
     .survival = F,
     .destructive = P},
    {.name = "set behind a CASE",
     .column = EMPTIED("body"),
     .survival = P,
     .destructive = W,
     .sql = "UPDATE notes SET title = CASE WHEN a THEN 1 END, body = NULL"},
    {.name = "dropped column",
     .sql = "ALTER TABLE notes DROP COLUMN title, DROP body",
     .column = DROPPED("body"),
     .survival = P,
     .destructive = W},
    {.name = "dropped at run time",
     .column = DROPPED("body"),
     .survival = P,
     .destructive = W,
     .sql = "DO $$ BEGIN EXECUTE format('ALTER TABLE %I DROP COLUMN %I', t, c); END $$"},
    {.name = "dropped with its type",
     .sql = "DROP TYPE mood CASCADE",
     .column = DROPPED("body"),
     .survival = F,
     .destructive = P},
    {.name = "a copy that forgets it",
     .column = EMPTIED("body"),
     .survival = F,
     .destructive = P,
     .sql =
         "INSERT INTO new (id) SELECT id FROM notes; DROP TABLE notes; ALTER TABLE new RENAME TO notes"},
    {.name = "a copy of the column by another name",
     .column = MERGED("body"),
     .survival = F,
     .destructive = P,
     .sql = "INSERT INTO new (id, body) SELECT id, title AS body FROM notes; DROP TABLE notes; "
            "ALTER TABLE new RENAME TO notes"},
    {.name = "an expression in its place",
     .column = MERGED("body"),
     .survival = P,
     .destructive = W,
     .sql = "INSERT INTO new (id, body) SELECT id, left(body, 1) FROM notes; DROP TABLE notes; "
            "ALTER TABLE new RENAME TO notes"},
    {.name = "another type",
     .sql = "ALTER TABLE notes ALTER body TYPE int USING 1",
     .column = MERGED("body"),
     .survival = P,
     .destructive = W},
    {.name = "written anew, and meant",
     .sql = "UPDATE notes SET body = upper(body)",
     .column = CHANGED("body"),
     .survival = P,
     .destructive = P},
    {.name = "written anew, who knows", .column = CHANGED("body"), .survival = P, .destructive = P},
    {.name = "written anew, and not said",
     .sql = "SELECT 1",
     .column = CHANGED("body"),
     .survival = F,
     .destructive = P},
    /* what could not be compared */
    {.name = "not seen",
     .sql = "",
     .unseen = "rows of tags: denied",
     .survival = E,
     .destructive = S},
    {.name = "not seen, beside a change that is none",
     .sql = "UPDATE notes SET body = upper(body)",
     .column = CHANGED("body"),
     .unseen = "rows of tags: denied",
     .survival = E,
     .destructive = S},
    {.name = "not seen, beside a loss that is meant",
     .sql = "DELETE FROM notes",
     .gone = 3,
     .unseen = "rows of tags: denied",
     .survival = E,
     .destructive = W},
    {.name = "not seen, beside a loss",
     .sql = "SELECT 1",
     .gone = 3,
     .unseen = "rows of tags: denied",
     .survival = E,
     .destructive = S},
};

static void add_column(const ColumnChange *from, TableChange *change)
{
    ColumnChange *to = table_change_add(change, from->column);
    char *name = to->column;

    *to = *from;
    to->column = name;
    to->after_column = xstrdup_null(from->after_column);
}

static TableChange *add_change(Fixture *fixture, const char *space, bool dropped, int64_t gone)
{
    TableChange *change = data_changes_add(&fixture->data, space, "notes");

    change->rows_before = 4;
    change->rows_after = 4 - gone;
    change->gone = gone;
    if (!dropped) {
        change->after_space = xstrdup(space);
        change->after_table = xstrdup("notes");
    }
    return change;
}

static const CheckResult *result_of(const PathReport *path, const char *check)
{
    for (size_t i = 0; i < path->checks.len; i++)
        if (text_eq(path->checks.items[i].id, check))
            return &path->checks.items[i];
    fail_msg("no result of %s", check);
    return NULL;
}

static void judge(Fixture *fixture, const char *sql, PathReport *path)
{
    CheckPolicy policy = {.profile = PROFILE_STANDARD};
    AUTO(statement_list) StatementList statements = {0};

    if (sql)
        statement_list_add_script(&statements, "003_owner", sql);
    fixture->seen.statements = sql ? &statements : NULL;
    check_judge(&fixture->seen, &policy, path);
    fixture->seen.statements = NULL;
}

static bool run(const SaidCase *one)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(path_report) PathReport path = {0};
    Outcome survival, destructive;

    fixture_init(&fixture);
    if (one->gone || one->column.column) {
        TableChange *change =
            add_change(&fixture, one->space ? one->space : "public", one->dropped, one->gone);

        if (one->column.column)
            add_column(&one->column, change);
    }
    if (one->unseen)
        str_list_add(&fixture.data.unseen, one->unseen);
    judge(&fixture, one->sql, &path);
    survival = result_of(&path, "data-survival")->outcome;
    destructive = result_of(&path, "destructive")->outcome;
    if (survival == E)
        assert_string_equal(result_of(&path, "data-survival")->reason,
                            "not every table could be compared: rows of tags: denied");
    data_changes_clear(&fixture.data);
    if (survival != one->survival || destructive != one->destructive)
        print_error("%s: %d %d\n", one->name, survival, destructive);
    return survival == one->survival && destructive == one->destructive;
}

static void test_cases(void **state)
{
    int failed = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        failed += !run(&CASES[i]);
    assert_int_equal(failed, 0);
}

/* One column is accepted, the other is not. */
static void test_allow_by_column(void **state)
{
    static const CheckAllow ALLOW[] = {
        {.check = "data-survival", .table = "NOTES", .column = "body", .reason = "made anew"},
        {.check = "data-survival", .table = "tags", .column = "title", .reason = "no"},
        {.check = "data-survival", .table = "notes", .column = "title", .reason = "unused"},
    };
    AUTO(fixture) Fixture fixture = {0};
    AUTO(path_report) PathReport path = {0};
    ColumnChange body = EMPTIED("body"), title = EMPTIED("title");
    bool used[COUNT_OF(ALLOW)] = {false};
    TableChange *change;

    (void)state;
    fixture_init(&fixture);
    change = add_change(&fixture, "public", false, 0);
    add_column(&body, change);
    add_column(&title, change);
    judge(&fixture, "SELECT 1", &path);
    assert_int_equal(path.findings.len, 2);
    assert_string_equal(path.findings.items[0].migration, "003_owner");
    check_allow(ALLOW, 2, "6", "7", &path, used);
    assert_true(used[0] && !used[1]);
    assert_string_equal(path.findings.items[0].allowed_reason, "made anew");
    assert_null(path.findings.items[1].allowed_reason);
    assert_int_equal(result_of(&path, "data-survival")->outcome, OUTCOME_FAILED);
    assert_int_equal(check_verdict(&path), VERDICT_BROKEN);
    check_allow(ALLOW, COUNT_OF(ALLOW), "6", "7", &path, used);
    assert_true(used[2]);
    assert_int_equal(result_of(&path, "data-survival")->outcome, OUTCOME_WARNED);
    data_changes_clear(&fixture.data);
}

/* A table of another namespace is not the one that is accepted. */
static void test_allow_by_namespace(void **state)
{
    static const CheckAllow ALLOW[] = {
        {.check = "data-survival", .table = "notes", .reason = "no"},
        {.check = "data-survival", .table = "app.notes", .reason = "yes"},
    };
    AUTO(fixture) Fixture fixture = {0};
    AUTO(path_report) PathReport path = {0};
    bool used[COUNT_OF(ALLOW)] = {false};

    (void)state;
    fixture_init(&fixture);
    (void)add_change(&fixture, "app", false, 2);
    judge(&fixture, "SELECT 1", &path);
    check_allow(ALLOW, COUNT_OF(ALLOW), "6", "7", &path, used);
    assert_true(!used[0] && used[1]);
    data_changes_clear(&fixture.data);
}

/* The migration is that of the statement that did it, also where it names something else. */
static void test_cause(void **state)
{
    static const struct {
        const char *first, *second; /* of 003 and 004 */
        bool dropped;
        ColumnChange column;
        const char *migration, *detail;
    } ROWS[] = {
        {"SELECT 1",
         "DELETE FROM books",
         false,
         {0},
         "004",
         "follows this statement: DELETE FROM books"},
        {"DELETE FROM books", "SELECT 1", false, EMPTIED("book_id"), "003",
         "follows this statement: DELETE FROM books"},
        {"INSERT INTO new_notes (id) SELECT id FROM notes; ALTER TABLE new_notes RENAME TO notes",
         "DELETE FROM books", false, EMPTIED("body"), "003", "the table was copied by"},
        {"DROP TYPE mood CASCADE", "SELECT 1", false, DROPPED("mood"), "003",
         "takes along what depends on it: DROP TYPE mood CASCADE"},
        {"DROP EXTENSION a CASCADE", "DROP TYPE mood CASCADE", false, DROPPED("mood"), NULL,
         "values before"},
        {"SELECT 1", "SELECT 2", false, EMPTIED("body"), NULL, "values before"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(finding_list) FindingList findings = {0};
        AUTO(statement_list) StatementList statements = {0};
        TableChange *change;
        char *skip = NULL;

        fixture_init(&fixture);
        ledger_put(&fixture.after.ledgers.items[0], "004", NULL, LEDGER_APPLIED);
        change = add_change(&fixture, "public", ROWS[i].dropped, ROWS[i].column.column ? 0 : 2);
        str_list_add(&change->parents, "public.books");
        if (ROWS[i].column.column)
            add_column(&ROWS[i].column, change);
        statement_list_add_script(&statements, "003", ROWS[i].first);
        statement_list_add_script(&statements, "004", ROWS[i].second);
        fixture.seen.statements = &statements;
        check_find("data-survival")->judge(&fixture.seen, &findings, &skip);
        assert_int_equal(findings.len, 1);
        if (!text_eq(findings.items[0].migration, ROWS[i].migration) ||
            !strstr(findings.items[0].detail, ROWS[i].detail))
            fail_msg("row %zu: %s: %s", i, findings.items[0].migration, findings.items[0].detail);
        data_changes_clear(&fixture.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_allow_by_column),
        cmocka_unit_test(test_allow_by_namespace),
        cmocka_unit_test(test_cause),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
