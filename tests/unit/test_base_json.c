/* JSON: errors name the document, the path and what was found. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"

static cJSON *parse(const char *text)
{
    cJSON *root = NULL;
    AUTO(error) Error *err = json_parse(text, strlen(text), "reply", &root);

    assert_null(err);
    return root;
}

static void broken_documents_are_placed(void **state)
{
    static const struct {
        const char *text, *error;
    } ROWS[] = {
        {"", "reply:1:1: not JSON"},
        {"{\"a\": }", "reply:1:7: not JSON"},
        {"{\n  \"b\": 1,\n  \"a\": oops\n}", "reply:3:8: not JSON"},
        {"{} x", "reply:1:4: not JSON"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        cJSON *root = NULL;
        AUTO(error) Error *err = json_parse(ROWS[i].text, strlen(ROWS[i].text), "reply", &root);

        assert_non_null(err);
        assert_null(root);
        assert_int_equal(err->code, ERR_PROTOCOL);
        assert_string_equal(err->msg, ROWS[i].error);
    }
}

/* Found by fuzzing: blanks at the end were read beyond the length. */
static void no_nul_follows_the_text(void **state)
{
    char *text = malloc(3); /* exactly: a byte too far is seen by the sanitizer */
    AUTO(json) cJSON *root = NULL;
    AUTO(error) Error *err = NULL;

    (void)state;
    assert_non_null(text);
    memcpy(text, "1 \n", 3);
    err = json_parse(text, 3, "x", &root);
    free(text);
    assert_null(err);
    assert_true(cJSON_IsNumber(root));
}

static void getters_name_what_they_found(void **state)
{
    AUTO(json)
    cJSON *root = parse("{\"Id\": null, \"n\": 1.5, \"State\": {\"ExitCode\": 3}, \"l\": [\"x\"]}");
    char *text = (char *)(uintptr_t) "untouched";
    int64_t number = 7;
    bool flag = true;
    AUTO(error) Error *no_text = json_get_str(root, "reply", "Id", &text);
    AUTO(error) Error *no_number = json_get_i64(root, "reply", "n", &number);
    AUTO(error) Error *no_flag = json_get_bool(root, "reply", "State.Running", &flag);

    (void)state;
    assert_string_equal(no_text->msg, "reply.Id: wanted text, got null");
    assert_string_equal(text, "untouched");
    assert_string_equal(no_number->msg, "reply.n: wanted a whole number, got a number");
    assert_int_equal(number, 7);
    assert_string_equal(no_flag->msg, "reply.State.Running: wanted a boolean, got nothing");
    assert_null(json_get_i64(root, "reply", "State.ExitCode", &number));
    assert_int_equal(number, 3);
    assert_string_equal(json_str_or(root, "l.0", "none"), "x");
    assert_string_equal(json_str_or(root, "l.1", "none"), "none");
    assert_string_equal(json_str_or(root, "Id.deeper", "none"), "none");
}

static void printing_indents_by_two_and_keeps_text(void **state)
{
    AUTO(json) cJSON *root = json_object();
    AUTO(str) char *text = NULL;
    cJSON *list = json_array();

    (void)state;
    json_set_str(root, "a\tb", "tab\tand \"quote\"\n");
    json_push_str(list, NULL);
    json_set(root, "list", list);
    text = json_print(root, true);
    assert_string_equal(text,
                        "{\n  \"a\\tb\": \"tab\\tand \\\"quote\\\"\\n\",\n  \"list\": [null]\n}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_documents_are_placed),
        cmocka_unit_test(no_nul_follows_the_text),
        cmocka_unit_test(getters_name_what_they_found),
        cmocka_unit_test(printing_indents_by_two_and_keeps_text),
    };

    return cmocka_run_group_tests_name("base json", tests, NULL, NULL);
}
