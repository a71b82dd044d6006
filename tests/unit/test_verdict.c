#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"

/* A path with at most two findings, and the outcome of new-migrate. */
typedef struct Case {
    const char *first;
    Level first_level;
    bool first_allowed;
    const char *second;
    Level second_level;
    Outcome upgrade;
    Verdict verdict;
    const char *reason;
} Case;

static const Case CASES[] = {
    {NULL, LEVEL_OFF, false, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_SOUND, NULL},
    {"rerun", LEVEL_WARN, false, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_SOUND, NULL},
    {"rerun", LEVEL_ERROR, false, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_BROKEN, NULL},
    {"rerun", LEVEL_ERROR, true, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_SOUND, NULL},
    {"rerun", LEVEL_ERROR, true, "integrity", LEVEL_ERROR, OUTCOME_PASSED, VERDICT_BROKEN, NULL},
    {"new-migrate", LEVEL_ERROR, false, NULL, LEVEL_OFF, OUTCOME_FAILED, VERDICT_BROKEN, NULL},
    {"new-migrate", LEVEL_ERROR, true, NULL, LEVEL_OFF, OUTCOME_WARNED, VERDICT_SOUND, NULL},
    {"old-migrate", LEVEL_ERROR, false, NULL, LEVEL_OFF, OUTCOME_SKIPPED, VERDICT_BROKEN, NULL},
    {"old-migrate", LEVEL_ERROR, true, NULL, LEVEL_OFF, OUTCOME_SKIPPED, VERDICT_NOTHING_TO_VERIFY,
     "title of old-migrate; accepted: on purpose"},
    {"old-migrate", LEVEL_WARN, false, NULL, LEVEL_OFF, OUTCOME_SKIPPED, VERDICT_NOTHING_TO_VERIFY,
     "title of old-migrate"},
    {"vacuous", LEVEL_ERROR, false, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_UNKNOWN,
     "nothing was tested: title of vacuous"},
    {"rerun", LEVEL_ERROR, false, "vacuous", LEVEL_ERROR, OUTCOME_PASSED, VERDICT_UNKNOWN,
     "nothing was tested: title of vacuous"},
    {"vacuous", LEVEL_ERROR, true, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_SOUND, NULL},
    {"vacuous", LEVEL_ERROR, true, "rerun", LEVEL_ERROR, OUTCOME_PASSED, VERDICT_BROKEN, NULL},
    {"vacuous", LEVEL_WARN, false, NULL, LEVEL_OFF, OUTCOME_PASSED, VERDICT_SOUND, NULL},
    {NULL, LEVEL_OFF, false, NULL, LEVEL_OFF, OUTCOME_ERROR, VERDICT_UNKNOWN,
     "new-migrate: why it was so"},
    {"rerun", LEVEL_ERROR, false, NULL, LEVEL_OFF, OUTCOME_ERROR, VERDICT_BROKEN, NULL},
    /* an upgrade that was never judged is not sound */
    {NULL, LEVEL_OFF, false, NULL, LEVEL_OFF, OUTCOME_SKIPPED, VERDICT_UNKNOWN,
     "new-migrate: why it was so"},
};

static void add(PathReport *path, const char *check, Level level, bool allowed)
{
    Finding *finding;

    if (!check)
        return;
    finding = finding_list_add(&path->findings, check, level);
    finding->title = xasprintf("title of %s", check);
    finding->allowed_reason = allowed ? xstrdup("on purpose") : NULL;
}

static void test_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const Case *one = &CASES[i];
        AUTO(path_report) PathReport path = {0};
        AUTO(str) char *reason = NULL;

        add(&path, one->first, one->first_level, one->first_allowed);
        add(&path, one->second, one->second_level, false);
        LIST_PUSH(&path.checks, ((CheckResult){.id = xstrdup("new-migrate"),
                                               .outcome = one->upgrade,
                                               .reason = xstrdup("why it was so")}));
        reason = check_verdict_reason(&path);
        if (check_verdict(&path) != one->verdict)
            fail_msg("row %zu: %s", i, verdict_name(check_verdict(&path)));
        if (!text_eq(reason, one->reason))
            fail_msg("row %zu: %s", i, reason ? reason : "(null)");
    }
}

