#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/secret.h"
#include "check/compose.h"
#include "check/table.h"
#include "check_fixture.h"

/* What one check says of an observation. */
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

static Judged judge(const char *id, const Fixture *fixture)
{
    Judged judged = {0};

    check_find(id)->judge(&fixture->seen, &judged.findings, &judged.skip);
    return judged;
}

static const Finding *only(const Judged *judged)
{
    if (judged->skip)
        fail_msg("skipped: %s", judged->skip);
    if (judged->findings.len != 1)
        fail_msg("%zu findings: %s", judged->findings.len,
                 judged->findings.len ? judged->findings.items[0].title : "");
    return &judged->findings.items[0];
}

static void assert_silent(const char *id, const Fixture *fixture)
{
    AUTO(judged) Judged judged = judge(id, fixture);

    if (judged.skip || judged.findings.len > 0)
        fail_msg("%s: %s", id, judged.skip ? judged.skip : judged.findings.items[0].title);
}

static void assert_skip(const char *id, const Fixture *fixture, const char *reason)
{
    AUTO(judged) Judged judged = judge(id, fixture);

    assert_int_equal(judged.findings.len, 0);
    assert_non_null(judged.skip);
    assert_string_equal(judged.skip, reason);
}

static void assert_has(const char *text, const char *part)
{
    if (!text || !strstr(text, part))
        fail_msg("nothing like \"%s\" in: %s", part, text ? text : "(null)");
}

static void assert_text(const char *got, const char *wanted)
{
    if (!text_eq(got, wanted))
        fail_msg("wanted %s, got %s", wanted ? wanted : "(null)", got ? got : "(null)");
}

/* --- the table --- */

static void test_table(void **state)
{
    static const struct {
        const char *id;
        Level level;
        Profile profile;
        const char *key;
    } ROWS[] = {
        {"old-migrate", LEVEL_ERROR, PROFILE_QUICK, NULL},
        {"new-migrate", LEVEL_ERROR, PROFILE_QUICK, NULL},
        {"vacuous", LEVEL_ERROR, PROFILE_QUICK, NULL},
        {"integrity", LEVEL_ERROR, PROFILE_QUICK, NULL},
        {"pending", LEVEL_ERROR, PROFILE_QUICK, NULL},
        {"history", LEVEL_ERROR, PROFILE_STANDARD, NULL},
        {"volume-shadow", LEVEL_ERROR, PROFILE_STANDARD, NULL},
        {"data-survival", LEVEL_ERROR, PROFILE_STANDARD, NULL},
        {"destructive", LEVEL_WARN, PROFILE_STANDARD, NULL},
        {"fresh-install", LEVEL_ERROR, PROFILE_STANDARD, NULL},
        {"schema-parity", LEVEL_ERROR, PROFILE_STANDARD, NULL},
        {"rerun", LEVEL_ERROR, PROFILE_STANDARD, NULL},
        {"locks", LEVEL_WARN, PROFILE_STANDARD, NULL},
        {"edge-data", LEVEL_WARN, PROFILE_STANDARD, NULL},
        {"concurrent", LEVEL_ERROR, PROFILE_THOROUGH, NULL},
        {"start", LEVEL_ERROR, PROFILE_QUICK, "start"},
        {"old-on-new", LEVEL_WARN, PROFILE_QUICK, "smoke"},
        {"rollback", LEVEL_WARN, PROFILE_QUICK, "rollback"},
    };

    size_t count;
    const Check *const *table = check_table(&count);

    (void)state;
    assert_int_equal(count, COUNT_OF(ROWS));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(table[i]->id, ROWS[i].id);
        assert_ptr_equal(check_find(ROWS[i].id), table[i]);
        assert_true(strlen(table[i]->finds) > 20 && !strchr(table[i]->finds, '\n'));
        assert_true(strlen(table[i]->why) > 100);
        assert_true(strlen(table[i]->fix) > 100);
        assert_true(strlen(table[i]->example) > 50);
        assert_int_equal(table[i]->level, ROWS[i].level);
        assert_int_equal(table[i]->profile, ROWS[i].profile);
        assert_true(text_eq(table[i]->key, ROWS[i].key));
    }
    assert_null(check_find("no-such-check"));
}

