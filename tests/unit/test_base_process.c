/* Running other programs: status, streams, caps, deadline, cancel. Uses /bin/sh as the program. */

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/process.h"

#define SHELL(script)                                                                              \
    (const char *const[])                                                                          \
    {                                                                                              \
        "/bin/sh", "-c", (script), NULL                                                            \
    }

typedef struct RunRow {
    const char *script, *input;
    int status;
    const char *output, *errors;
} RunRow;

static void runs_to_the_end(void **state)
{
    static const RunRow ROWS[] = {
        {"echo out; echo err >&2", NULL, 0, "out\n", "err\n"},
        {"exit 7", NULL, 7, "", ""},
        {"kill -TERM $$", NULL, 128 + SIGTERM, "", ""},
        {"cat", "some text", 0, "some text", ""},
        {"cat", "", 0, "", ""},
        {"exit 0", "nobody reads this", 0, "", ""},
        {"exec >&- 2>&-; sleep 0.05; exit 3", NULL, 3, "", ""}, /* pipes closed before the end */
        {"sleep 30 & echo on", NULL, 0, "on\n", ""},            /* a child keeps the pipes */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(process_result) ProcessResult result = {0};
        ProcessSpec spec = {.argv = SHELL(ROWS[i].script),
                            .input = ROWS[i].input,
                            .input_len = ROWS[i].input ? strlen(ROWS[i].input) : 0,
                            .errors_max = 1024};
        int64_t began = clock_now_ms();
        AUTO(error) Error *err = process_run(&spec, deadline_in(10000), &result);

        if (err)
            fail_msg("%s: %s", ROWS[i].script, err->msg);
        assert_int_equal(result.status, ROWS[i].status);
        assert_string_equal(result.output, ROWS[i].output);
        assert_int_equal(result.output_len, strlen(ROWS[i].output));
        assert_string_equal(result.errors, ROWS[i].errors);
        assert_true(clock_now_ms() - began < 8000);
    }
}

static void gives_folder_environment_and_signals(void **state)
{
    char *const environment[] = {(char[]){"PATH=/usr/bin:/bin"}, (char[]){"ONLY=this"}, NULL};
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {
        .argv = (const char *const[]){"sh", "-c", "pwd; echo $ONLY; kill -INT $$", NULL},
        .environment = environment,
        .folder = "/usr"};
    sigset_t block, before;
    AUTO(error) Error *err = NULL;

    (void)state;
    (void)sigemptyset(&block);
    (void)sigaddset(&block, SIGINT);
    assert_int_equal(sigprocmask(SIG_BLOCK, &block, &before), 0);
    err = process_run(&spec, deadline_in(10000), &result);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    assert_null(err);
    assert_string_equal(result.output, "/usr\nthis\n");
    assert_string_equal(result.errors, "");
    assert_int_equal(result.status, 128 + SIGINT); /* our blocked SIGINT is not handed on */
}

static void moves_more_than_a_pipe_holds(void **state)
{
    size_t len = 3U << 20;
    AUTO(str) char *input = xmalloc(len + 1);
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {.argv = SHELL("cat"), .input = input, .input_len = len, .output_max = len};
    AUTO(error) Error *err = NULL;

    (void)state;
    memset(input, 'x', len);
    input[len] = '\0';
    err = process_run(&spec, deadline_in(20000), &result);
    assert_null(err);
    assert_int_equal(result.output_len, len);
    assert_memory_equal(result.output, input, len);
}

static void keeps_the_tail_of_errors(void **state)
{
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {.argv = SHELL("for i in 1 2 3 4 5 6 7 8 9; do echo line $i >&2; done"),
                        .errors_max = 20};
    AUTO(error) Error *err = process_run(&spec, deadline_in(10000), &result);

    (void)state;
    assert_null(err);
    assert_string_equal(result.errors, "line 8\nline 9\n");
}

static void *raise_soon(void *cancel)
{
    (void)usleep(50000);
    cancel_raise(cancel, SIGTERM);
    return NULL;
}

typedef struct StopRow {
    const char *const *argv;
    size_t output_max;
    int64_t deadline_ms;
    bool cancel;
    ErrCode code;
    const char *msg;
} StopRow;

static void stops_what_goes_on(void **state)
{
    const StopRow rows[] = {
        {SHELL("trap '' TERM; while :; do sleep 1; done"), 0, 100, false, ERR_TIMEOUT,
         "/bin/sh did not end in time"},
        {SHELL("while :; do echo flood; done"), 65536, 20000, false, ERR_LIMIT,
         "output of /bin/sh: more than the 65536 bytes that are accepted here"},
        {SHELL("while :; do echo flood >&2; done"), 0, 300, false, ERR_TIMEOUT,
         "/bin/sh did not end in time"},
        {SHELL("sleep 30"), 0, 20000, true, ERR_CANCELLED, "stopped by a signal"},
        {(const char *const[]){"no-such-program-here", NULL}, 0, 1000, false, ERR_NOT_FOUND,
         "there is no program no-such-program-here in PATH"},
        {(const char *const[]){"/etc/passwd", NULL}, 0, 1000, false, ERR_NOT_FOUND,
         "there is no program /etc/passwd in PATH"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ProcessResult result = {.status = 77};
        AUTO(cancel) Cancel *cancel = NULL;
        AUTO(error) Error *err = cancel_new(&cancel);
        ProcessSpec spec = {.argv = rows[i].argv,
                            .output_max = rows[i].output_max,
                            .errors_max = 100,
                            .cancel = cancel};
        pthread_t thread;
        int64_t began = clock_now_ms();

        assert_null(err);
        if (rows[i].cancel)
            assert_int_equal(pthread_create(&thread, NULL, raise_soon, cancel), 0);
        err = process_run(&spec, deadline_in(rows[i].deadline_ms), &result);
        if (rows[i].cancel)
            assert_int_equal(pthread_join(thread, NULL), 0);
        assert_non_null(err);
        assert_string_equal(err->msg, rows[i].msg);
        assert_int_equal(err->code, rows[i].code);
        assert_int_equal(result.status, 77);
        assert_null(result.output);
        assert_true(clock_now_ms() - began < 8000);
    }
}

static void finds_programs_in_absolute_folders_only(void **state)
{
    char *const relative[] = {(char[]){"PATH=.:bin::usr/bin"}, NULL};
    char *const usual[] = {(char[]){"PATH=/nowhere:/bin"}, NULL};
    AUTO(str) char *none = NULL;
    AUTO(str) char *found = process_find("sh", usual);

    (void)state;
    assert_string_equal(found, "/bin/sh");
    assert_int_equal(chdir("/"), 0);
    none = process_find("sh", relative);
    assert_null(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_to_the_end),
        cmocka_unit_test(gives_folder_environment_and_signals),
        cmocka_unit_test(moves_more_than_a_pipe_holds),
        cmocka_unit_test(keeps_the_tail_of_errors),
        cmocka_unit_test(stops_what_goes_on),
        cmocka_unit_test(finds_programs_in_absolute_folders_only),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* as main does */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
