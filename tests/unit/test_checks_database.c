/* What is judged by the database after the upgrade: vacuous, integrity, pending, data-survival. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vacuous_same_image),   cmocka_unit_test(test_vacuous_no_database),
        cmocka_unit_test(test_vacuous_no_tables),    cmocka_unit_test(test_vacuous_other_database),
        cmocka_unit_test(test_integrity_kinds),      cmocka_unit_test(test_integrity_before),
        cmocka_unit_test(test_integrity_lock),       cmocka_unit_test(test_pending_ledger),
        cmocka_unit_test(test_pending_many),         cmocka_unit_test(test_pending_no_ledger),
        cmocka_unit_test(test_pending_status_ends),  cmocka_unit_test(test_pending_status_text),
        cmocka_unit_test(test_pending_status_found), cmocka_unit_test(test_pending_status_alone),
        cmocka_unit_test(test_data_unread),          cmocka_unit_test(test_pending_old_status),
        cmocka_unit_test(test_pending_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