static void test_levels(void **state)
{
    static const Check THOROUGH = {
        .id = "growth", .level = LEVEL_WARN, .profile = PROFILE_THOROUGH};
    static const Check KEYED = {
        .id = "rollback", .level = LEVEL_WARN, .profile = PROFILE_THOROUGH, .key = "rollback"};
    AUTO(str_map) StrMap levels = {0};
    AUTO(str_list) StrList keys = {0};
    CheckPolicy policy = {.profile = PROFILE_QUICK, .levels = &levels, .keys = &keys};

    (void)state;
    assert_int_equal(check_level(check_find("pending"), &policy), LEVEL_ERROR);
    assert_int_equal(check_level(check_find("rerun"), &policy), LEVEL_OFF);
    assert_int_equal(check_level(&THOROUGH, &policy), LEVEL_OFF);
    assert_int_equal(check_level(&KEYED, &policy), LEVEL_OFF);
    str_list_add(&keys, "rollback");
    assert_int_equal(check_level(&KEYED, &policy), LEVEL_WARN);
    policy.profile = PROFILE_THOROUGH;
    assert_int_equal(check_level(&THOROUGH, &policy), LEVEL_WARN);
    str_map_set(&levels, "rerun", "off");
    str_map_set(&levels, "growth", "error");
    assert_int_equal(check_level(check_find("rerun"), &policy), LEVEL_OFF);
    policy.profile = PROFILE_QUICK;
    assert_int_equal(check_level(&THOROUGH, &policy), LEVEL_ERROR); /* named: runs in any profile */
    assert_int_equal(check_level(check_find("pending"), &(CheckPolicy){0}), LEVEL_ERROR);
}

static void test_sound_is_silent(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    size_t count;
    const Check *const *table = check_table(&count);

    (void)state;
    fixture_init(&fixture);
    fixture.seen.status = &fixture.status;
    for (size_t i = 0; i < count; i++)
        if (!text_eq(table[i]->id, "history")) /* wants files: its own test has some */
            assert_silent(table[i]->id, &fixture);
}

/* Old image failed: nothing but old-migrate has anything to say. */
static void test_skips(void **state)
{
    static const struct {
        const char *check, *old_failed, *new_failed;
    } ROWS[] = {
        {"new-migrate", "the released image's migrations did not pass", NULL},
        {"vacuous", "the released image's migrations did not pass", NULL},
        {"integrity", "the released image's migrations did not pass",
         "the candidate's migrations did not pass"},
        {"pending", "the released image's migrations did not pass",
         "the candidate's migrations did not pass"},
        {"rerun", "the released image's migrations did not pass",
         "the candidate's migrations did not pass"},
    };

    AUTO(fixture) Fixture fixture = {0};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.new_migrate, STEP_EXITED, 1, "no");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        if (ROWS[i].new_failed)
            assert_skip(ROWS[i].check, &fixture, ROWS[i].new_failed);
    fixture_end(&fixture.old_migrate, STEP_EXITED, 1, "no");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        assert_skip(ROWS[i].check, &fixture, ROWS[i].old_failed);
    fixture.seen.old_migrate = NULL;
    assert_skip("old-migrate", &fixture, "the released image's migrations were not run");
}

static void test_more_skips(void **state)
{
    AUTO(fixture) Fixture fixture = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.rerun = NULL;
    assert_skip("rerun", &fixture, "the migrations were not run a second time");
    fixture.seen.rerun = &fixture.rerun;
    fixture.seen.after_rerun = NULL;
    assert_skip("rerun", &fixture, "the database was not read after the second run");
    fixture.seen.after = NULL;
    assert_skip("integrity", &fixture, "the database was not read after the upgrade");
    fixture.seen.before = NULL;
    assert_skip("vacuous", &fixture, "the database of the released image was not read");
    fixture.new_migrate.outcome = OUTCOME_ERROR;
    fixture.new_migrate.reason = xstrdup("the engine went away");
    assert_skip("new-migrate", &fixture,
                "the candidate's migrations could not be run: the engine went away");
    fixture.seen.new_migrate = NULL;
    assert_skip("new-migrate", &fixture, "the candidate's migrations were not run");
    assert_skip("pending", &fixture, "the candidate's migrations were not run");
    fixture.old_migrate.outcome = OUTCOME_ERROR;
    assert_skip("old-migrate", &fixture,
                "the released image's migrations could not be run: no reason");
}

