#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "check/parity.h"
#include "check_fixture.h"
#include "migrator/migration_files.h"

/* The fixture, and the candidate on an empty database that ends as the upgrade does. */
typedef struct Roads {
    Fixture fixture;
    Step fresh, fresh_again;
    Snapshot after_fresh, after_fresh_again;
    MigrationSet old_files, new_files;
} Roads;

static void roads_clear(Roads *roads)
{
    fixture_clear(&roads->fixture);
    step_clear(&roads->fresh);
    step_clear(&roads->fresh_again);
    snapshot_clear(&roads->after_fresh);
    snapshot_clear(&roads->after_fresh_again);
    migration_set_clear(&roads->old_files);
    migration_set_clear(&roads->new_files);
}

DEFINE_AUTO_VALUE(roads, Roads, roads_clear)

static void roads_init(Roads *roads)
{
    Observation *seen = &roads->fixture.seen;

    *roads = (Roads){0};
    fixture_init(&roads->fixture);
    roads->fresh = fixture_step("fresh-install", 0, "3 applied");
    roads->fresh_again = fixture_step("fresh-again", 0, "0 applied");
    fixture_snapshot(&roads->after_fresh, "001_init 002_tags 003_owner");
    fixture_snapshot(&roads->after_fresh_again, "001_init 002_tags 003_owner");
    seen->fresh = &roads->fresh;
    seen->fresh_again = &roads->fresh_again;
    seen->after_fresh = &roads->after_fresh;
    seen->after_fresh_again = &roads->after_fresh_again;
}

static void add_file(FoundFileList *files, const char *path, const char *text, uint64_t digest)
{
    LIST_PUSH(files, ((FoundFile){.path = xstrdup(path), .text = xstrdup(text), .digest = digest}));
}

typedef struct Judged {
    FindingList findings;
    char *skip;
} Judged;

static void judged_clear(Judged *judged)
{
    finding_list_clear(&judged->findings);
    free(judged->skip);
}

DEFINE_AUTO_VALUE(judged, Judged, judged_clear)

static void judge(const char *check, const Roads *roads, Judged *judged)
{
    judged_clear(judged);
    *judged = (Judged){0};
    check_find(check)->judge(&roads->fixture.seen, &judged->findings, &judged->skip);
}

static const Finding *only(const Judged *judged)
{
    if (judged->skip)
        fail_msg("skipped: %s", judged->skip);
    assert_int_equal(judged->findings.len, 1);
    assert_int_equal(judged->findings.items[0].level, LEVEL_ERROR);
    assert_non_null(judged->findings.items[0].hint);
    return &judged->findings.items[0];
}

static void test_alike(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    roads_init(&roads);
    judge("fresh-install", &roads, &judged);
    assert_null(judged.skip);
    assert_int_equal(judged.findings.len, 0);
    judge("schema-parity", &roads, &judged);
    assert_null(judged.skip);
    assert_int_equal(judged.findings.len, 0);
}

/* --- fresh-install --- */

static void test_fails_on_an_empty_database(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    roads_init(&roads);
    fixture_end(&roads.fresh, STEP_EXITED, 1, "applying 003_owner\nno such table: settings");
    roads.fixture.seen.after_fresh = NULL;
    judge("fresh-install", &roads, &judged);
    assert_string_equal(only(&judged)->title,
                        "the candidate fails on an empty database: no such table: settings");
    assert_string_equal(judged.findings.items[0].table, "settings");
    /* and then nobody knows how the two roads end */
    judge("schema-parity", &roads, &judged);
    assert_string_equal(judged.skip, "the candidate did not pass on an empty database");
    /* it is judged as well where the old release cannot run */
    fixture_end(&roads.fixture.old_migrate, STEP_EXITED, 1, "DATABASE is not set");
    roads.fixture.seen.new_migrate = NULL;
    judge("fresh-install", &roads, &judged);
    (void)only(&judged);
}

/* One cause, one finding; but a fresh install did not pass either. */
static void test_fails_as_the_upgrade_does(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    roads_init(&roads);
    fixture_end(&roads.fresh, STEP_EXITED, 1, "no such module: vec0");
    fixture_end(&roads.fixture.new_migrate, STEP_EXITED, 1, "no such module: vec0");
    judge("fresh-install", &roads, &judged);
    assert_int_equal(judged.findings.len, 0);
    assert_string_equal(judged.skip,
                        "on an empty database the candidate fails as it does on the old one");
    fixture_end(&roads.fixture.new_migrate, STEP_EXITED, 1, "NOT NULL constraint failed: notes.a");
    judge("fresh-install", &roads, &judged);
    (void)only(&judged);
    /* the engine reads stdout and stderr apart */
    fixture_end(&roads.fresh, STEP_EXITED, 1, "error: one\nerror: other");
    fixture_end(&roads.fixture.new_migrate, STEP_EXITED, 1, "error: other\nerror: one");
    judge("fresh-install", &roads, &judged);
    assert_int_equal(judged.findings.len, 0);
    fixture_end(&roads.fixture.new_migrate, STEP_EXITED, 1, "error: a third");
    judge("fresh-install", &roads, &judged);
    (void)only(&judged);
}

