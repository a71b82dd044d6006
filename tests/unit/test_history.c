#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "check/new_migrations.h"
#include "history_fixture.h"

/* Files: "path=text" separated by "|". Findings: "level migration" of one check, separated by ", ".
 */
typedef struct Row {
    const char *framework, *old, *new, *before, *after;
    int exit_code; /* of the candidate's migrations */
    const char *history, *pending;
} Row;

#define A "001_a.sql=create table a(id int);"
#define B "|002_b.sql=create table b(id int);"

static const Row ROWS[] = {
    /* home-made */
    {"home-made", A B, A B "|003_c.sql=x", "001_a 002_b", "001_a 002_b 003_c", 0, "", ""},
    {"home-made", A B, A B "|003_c.sql=x", "001_a 002_b", "001_a 002_b", 0, "", "error 003_c"},
    {"home-made", A B, A B "|001b_c.sql=x", "001_a 002_b", "001_a 002_b", 0, "error 001b_c",
     "error 001b_c"},
    {"home-made", A B, A B "|001b_c.sql=x", "001_a 002_b", "001_a 002_b 001b_c", 0, "warn 001b_c",
     ""},
    {"home-made", A B, A "|002_b.sql=create table b(id int, n int);", "001_a 002_b", "001_a 002_b",
     0, "error 002_b", ""},
    /* a licence header, a formatter */
    {"home-made", A B, A "|002_b.sql=-- (c) us\n/* a /* b */ */CREATE TABLE \"b\" (\n  ID INT\n)",
     "001_a 002_b", "001_a 002_b", 0, "", ""},
    {"home-made", A B, A "|002_b.sql=create table b(id int default 'a  b')", "001_a 002_b",
     "001_a 002_b", 0, "error 002_b", ""},
    {"home-made", A B, A, "001_a 002_b", "001_a 002_b", 0, "warn 002_b", ""},
    {"home-made", A B, A "|002_bb.sql=create table b(id int);", "001_a 002_b", "001_a 002_b 002_bb",
     0, "warn 002_b", ""},
    {"home-made", A B, "003_all.sql=everything", "001_a 002_b", "001_a 002_b", 1, "error 001_a",
     ""},
    /* a draft that the released image leaves out as well; a file that runs every time */
    {"home-made", A B "|000_draft.sql=x", A B "|000_draft.sql=x", "001_a 002_b", "001_a 002_b", 0,
     "", "warn 000_draft"},
    {"home-made", A B, A B "|repeat_view.sql=x", "001_a 002_b", "001_a 002_b", 0, "", ""},
    /* nothing of the ledger is among the files */
    {"home-made", A B, A, "x y", "x y", 0, "skipped", ""},
    {"home-made", A B, A B "|002_c.sql=x", "1 2", "1 2", 0, "error 002_c", ""},
    /* so it was released: not the candidate's doing */
    {"home-made", A B "|002_c.sql=x", A B "|002_c.sql=x|003_d.sql=y", "1 2", "1 2 3", 0,
     "warn 002_c", ""},
    {"golang-migrate", "1_a.up.sql=x|3_b.up.sql=y", "1_a.up.sql=x|2_c.up.sql=z|3_b.up.sql=y", "3",
     "3", 0, "error 2_c", "error 2_c"},
    {"golang-migrate", "1_a.up.sql=x|3_b.up.sql=y", "1_a.up.sql=x|3_b.up.sql=y|4_c.up.sql=z", "3",
     "4", 0, "", ""},
    {"golang-migrate", "1_a.up.sql=x", "1_a.up.sql=x|2_c.up.sql=z", "1", "1", 0, "", "error 2_c"},
    {"Drizzle",
     "meta/_journal.json={\"entries\":[{\"when\":10,\"tag\":\"0000_a\"},{\"when\":30,\"tag\":\"0001_b\"}]}"
     "|0000_a.sql=x|0001_b.sql=y",
     "meta/_journal.json={\"entries\":[{\"when\":10,\"tag\":\"0000_a\"},{\"when\":30,\"tag\":\"0001_b\"},"
     "{\"when\":20,\"tag\":\"0002_c\"}]}|0000_a.sql=x|0001_b.sql=y|0002_c.sql=z",
     "10 30", "10 30", 0, "error 0002_c", "error 0002_c"},
    {"Drizzle", /* a patched one that runs it all the same: its row is proof */
     "meta/_journal.json={\"entries\":[{\"when\":10,\"tag\":\"0000_a\"},{\"when\":30,\"tag\":\"0001_b\"}]}"
     "|0000_a.sql=x|0001_b.sql=y",
     "meta/_journal.json={\"entries\":[{\"when\":10,\"tag\":\"0000_a\"},{\"when\":30,\"tag\":\"0001_b\"},"
     "{\"when\":20,\"tag\":\"0002_c\"}]}|0000_a.sql=x|0001_b.sql=y|0002_c.sql=z",
     "10 30", "10 30 20", 0, "warn 0002_c", ""},
    {"Prisma", "1_a/migration.sql=x|2_b/migration.sql=y", "1_a/migration.sql=x|2_b/migration.sql=Y",
     "1_a 2_b", "1_a 2_b", 0, "", ""},
    {"Prisma", "1_a/migration.sql=x|2_b/migration.sql=y", "1_a/migration.sql=x|2_b/migration.sql=w",
     "1_a 2_b", "1_a 2_b", 0, "error 2_b", ""},
    {"Knex", "1_a.js=x|2_b.js=y", "1_a.js=x|2_b.ts=y", "1_a.js 2_b.js", "1_a.js 2_b.js", 1,
     "error 2_b.js", ""},
    {"Knex", "1_a.js=up('x')", "1_a.js=// new\nup(\"x\",);", "1_a.js", "1_a.js", 0, "", ""},
    {"Knex", "1_a.js=up('x')", "1_a.js=up('y')", "1_a.js", "1_a.js", 0, "error 1_a.js", ""},
    {"sqlx", "1_a.sql=x|2_b.sql=y", "1_a.sql=x -- why|2_b.sql=y", "1 2", "1 2", 1, "error 1_a", ""},
    {"sqlx", "1_a.sql=x|2_b.sql=y", "1_a.sql=x -- why|2_b.sql=y", "1 2", "1 2", 0, "", ""},
    {"sqlx", "1_a.sql=x|2_b.sql=y", "4_all.sql=xy", "1 2", "1 2", 1, "error 1_a", ""},
    {"sqlx", "1_a.sql=x", "1_a.sql=x|2_b.sql=y", "1", "1", 0, "", "error 2_b"},
    {"Flyway", "V1__a.sql=x|V2__b.sql=y|R__v.sql=v",
     "V1__a.sql=x|V1_5__c.sql=z|V2__b.sql=y|R__v.sql=w", "1 2 R__v.sql", "1 2 R__v.sql", 1,
     "error 1.5", ""},
    {"Flyway", "V1__a.sql=x\n", "V1__a.sql=x\r\n", "1", "1", 1, "", ""},
    {"Alembic",
     "a.py=revision = 'aa'\ndown_revision = None|b.py=revision = 'bb'\ndown_revision = 'aa'",
     "a.py=revision = 'aa'\ndown_revision = None|b.py=revision = 'bb'\ndown_revision = 'aa'"
     "|c.py=revision = 'cc'\ndown_revision = 'bb'",
     "bb", "cc", 0, "", ""},
    {"Alembic", "a.py=revision = 'aa'\ndown_revision = None", /* two heads, one of them left out */
     "a.py=revision = 'aa'\ndown_revision = None|b.py=revision = 'bb'\ndown_revision = 'aa'"
     "|c.py=revision: str = 'cc'\ndown_revision: str = 'aa'",
     "aa", "bb", 0, "", "error cc"},
    {"Django",
     "notes/migrations/0001_a.py=class Migration: x|notes/migrations/0002_b.py=class Migration: y",
     "notes/migrations/0003_s.py=class Migration:\n  replaces = [('notes', '0001_a'), ('notes', '0002_b')]",
     "auth.0001_x notes.0001_a notes.0002_b", "auth.0001_x notes.0001_a notes.0002_b notes.0003_s",
     0, "", ""},
    {"Django", "notes/migrations/0001_a.py=class Migration: x",
     "notes/migrations/0001_a.py=class Migration: y", "notes.0001_a", "notes.0001_a", 0,
     "error notes.0001_a", ""},
    {"dbmate", "1_a.sql=-- migrate:up\nx\n-- migrate:down\ny",
     "1_a.sql=-- migrate:up\nx\n-- migrate:down\nz", "1", "1", 0, "", ""},
    {"node-pg-migrate", "1_a.js=x|3_b.js=y", "1_a.js=x|2_c.js=z|3_b.js=y", "1_a 3_b", "1_a 3_b", 1,
     "error 2_c", ""},
};