/* --- old-migrate --- */

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

/* --- one side without migrations --- */

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

/* --- new-migrate --- */

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

/* --- vacuous --- */

static void test_vacuous_same_image(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged by_id = {0};
    AUTO(judged) Judged by_digest = {0};

    (void)state;
    fixture_init(&fixture);
    free(fixture.candidate.id);
    fixture.candidate.id = xstrdup("sha256:6666");
    by_id = judge("vacuous", &fixture);
    assert_text(only(&by_id)->title,
                "the old and the new image are the same: 7 was compared with itself");
    assert_has(only(&by_id)->detail, "sha256:6666");
    free(fixture.candidate.id);
    fixture.candidate.id = NULL;
    free(fixture.candidate.digest);
    fixture.candidate.digest = xstrdup("sha256:d6");
    by_digest = judge("vacuous", &fixture);
    assert_has(only(&by_digest)->detail, "sha256:d6");
    free(fixture.candidate.digest);
    free(fixture.from.digest);
    fixture.candidate.digest = fixture.from.digest = NULL; /* both unknown is not the same */
    assert_silent("vacuous", &fixture);
}

static void test_vacuous_no_database(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged nowhere = {0};
    AUTO(judged) Judged inside = {0};
    AUTO(judged) Judged outside = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.before.exists = false;
    nowhere = judge("vacuous", &fixture);
    assert_text(only(&nowhere)->title,
                "no database at /app/data/app.db after the old image's migrations");
    assert_has(only(&nowhere)->hint, "`database.sqlite`");
    str_list_add(&fixture.before.other_databases, "/app/data/notes.sqlite");
    inside = judge("vacuous", &fixture);
    assert_text(only(&inside)->title,
                "no database at /app/data/app.db: the old image wrote /app/data/notes.sqlite");
    assert_text(only(&inside)->hint, "set `database.sqlite` to the file that the application uses: "
                                     "/app/data/notes.sqlite");
    str_list_clear(&fixture.before.other_databases);
    str_list_add(&fixture.old_strays, "/app/notes.db");
    outside = judge("vacuous", &fixture);
    assert_text(only(&outside)->title, "no database at /app/data/app.db: the old image wrote "
                                       "/app/notes.db, outside of the volume /app/data");
    assert_has(only(&outside)->detail, "databases written outside of the volume: /app/notes.db");
}

static void drop_tables(Snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->data.len; i++) {
        free(snapshot->data.items[i].space);
        free(snapshot->data.items[i].table);
        free(snapshot->data.items[i].fingerprint);
    }
    snapshot->data.len = 0;
    schema_clear(&snapshot->schema);
}

static void test_vacuous_no_tables(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged none = {0};
    AUTO(judged) Judged ledger = {0};
    AUTO(judged) Judged broken = {0};

    (void)state;
    fixture_init(&fixture);
    drop_tables(&fixture.before);
    none = judge("vacuous", &fixture);
    assert_text(only(&none)->title, "the old image made no table in /app/data/app.db");
    ledger_list_clear(&fixture.before.ledgers);
    fixture_ledger(&fixture.before, "migrations", "");
    ledger = judge("vacuous", &fixture);
    assert_text(only(&ledger)->title,
                "the old image applied no migration: its ledger migrations is "
                "empty, and /app/data/app.db has no other table");
    assert_text(only(&ledger)->table, "migrations");
    fault_list_add(&fixture.before.faults, FAULT_UNREADABLE, NULL, NULL, "file is not a database",
                   0);
    broken = judge("vacuous", &fixture);
    assert_text(only(&broken)->title, "/app/data/app.db cannot be read: file is not a database");
}

