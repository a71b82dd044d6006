/* What becomes of a released migration, layout by layout. The level follows from what the migrator
 * makes of it: whether it stops, never looks, or runs it all the same. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "check/reworded.h"
#include "history_fixture.h"

typedef enum Change {
    EDITED,
    LICENSED, /* a comment, and nothing else */
    REMOVED,
    RENAMED,
    SQUASHED,
    INSERTED, /* a new one before an applied one */
    CHANGE_COUNT
} Change;

static const char *const CHANGES[] = {"edited",  "licensed", "removed",
                                      "renamed", "squashed", "inserted"};

typedef struct Case {
    const char *new;    /* files of the candidate */
    const char *after;  /* the ledger then; NULL: as before */
    int exit_code;      /* of the candidate's migrations */
    const char *wanted; /* findings of history */
} Case;

typedef struct LayoutCases {
    const char *framework, *old, *before; /* files of the release, and its ledger */
    Case cases[CHANGE_COUNT];
} LayoutCases;

/* The second migration of each writes rows: that two roads end in one schema is no excuse. */
#define SQL_A "create table a(id int);"
#define SQL_B "insert into a values(1);"
#define EDIT  "insert into a values(2);"
#define OLD   "-- (c) us\n"

#define JOURNAL(entries) "meta/_journal.json={\"entries\":[" entries "]}"
#define ENTRY(when, tag) "{\"when\":" #when ",\"tag\":\"" tag "\"}"

#define DJANGO_A "n/migrations/0001_a.py=class Migration: a"
#define DJANGO_B "class Migration: insert(1)"

#define ALEMBIC_A        "a.py=revision = 'aa'\ndown_revision = None\nupgrade('a')"
#define ALEMBIC_B        "revision = 'bb'\ndown_revision = 'aa'\ninsert(1)"
#define ALEMBIC_B_ON(up) "revision = 'bb'\ndown_revision = '" up "'\ninsert(1)"