static void test_rows(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        const Row *row = &ROWS[i];
        AUTO(fixture) Fixture fixture;
        AUTO(migration_set) MigrationSet old = {0};
        AUTO(migration_set) MigrationSet new = {0};
        AUTO(str) char *history = NULL;
        AUTO(str) char *pending = NULL;

        fixture_init(&fixture);
        fixture.seen.fresh = NULL; /* nobody knows how a fresh install ends */
        make_set(row->framework, row->old, &old);
        make_set(row->framework, row->new, &new);
        set_ledger(&fixture.before, row->framework, row->before);
        set_ledger(&fixture.after, row->framework, row->after);
        if (row->exit_code)
            fixture_end(&fixture.new_migrate, STEP_EXITED, row->exit_code, "refused");
        fixture.seen.old_files = &old;
        fixture.seen.new_files = &new;
        history = judge("history", &fixture.seen);
        pending = judge("pending", &fixture.seen);
        if (strcmp(history, row->history) != 0 || strcmp(pending, row->pending) != 0)
            print_error("row %zu (%s): history '%s', pending '%s'\n", i, row->framework, history,
                        pending);
        failures += strcmp(history, row->history) != 0;
        failures += strcmp(pending, row->pending) != 0;
    }
    assert_int_equal(failures, 0);
}