static void test_vacuous_other_database(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged untouched = {0};
    AUTO(judged) Judged inside = {0};
    AUTO(judged) Judged vanished = {0};
    AUTO(judged) Judged gone = {0};

    (void)state;
    fixture_init(&fixture);
    str_list_add(&fixture.new_strays, "/app/app.db");
    assert_silent("vacuous", &fixture); /* it applied 003_owner: it did see the database */
    ledger_list_clear(&fixture.after.ledgers);
    fixture_ledger(&fixture.after, "migrations", "001_init 002_tags");
    untouched = judge("vacuous", &fixture);
    assert_text(only(&untouched)->title, "the candidate used another database: it left "
                                         "/app/data/app.db as it was and wrote /app/app.db");
    assert_has(only(&untouched)->hint, "users of 6");
    str_list_add(&fixture.old_strays, "/app/app.db"); /* the old one wrote it as well */
    assert_silent("vacuous", &fixture);
    str_list_add(&fixture.after.other_databases, "/app/data/notes.db");
    inside = judge("vacuous", &fixture);
    assert_has(only(&inside)->title, "and wrote /app/data/notes.db");
    drop_tables(&fixture.after);
    vanished = judge("vacuous", &fixture);
    assert_text(
        only(&vanished)->title,
        "the candidate used another database: the old tables are gone from /app/data/app.db, "
        "and it wrote /app/data/notes.db");
    fixture.after.exists = false;
    gone = judge("vacuous", &fixture);
    assert_text(only(&gone)->title,
                "the database /app/data/app.db is gone after the candidate's migrations");
}

/* --- integrity --- */

