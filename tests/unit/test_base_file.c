/* Whole files into memory: content, cap, errors that name the path. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

static char path[] = "/tmp/seatrial-file-XXXXXX";

static int make_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    return fd >= 0 && write(fd, "ab\0cd\n", 6) == 6 && close(fd) == 0 ? 0 : -1;
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void content_to_the_last_byte(void **state)
{
    AUTO(str) char *text = NULL;
    size_t len = 0;
    AUTO(error) Error *err = file_read(path, 6, &text, &len);

    (void)state;
    assert_null(err);
    assert_int_equal(len, 6);
    assert_memory_equal(text, "ab\0cd\n", 7); /* with the NUL behind it */
}

static void an_empty_file_is_empty_text(void **state)
{
    AUTO(str) char *text = NULL;
    size_t len = 77;
    AUTO(error) Error *err = file_read("/dev/null", 6, &text, &len);

    (void)state;
    assert_null(err);
    assert_int_equal(len, 0);
    assert_string_equal(text, "");
}

static void errors_name_the_path(void **state)
{
    AUTO(str) char *over = xasprintf("%s: more than the 5 bytes that are accepted here", path);
    AUTO(str) char *under = xasprintf("%s/x", path);
    AUTO(str) char *no_folder = xasprintf("%s/x: Not a directory", path);

    const struct {
        const char *path;
        ErrCode code;
        const char *msg;
    } rows[] = {{"/nowhere/at/all", ERR_NOT_FOUND, "/nowhere/at/all: No such file or directory"},
                {under, ERR_NOT_FOUND, no_folder},
                {"/tmp", ERR_SYSTEM, "/tmp: Is a directory"},
                {path, ERR_LIMIT, over}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *text = NULL;
        size_t len = 77;
        AUTO(error) Error *err = file_read(rows[i].path, 5, &text, &len);

        assert_non_null(err);
        assert_string_equal(err->msg, rows[i].msg);
        assert_int_equal(err->code, rows[i].code);
        assert_null(text);
        assert_int_equal(len, 77);
    }
}

static void ways_between_folders(void **state)
{
    static const char *const WAYS[][3] = {
        {"/usr", "/usr", "."},
        {"/usr/share", "/usr", ".."},
        {"/usr", "/usr/share/", "share"},
        {"/usr/share/../lib", "/etc", "../../etc"},
        {"/", "/usr/lib", "usr/lib"},
        {"/usr/lib", "/", "../.."},
    };
    char untouched[] = "untouched";
    char *way = untouched;
    AUTO(error) Error *err = file_relative("/usr", "/nowhere/at", &way);

    (void)state;
    assert_string_equal(err->msg, "/nowhere/at: there is no such folder");
    assert_int_equal(err->code, ERR_NOT_FOUND);
    assert_ptr_equal(way, untouched);
    for (size_t i = 0; i < COUNT_OF(WAYS); i++) {
        AUTO(str) char *found = NULL;

        assert_null(file_relative(WAYS[i][0], WAYS[i][1], &found));
        assert_string_equal(found, WAYS[i][2]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_to_the_last_byte),
        cmocka_unit_test(an_empty_file_is_empty_text),
        cmocka_unit_test(errors_name_the_path),
        cmocka_unit_test(ways_between_folders),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