static void test_makes_nothing(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};
    Snapshot nothing = {0};

    (void)state;
    roads_init(&roads);
    roads.fixture.seen.after_fresh = &nothing;
    judge("fresh-install", &roads, &judged);
    assert_string_equal(only(&judged)->title, "the candidate exits with 0 on an empty database and "
                                              "makes no table in it; release 6 leaves 2");
    judge("schema-parity", &roads, &judged);
    assert_string_equal(judged.skip, "a fresh install made no table");
    str_list_add(&roads.fixture.new_strays, "/tmp/app.db");
    judge("fresh-install", &roads, &judged);
    assert_string_equal(judged.skip, "the candidate's database is elsewhere");
}

static void test_second_run(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    roads_init(&roads);
    roads.after_fresh_again.data.items[1].rows = 5;
    judge("fresh-install", &roads, &judged);
    assert_string_equal(only(&judged)->title,
                        "starting the candidate a second time after a fresh install adds 1 row to "
                        "tags (4 before, 5 after)");
    /* what it does to an upgraded database as well is the finding of rerun */
    roads.fixture.after_rerun.data.items[1].rows = 5;
    judge("fresh-install", &roads, &judged);
    assert_null(judged.skip);
    assert_int_equal(judged.findings.len, 0);
    roads.fixture.after_rerun.data.items[1].rows = 4;
    fixture_end(&roads.fresh_again, STEP_EXITED, 1, "table tags already exists");
    judge("fresh-install", &roads, &judged);
    assert_string_equal(only(&judged)->title,
                        "starting the candidate a second time after a fresh install fails: table "
                        "tags already exists");
}

static void test_not_run(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};
    Observation *seen = &roads.fixture.seen;

    (void)state;
    roads_init(&roads);
    seen->fresh = seen->fresh_again = NULL;
    judge("fresh-install", &roads, &judged);
    assert_string_equal(judged.skip, "the candidate was not run on an empty database");
    seen->opaque = true;
    judge("fresh-install", &roads, &judged);
    assert_string_equal(judged.skip, "a second server would not be found: tell the application its "
                                     "host by {host}");
    seen->old_lacks = "package.json names no migrator";
    judge("fresh-install", &roads, &judged);
    assert_string_equal(judged.skip, "the upgrade itself began with an empty database");
    seen->candidate_lacks = "no migrator";
    judge("fresh-install", &roads, &judged);
    assert_string_equal(judged.skip, "the candidate has no migrations: no migrator");
}

/* --- rerun, the third time --- */

static void test_third_run(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};
    Observation *seen = &roads.fixture.seen;

    (void)state;
    roads_init(&roads);
    seen->rerun_again = &roads.fresh_again;
    seen->after_rerun_again = &roads.after_fresh_again;
    judge("rerun", &roads, &judged);
    assert_int_equal(judged.findings.len, 0);
    roads.after_fresh_again.data.items[0].rows = 0;
    judge("rerun", &roads, &judged);
    assert_string_equal(only(&judged)->title, "running the migrations a third time removes 12 rows "
                                              "from notes (12 before, 0 after)");
    /* what the second did is not said twice */
    roads.fixture.after_rerun.data.items[0].rows = 0;
    judge("rerun", &roads, &judged);
    assert_string_equal(only(&judged)->title, "running the migrations a second time removes 12 "
                                              "rows from notes (12 before, 0 after)");
    roads.fixture.after_rerun.data.items[0].rows = 12;
    fixture_end(&roads.fresh_again, STEP_EXITED, 1, "database is locked");
    judge("rerun", &roads, &judged);
    assert_string_equal(only(&judged)->title,
                        "running the migrations a third time fails: database is locked");
}

/* --- schema-parity --- */

static void test_index_only_after_a_fresh_install(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};
    SchemaObject *index;

    (void)state;
    roads_init(&roads);
    index = schema_add(&roads.after_fresh.schema, SCHEMA_INDEX, "", "notes", "notes_by_body");
    str_map_set(&index->attributes, "columns", "body");
    schema_sort(&roads.after_fresh.schema);
    judge("schema-parity", &roads, &judged);
    assert_string_equal(only(&judged)->title,
                        "index notes_by_body on notes exists only after a fresh install");
    assert_string_equal(judged.findings.items[0].table, "notes");
    assert_null(judged.findings.items[0].column);
}