static const LayoutCases LAYOUTS[] = {
    {"home-made",
     "001_a.sql=" SQL_A "|002_b.sql=" SQL_B,
     "001_a 002_b",
     {
         [EDITED] = {"001_a.sql=" SQL_A "|002_b.sql=" EDIT, NULL, 0, "error 002_b"},
         [LICENSED] = {"001_a.sql=" SQL_A "|002_b.sql=" OLD SQL_B, NULL, 0, ""},
         [REMOVED] = {"001_a.sql=" SQL_A, NULL, 0, "warn 002_b"},
         [RENAMED] = {"001_a.sql=" SQL_A "|002_bb.sql=" SQL_B, NULL, 1, "error 002_b"},
         [SQUASHED] = {"003_all.sql=" SQL_A SQL_B, NULL, 1, "error 001_a"},
         [INSERTED] = {"001_a.sql=" SQL_A "|001b_c.sql=x|002_b.sql=" SQL_B, "001_a 001b_c 002_b", 0,
                       "warn 001b_c"},
     }},
    /* the journal's "when" is all that the ledger has of a name */
    {"Drizzle",
     JOURNAL(ENTRY(10, "0000_a") "," ENTRY(30, "0001_b")) "|0000_a.sql=" SQL_A "|0001_b.sql=" SQL_B,
     "10 30",
     {
         [EDITED] = {JOURNAL(ENTRY(10, "0000_a") "," ENTRY(30, "0001_b")) "|0000_a.sql=" SQL_A
                                                                          "|0001_b.sql=" EDIT,
                     NULL, 0, "error 0001_b"},
         [LICENSED] = {JOURNAL(ENTRY(10, "0000_a") "," ENTRY(
                           30, "0001_b")) "|0000_a.sql=" SQL_A "|0001_b.sql=" OLD SQL_B,
                       NULL, 0, ""},
         [REMOVED] = {JOURNAL(ENTRY(10, "0000_a")) "|0000_a.sql=" SQL_A, NULL, 0, "warn 0001_b"},
         [RENAMED] = {JOURNAL(ENTRY(10, "0000_a") "," ENTRY(30, "0001_bb")) "|0000_a.sql=" SQL_A
                                                                            "|0001_bb.sql=" SQL_B,
                      NULL, 0, ""},
         [SQUASHED] = {JOURNAL(ENTRY(40, "0000_all")) "|0000_all.sql=" SQL_A SQL_B, NULL, 1,
                       "error 0000_a"},
         [INSERTED] = {JOURNAL(ENTRY(10, "0000_a") "," ENTRY(30, "0001_b") "," ENTRY(
                           20, "0002_c")) "|0000_a.sql=" SQL_A "|0001_b.sql=" SQL_B "|0002_c.sql=x",
                       NULL, 0, "error 0002_c"},
     }},
    {"Prisma",
     "1_a/migration.sql=" SQL_A "|3_b/migration.sql=" SQL_B,
     "1_a 3_b",
     {
         [EDITED] = {"1_a/migration.sql=" SQL_A "|3_b/migration.sql=" EDIT, NULL, 0, "error 3_b"},
         [LICENSED] = {"1_a/migration.sql=" SQL_A "|3_b/migration.sql=" OLD SQL_B, NULL, 0, ""},
         [REMOVED] = {"1_a/migration.sql=" SQL_A, NULL, 0, "warn 3_b"},
         [RENAMED] = {"1_a/migration.sql=" SQL_A "|3_bb/migration.sql=" SQL_B, NULL, 1,
                      "error 3_b"},
         [SQUASHED] = {"4_all/migration.sql=" SQL_A SQL_B, NULL, 1, "error 1_a"},
         [INSERTED] = {"1_a/migration.sql=" SQL_A "|2_c/migration.sql=x|3_b/migration.sql=" SQL_B,
                       "1_a 2_c 3_b", 0, "warn 2_c"},
     }},
    /* the ledger is one number: what lies below it is never looked at */
    {"golang-migrate",
     "1_a.up.sql=" SQL_A "|3_b.up.sql=" SQL_B,
     "3",
     {
         [EDITED] = {"1_a.up.sql=" SQL_A "|3_b.up.sql=" EDIT, NULL, 0, "error 3_b"},
         [LICENSED] = {"1_a.up.sql=" SQL_A "|3_b.up.sql=" OLD SQL_B, NULL, 0, ""},
         [REMOVED] = {"1_a.up.sql=" SQL_A, NULL, 1, "error 3_b"},
         [RENAMED] = {"1_a.up.sql=" SQL_A "|3_bb.up.sql=" SQL_B, NULL, 0, ""},
         [SQUASHED] = {"4_all.up.sql=" SQL_A SQL_B, NULL, 1, "error 1_a"},
         [INSERTED] = {"1_a.up.sql=" SQL_A "|2_c.up.sql=x|3_b.up.sql=" SQL_B, NULL, 0, "error 2_c"},
     }},
    {"Knex",
     "1_a.js=up('a')|3_b.js=insert(1)",
     "1_a.js 3_b.js",
     {
         [EDITED] = {"1_a.js=up('a')|3_b.js=insert(2)", NULL, 0, "error 3_b.js"},
         [LICENSED] = {"1_a.js=up('a')|3_b.js=// (c) us\ninsert(1)", NULL, 0, ""},
         [REMOVED] = {"1_a.js=up('a')", NULL, 1, "error 3_b.js"},
         [RENAMED] = {"1_a.js=up('a')|3_bb.js=insert(1)", NULL, 1, "error 3_b.js"},
         [SQUASHED] = {"4_all.js=up('a');insert(1)", NULL, 1, "error 1_a.js"},
         [INSERTED] = {"1_a.js=up('a')|2_c.js=x|3_b.js=insert(1)", "1_a.js 2_c.js 3_b.js", 0,
                       "warn 2_c.js"},
     }},
    /* other apps' migrations come with their packages, and are in no folder of the image's own */
    {"Django",
     DJANGO_A "|n/migrations/0003_b.py=" DJANGO_B,
     "auth.0001_x n.0001_a n.0003_b",
     {
         [EDITED] = {DJANGO_A "|n/migrations/0003_b.py=class Migration: insert(2)", NULL, 0,
                     "error n.0003_b"},
         [LICENSED] = {DJANGO_A "|n/migrations/0003_b.py=# (c) us\n" DJANGO_B, NULL, 0, ""},
         [REMOVED] = {DJANGO_A, NULL, 0, "warn n.0003_b"},
         [RENAMED] = {DJANGO_A "|n/migrations/0003_bb.py=" DJANGO_B, NULL, 1, "error n.0003_b"},
         [SQUASHED] = {"n/migrations/0004_s.py=class Migration:\n  replaces = [('n', '0001_a'), "
                       "('n', '0003_b')]",
                       "auth.0001_x n.0001_a n.0003_b n.0004_s", 0, ""},
         [INSERTED] = {DJANGO_A "|n/migrations/0002_c.py=class Migration: c"
                                "|n/migrations/0003_b.py=" DJANGO_B,
                       "auth.0001_x n.0001_a n.0003_b n.0002_c", 0, "warn n.0002_c"},
     }},
    /* the file's name is nothing; what leads to the head counts as applied */
    {"Alembic",
     ALEMBIC_A "|b.py=" ALEMBIC_B,
     "bb",
     {
         [EDITED] = {ALEMBIC_A "|b.py=revision = 'bb'\ndown_revision = 'aa'\ninsert(2)", NULL, 0,
                     "error bb"},
         [LICENSED] = {ALEMBIC_A "|b.py=# (c) us\n" ALEMBIC_B, NULL, 0, ""},
         [REMOVED] = {ALEMBIC_A, NULL, 1, "error bb"},
         [RENAMED] = {ALEMBIC_A "|bb.py=" ALEMBIC_B, NULL, 0, ""},
         [SQUASHED] = {"s.py=revision = 'ss'\ndown_revision = None\nup()", NULL, 1, "error aa"},
         [INSERTED] = {ALEMBIC_A "|c.py=revision = 'cc'\ndown_revision = 'aa'\nc()"
                                 "|b.py=" ALEMBIC_B_ON("cc"),
                       NULL, 0, "error bb, error cc"},
     }},
    /* checksums of the lines, names, and the order are all compared */
    {"Flyway",
     "V1__a.sql=" SQL_A "|V3__b.sql=" SQL_B,
     "1 3",
     {
         [EDITED] = {"V1__a.sql=" SQL_A "|V3__b.sql=" EDIT, NULL, 1, "error V3__b"},
         [LICENSED] = {"V1__a.sql=" SQL_A "|V3__b.sql=" OLD SQL_B, NULL, 1, "error V3__b"},
         [REMOVED] = {"V1__a.sql=" SQL_A, NULL, 1, "error V3__b"},
         [RENAMED] = {"V1__a.sql=" SQL_A "|V3__bb.sql=" SQL_B, NULL, 1, "error V3__b"},
         [SQUASHED] = {"V4__all.sql=" SQL_A SQL_B, NULL, 1, "error V1__a"},
         [INSERTED] = {"V1__a.sql=" SQL_A "|V2__c.sql=x|V3__b.sql=" SQL_B, NULL, 1, "error V2__c"},
     }},
    /* the plan gives the order, and a change its id */
    {"Sqitch",
     "../sqitch.plan=%project=n\n\na 2026-01-01T00:00:00Z u <u@x> # one\n"
     "b [a] 2026-01-02T00:00:00Z u <u@x>\n@v1 2026-01-03T00:00:00Z u <u@x>\n"
     "|b.sql=" SQL_B "|a.sql=" SQL_A,
     "a b",
     {
         [EDITED] = {"../sqitch.plan=a x\nb [a] x\n@v1 x\n|a.sql=" SQL_A "|b.sql=" EDIT, NULL, 0,
                     "error b"},
         [LICENSED] = {"../sqitch.plan=a x\nb [a] x\n|a.sql=" SQL_A "|b.sql=" OLD SQL_B, NULL, 0,
                       ""},
         [REMOVED] = {"../sqitch.plan=a x\n|a.sql=" SQL_A "|b.sql=" SQL_B, NULL, 1, "error b"},
         [RENAMED] = {"../sqitch.plan=a x\nbb [a] x\n|a.sql=" SQL_A "|bb.sql=" SQL_B, NULL, 1,
                      "error b"},
         [SQUASHED] = {"../sqitch.plan=all x\n|all.sql=" SQL_A SQL_B, NULL, 1, "error a"},
         [INSERTED] = {"../sqitch.plan=a x\nc x\nb [a] x\n|a.sql=" SQL_A "|b.sql=" SQL_B "|c.sql=x",
                       NULL, 1, "error c"},
     }},
    /* where an image has the sources at all */
    {"SeaORM",
     "lib.rs=mod m1_a;|m1_a.rs=up()|m3_b.rs=insert(1)",
     "m1_a m3_b",
     {
         [EDITED] = {"lib.rs=mod m1_a;|m1_a.rs=up()|m3_b.rs=insert(2)", NULL, 0, "error m3_b"},
         [LICENSED] = {"lib.rs=y|m1_a.rs=up()|m3_b.rs=// (c) us\ninsert(1)", NULL, 0, ""},
         [REMOVED] = {"lib.rs=y|m1_a.rs=up()", NULL, 1, "error m3_b"},
         [RENAMED] = {"lib.rs=y|m1_a.rs=up()|m3_bb.rs=insert(1)", NULL, 1, "error m3_b"},
         [SQUASHED] = {"lib.rs=y|m4_all.rs=up();insert(1)", NULL, 1, "error m1_a"},
         [INSERTED] = {"lib.rs=y|m1_a.rs=up()|m2_c.rs=x|m3_b.rs=insert(1)", "m1_a m2_c m3_b", 0,
                       "warn m2_c"},
     }},
};

