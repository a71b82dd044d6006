/* Which runs are alive, by their labels. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "verify/sweep.h"

#define NOW_S INT64_C(2000000000)

static void own_process_is_alive(void **state)
{
    AUTO(str_map) StrMap labels = {0};

    (void)state;
    sweep_labels("abc123abc123", false, 1000, &labels);
    assert_string_equal(str_map_get(&labels, LABEL_RUN), "abc123abc123");
    assert_false(str_map_has(&labels, LABEL_KEPT));
    /* also when its time is up: a process that can be seen to run is believed */
    assert_int_equal(sweep_life(str_map_get(&labels, LABEL_OWNER), 0, NOW_S), RUN_ALIVE);
}

static void ended_process_is_ended(void **state)
{
    AUTO(str_map) StrMap labels = {0};
    AUTO(str) char *owner = NULL;
    AUTO(str) char *pid = NULL;
    AUTO(str) char *ended = NULL;
    pid_t child = fork();

    (void)state;
    if (child == 0)
        _exit(0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    sweep_labels("abc123abc123", false, 1000, &labels);
    owner = xstrdup(str_map_get(&labels, LABEL_OWNER));
    pid = xasprintf("/%d/", (int)getpid());
    ended = xasprintf("/%d/", (int)child);
    assert_non_null(strstr(owner, pid));
    {
        AUTO(str) char *other = text_replace(owner, pid, ended);

        assert_int_equal(sweep_life(other, NOW_S + 1, NOW_S), RUN_ENDED);
    }
}

static void reused_pid_is_ended(void **state)
{
    AUTO(str_map) StrMap labels = {0};
    AUTO(str) char *other = NULL;

    (void)state;
    sweep_labels("abc123abc123", true, 1000, &labels);
    assert_string_equal(str_map_get(&labels, LABEL_KEPT), "yes");
    other = xasprintf("%s9", str_map_get(&labels, LABEL_OWNER)); /* another start time */
    assert_int_equal(sweep_life(other, NOW_S + 1, NOW_S), RUN_ENDED);
}

static void other_machine_lives_until_it_expires(void **state)
{
    static const char OWNER[] = "0b00-other-boot/pid:[1]/42/4711";

    (void)state;
    assert_int_equal(sweep_life(OWNER, NOW_S + 1, NOW_S), RUN_UNSEEN);
    assert_int_equal(sweep_life(OWNER, NOW_S, NOW_S), RUN_ENDED);
}

static void hostile_labels_are_no_reason_to_crash(void **state)
{
    static const char *const OWNERS[] = {"", "/", "////", "a/b/../../etc/passwd/1", "x"};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(OWNERS); i++)
        assert_int_equal(sweep_life(OWNERS[i], NOW_S + 1, NOW_S), RUN_UNSEEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_process_is_alive),
        cmocka_unit_test(ended_process_is_ended),
        cmocka_unit_test(reused_pid_is_ended),
        cmocka_unit_test(other_machine_lives_until_it_expires),
        cmocka_unit_test(hostile_labels_are_no_reason_to_crash),
    };

    return cmocka_run_group_tests_name("sweep", tests, NULL, NULL);
}
