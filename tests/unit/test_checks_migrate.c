/* old-migrate and new-migrate. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/secret.h"
#include "check/compose.h"
#include "judged.h"

static void test_old_migrate(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    const Finding *finding;

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.old_migrate, STEP_EXITED, 1,
                "applying 006_missing_table\nSQLiteError: no such table: attachments\n");
    judged = judge("old-migrate", &fixture);
    finding = only(&judged);
    assert_int_equal(finding->level, LEVEL_ERROR);
    assert_text(finding->title,
                "the migrations of the released image 6 fail by themselves: no such "
                "table: attachments");
    assert_text(finding->table, "attachments");
    assert_text(finding->migration, "006_missing_table");
    assert_has(finding->detail, "This is the fault of the released image 6");
    assert_has(finding->detail, "old-migrate: exit status 1 after 0.4 s; the end of its log:\n"
                                "applying 006_missing_table");
    assert_has(finding->hint, "`old.migrate`");
    assert_has(finding->hint, "`from`");
    assert_has(finding->hint, "`allow`");
}

static void test_old_migrate_access(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.image_user = "1000";
    fixture_end(&fixture.old_migrate, STEP_EXITED, 1, "unable to open database file");
    judged = judge("old-migrate", &fixture);
    assert_has(only(&judged)->hint, "`database.owner`");
    assert_has(only(&judged)->hint, "user 1000");
}

static void test_old_migrate_not_started(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.old_migrate, STEP_NOT_STARTED, -1, NULL);
    fixture.old_migrate.reason = xstrdup("exec: \"bunn\": not found");
    judged = judge("old-migrate", &fixture);
    assert_text(only(&judged)->title,
                "the migrations of the released image 6 fail by themselves: could "
                "not be started: exec: \"bunn\": not found");
    assert_has(only(&judged)->hint, "no such command");
}

static void a_candidate_that_lost_its_migrations_is_broken(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    AUTO(judged) Judged rerun = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.candidate_lacks = "/app/package.json has no script \"migrate\"";
    fixture.seen.new_migrate = NULL;
    fixture.seen.after = NULL;
    judged = judge("new-migrate", &fixture);
    assert_text(only(&judged)->title, "the candidate has no migrations, although 6 has: "
                                      "/app/package.json has no script \"migrate\"");
    assert_int_equal(only(&judged)->level, LEVEL_ERROR);
    assert_has(only(&judged)->hint, "Dockerfile");
    rerun = judge("rerun", &fixture);
    assert_text(rerun.skip, "the candidate has no migrations");
}

static void an_old_image_without_migrations_is_no_hindrance(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged old = {0};
    AUTO(judged) Judged new = {0};
    AUTO(judged) Judged vacuous = {0};
    AUTO(judged) Judged empty = {0};
    Snapshot nothing = {.exists = true};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.old_lacks = "/app/package.json has no script \"migrate\"";
    fixture.seen.old_migrate = NULL;
    old = judge("old-migrate", &fixture);
    assert_text(old.skip, "the released image has no migrations: /app/package.json has no script "
                          "\"migrate\"");
    new = judge("new-migrate", &fixture);
    assert_null(new.skip);
    assert_int_equal(new.findings.len, 0);
    vacuous = judge("vacuous", &fixture);
    assert_int_equal(vacuous.findings.len, 0);
    fixture.seen.after = &nothing;
    empty = judge("vacuous", &fixture);
    assert_has(only(&empty)->title, "the candidate's migrations made no table");
}

typedef struct Ending {
    StepEnd end;
    int exit_code;
    const char *log, *reason;
    const char *title, *hint, *table, *migration;
} Ending;

static const Ending ENDINGS[] = {
    {STEP_EXITED, 1, "applying 004_slug\nNOT NULL constraint failed: notes_new.owner\n", NULL,
     "migration 004_slug fails: NOT NULL constraint failed: notes_new.owner",
     "give the column a default", "notes", "004_slug"},
    {STEP_EXITED, 1, "UNIQUE constraint failed: tags.name\n", NULL,
     "the migration after 003_owner fails: UNIQUE constraint failed: tags.name", "merge or rename",
     "tags", NULL},
    {STEP_EXITED, 3, NULL, NULL,
     "the migration after 003_owner fails with exit status 3 and without a "
     "word",
     "--keep", NULL, NULL},
    {STEP_EXITED, 127, "sh: prisma: not found\n", NULL,
     "the migration after 003_owner fails: sh: prisma: not found",
     "was not found in the candidate image", NULL, NULL},
    {STEP_TIMED_OUT, 137, "applying 004_slug\nwaiting for the lock\n", NULL,
     "migration 004_slug does not come to an end: killed at the timeout of 10 min 0 s", "`timeout`",
     NULL, "004_slug"},
    {STEP_TIMED_OUT, 137, "applying 004_slug\ndatabase is locked, retrying\n", NULL,
     "migration 004_slug does not come to an end: killed at the timeout of 10 min 0 s; its log says: "
     "database is locked",
     "another connection", NULL, "004_slug"},
    {STEP_OUT_OF_MEMORY, 137, "applying 004_slug\nloading every note\n", NULL,
     "migration 004_slug was killed: out of memory at the limit of 256.0 MiB", "`memory`", NULL,
     "004_slug"},
    {STEP_KILLED, 137, "applying 004_slug\nloading every note\n", NULL,
     "migration 004_slug was killed (SIGKILL), possibly out of memory (limit 256.0 MiB)",
     "`memory`", NULL, "004_slug"},
    {STEP_EXITED, 139, NULL, NULL,
     "the migration after 003_owner was killed by SIGSEGV (exit status 139)", "--keep", NULL, NULL},
    {STEP_KILLED, 143, NULL, NULL,
     "the migration after 003_owner was killed by SIGTERM (exit status 143)", "--keep", NULL, NULL},
    {STEP_NOT_STARTED, -1, NULL, "exec: \"bun-of-yesterday\": executable file not found in $PATH",
     "the candidate's migrations could not be started: exec: \"bun-of-yesterday\": executable file not "
     "found in $PATH",
     "`migrate`", NULL, NULL},
    {STEP_EXITED, 1, "attempt to write a readonly database", NULL,
     "the migration after 003_owner fails: attempt to write a readonly database", "/app/data", NULL,
     NULL},
};

static void test_new_migrate(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ENDINGS); i++) {
        const Ending *one = &ENDINGS[i];
        AUTO(fixture) Fixture fixture = {0};
        AUTO(judged) Judged judged = {0};
        const Finding *finding;

        fixture_init(&fixture);
        fixture_end(&fixture.new_migrate, one->end, one->exit_code, one->log);
        fixture.new_migrate.reason = xstrdup_null(one->reason);
        judged = judge("new-migrate", &fixture);
        finding = only(&judged);
        assert_text(finding->title, one->title);
        assert_has(finding->hint, one->hint);
        assert_text(finding->table, one->table);
        assert_text(finding->migration, one->migration);
        assert_int_equal(finding->level, LEVEL_ERROR);
        if (one->log) /* its last lines are the evidence */
            assert_has(finding->detail, "; the end of its log:\n");
        else
            assert_has(finding->detail, "; it wrote nothing");
    }
}

