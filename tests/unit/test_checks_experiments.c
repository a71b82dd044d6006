/* What is judged by experiments: rerun, edge-data, concurrent, start, old-on-new, rollback. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

static void test_rerun_fails(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.rerun, STEP_EXITED, 1,
                "applying repeat_search_index\nindex notes_by_title already exists");
    fixture.seen.after_rerun = NULL;
    judged = judge("rerun", &fixture);
    assert_text(only(&judged)->title,
                "running the migrations a second time fails: index notes_by_title "
                "already exists");
    assert_has(only(&judged)->detail, "rerun: exit status 1");
    assert_text(only(&judged)->migration, "repeat_search_index");
}

static void test_rerun_timeout(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.rerun, STEP_TIMED_OUT, 137, "waiting");
    judged = judge("rerun", &fixture);
    assert_text(only(&judged)->title,
                "running the migrations a second time fails: killed at the timeout "
                "of 10 min 0 s");
}

static void test_rerun_data(void **state)
{
    static const struct {
        int64_t rows;
        const char *fingerprint, *title; /* NULL: silent */
    } ROWS[] = {
        {4, "bb", NULL},
        {5, "xx", "running the migrations a second time adds 1 row to tags (4 before, 5 after)"},
        {7, "bb", "running the migrations a second time adds 3 rows to tags (4 before, 7 after)"},
        {0, "xx",
         "running the migrations a second time removes 4 rows from tags (4 before, 0 after)"},
        {4, "xx",
         "running the migrations a second time changes values in tags (4 rows before and "
         "after)"},
        {4, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(judged) Judged judged = {0};
        TableData *tags;

        fixture_init(&fixture);
        tags = &fixture.after_rerun.data.items[1];
        tags->rows = ROWS[i].rows;
        free(tags->fingerprint);
        tags->fingerprint = xstrdup_null(ROWS[i].fingerprint);
        /* the ledger's times differ from run to run: no finding */
        free(fixture.after_rerun.data.items[2].fingerprint);
        fixture.after_rerun.data.items[2].fingerprint = xstrdup("zz");
        if (!ROWS[i].title) {
            assert_silent("rerun", &fixture);
            continue;
        }
        judged = judge("rerun", &fixture);
        assert_text(only(&judged)->title, ROWS[i].title);
        assert_text(only(&judged)->table, "tags");
    }
}

static void test_rerun_schema(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    const Finding *finding;

    (void)state;
    fixture_init(&fixture);
    (void)fixture_column(&fixture.after_rerun, "notes", "slug", "TEXT");
    schema_sort(&fixture.after_rerun.schema);
    judged = judge("rerun", &fixture);
    finding = only(&judged);
    assert_text(finding->title, "running the migrations a second time adds column notes.slug");
    assert_text(finding->table, "notes");
}

static void test_rerun_schema_many(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    (void)fixture_column(&fixture.after_rerun, "notes", "slug", "TEXT");
    (void)fixture_column(&fixture.after_rerun, "notes", "size", "INTEGER");
    (void)schema_add(&fixture.after_rerun.schema, SCHEMA_TABLE, "", "", "extra");
    schema_sort(&fixture.after_rerun.schema);
    judged = judge("rerun", &fixture);
    assert_null(judged.skip);
    assert_int_equal(judged.findings.len, 2);
    assert_text(judged.findings.items[0].title,
                "running the migrations a second time adds table extra");
    assert_text(judged.findings.items[1].title, "running the migrations a second time adds column "
                                                "notes.size, and 1 more change of notes");
    assert_text(judged.findings.items[1].detail, "adds column notes.size\nadds column notes.slug");
}

static void test_rerun_ledger(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    ledger_put(&fixture.after_rerun.ledgers.items[0], "004_slug", NULL, LEDGER_APPLIED);
    judged = judge("rerun", &fixture);
    assert_text(only(&judged)->title,
                "running the migrations a second time applies 1 more (004_slug): one run did not "
                "apply everything");
    assert_text(only(&judged)->migration, "004_slug");
}

