/* Work beside the thread that wants it. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/task.h"

/* Two ends of a pipe: what works waits for a byte. */
typedef struct Door {
    int ends[2];
    bool passed;
} Door;

static void door_make(Door *door)
{
    *door = (Door){0};
    assert_int_equal(pipe(door->ends), 0);
}

static void door_open(const Door *door)
{
    assert_int_equal(write(door->ends[1], "x", 1), 1);
}

static void door_remove(const Door *door)
{
    (void)close(door->ends[0]);
    (void)close(door->ends[1]);
}

static Error *pass(void *context)
{
    Door *door = context;
    char byte;

    door->passed = read(door->ends[0], &byte, 1) == 1;
    return error_new(ERR_CONFLICT, 7, "passed");
}

/* It waits for what comes after task_begin: in the same thread it would wait for ever. */
static void works_beside(void **state)
{
    Task task = {0};
    Door door;
    Error *err;

    (void)state;
    door_make(&door);
    task_begin(&task, pass, &door);
    door_open(&door);
    err = task_end(&task);
    assert_true(door.passed);
    assert_non_null(err);
    assert_string_equal(err->msg, "passed");
    error_free(err);
    assert_null(task_end(&task)); /* told once */
    door_remove(&door);
}

static void is_awaited_when_dropped(void **state)
{
    Door door;

    (void)state;
    door_make(&door);
    {
        AUTO(task) Task task = {0};

        task_begin(&task, pass, &door);
        door_open(&door);
    }
    assert_true(door.passed);
    door_remove(&door);
}

static void never_begun(void **state)
{
    AUTO(task) Task task = {0};

    (void)state;
    assert_null(task_end(&task));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(works_beside),
        cmocka_unit_test(is_awaited_when_dropped),
        cmocka_unit_test(never_begun),
    };

    return cmocka_run_group_tests_name("base_task", tests, NULL, NULL);
}