static void test_new_migrate_no_ledger(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    AUTO(judged) Judged again = {0};

    (void)state;
    fixture_init(&fixture);
    ledger_list_clear(&fixture.before.ledgers);
    ledger_list_clear(&fixture.after.ledgers);
    fixture_end(&fixture.new_migrate, STEP_OUT_OF_MEMORY, 137, NULL);
    judged = judge("new-migrate", &fixture);
    assert_text(only(&judged)->title,
                "the candidate's migrations were killed: out of memory at the "
                "limit of 256.0 MiB");
    fixture_end(&fixture.new_migrate, STEP_TIMED_OUT, 137, NULL);
    fixture.seen.timeout_ms = 0;
    again = judge("new-migrate", &fixture);
    assert_text(only(&again)->title,
                "the candidate's migrations do not come to an end: killed at the "
                "timeout");
}

/* It looked for the database elsewhere: that is why there is no such table. */
static void test_new_migrate_stray(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.new_migrate, STEP_EXITED, 1, "no such table: notes");
    str_list_add(&fixture.old_strays, "/tmp/cache.db");
    str_list_add(&fixture.new_strays, "/tmp/cache.db");
    str_list_add(&fixture.new_strays, "/app/notes.db");
    judged = judge("new-migrate", &fixture);
    assert_true(
        text_starts(only(&judged)->detail,
                    "The candidate wrote a database outside of the volume: /app/notes.db. "));
}

static void test_hostile_text(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    AUTO(buf) Buf log = {0};
    const Finding *finding;

    (void)state;
    fixture_init(&fixture);
    secret_add("hunter2-hunter2");
    buf_adds(&log, "CHECK constraint failed: \x1b[31mhunter2-hunter2\x07 ");
    for (int i = 0; i < 400; i++)
        buf_adds(&log, "\xc3\xa9");
    for (int i = 0; i < 9000; i++)
        buf_addf(&log, "\nline %d\x01 of a long log", i);
    fixture_end(&fixture.new_migrate, STEP_EXITED, 1, buf_text(&log));
    judged = judge("new-migrate", &fixture);
    finding = only(&judged);
    secret_clear();
    assert_true(strlen(finding->title) <= TITLE_MAX_BYTES);
    assert_true(strlen(finding->title) > TITLE_MAX_BYTES - 4);
    assert_true(text_ends(finding->title, "\xc3\xa9..."));
    assert_has(finding->title, "CHECK constraint failed: ***");
    assert_null(strpbrk(finding->title, "\x1b\x07\n"));
    assert_true(strlen(finding->detail) <= DETAIL_MAX_BYTES);
    assert_null(strstr(finding->detail, "hunter2"));
    assert_null(strpbrk(finding->detail, "\x1b\x07\x01"));
    assert_has(finding->detail, "CHECK constraint failed");
    assert_has(finding->detail, "line 8999");
}

/* The half of a secret at the cut of a title is still a secret. */
static void test_secret_at_the_cut(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};
    AUTO(buf) Buf log = {0};

    (void)state;
    fixture_init(&fixture);
    secret_add("0123456789abcdef0123456789abcdef");
    buf_adds(&log, "CHECK constraint failed: ");
    for (int i = 0; i < 235; i++)
        buf_adds(&log, "x");
    buf_adds(
        &log,
        " 0123456789abcdef0123456789abcdef yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
    fixture_end(&fixture.new_migrate, STEP_EXITED, 1, buf_text(&log));
    judged = judge("new-migrate", &fixture);
    secret_clear();
    assert_null(strstr(only(&judged)->title, "0123"));
    assert_null(strstr(only(&judged)->detail, "0123"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_migrate),
        cmocka_unit_test(test_old_migrate_access),
        cmocka_unit_test(test_old_migrate_not_started),
        cmocka_unit_test(a_candidate_that_lost_its_migrations_is_broken),
        cmocka_unit_test(an_old_image_without_migrations_is_no_hindrance),
        cmocka_unit_test(test_new_migrate),
        cmocka_unit_test(test_new_migrate_no_ledger),
        cmocka_unit_test(test_new_migrate_stray),
        cmocka_unit_test(test_hostile_text),
        cmocka_unit_test(test_secret_at_the_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