static void test_column_that_differs(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};
    SchemaObject *column;

    (void)state;
    roads_init(&roads);
    schema_clear(&roads.after_fresh.schema);
    (void)schema_add(&roads.after_fresh.schema, SCHEMA_TABLE, "", "", "notes");
    (void)schema_add(&roads.after_fresh.schema, SCHEMA_TABLE, "", "", "tags");
    (void)schema_add(&roads.after_fresh.schema, SCHEMA_TABLE, "", "", "migrations");
    column = fixture_column(&roads.after_fresh, "notes", "body", "TEXT");
    str_map_set(&column->attributes, "not null", "yes");
    (void)fixture_column(&roads.after_fresh, "tags", "name", "TEXT");
    schema_sort(&roads.after_fresh.schema);
    judge("schema-parity", &roads, &judged);
    assert_non_null(strstr(only(&judged)->title, "column notes.body"));
    assert_string_equal(judged.findings.items[0].table, "notes");
    assert_string_equal(judged.findings.items[0].column, "body");
}

/* A comment, the ledger and its lock, and what a backup brought. */
static void test_no_differences(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};
    SchemaObject *table;

    (void)state;
    roads_init(&roads);
    table = schema_add(&roads.after_fresh.schema, SCHEMA_COLUMN, "", "migrations", "took_ms");
    str_map_set(&table->attributes, "type", "INTEGER");
    fixture_table(&roads.fixture.before, "grown", 1, "aa", false);
    fixture_table(&roads.fixture.after, "grown", 1, "aa", false);
    schema_sort(&roads.fixture.before.schema);
    schema_sort(&roads.fixture.after.schema);
    schema_sort(&roads.after_fresh.schema);
    roads.fixture.seen.restored = true;
    judge("schema-parity", &roads, &judged);
    assert_int_equal(judged.findings.len, 0);
    roads.fixture.seen.restored = false;
    judge("schema-parity", &roads, &judged);
    assert_string_equal(only(&judged)->title, "table grown exists only after the upgrade");
}

/* What could not be read is not gone. */
static void test_unread(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    roads_init(&roads);
    (void)fixture_column(&roads.after_fresh, "tags", "hue", "TEXT");
    schema_sort(&roads.after_fresh.schema);
    str_list_add(&roads.fixture.after.unseen, "table tags: no such module: vec0");
    judge("schema-parity", &roads, &judged);
    assert_int_equal(judged.findings.len, 0);
    /* as long as only one of them is blind */
    str_list_add(&roads.after_fresh.unseen, "table tags: no such module: vec0");
    judge("schema-parity", &roads, &judged);
    (void)only(&judged);
    str_list_add(&roads.after_fresh.unseen, "schema: permission denied");
    judge("schema-parity", &roads, &judged);
    assert_string_equal(judged.skip, "schema: permission denied");
}

/* Hundreds of differences of some tables: one finding for each table. */
static void test_many(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    roads_init(&roads);
    for (int i = 0; i < 60; i++) {
        AUTO(str) char *name = xasprintf("c%d", i);

        (void)fixture_column(&roads.after_fresh, i % 2 ? "notes" : "tags", name, "TEXT");
    }
    schema_sort(&roads.after_fresh.schema);
    judge("schema-parity", &roads, &judged);
    assert_int_equal(judged.findings.len, 2);
    assert_non_null(strstr(judged.findings.items[0].title, "differs in 30 things"));
}

/* The migration that a difference comes of. */
static void test_migration(void **state)
{
    AUTO(roads) Roads roads = {0};
    AUTO(found_file_list) FoundFileList old = {0}, new = {0};
    AUTO(judged) Judged judged = {0};
    Observation *seen = &roads.fixture.seen;

    (void)state;
    roads_init(&roads);
    add_file(&old, "001_init.sql", "create table notes(body text)", 1);
    add_file(&new, "001_init.sql", "create table notes(body text)", 1);
    add_file(&old, "002_tags.sql", "create table tags(name text)", 2);
    add_file(&new, "002_tags.sql", "create table tags(name text, hue text)", 3);
    add_file(&new, "003_owner.sql", "update tags set hue = 'hues'; select notes.body", 4);
    migration_set_make("home-made", "/app/migrations", &old, &roads.old_files);
    migration_set_make("home-made", "/app/migrations", &new, &roads.new_files);
    seen->old_files = &roads.old_files;
    seen->new_files = &roads.new_files;
    (void)fixture_column(&roads.after_fresh, "tags", "hue", "TEXT");
    schema_sort(&roads.after_fresh.schema);
    judge("schema-parity", &roads, &judged);
    assert_string_equal(only(&judged)->title, "column tags.hue exists only after a fresh install");
    assert_string_equal(judged.findings.items[0].migration, "002_tags");
    assert_non_null(strstr(judged.findings.items[0].detail, "/app/migrations/002_tags.sql"));
    assert_non_null(strstr(judged.findings.items[0].detail, "ADD COLUMN"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alike),
        cmocka_unit_test(test_fails_on_an_empty_database),
        cmocka_unit_test(test_fails_as_the_upgrade_does),
        cmocka_unit_test(test_makes_nothing),
        cmocka_unit_test(test_second_run),
        cmocka_unit_test(test_not_run),
        cmocka_unit_test(test_third_run),
        cmocka_unit_test(test_index_only_after_a_fresh_install),
        cmocka_unit_test(test_column_that_differs),
        cmocka_unit_test(test_no_differences),
        cmocka_unit_test(test_unread),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_migration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