static void test_integrity_kinds(void **state)
{
    static const struct {
        FaultKind kind;
        const char *table, *column, *detail;
        int64_t count;
        const char *title;
    } ROWS[] = {
        {FAULT_CORRUPT, NULL, NULL, "row 3 missing from index notes_idx", 0,
         "the upgraded database is damaged: row 3 missing from index notes_idx"},
        {FAULT_FOREIGN_KEY, "notes", "notebook_id", "3 rows of notes", 3,
         "3 rows of notes refer to nothing: 3 rows of notes"},
        {FAULT_FOREIGN_KEY, "notes", "notebook_id", "1 row", 1,
         "1 row of notes refers to nothing: 1 row"},
        {FAULT_FOREIGN_KEY, "notes", NULL, "foreign key mismatch", 0,
         "a foreign key of notes does not hold: foreign key mismatch"},
        {FAULT_SEQUENCE, "notes", "id", "4 < 9", 0,
         "the sequence of notes.id lags behind its values: 4 < 9"},
        {FAULT_LEFTOVER, "notes_new", NULL, "notes_new", 0, "a table was left behind: notes_new"},
        {FAULT_HELD, NULL, NULL, "transaction 'a' of role app", 0,
         "locks are still held after the upgrade: transaction 'a' of role app"},
        {FAULT_UNREADABLE, NULL, NULL, "file is not a database", 0,
         "the upgraded database cannot be read: file is not a database"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(judged) Judged judged = {0};

        fixture_init(&fixture);
        fault_list_add(&fixture.after.faults, ROWS[i].kind, ROWS[i].table, ROWS[i].column,
                       ROWS[i].detail, ROWS[i].count);
        judged = judge("integrity", &fixture);
        assert_text(only(&judged)->title, ROWS[i].title);
        assert_text(only(&judged)->table, ROWS[i].table);
        assert_text(only(&judged)->column, ROWS[i].column);
        assert_int_equal(only(&judged)->level, LEVEL_ERROR);
        assert_has(only(&judged)->detail, ROWS[i].detail);
        assert_true(strlen(only(&judged)->hint) > 20);
    }
}

static void test_integrity_before(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged same = {0};
    AUTO(judged) Judged more = {0};
    AUTO(judged) Judged fewer = {0};

    (void)state;
    fixture_init(&fixture);
    fault_list_add(&fixture.before.faults, FAULT_FOREIGN_KEY, "notes", "notebook_id", "3 rows", 3);
    fault_list_add(&fixture.after.faults, FAULT_FOREIGN_KEY, "notes", "notebook_id", "3 rows", 3);
    same = judge("integrity", &fixture);
    assert_int_equal(only(&same)->level, LEVEL_WARN);
    assert_text(only(&same)->title,
                "3 rows of notes refer to nothing: 3 rows (it was there before the "
                "upgrade)");
    assert_has(only(&same)->detail, "The candidate did not cause it.");
    fixture.after.faults.items[0].count = 12;
    free(fixture.after.faults.items[0].detail);
    fixture.after.faults.items[0].detail = xstrdup("12 rows");
    more = judge("integrity", &fixture);
    assert_int_equal(only(&more)->level, LEVEL_ERROR);
    assert_text(only(&more)->detail, "before: 3 rows\nafter: 12 rows");
    fixture.after.faults.items[0].count = 2;
    fewer = judge("integrity", &fixture);
    assert_int_equal(only(&fewer)->level, LEVEL_WARN);
}

static void test_integrity_lock(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged held = {0};
    AUTO(judged) Judged before = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.after.ledgers.items[0].locked_by = xstrdup("is_locked = 1");
    held = judge("integrity", &fixture);
    assert_text(only(&held)->title,
                "the migration lock of migrations is still held after the upgrade: "
                "is_locked = 1");
    assert_int_equal(only(&held)->level, LEVEL_ERROR);
    fixture.before.ledgers.items[0].locked_by = xstrdup("is_locked = 1");
    before = judge("integrity", &fixture);
    assert_int_equal(only(&before)->level, LEVEL_WARN);
    fixture.after.exists = false;
    assert_skip("integrity", &fixture, "there is no database after the upgrade");
}

/* --- pending --- */

static void test_pending_ledger(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged failed = {0};
    AUTO(judged) Judged before = {0};
    AUTO(judged) Judged waiting = {0};

    (void)state;
    fixture_init(&fixture);
    ledger_put(&fixture.after.ledgers.items[0], "004_slug", NULL, LEDGER_FAILED);
    failed = judge("pending", &fixture);
    assert_text(only(&failed)->title, "migration 004_slug is recorded as failed after the upgrade, "
                                      "though the command exited with 0");
    assert_text(only(&failed)->migration, "004_slug");
    assert_text(only(&failed)->table, "migrations");
    assert_text(only(&failed)->detail, "ledger migrations (home-made): 004_slug failed");
    ledger_put(&fixture.before.ledgers.items[0], "004_slug", NULL, LEDGER_FAILED);
    before = judge("pending", &fixture);
    assert_int_equal(only(&before)->level, LEVEL_WARN);
    ledger_put(&fixture.after.ledgers.items[0], "004_slug", NULL, LEDGER_PENDING);
    waiting = judge("pending", &fixture);
    assert_int_equal(only(&waiting)->level, LEVEL_ERROR);
    assert_has(only(&waiting)->title, "is recorded as pending");
}

static void test_pending_many(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    for (int i = 0; i < 50; i++) {
        AUTO(str) char *id = xasprintf("%d_x", 100 + i);

        ledger_put(&fixture.after.ledgers.items[0], id, NULL, LEDGER_PENDING);
    }
    judged = judge("pending", &fixture);
    assert_int_equal(judged.findings.len, 21);
    assert_text(judged.findings.items[20].title, "30 more migrations of migrations are unfinished");
}

static void test_pending_no_ledger(void **state)
{
    AUTO(fixture) Fixture fixture = {0};

    (void)state;
    fixture_init(&fixture);
    ledger_list_clear(&fixture.after.ledgers);
    assert_skip("pending", &fixture, "no ledger table was found, and no `status` command is set");
    fixture.seen.status = &fixture.status;
    assert_silent("pending", &fixture);
}

static void test_pending_status_ends(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged failed = {0};
    AUTO(judged) Judged missing = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.status = &fixture.status;
    fixture_end(&fixture.status, STEP_EXITED, 3, "not in sync\nError: 1 migration is missing");
    failed = judge("pending", &fixture);
    assert_text(only(&failed)->title,
                "the status command is not content after the upgrade: exit status "
                "3: Error: 1 migration is missing");
    fixture_end(&fixture.status, STEP_NOT_STARTED, -1, NULL);
    fixture.status.reason = xstrdup("no such file");
    missing = judge("pending", &fixture);
    assert_text(only(&missing)->title,
                "the status command is not content after the upgrade: could not "
                "be started: no such file");
    assert_has(only(&missing)->hint, "`status`");
}

/* The migrators' status texts are read below, in migrator/: here their line arrives, whatever the
 * exit status was. */
static void test_pending_status_text(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.status = &fixture.status;
    assert_silent("pending", &fixture);
    fixture.seen.status_pending = "3/pending owner";
    judged = judge("pending", &fixture);
    assert_text(
        only(&judged)->title,
        "the status command shows unfinished migrations after the upgrade: 3/pending owner");
    assert_int_equal(only(&judged)->level, LEVEL_ERROR);
    assert_has(only(&judged)->detail, "all applied");
}

/* A status command that was found, not given, may not be there, and may exit as it likes. */
static void test_pending_status_found(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(judged) Judged judged = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.status = &fixture.status;
    fixture.seen.status_found = true;
    fixture_end(&fixture.status, STEP_EXITED, 1, "no such command");
    assert_silent("pending", &fixture);
    fixture.seen.status_pending = "[ ] 0003_owner";
    judged = judge("pending", &fixture);
    assert_text(only(&judged)->title,
                "the status command shows unfinished migrations after the upgrade: [ ] 0003_owner");
}

/* Without a ledger there is nothing else that tells. */
static void test_pending_status_alone(void **state)
{
    AUTO(fixture) Fixture fixture = {0};

    (void)state;
    fixture_init(&fixture);
    ledger_list_clear(&fixture.after.ledgers);
    fixture.seen.status = &fixture.status;
    fixture.seen.status_found = true;
    assert_silent("pending", &fixture);
    fixture_end(&fixture.status, STEP_EXITED, 1, "no such command");
    assert_skip("pending", &fixture,
                "no ledger was read, and the status command that was found tells nothing: exit "
                "status 1");
}

/* --- rerun --- */

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

/* --- data-survival, destructive --- */

/* Its outcome is an error for that reason, beside what it found. */
static void assert_unsure(const char *id, const Fixture *fixture, size_t found, const char *reason)
{
    AUTO(path_report) PathReport path = {0};
    CheckPolicy policy = {.profile = PROFILE_STANDARD};
    const CheckResult *result = NULL;
    size_t count = 0;

    check_judge(&fixture->seen, &policy, &path);
    for (size_t i = 0; i < path.checks.len; i++)
        if (text_eq(path.checks.items[i].id, id))
            result = &path.checks.items[i];
    for (size_t i = 0; i < path.findings.len; i++)
        count += text_eq(path.findings.items[i].check, id);
    assert_non_null(result);
    assert_int_equal(result->outcome, OUTCOME_ERROR);
    assert_text(result->reason, reason);
    assert_int_equal(count, found);
}

/* Silence about a table that was not read is no proof, whatever else changed harmlessly. */
static void test_data_unread(void **state)
{
    static const char *const CHECKS[] = {"data-survival", "destructive"};
    AUTO(fixture) Fixture fixture = {0};
    AUTO(data_changes) DataChanges data = {0};

    (void)state;
    fixture_init(&fixture);
    fixture.seen.data = &data;
    LIST_PUSH(&data, ((TableChange){.space = xstrdup(""), .table = xstrdup("tags")}));
    for (size_t i = 0; i < COUNT_OF(CHECKS); i++)
        assert_silent(CHECKS[i], &fixture);
    str_list_add(&data.unseen, "rows of notes: permission denied");
    assert_skip("destructive", &fixture,
                "not every table could be compared: rows of notes: permission denied");
    assert_unsure("data-survival", &fixture, 0,
                  "not every table could be compared: rows of notes: permission denied");
    data.items[0].after_table = xstrdup("tags");
    data.items[0].gone = data.items[0].rows_before = 2;
    assert_unsure("data-survival", &fixture, 1,
                  "not every table could be compared: rows of notes: permission denied");
}

/* --- edge-data --- */

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

/* --- all together --- */

static const CheckResult *find_result(const PathReport *path, const char *id)
{
    for (size_t i = 0; i < path->checks.len; i++)
        if (text_eq(path->checks.items[i].id, id))
            return &path->checks.items[i];
    return NULL;
}

static const CheckResult *result_of(const PathReport *path, const char *id)
{
    const CheckResult *result = find_result(path, id);

    if (!result)
        fail_msg("no result of %s", id);
    return result;
}

static void test_judge_all(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(path_report) PathReport path = {0};
    AUTO(str_map) StrMap levels = {0};
    CheckPolicy policy = {.profile = PROFILE_STANDARD, .levels = &levels};

    (void)state;
    fixture_init(&fixture);
    fault_list_add(&fixture.after.faults, FAULT_LEFTOVER, "notes_new", NULL, "notes_new", 0);
    fixture.after_rerun.data.items[1].rows = 9;
    str_map_set(&levels, "rerun", "warn");
    str_map_set(&levels, "pending", "off");
    check_judge(&fixture.seen, &policy, &path);
    assert_null(find_result(&path, "pending"));
    assert_int_equal(result_of(&path, "integrity")->outcome, OUTCOME_FAILED);
    assert_int_equal(result_of(&path, "rerun")->outcome, OUTCOME_WARNED);
    assert_int_equal(result_of(&path, "rerun")->level, LEVEL_WARN);
    assert_int_equal(result_of(&path, "old-migrate")->outcome, OUTCOME_PASSED);
    assert_int_equal(path.findings.len, 2);
    assert_text(path.findings.items[0].release, "6 -> 7");
    assert_int_equal(path.findings.items[0].level, LEVEL_ERROR);
    assert_int_equal(path.findings.items[1].level, LEVEL_WARN);
}

static void test_judge_skipped(void **state)
{
    static const char *const AFTER[] = {"integrity", "pending", "rerun"};
    AUTO(fixture) Fixture fixture = {0};
    AUTO(path_report) PathReport path = {0};
    CheckPolicy policy = {.profile = PROFILE_STANDARD};

    (void)state;
    fixture_init(&fixture);
    fixture_end(&fixture.new_migrate, STEP_EXITED, 1, "no");
    check_judge(&fixture.seen, &policy, &path);
    assert_int_equal(result_of(&path, "new-migrate")->outcome, OUTCOME_FAILED);
    assert_int_equal(result_of(&path, "vacuous")->outcome, OUTCOME_PASSED);
    for (size_t i = 0; i < COUNT_OF(AFTER); i++) {
        assert_int_equal(result_of(&path, AFTER[i])->outcome, OUTCOME_SKIPPED);
        assert_text(result_of(&path, AFTER[i])->reason, "the candidate's migrations did not pass");
    }
}

/* What could not be made has not passed, whatever else was seen of it. */
static void test_judge_could_not(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(path_report) PathReport path = {0};
    AUTO(str_map) StrMap could_not = {0};
    CheckPolicy policy = {.profile = PROFILE_STANDARD};

    (void)state;
    fixture_init(&fixture);
    str_map_set(&could_not, "rerun", "copying the database: no space left on device");
    fixture.seen.could_not = &could_not;
    check_judge(&fixture.seen, &policy, &path);
    assert_int_equal(result_of(&path, "rerun")->outcome, OUTCOME_ERROR);
    assert_text(result_of(&path, "rerun")->reason, "copying the database: no space left on device");
    assert_int_equal(result_of(&path, "pending")->outcome, OUTCOME_PASSED);
    assert_int_equal(check_verdict(&path), VERDICT_UNKNOWN);
}

static void test_text_capped(void **state)
{
    static const struct {
        const char *text;
        size_t max;
        const char *wanted;
    } ROWS[] = {
        {"abcdef", 6, "abcdef"},
        {"abcdefg", 6, "abc..."},
        {"ab\xc3\xa9\xc3\xa9\xc3\xa9", 7, "ab\xc3\xa9..."},
        {"ab\xc3\xa9\xc3\xa9\xc3\xa9", 6, "ab..."},
        {"", 3, ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *capped = text_capped(ROWS[i].text, ROWS[i].max);

        assert_text(capped, ROWS[i].wanted);
    }
}

static void test_pending_old_status(void **state)
{
    static const struct {
        int exit_code;
        const char *pending, *title;
    } ROWS[] = {
        {0, NULL, NULL},
        {127, NULL, NULL}, /* the old image had no such command */
        {1, NULL, "the status command of release 6 is not content before the upgrade: it fails"},
        {0, "2/pending tags",
         "the status command of release 6 is not content before the upgrade: 2/pending tags"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(fixture) Fixture fixture = {0};
        AUTO(finding_list) FindingList findings = {0};
        AUTO(step) Step step = fixture_step("old-status", ROWS[i].exit_code, "log");
        char *skip = NULL;

        fixture_init(&fixture);
        fixture.seen.old_status = &step;
        fixture.seen.old_status_pending = ROWS[i].pending;
        check_find("pending")->judge(&fixture.seen, &findings, &skip);
        assert_null(skip);
        assert_int_equal(findings.len, ROWS[i].title ? 1 : 0);
        if (!ROWS[i].title)
            continue;
        assert_text(findings.items[0].title, ROWS[i].title);
        assert_int_equal(findings.items[0].level, LEVEL_WARN);
    }
}

/* What the upgrade left comes first: it is the finding that a reader sees. */
static void test_pending_order(void **state)
{
    AUTO(fixture) Fixture fixture = {0};
    AUTO(finding_list) FindingList findings = {0};
    AUTO(step) Step before = fixture_step("old-status", 1, "log");
    char *skip = NULL;

    (void)state;
    fixture_init(&fixture);
    fixture.seen.old_status = &before;
    fixture.seen.status = &fixture.status;
    fixture_end(&fixture.status, STEP_EXITED, 3, NULL);
    check_find("pending")->judge(&fixture.seen, &findings, &skip);
    assert_null(skip);
    assert_int_equal(findings.len, 2);
    assert_int_equal(findings.items[0].level, LEVEL_ERROR);
    assert_has(findings.items[0].title, "after the upgrade: exit status 3");
    assert_has(findings.items[1].title, "before the upgrade");
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
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_sound_is_silent),
        cmocka_unit_test(test_skips),
        cmocka_unit_test(test_more_skips),
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
        cmocka_unit_test(test_vacuous_same_image),
        cmocka_unit_test(test_vacuous_no_database),
        cmocka_unit_test(test_vacuous_no_tables),
        cmocka_unit_test(test_vacuous_other_database),
        cmocka_unit_test(test_integrity_kinds),
        cmocka_unit_test(test_integrity_before),
        cmocka_unit_test(test_integrity_lock),
        cmocka_unit_test(test_pending_ledger),
        cmocka_unit_test(test_pending_many),
        cmocka_unit_test(test_pending_no_ledger),
        cmocka_unit_test(test_pending_status_ends),
        cmocka_unit_test(test_pending_status_text),
        cmocka_unit_test(test_pending_status_found),
        cmocka_unit_test(test_pending_status_alone),
        cmocka_unit_test(test_data_unread),
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
        cmocka_unit_test(test_judge_all),
        cmocka_unit_test(test_judge_skipped),
        cmocka_unit_test(test_judge_could_not),
        cmocka_unit_test(test_pending_old_status),
        cmocka_unit_test(test_pending_order),
        cmocka_unit_test(test_concurrent),
        cmocka_unit_test(test_concurrent_differs),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_concurrent_grows_anyhow),
        cmocka_unit_test(test_old_on_new),
        cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_text_capped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