/* Without files nothing is claimed, and the reason is given. */
static void test_unknown(void **state)
{
    AUTO(fixture) Fixture fixture;
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.files_unknown = "more than 20000 files";
    check_find("history")->judge(&fixture.seen, &findings, &skip);
    assert_int_equal(findings.len, 0);
    assert_string_equal(skip, "more than 20000 files");
}

/* What failed, where the migrator was seen to record others before, in one transaction or not. */
static void test_reached(void **state)
{
    static const struct {
        const char *old, *new, *before, *reached, *migration, *title;
    } ROUNDS[] = {
        {A B, A B "|003_c.sql=x|004_d.sql=y", "001_a 002_b", "003_c", "004_d",
         "migration 004_d fails: "},
        {A B, A B "|003_c.sql=x|004_d.sql=y", "001_a 002_b", "", "003_c",
         "migration 003_c fails: "},
        {A B, A B "|003_c.sql=x", "001_a 002_b", NULL, NULL, "the migration after 002_b fails: "},
        {A B, A B "|001b_c.sql=x|003_c.sql=x", "001_a 002_b", "", NULL,
         "the migration after 002_b fails: "},
        {A B, A B "|003_c.sql=x", "001_a 002_b", "003_c", NULL,
         "the migration after 003_c fails: "},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROUNDS); i++) {
        AUTO(fixture) Fixture fixture;
        AUTO(finding_list) FindingList findings = {0};
        AUTO(migration_set) MigrationSet old = {0};
        AUTO(migration_set) MigrationSet new = {0};
        AUTO(str_list) StrList reached = {0};
        char *skip = NULL;

        fixture_init(&fixture);
        make_set("home-made", ROUNDS[i].old, &old);
        make_set("home-made", ROUNDS[i].new, &new);
        set_ledger(&fixture.before, "home-made", ROUNDS[i].before);
        set_ledger(&fixture.after, "home-made", ROUNDS[i].before);
        fixture_end(&fixture.new_migrate, STEP_EXITED, 1,
                    "error: column \"owner\" of relation \"notes\" contains null values");
        if (ROUNDS[i].reached && *ROUNDS[i].reached)
            str_list_add(&reached, ROUNDS[i].reached);
        fixture.seen.reached = ROUNDS[i].reached ? &reached : NULL;
        fixture.seen.old_files = &old;
        fixture.seen.new_files = &new;
        check_find("new-migrate")->judge(&fixture.seen, &findings, &skip);
        assert_int_equal(findings.len, 1);
        if (!text_eq(findings.items[0].migration, ROUNDS[i].migration) ||
            !text_starts(findings.items[0].title, ROUNDS[i].title))
            fail_msg("round %zu: %s", i, findings.items[0].title);
    }
}