static void test_edge_skips(void **state)
{
    AUTO(fixture) Fixture fixture = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.edge = NULL;
    assert_skip("edge-data", &fixture, "no rows were made that the old schema merely permits");
    fixture.new_migrate.outcome = OUTCOME_FAILED;
    assert_skip("edge-data", &fixture, "the candidate's migrations did not pass");
    fixture.new_migrate.outcome = OUTCOME_PASSED;
    fixture.rerun.outcome = OUTCOME_ERROR;
    fixture.rerun.reason = xstrdup("the engine went away");
    fixture.seen.edge = &fixture.rerun;
    assert_skip("edge-data", &fixture,
                "the migrations could not be run on such rows: the engine went away");
}

static void test_edge_fails(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    const char *log = "applying 003_owner\nERROR: could not create unique index \"tags_name\"\n"
                      "DETAIL:  Key (name)=(amber) is duplicated.";

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.rerun, STEP_EXITED, 1, log);
    judged = judge("edge-data", &fixture);
    assert_text(only(&judged)->title,
                "migration 003_owner fails on rows that the old schema permits: could not create "
                "unique index \"tags_name\"");
    assert_int_equal(only(&judged)->level, LEVEL_WARN);
    assert_text(only(&judged)->table, "tags");
    assert_text(only(&judged)->column, "name");
    assert_text(only(&judged)->migration, "003_owner");
    assert_has(only(&judged)->detail, "The row that broke it: Key (name)=(amber) is duplicated.");
    assert_has(only(&judged)->hint, "merge or rename the duplicates");
}

/* The main path says it already; another failure there hides nothing. */
static void test_edge_after_main(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.new_migrate, STEP_EXITED, 1, "NOT NULL constraint failed: notes.body");
    fixture_end(&fixture.rerun, STEP_EXITED, 1, "NOT NULL constraint failed: notes.body");
    assert_silent("edge-data", &fixture);
    fixture_end(&fixture.rerun, STEP_EXITED, 1, "NOT NULL constraint failed: tags.name");
    judged = judge("edge-data", &fixture);
    assert_text(only(&judged)->table, "tags");
}

