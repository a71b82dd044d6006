/* The table of checks, and what all have in common. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),           cmocka_unit_test(test_levels),
        cmocka_unit_test(test_sound_is_silent), cmocka_unit_test(test_skips),
        cmocka_unit_test(test_more_skips),      cmocka_unit_test(test_judge_all),
        cmocka_unit_test(test_judge_skipped),   cmocka_unit_test(test_judge_could_not),
        cmocka_unit_test(test_text_capped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