static char *history_of(const char *framework, const char *old, const char *before, const Case *one,
                        StrList *ret_reworded)
{
    AUTO(fixture) Fixture fixture;
    AUTO(migration_set) MigrationSet olds = {0};
    AUTO(migration_set) MigrationSet news = {0};

    fixture_init(&fixture);
    make_set(framework, old, &olds);
    make_set(framework, one->new, &news);
    set_ledger(&fixture.before, framework, before);
    set_ledger(&fixture.after, framework, one->after ? one->after : before);
    if (one->exit_code)
        fixture_end(&fixture.new_migrate, STEP_EXITED, one->exit_code, "refused");
    fixture.seen.old_files = &olds;
    fixture.seen.new_files = &news;
    history_reworded(&fixture.seen, ret_reworded);
    return judge("history", &fixture.seen);
}

static void test_changes(void **state)
{
    int failures = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(LAYOUTS); i++)
        for (Change change = 0; change < CHANGE_COUNT; change++) {
            const Case *one = &LAYOUTS[i].cases[change];
            AUTO(str_list) StrList reworded = {0};
            AUTO(str)
            char *found =
                history_of(LAYOUTS[i].framework, LAYOUTS[i].old, LAYOUTS[i].before, one, &reworded);

            /* a comment is a finding, or listed */
            if (strcmp(found, one->wanted) == 0 &&
                reworded.len == (change == LICENSED && !*one->wanted))
                continue;
            failures++;
            print_error("%s, %s: wanted '%s', got '%s'\n", LAYOUTS[i].framework, CHANGES[change],
                        one->wanted, found);
        }
    assert_int_equal(failures, 0);
}

