#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "verify/trial_parts.h"

static void described(DataChanges data, StrList *warnings)
{
    PlannedPath path = {.id = (char *)(uintptr_t) "6 -> 7"};
    PathReport report = {0};
    Trial trial = {.path = &path, .report = &report, .data = data};

    trial.spec.sqlite = "/app/data/app.db";
    trial_describe(&trial, warnings);
}

static void test_all_followed(void **state)
{
    AUTO(str_list) StrList warnings = {0};

    (void)state;
    described((DataChanges){0}, &warnings);
    assert_int_equal(warnings.len, 0);
}

/* Whatever else was found, what was not compared is said. */
static void test_not_followed(void **state)
{
    AUTO(data_changes) DataChanges data = {0};
    AUTO(str_list) StrList warnings = {0};

    (void)state;
    (void)data_changes_add(&data, "", "notes");
    str_list_add(&data.unseen, "rows of tags: denied");
    str_list_add(&data.unseen, "values of users: denied");
    str_list_add(&data.aside, "virtual table notes_fts");
    str_list_add(&data.aside, "foreign table far");
    described(data, &warnings);
    assert_int_equal(warnings.len, 3);
    assert_string_equal(warnings.items[0], "6 -> 7: could not be compared: rows of tags: denied");
    assert_string_equal(warnings.items[1],
                        "6 -> 7: could not be compared: values of users: denied");
    assert_string_equal(
        warnings.items[2],
        "6 -> 7: rows were not followed in virtual table notes_fts, foreign table far");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_followed),
        cmocka_unit_test(test_not_followed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
