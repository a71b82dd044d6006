#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"
#include "check_fixture.h"

/* "a=1 b=2": names with the digest of their content; a final * marks a program. */
static void grow(FileTree *tree, const char *text)
{
    AUTO(str_list) StrList files = {0};

    str_list_split(text, ' ', &files);
    for (size_t i = 0; i < files.len; i++) {
        char *equals = strchr(files.items[i], '=');

        if (!equals)
            continue;
        *equals = '\0';
        file_tree_add(tree, files.items[i], (uint64_t)equals[1], text_ends(equals + 1, "*"));
    }
    file_tree_sort(tree);
}

/* "error TITLE" of each finding, or "skipped: REASON". Caller frees. */
static char *judged(Fixture *fixture)
{
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *skip = NULL;
    AUTO(str_list) StrList lines = {0};

    check_find("volume-shadow")->judge(&fixture->seen, &findings, &skip);
    if (skip)
        return xasprintf("skipped: %s", skip);
    for (size_t i = 0; i < findings.len; i++)
        str_list_addf(&lines, "%s %s", level_name(findings.items[i].level),
                      findings.items[i].title);
    return str_list_join(&lines, "\n");
}

static void test_files(void **state)
{
    static const struct {
        const char *old, *new, *volume; /* volume NULL: not known */
        const char *wanted;
    } ROWS[] = {
        {"", "", NULL, ""},
        {"m/1.sql=1 run.js=1", "m/1.sql=1 run.js=1", "m/1.sql=1 run.js=1", ""},
        {"m/1.sql=1", "", "m/1.sql=1", ""}, /* hides nothing of the candidate */
        {"m/1.sql=1", "m/1.sql=2", "m/1.sql=1",
         "error the volume at /app/data hides 1 file of the candidate: m/1.sql"},
        {"", "a.py=1 b.py=1 c.py=1 d.py=1 e.py=1", NULL,
         "error the volume at /app/data hides 5 files of the candidate: a.py, b.py, c.py, 2 more"},
        {"", "bin/migrate=1*", "",
         "error the volume at /app/data hides 1 file of the candidate: "
         "bin/migrate"},
        /* it was brought into the volume */
        {"m/1.sql=1", "m/1.sql=2", "m/1.sql=2", ""},
        {"", "m/1.sql=2", "m/1.sql=3",
         "error the volume at /app/data hides 1 file of the "
         "candidate: m/1.sql"},
        /* what the application writes, and what no program reads */
        {"app.db=1", "app.db=2 app.db-wal=1 x/y.sqlite3=1 app.log=1 .gitkeep=1 README.md=1", NULL,
         ""},
        {"", "logs/a.js=1 cache/b.js=1 tmp/c/d.js=1 __pycache__/e.py=1", NULL, ""},
        {"", "cachet/b.js=1", NULL,
         "error the volume at /app/data hides 1 file of the candidate: cachet/b.js"},
        {"config.json=1", "config.json=2", NULL,
         "warn the volume at /app/data hides 1 file of the candidate: config.json"},
        {"", "a.sql=1 a.png=1", NULL,
         "error the volume at /app/data hides 1 file of the candidate: a.sql\n"
         "warn the volume at /app/data hides 1 file of the candidate: a.png"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(file_tree) FileTree volume = {0};
        AUTO(str) char *text = NULL;

        fixture_init(&fixture);
        grow(&fixture.old_tree, ROWS[i].old);
        grow(&fixture.new_tree, ROWS[i].new);
        if (ROWS[i].volume) {
            grow(&volume, ROWS[i].volume);
            fixture.seen.volume_tree = &volume;
        }
        text = judged(&fixture);
        if (!text_eq(text, ROWS[i].wanted))
            fail_msg("row %zu: wanted %s, got %s", i, ROWS[i].wanted, text);
    }
}

/* The database of the settings is none of the image's, whatever it is called. */
static void test_database(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(str) char *text = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.database = "sqlite /app/data/notes.js";
    grow(&fixture.new_tree, "notes.js=1");
    text = judged(&fixture);
    assert_string_equal(text, "");
}

static void test_detail(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(str) char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    grow(&fixture.old_tree, "m/1.sql=1");
    grow(&fixture.new_tree, "m/1.sql=2 m/2.sql=1");
    check_find("volume-shadow")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    assert_int_equal(findings.len, 1);
    assert_non_null(strstr(findings.items[0].detail, "m/1.sql: users keep the copy of 6"));
    assert_non_null(strstr(findings.items[0].detail, "m/2.sql: new in the candidate, and missing"));
    assert_non_null(strstr(findings.items[0].hint, "database.volume"));
}

static void test_not_judged(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(str) char *unread = NULL;
    AUTO(str) char *unknown = NULL;
    AUTO(str) char *none = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.old_tree = NULL;
    unread = judged(&fixture);
    assert_string_equal(unread, "skipped: it never came to the candidate's migrations");
    fixture.seen.tree_unknown = "more than 50000 files";
    unknown = judged(&fixture);
    assert_string_equal(unknown, "skipped: more than 50000 files");
    fixture.seen.volume = NULL;
    none = judged(&fixture);
    assert_string_equal(none, "");
}

static void add_migration(MigrationSet *set, const char *name, uint64_t digest)
{
    MigrationFile file = {.path = xasprintf("/srv/app/migrations/%s", name), .digest = digest};

    LIST_PUSH(set, file);
}

/* Nothing of the trial's lies there, but users may mount it. */
static void test_declared(void **state)
{
    static const struct {
        const char *declared, *volume;
        uint64_t digest; /* of the candidate's file */
        const char *wanted;
    } ROWS[] = {
        {"/srv/app", NULL, 2,
         "warn the image declares a volume at /srv/app, and its migrations lie in it"},
        {"/srv/app/migrations", NULL, 2,
         "warn the image declares a volume at /srv/app/migrations, and its migrations lie in it"},
        {"/srv/app", NULL, 1, ""},       /* the same files */
        {"/srv/ap", NULL, 2, ""},        /* another folder */
        {"/srv/app/data", NULL, 2, ""},  /* for data alone */
        {"/srv/app", "/srv/app", 2, ""}, /* the trial mounts it, and sees for itself */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(migration_set) MigrationSet old = {0};
        AUTO(migration_set) MigrationSet new = {0};
        AUTO(str_list) StrList declared = {0};
        AUTO(str) char *text = NULL;

        fixture_init(&fixture);
        old.folder = xstrdup("/srv/app/migrations");
        new.folder = xstrdup("/srv/app/migrations");
        add_migration(&old, "1.sql", 1);
        add_migration(&new, "1.sql", ROWS[i].digest);
        str_list_add(&declared, ROWS[i].declared);
        fixture.seen.volume = ROWS[i].volume;
        fixture.seen.old_files = &old;
        fixture.seen.new_files = &new;
        fixture.seen.volumes_declared = &declared;
        text = judged(&fixture);
        if (!text_eq(text, ROWS[i].wanted))
            fail_msg("row %zu: wanted %s, got %s", i, ROWS[i].wanted, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),    cmocka_unit_test(test_database),
        cmocka_unit_test(test_detail),   cmocka_unit_test(test_not_judged),
        cmocka_unit_test(test_declared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