/* A candidate that knows a part of what the release has, and nothing else, is an older one. */
static void test_wrong_way_round(void **state)
{
    static const struct {
        const char *old, *new;
        bool wrong;
    } DIRECTIONS[] = {
        {A B, A, true},
        {A B, A B, false},
        {A, A B, false},
        {A B, A "|002_c.sql=other", false},
        {A B "|003_c.sql=x", A "|003_c.sql=x", false}, /* one in the middle was taken out */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(DIRECTIONS); i++) {
        AUTO(fixture) Fixture fixture;
        AUTO(finding_list) FindingList findings = {0};
        AUTO(migration_set) MigrationSet old = {0};
        AUTO(migration_set) MigrationSet new = {0};
        char *skip = NULL;

        fixture_init(&fixture);
        make_set("home-made", DIRECTIONS[i].old, &old);
        make_set("home-made", DIRECTIONS[i].new, &new);
        set_ledger(&fixture.before, "home-made", "001_a 002_b 003_c");
        fixture.seen.old_files = &old;
        fixture.seen.new_files = &new;
        check_find("vacuous")->judge(&fixture.seen, &findings, &skip);
        assert_null(skip);
        assert_int_equal(findings.len, DIRECTIONS[i].wrong ? 1 : 0);
        if (DIRECTIONS[i].wrong)
            assert_string_equal(
                findings.items[0].title,
                "the wrong way round: 7 is older than release 6, whose migrations it "
                "does not know: 002_b");
    }
}

/* An edit that both roads survive alike is a warning; of data nobody can say so. */
static void test_edits_that_end_alike(void **state)
{
    static const struct {
        const char *framework, *was, *is;
        bool apart; /* a fresh install has a column more */
        int exit_code;
        Level level;
    } EDITS[] = {
        {"home-made", "create table b(id int)", "create table if not exists b(id int)", false, 0,
         LEVEL_WARN},
        {"home-made", "create table b(id int)", "create table b(id int, n int)", true, 0,
         LEVEL_ERROR},
        {"home-made", "create table b(id int);update a set n=1", "create table b(id int)", false, 0,
         LEVEL_ERROR},
        {"home-made", "create table b(id int);insert into b values(1)",
         "create table if not exists b(id int);insert into b values(1)", false, 0, LEVEL_WARN},
        /* it compares checksums, and refused */
        {"sqlx", "create table b(id int)", "create table if not exists b(id int)", false, 1,
         LEVEL_ERROR},
        {"Knex", "t.string('name')", "t.text('name')", false, 0, LEVEL_WARN},
        {"Knex", "knex('a').insert({n: 1})", "knex('a').insert({n: 2})", false, 0, LEVEL_ERROR},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(EDITS); i++) {
        const char *end = text_eq(EDITS[i].framework, "Knex") ? "js" : "sql";
        AUTO(fixture) Fixture fixture;
        AUTO(finding_list) FindingList findings = {0};
        AUTO(migration_set) MigrationSet old = {0};
        AUTO(migration_set) MigrationSet new = {0};
        AUTO(str) char *was = xasprintf("2_b.%s=%s", end, EDITS[i].was);
        AUTO(str) char *is = xasprintf("2_b.%s=%s", end, EDITS[i].is);
        AUTO(str) char *skip = NULL;

        fixture_init(&fixture);
        make_set(EDITS[i].framework, was, &old);
        make_set(EDITS[i].framework, is, &new);
        set_ledger(&fixture.before, EDITS[i].framework,
                   text_eq(EDITS[i].framework, "Knex")   ? "2_b.js"
                   : text_eq(EDITS[i].framework, "sqlx") ? "2"
                                                         : "2_b");
        fixture.seen.old_files = &old;
        fixture.seen.new_files = &new;
        if (EDITS[i].apart) {
            (void)fixture_column(&fixture.after_rerun, "tags", "n", "INT");
            schema_sort(&fixture.after_rerun.schema);
        }
        if (EDITS[i].exit_code)
            fixture_end(&fixture.new_migrate, STEP_EXITED, EDITS[i].exit_code, "refused");
        check_find("history")->judge(&fixture.seen, &findings, &skip);
        assert_null(skip);
        assert_int_equal(findings.len, 1);
        if (findings.items[0].level != EDITS[i].level)
            fail_msg("edit %zu: %s", i, findings.items[0].title);
    }
}

