/* What a run remembers to take away. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/teardown.h"

static void remembers_known_kinds(void **state)
{
    AUTO(teardown) Teardown *teardown = teardown_new();

    (void)state;
    teardown_made(teardown, "connection", "net/self");
    teardown_made(teardown, "container", "a");
    teardown_made(teardown, "volume", "a");
    teardown_made(teardown, "network", "a");
    teardown_made(teardown, "image", "a");
    assert_int_equal(teardown_count(teardown), 5);
}

static void forgets_one_of_its_kind(void **state)
{
    static const struct {
        TeardownKind kind;
        const char *id;
        size_t left;
    } ROWS[] = {
        {TEARDOWN_VOLUME, "look", 3},    /* another kind */
        {TEARDOWN_CONTAINER, "loo", 3},  /* another name */
        {TEARDOWN_CONTAINER, "look", 2}, /* in the middle */
        {TEARDOWN_CONTAINER, "look", 2}, /* gone already */
        {TEARDOWN_IMAGE, "image", 1},    /* the first */
        {TEARDOWN_NETWORK, "net", 0},    /* the last */
    };

    AUTO(teardown) Teardown *teardown = teardown_new();

    (void)state;
    teardown_add(teardown, TEARDOWN_IMAGE, "image");
    teardown_add(teardown, TEARDOWN_CONTAINER, "look");
    teardown_add(teardown, TEARDOWN_NETWORK, "net");
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        teardown_forget(teardown, ROWS[i].kind, ROWS[i].id);
        assert_int_equal(teardown_count(teardown), ROWS[i].left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(remembers_known_kinds),
        cmocka_unit_test(forgets_one_of_its_kind),
    };

    return cmocka_run_group_tests_name("teardown", tests, NULL, NULL);
}