static void test_edge_learnt(void **state)
{
    static const struct {
        LessonKind kind;
        const char *space, *text, *title, *hint;
    } ROWS[] = {
        {LESSON_JSON, "", NULL, "expect JSON in notes.body", "{notes.body: \"'{}'\"}"},
        {LESSON_DIGITS, "public", NULL, "expect a number in notes.body", "{notes.body: \"'1'\"}"},
        {LESSON_ISO_TIME, "app", NULL, "expect a date or time in app.notes.body",
         "{app.notes.body: \"'2024-01-02T03:04:05Z'\"}"},
        {LESSON_UUID, "public", NULL, "expect a UUID in notes.body",
         "{notes.body: \"gen_random_uuid()::text\"}"},
        {LESSON_KEY_OF, "", NULL, "expect a key of users in notes.body",
         "{notes.body: \"(SELECT uid FROM users ORDER BY random() LIMIT 1)\"}"},
        {LESSON_DISTINCT, "", NULL, "expect another value in every row in notes.body",
         "{notes.body: \"hex(randomblob(16))\"}"},
        {LESSON_ONE_OF, "", "it's", "expect one of it's in notes.body",
         "{notes.body: \"'it''s'\"}"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(judged) Judged judged = {0};
        AUTO(learnt_list) LearntList learnt = {0};
        AUTO(lesson)
        Lesson lesson = {.kind = ROWS[i].kind,
                         .space = xstrdup(ROWS[i].space),
                         .table = xstrdup("notes"),
                         .column = xstrdup("body"),
                         .of_table = xstrdup("users"),
                         .of_column = xstrdup("uid")};

        if (ROWS[i].text)
            str_list_add(&lesson.texts, ROWS[i].text);
        learnt_list_add(&learnt, &lesson, "amber garden 1", "malformed JSON", "003_owner");
        fixture_init(&fixture);
        fixture.seen.learnt = &learnt;
        fixture.seen.edge = NULL;
        judged = judge("edge-data", &fixture);
        assert_has(only(&judged)->title, ROWS[i].title);
        assert_has(only(&judged)->hint, ROWS[i].hint);
        assert_int_equal(only(&judged)->level, LEVEL_WARN);
        assert_text(only(&judged)->table, "notes");
        assert_text(only(&judged)->column, "body");
        assert_text(only(&judged)->migration, "003_owner");
        assert_has(only(&judged)->detail,
                   "malformed JSON\nthe value was made up: amber garden 1\n");
    }
}

/* What was found before the engine went away is told, whatever else could not be. */
static void test_edge_learnt_alone(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(learnt_list) LearntList learnt = {0};
    AUTO(str_map) StrMap could_not = {0};
    Lesson lesson = {.kind = LESSON_JSON,
                     .space = (char *)(uintptr_t) "",
                     .table = (char *)(uintptr_t) "notes",
                     .column = (char *)(uintptr_t) "body"};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.edge = NULL;
    fixture.seen.learnt = &learnt;
    fixture.seen.could_not = &could_not;
    str_map_set(&could_not, "edge-data", "the engine went away");
    assert_unsure("edge-data", &fixture, 0, "the engine went away");
    learnt_list_add(&learnt, &lesson, "amber", "malformed JSON", "003_owner");
    assert_unsure("edge-data", &fixture, 1, "the engine went away");
}

/* Two migrators at once: what the database says is worse than one that gives way. */
static void test_concurrent(void **state)
{
    static const struct {
        int first, second, again;
        const char *log;
        Level level;
        const char *title;
    } ROWS[] = {
        {0, 0, 0, NULL, LEVEL_OFF, NULL},
        {0, 1, 0, "Error: Another migration is already running", LEVEL_WARN,
         "of two migrators started together one fails: Another migration is already running; "
         "started again it passes"},
        {1, 0, 0, "ERROR: duplicate key value violates unique constraint \"pg_type_typname\"",
         LEVEL_ERROR, NULL},
        {1, 0, 1, "Error: Another migration is already running", LEVEL_ERROR,
         "of two migrators started together one fails: Another migration is already running"},
        {1, 1, 0, "Error: locked", LEVEL_ERROR,
         "of two migrators started together both fail: Error: locked"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(finding_list) FindingList findings = {0};
        AUTO(step) Step first = fixture_step("concurrent", ROWS[i].first, ROWS[i].log);
        AUTO(step) Step second = fixture_step("concurrent", ROWS[i].second, ROWS[i].log);
        AUTO(step) Step again = fixture_step("concurrent-again", ROWS[i].again, "done");
        char *skip = NULL;

        fixture_init(&fixture);
        fixture.seen.together[0] = &first;
        fixture.seen.together[1] = &second;
        fixture.seen.together_again = ROWS[i].log ? &again : NULL;
        fixture.seen.after_together = fixture.seen.after_rerun;
        check_find("concurrent")->judge(&fixture.seen, &findings, &skip);
        assert_null(skip);
        assert_int_equal(findings.len, ROWS[i].log ? 1 : 0);
        if (!ROWS[i].log)
            continue;
        assert_int_equal(findings.items[0].level, ROWS[i].level);
        if (ROWS[i].title)
            assert_text(findings.items[0].title, ROWS[i].title);
    }
}

static void test_concurrent_differs(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(finding_list) FindingList findings = {0};
    char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.together[0] = fixture.seen.together[1] = &fixture.rerun;
    fixture.seen.after_together = &fixture.after_rerun;
    fixture.seen.after_rerun = NULL;
    fixture.after_rerun.data.items[1].rows = 8;
    (void)schema_add(&fixture.after_rerun.schema, SCHEMA_INDEX, "", "tags", "tags_name_idx");
    /* a ledger is no schema of the application */
    (void)schema_add(&fixture.after_rerun.schema, SCHEMA_INDEX, "", "migrations", "m_idx");
    schema_sort(&fixture.after_rerun.schema);
    check_find("concurrent")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    assert_int_equal(findings.len, 2);
    assert_text(findings.items[0].title,
                "two migrators started together end in another schema: index tags_name_idx on tags "
                "exists only after two at once");
    assert_text(findings.items[1].title,
                "two migrators started together both change the data of tags");
    assert_text(findings.items[1].detail, "tags has 4 rows after one, 8 after two at once");
    assert_text(findings.items[1].table, "tags");
}

/* A table that grows at each start is the finding of rerun. */
static void test_concurrent_grows_anyhow(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(finding_list) FindingList findings = {0};
    char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.after_together = &fixture.after_rerun;
    fixture.after_rerun.data.items[1].rows = 8;
    check_find("concurrent")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    assert_int_equal(findings.len, 0);
}

static void test_start(void **state)
{
    static const struct {
        StepEnd end;
        const char *log, *reason, *title;
    } ROWS[] = {
        {STEP_NOT_READY, "listening", "HTTP 500: no such page",
         "the candidate does not become ready on the upgraded database: not ready within 10 min 0 "
         "s: HTTP 500: no such page"},
        {STEP_NOT_READY, "ERROR: relation \"users\" does not exist", "HTTP 500",
         "the candidate does not become ready on the upgraded database: relation \"users\" does not "
         "exist (not ready within 10 min 0 s: HTTP 500)"},
        {STEP_EXITED, NULL, "it ended before it was ready",
         "the candidate does not become ready on the upgraded database: exit status 0: it ended "
         "before it was ready"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(finding_list) FindingList findings = {0};
        AUTO(step) Step step = fixture_step("start", 0, NULL);
        char *skip = NULL;

        fixture_init(&fixture);
        fixture_end(&step, ROWS[i].end, 0, ROWS[i].log);
        step.reason = xstrdup(ROWS[i].reason);
        fixture.seen.start = &step;
        check_find("start")->judge(&fixture.seen, &findings, &skip);
        assert_null(skip);
        assert_int_equal(findings.len, 1);
        assert_text(findings.items[0].title, ROWS[i].title);
        assert_int_equal(findings.items[0].level, LEVEL_ERROR);
        assert_non_null(findings.items[0].hint);
    }
}

static void test_old_on_new(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(step) Step step = fixture_step("old-on-new", 1, "SqliteError: no such column: owner");
    char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.smoke = NULL;
    check_find("old-on-new")->judge(&fixture.seen, &findings, &skip);
    assert_text(skip, "no `smoke` command is set");
    free(skip);
    skip = NULL;
    fixture.seen.old_smoke = &step;
    check_find("old-on-new")->judge(&fixture.seen, &findings, &skip);
    assert_text(skip, "the smoke command fails on the old database, too: no such column: owner");
    free(skip);
    skip = NULL;
    fixture.seen.old_smoke = NULL;
    fixture.seen.smoke = &step;
    check_find("old-on-new")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    assert_int_equal(findings.len, 1);
    assert_text(findings.items[0].title,
                "release 6 does not work on the upgraded database: no such column: owner");
    assert_int_equal(findings.items[0].level, LEVEL_WARN);
    assert_non_null(findings.items[0].hint);
}

static void test_rollback(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(step) Step down = fixture_step("rollback", 0, "1 undone");
    AUTO(step) Step old = fixture_step("old-again", 1, "Error: no such column: owner");
    char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.rollback = NULL;
    check_find("rollback")->judge(&fixture.seen, &findings, &skip);
    assert_text(skip, "no `rollback` command is set");
    free(skip);
    skip = NULL;
    fixture.seen.rollback = &down;
    fixture.seen.old_again = &old;
    fixture.seen.after_rollback = &fixture.after_rerun;
    fixture.seen.new_again = NULL;
    fixture.seen.after_again = NULL;
    (void)fixture_column(&fixture.after_rerun, "notes", "owner", "TEXT");
    schema_sort(&fixture.after_rerun.schema);
    fixture.after_rerun.data.items[0].rows = 3;
    check_find("rollback")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    assert_int_equal(findings.len, 3);
    assert_text(findings.items[0].title,
                "the rollback does not lead back to the old schema: column notes.owner exists only "
                "after the rollback");
    assert_text(findings.items[0].table, "notes");
    assert_text(findings.items[1].detail,
                "notes has 12 rows before the upgrade, 3 after the rollback");
    assert_text(findings.items[2].title,
                "the released image does not run on the database that was rolled back: no such "
                "column: owner");
    for (size_t i = 0; i < findings.len; i++)
        assert_int_equal(findings.items[i].level, LEVEL_WARN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rerun_fails),
        cmocka_unit_test(test_rerun_timeout),
        cmocka_unit_test(test_edge_skips),
        cmocka_unit_test(test_edge_fails),
        cmocka_unit_test(test_edge_after_main),
        cmocka_unit_test(test_edge_learnt),
        cmocka_unit_test(test_edge_learnt_alone),
        cmocka_unit_test(test_rerun_data),
        cmocka_unit_test(test_rerun_schema),
        cmocka_unit_test(test_rerun_schema_many),
        cmocka_unit_test(test_rerun_ledger),
        cmocka_unit_test(test_concurrent),
        cmocka_unit_test(test_concurrent_differs),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_concurrent_grows_anyhow),
        cmocka_unit_test(test_old_on_new),
        cmocka_unit_test(test_rollback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