/* What is about to run: "name:lines:cut" for each. */
static void test_new_migrations(void **state)
{
    static const struct {
        const char *framework, *old, *new, *before, *listed;
    } LISTS[] = {
        {"home-made", A B, A B "|003_c.sql=x\ny", "001_a 002_b", "003_c:2"},
        {"home-made", A B, A B "|001b_c.sql=\nx\n", "001_a 002_b", "001b_c:1"},
        {"home-made", A B, A B, "001_a 002_b", ""},
        /* beside numbered ones a runner is none */
        {"home-made", A B, A B "|runner.ts=up()", "001_a 002_b", ""},
        /* the image of old had none that could be read, and the ledger tells */
        {"home-made", "", A B, "001_a", "002_b:1"},
        {"home-made", "", A B "|runner.ts=up()", "", "001_a:1, 002_b:1"},
        {"golang-migrate", "", "1_a.up.sql=x|3_b.up.sql=y", "1", "3_b:1"},
        {"golang-migrate", "1_a.up.sql=x|3_b.up.sql=y", "1_a.up.sql=x|2_c.up.sql=z|3_b.up.sql=y",
         "3", "2_c:1"},
        /* one that is run whenever it changes */
        {"Flyway", "V1__a.sql=x|R__v.sql=x", "V1__a.sql=x|R__v.sql=y", "1", "R__v.sql:1"},
        {"Flyway", "V1__a.sql=x|R__v.sql=x", "V1__a.sql=x|R__v.sql=x", "1", ""},
        {"home-made", A B, A B "|mysql/003_c.sql=x|sqlite/003_c.sql=y", "001_a 002_b", "003_c:1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(LISTS); i++) {
        AUTO(fixture) Fixture fixture;
        AUTO(migration_set) MigrationSet old = {0};
        AUTO(migration_set) MigrationSet new = {0};
        AUTO(path_report) PathReport report = {0};
        AUTO(str_list) StrList listed = {0};
        AUTO(str) char *all = NULL;

        fixture_init(&fixture);
        make_set(LISTS[i].framework, LISTS[i].old, &old);
        make_set(LISTS[i].framework, LISTS[i].new, &new);
        set_ledger(&fixture.before, LISTS[i].framework, LISTS[i].before);
        fixture.seen.old_files = old.len > 0 ? &old : NULL;
        fixture.seen.new_files = &new;
        new_migrations_find(&fixture.seen, &report.migrations_new);
        for (size_t k = 0; k < report.migrations_new.len; k++)
            str_list_addf(&listed, "%s:%d", report.migrations_new.items[k].name,
                          (int)report.migrations_new.items[k].lines);
        all = str_list_join(&listed, ", ");
        assert_string_equal(all, LISTS[i].listed);
    }
}

/* A reader gets the first lines, and is told that there are more. */
static void test_new_migration_text(void **state)
{
    AUTO(fixture) Fixture fixture;
    AUTO(migration_set) MigrationSet new = {0};
    AUTO(path_report) PathReport report = {0};
    AUTO(str) char *text = xstrdup("");
    AUTO(str) char *files = NULL;
    const NewMigration *items;

    (void)state;
    for (int i = 0; i < 30; i++) {
        AUTO(str) char *before = TAKE(text);

        text = xasprintf("%sselect %d;\n", before, i);
    }
    files = xasprintf("1_a.sql=%s|2_b.sql=select 1;\n", text);
    fixture_init(&fixture);
    make_set("home-made", files, &new);
    set_ledger(&fixture.before, "home-made", "");
    fixture.seen.old_files = NULL;
    fixture.seen.new_files = &new;
    new_migrations_find(&fixture.seen, &report.migrations_new);
    items = report.migrations_new.items;
    assert_int_equal(report.migrations_new.len, 2);
    assert_int_equal(items[0].lines, 30);
    assert_true(items[0].truncated);
    assert_true(text_starts(text, items[0].sql));
    assert_true(text_ends(items[0].sql, "select 19;\n"));
    assert_false(items[1].truncated);
    assert_string_equal(items[1].sql, "select 1;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_unknown),
                                       cmocka_unit_test(test_reached),
                                       cmocka_unit_test(test_wrong_way_round),
                                       cmocka_unit_test(test_edits_that_end_alike),
                                       cmocka_unit_test(test_new_migrations),
                                       cmocka_unit_test(test_new_migration_text)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