/* Untouched files are no finding, whatever the layout; nor is a new one behind the others. */
static void test_nothing_happened(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(LAYOUTS); i++) {
        Case same = {.new = LAYOUTS[i].old};
        AUTO(str_list) StrList reworded = {0};
        AUTO(str)
        char *found =
            history_of(LAYOUTS[i].framework, LAYOUTS[i].old, LAYOUTS[i].before, &same, &reworded);

        if (*found || reworded.len > 0)
            fail_msg("%s: %s", LAYOUTS[i].framework, found);
    }
}

/* Where the ledger keeps the number alone, one of two never runs. */
static void test_same_number(void **state)
{
    static const struct {
        const char *framework, *old, *new, *before, *wanted;
    } ROWS[] = {
        {"golang-migrate", "1_a.up.sql=x", "1_a.up.sql=x|2_b.up.sql=y|2_c.up.sql=z", "1",
         "error 2_c"},
        {"Flyway", "V1__a.sql=x", "V1__a.sql=x|V2__b.sql=y|V2__c.sql=z", "1", "error V2__c"},
        {"sqlx", "1_a.sql=x", "1_a.sql=x|2_b.sql=y|2_c.sql=z", "1", "error 2_c"},
        {"home-made", "1_a.sql=x", "1_a.sql=x|2_b.sql=y|2_c.sql=z", "1", "error 2_c"},
        /* whole names are kept */
        {"home-made", "1_a.sql=x", "1_a.sql=x|2_b.sql=y|2_c.sql=z", "1_a", ""},
        {"Knex", "1_a.js=x", "1_a.js=x|2_b.js=y|2_c.js=z", "1_a.js", ""},
        {"Prisma", "1_a/migration.sql=x",
         "1_a/migration.sql=x|2_b/migration.sql=y|2_c/migration.sql=z", "1_a", ""},
        {"Django", DJANGO_A,
         DJANGO_A "|n/migrations/0002_b.py=class Migration: b"
                  "|n/migrations/0002_c.py=class Migration: c",
         "n.0001_a", ""},
        {"Sqitch", "../sqitch.plan=a x\n|a.sql=x",
         "../sqitch.plan=a x\n@v1 x\na [a@v1] y\n|a@v1.sql=x|a.sql=y", "a", ""}, /* reworked */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Case one = {.new = ROWS[i].new, .exit_code = *ROWS[i].wanted ? 1 : 0};
        AUTO(str_list) StrList reworded = {0};
        AUTO(str)
        char *found = history_of(ROWS[i].framework, ROWS[i].old, ROWS[i].before, &one, &reworded);

        if (strcmp(found, ROWS[i].wanted) != 0)
            fail_msg("%s, row %zu: wanted '%s', got '%s'", ROWS[i].framework, i, ROWS[i].wanted,
                     found);
    }
}

