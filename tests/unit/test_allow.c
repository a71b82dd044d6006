#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/check.h"

static void add(PathReport *path, const char *check, Level level, const char *table,
                const char *column)
{
    Finding *finding = finding_list_add(&path->findings, check, level);

    finding->title = xstrdup("something is wrong");
    finding->table = xstrdup_null(table);
    finding->column = xstrdup_null(column);
}

static void add_result(PathReport *path, const char *check, Outcome outcome)
{
    LIST_PUSH(&path->checks,
              ((CheckResult){.id = xstrdup(check), .level = LEVEL_ERROR, .outcome = outcome}));
}

/* One entry against one finding: rerun on notes.owner, upgrade from `from` to `candidate`. */
static void test_matching(void **state)
{
    static const struct {
        CheckAllow allow;
        const char *from, *candidate;
        bool accepted;
    } ROWS[] = {
        {{.check = "rerun", .reason = "r"}, "6", "7", true},
        {{.check = "integrity", .reason = "r"}, "6", "7", false},
        {{.reason = "r"}, "6", "7", true},
        {{.check = "rerun", .table = "notes", .reason = "r"}, "6", "7", true},
        {{.check = "rerun", .table = "NOTES", .reason = "r"}, "6", "7", true},
        {{.check = "rerun", .table = "tags", .reason = "r"}, "6", "7", false},
        {{.check = "rerun", .table = "notes", .column = "owner", .reason = "r"}, "6", "7", true},
        {{.check = "rerun", .column = "body", .reason = "r"}, "6", "7", false},
        {{.check = "rerun", .from = "<7", .reason = "r"}, "6", "7", true},
        {{.check = "rerun", .from = "<6", .reason = "r"}, "6", "7", false},
        {{.check = "rerun", .from = ">=1.2 <2", .reason = "r"}, "v1.9.10", "v2.0.0", true},
        {{.check = "rerun", .from = "v1.2.0", .reason = "r"}, "v1.2.0", "v2.0.0", true},
        {{.check = "rerun", .from = "v1.2.0", .reason = "r"}, "v1.2.1", "v2.0.0", false},
        {{.check = "rerun", .from = "<6", .reason = "r"}, NULL, "7", false},
        {{.check = "rerun", .from = ">=", .reason = "r"}, "6", "7", false},
        {{.check = "rerun", .until = "8", .reason = "r"}, "6", "7", true},
        {{.check = "rerun", .until = "7", .reason = "r"}, "6", "7", false},
        {{.check = "rerun", .until = "7", .reason = "r"}, "6", "10", false},
        {{.check = "rerun", .until = "v2.0.0", .reason = "r"}, "v1.0.0", "v1.9.9", true},
        {{.check = "rerun", .until = "v2.0.0", .reason = "r"}, "v1.0.0", "v2.0.0", false},
        {{.check = "rerun", .until = "v2.0.0", .reason = "r"}, "v1.0.0", "main", true},
        {{.check = "rerun", .until = "main", .reason = "r"}, "v1.0.0", "main", false},
        {{.check = "rerun", .until = "v2.0.0", .reason = "r"}, "v1.0.0", NULL, true},
        {{.check = "rerun", .from = "<7", .until = "8", .table = "notes", .reason = "r"},
         "6",
         "7",
         true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(path_report) PathReport path = {0};
        bool used = false;
        bool accepted;

        add(&path, "rerun", LEVEL_ERROR, "notes", "owner");
        check_allow(&ROWS[i].allow, 1, ROWS[i].from, ROWS[i].candidate, &path, &used);
        accepted = path.findings.items[0].allowed_reason != NULL;
        if (accepted != ROWS[i].accepted || used != ROWS[i].accepted)
            fail_msg("row %zu: accepted %d, used %d", i, accepted, used);
    }
}

static void test_reasons(void **state)
{
    static const CheckAllow ALLOW[] = {
        {.check = "rerun", .table = "tags", .reason = "never there"},
        {.check = "rerun", .table = "notes", .reason = "first\n::error::x"},
        {.check = "rerun", .reason = "second"},
        {.check = "pending"},
    };
    AUTO(path_report) PathReport path = {0};
    bool used[COUNT_OF(ALLOW)] = {true};

    (void)state;
    add(&path, "rerun", LEVEL_ERROR, "notes", NULL);
    add(&path, "rerun", LEVEL_WARN, NULL, NULL);
    add(&path, "pending", LEVEL_ERROR, NULL, NULL);
    add(&path, "integrity", LEVEL_ERROR, NULL, NULL);
    check_allow(ALLOW, COUNT_OF(ALLOW), "6", "7", &path, used);
    assert_string_equal(path.findings.items[0].allowed_reason, "first ::error::x");
    assert_string_equal(path.findings.items[1].allowed_reason, "second");
    assert_string_equal(path.findings.items[2].allowed_reason, "no reason given");
    assert_null(path.findings.items[3].allowed_reason);
    assert_true(used[0]); /* never set to false */
    assert_true(used[1] && used[2] && used[3]);
}

static void test_outcomes_follow(void **state)
{
    static const CheckAllow ALLOW = {.check = "rerun", .table = "notes", .reason = "r"};
    AUTO(path_report) PathReport path = {0};
    bool used = false;

    (void)state;
    add(&path, "rerun", LEVEL_ERROR, "notes", NULL);
    add_result(&path, "rerun", OUTCOME_FAILED);
    add_result(&path, "pending", OUTCOME_SKIPPED);
    add_result(&path, "integrity", OUTCOME_PASSED);
    check_allow(&ALLOW, 1, "6", "7", &path, &used);
    assert_int_equal(path.checks.items[0].outcome, OUTCOME_WARNED);
    assert_int_equal(path.checks.items[1].outcome, OUTCOME_SKIPPED);
    assert_int_equal(path.checks.items[2].outcome, OUTCOME_PASSED);
    add(&path, "rerun", LEVEL_ERROR, "tags", NULL);
    check_allow(&ALLOW, 1, "6", "7", &path, &used);
    assert_int_equal(path.checks.items[0].outcome, OUTCOME_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matching),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_outcomes_follow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
