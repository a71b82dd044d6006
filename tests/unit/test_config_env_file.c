/* KEY=value files: what is accepted, and errors that name the line and quote no value. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "config/env_file.h"

typedef struct PairRow {
    const char *text;
    const char *pairs; /* "K=v|K=v" */
} PairRow;

static const PairRow PAIRS[] = {
    {"", ""},
    {"\n  \n# comment\n\t# another\n", ""},
    {"A=1\nB=two words\n", "A=1|B=two words"},
    {"A=1", "A=1"},
    {"A=1\r\nB=2\r\n\r\n", "A=1|B=2"},
    {"\xef\xbb\xbf"
     "A=1\n",
     "A=1"},
    {"export A=1\n  export\tB=2\nexport_C=3\nexport=4\n", "A=1|B=2|export_C=3|export=4"},
    {"A = 1\nB= 2  \n", "A=1|B=2"},
    {"A=\nB=''\nC=\"\"\n", "A=|B=|C="},
    {"A=1 # one\nB=a#b\nC=#x\nD= # none\n", "A=1|B=a#b|C=#x|D="},
    {"A='it is'\nB=\"it is\" # x\nC='#'\n", "A=it is|B=it is|C=#"},
    {"A='a\\nb$X'\n", "A=a\\nb$X"},
    {"A=\"a\\nb\\t\\\"q\\\" \\\\ \\$X \\`y \\z\"\n", "A=a\nb\t\"q\" \\ $X `y \\z"},
    {"A='one\ntwo'\nB=\"three\nfour\"\nC=5\n", "A=one\ntwo|B=three\nfour|C=5"},
    {"export A='it'\\''s'\nB='a'\"b\"c\n", "A=it's|B=abc"},
    {"URL=postgres://u:p@h/d?x=1&y=2\n", "URL=postgres://u:p@h/d?x=1&y=2"},
    {"A=say \"hi\"\n", "A=say \"hi\""},
    {"A=1\nB=2\nA=3\n", "A=3|B=2"},
    {"a.b-c_D9=x\n", "a.b-c_D9=x"},
    {"A=\xc3\xa4\n", "A=\xc3\xa4"},
};

static void pairs_of_a_file(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(PAIRS); i++) {
        AUTO(str_map) StrMap map = {0};
        AUTO(buf) Buf found = {0};
        AUTO(error) Error *err = env_file_parse(PAIRS[i].text, strlen(PAIRS[i].text), ".env", &map);

        if (err)
            fail_msg("%s: %s", PAIRS[i].text, err->msg);
        for (size_t k = 0; k < map.len; k++)
            buf_addf(&found, "%s%s=%s", k ? "|" : "", map.items[k].key, map.items[k].value);
        assert_string_equal(buf_text(&found), PAIRS[i].pairs);
    }
}

typedef struct ErrorRow {
    const char *text;
    size_t len; /* 0: to the NUL */
    const char *msg;
} ErrorRow;

static const ErrorRow ERRORS[] = {
    {"A=1\nSECRET\n", 0, ".env:2: wanted KEY=value, found no ="},
    {"export A\n", 0, ".env:1: wanted KEY=value, found no ="},
    {"SECRET PIECE\n", 0, ".env:1: wanted KEY=value, found another character before ="},
    {"A B=1\n", 0, ".env:1: wanted KEY=value, found another character before ="},
    {"=1\n", 0, ".env:1: wanted KEY=value, found no name before ="},
    {"$A=1\n", 0, ".env:1: wanted KEY=value, found another character before ="},
    {"A='x\ny\nz\n", 0, ".env:1: the quote ' is not closed"},
    {"\n\nA=\"x\ny\n", 0, ".env:3: the quote \" is not closed"},
    {"A=\"x\\", 0, ".env:1: the quote \" is not closed"},
    {"A='m\nm'\nB='x' y\n", 0,
     ".env:3: wanted the end of the line after the closing quote, found more"},
    {"A=1\nB=\0\n", 9, ".env:2: wanted text, found a NUL byte"},
    {"A=1\nB=2\nC=\xff\n", 0, ".env:3: wanted UTF-8, found other bytes"},
};

static void errors_name_the_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ERRORS); i++) {
        AUTO(str_map) StrMap map = {0};
        size_t len = ERRORS[i].len ? ERRORS[i].len - 1 : strlen(ERRORS[i].text);
        AUTO(error) Error *err = env_file_parse(ERRORS[i].text, len, ".env", &map);

        if (!err)
            fail_msg("no error: %s", ERRORS[i].msg);
        assert_string_equal(err->msg, ERRORS[i].msg);
        assert_int_equal(err->code, ERR_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_of_a_file),
        cmocka_unit_test(errors_name_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