/* The database has more than either image: only where the migrator stops at it is that a fault. */
static void test_applied_but_unknown(void **state)
{
    static const struct {
        const char *framework, *files, *before;
        int exit_code;
        const char *wanted;
    } ROWS[] = {
        {"sqlx", "1_a.sql=x", "1 9", 1, "error 9"},
        {"Knex", "1_a.js=x", "1_a.js 9_z.js", 1, "error 9_z.js"},
        {"Knex", "1_a.js=x", "1_a.js 9_z.js", 0, ""}, /* it was told not to mind */
        {"Flyway", "V2__a.sql=x", "2 9", 1, "error 9"},
        {"Flyway", "V2__a.sql=x", "1 2", 1, ""}, /* the baseline */
        {"Sqitch", "../sqitch.plan=a x\n|a.sql=x", "a z", 1, "error z"},
        {"SeaORM", "m1_a.rs=x", "m1_a m9_z", 1, "error m9_z"},
        {"Prisma", "1_a/migration.sql=x", "1_a 9_z", 1, ""}, /* deploy warns, and goes on */
        {"Django", DJANGO_A, "auth.0001_x n.0001_a", 1, ""},
        {"home-made", "001_a.sql=x", "001_a 009_z", 1, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        Case one = {.new = ROWS[i].files, .exit_code = ROWS[i].exit_code};
        AUTO(str_list) StrList reworded = {0};
        AUTO(str)
        char *found = history_of(ROWS[i].framework, ROWS[i].files, ROWS[i].before, &one, &reworded);

        if (strcmp(found, ROWS[i].wanted) != 0)
            fail_msg("%s, row %zu: wanted '%s', got '%s'", ROWS[i].framework, i, ROWS[i].wanted,
                     found);
    }
}

/* Of migrations that nobody can read, those of a compiled program, the ledger tells the order
 * alone. */
static void test_ledger_alone(void **state)
{
    static const struct {
        const char *framework, *before, *after, *wanted;
    } ROWS[] = {
        {"SeaORM", "m1_a m3_b", "m1_a m3_b m4_c", "skipped"},
        {"SeaORM", "m1_a m3_b", "m1_a m3_b m2_c", "warn m2_c"},
        {"sqlx", "1 10", "1 10 9 2", "warn 9"},
        {"home-made", "init tags", "init tags add", "skipped"}, /* names have no order */
        {"Django", "b.0001_x a.0002_y", "b.0001_x a.0002_y a.0001_z", "skipped"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture;
        AUTO(str) char *found = NULL;

        fixture_init(&fixture);
        set_ledger(&fixture.before, ROWS[i].framework, ROWS[i].before);
        set_ledger(&fixture.after, ROWS[i].framework, ROWS[i].after);
        found = judge("history", &fixture.seen);
        assert_string_equal(found, ROWS[i].wanted);
    }
}

/* The plan's order, its pragmas and notes, changes that revert, and one that was reworked. */
static void test_plan(void **state)
{
    AUTO(migration_set) MigrationSet set = {0};
    AUTO(migration_set) MigrationSet unplanned = {0};

    (void)state;
    make_set("Sqitch",
             "../sqitch.plan=%syntax-version=1.0.0\n%project=n\n\n# z a\n  zoo [a b] d # ...\n"
             "+ ant d\n@v1 d # tag\n-zoo d\nzoo [zoo@v1] d\n@v2 d\n"
             "|zoo.sql=new|zoo@v1.sql=first|ant.sql=ant|more.sql=in no plan",
             &set);
    assert_int_equal(set.len, 3);
    assert_string_equal(set.items[0].names[MIGRATION_NAME_LEDGER], "zoo");
    assert_string_equal(set.items[0].text, "first");
    assert_string_equal(set.items[1].names[MIGRATION_NAME_STEM], "ant");
    assert_string_equal(set.items[2].names[MIGRATION_NAME_LEDGER], "zoo");
    assert_string_equal(set.items[2].names[MIGRATION_NAME_STEM], "zoo (2)");
    assert_string_equal(set.items[2].text, "new");
    assert_string_equal(migration_companion("Sqitch"), "sqitch.plan");
    assert_null(migration_companion("Prisma"));
    assert_null(migration_companion(NULL));
    make_set("Sqitch", "b.sql=x|a.sql=y", &unplanned); /* no plan: names are known, no order */
    assert_int_equal(unplanned.len, 2);
    assert_int_equal(unplanned.rules.late, LATE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes),      cmocka_unit_test(test_nothing_happened),
        cmocka_unit_test(test_same_number),  cmocka_unit_test(test_applied_but_unknown),
        cmocka_unit_test(test_ledger_alone), cmocka_unit_test(test_plan),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