static void test_nothing_was_run(void **state)
{
    AUTO(path_report) PathReport path = {0};
    AUTO(str) char *reason = check_verdict_reason(&path);

    (void)state;
    assert_int_equal(check_verdict(&path), VERDICT_UNKNOWN);
    assert_string_equal(reason, "no check looked at the upgrade");
}

/* new-migrate may be switched off: the others still judge. */
static void test_upgrade_check_off(void **state)
{
    AUTO(path_report) PathReport path = {0};

    (void)state;
    LIST_PUSH(&path.checks, ((CheckResult){.id = xstrdup("integrity"), .outcome = OUTCOME_PASSED}));
    assert_int_equal(check_verdict(&path), VERDICT_SOUND);
    path.checks.items[0].outcome = OUTCOME_SKIPPED;
    assert_int_equal(check_verdict(&path), VERDICT_UNKNOWN);
    LIST_PUSH(&path.checks, ((CheckResult){.id = xstrdup("vacuous"), .outcome = OUTCOME_PASSED}));
    assert_int_equal(check_verdict(&path), VERDICT_UNKNOWN);
}

static void test_overall(void **state)
{
    static const struct {
        Verdict paths[3];
        size_t count;
        Verdict overall;
    } ROWS[] = {
        {{VERDICT_SOUND}, 0, VERDICT_NOTHING_TO_VERIFY},
        {{VERDICT_SOUND}, 1, VERDICT_SOUND},
        {{VERDICT_NOTHING_TO_VERIFY}, 1, VERDICT_NOTHING_TO_VERIFY},
        {{VERDICT_NOTHING_TO_VERIFY, VERDICT_SOUND}, 2, VERDICT_SOUND},
        {{VERDICT_SOUND, VERDICT_UNKNOWN}, 2, VERDICT_UNKNOWN},
        {{VERDICT_BROKEN, VERDICT_UNKNOWN, VERDICT_SOUND}, 3, VERDICT_BROKEN},
        {{VERDICT_UNKNOWN, VERDICT_SOUND, VERDICT_BROKEN}, 3, VERDICT_BROKEN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        PathReport items[3] = {0};
        PathReportList paths = {.items = items, .len = ROWS[i].count};

        for (size_t k = 0; k < ROWS[i].count; k++)
            items[k].verdict = ROWS[i].paths[k];
        assert_int_equal(report_overall(&paths), ROWS[i].overall);
    }
}

static void test_names(void **state)
{
    Verdict verdict = VERDICT_UNKNOWN;
    Outcome outcome;
    StepEnd end;
    Level level;
    Profile profile;

    (void)state;
    for (int i = 0; i <= VERDICT_UNKNOWN; i++) {
        assert_true(verdict_parse(verdict_name((Verdict)i), &verdict));
        assert_int_equal(verdict, i);
    }
    for (int i = 0; i <= OUTCOME_ERROR; i++) {
        assert_true(outcome_parse(outcome_name((Outcome)i), &outcome));
        assert_int_equal(outcome, i);
    }
    for (int i = 0; i <= STEP_NOT_STARTED; i++) {
        assert_true(step_end_parse(step_end_name((StepEnd)i), &end));
        assert_int_equal(end, i);
    }
    for (int i = 0; i <= LEVEL_ERROR; i++) {
        assert_true(level_parse(level_name((Level)i), &level));
        assert_int_equal(level, i);
    }
    for (int i = 0; i <= PROFILE_THOROUGH; i++) {
        assert_true(profile_parse(profile_name((Profile)i), &profile));
        assert_int_equal(profile, i);
    }
    verdict = VERDICT_BROKEN;
    assert_false(verdict_parse("Sound", &verdict));
    assert_false(verdict_parse(NULL, &verdict));
    assert_int_equal(verdict, VERDICT_BROKEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path),
        cmocka_unit_test(test_nothing_was_run),
        cmocka_unit_test(test_upgrade_check_off),
        cmocka_unit_test(test_overall),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
