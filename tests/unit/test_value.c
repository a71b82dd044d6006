#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/value.h"

typedef struct SameCase {
    const char *before, *after;
    bool same, retyped_same; /* with the same type on both sides; with another */
} SameCase;

static const SameCase SAME[] = {
    {NULL, NULL, true, true},
    {"", NULL, false, false},
    {NULL, "0", false, false},
    {"", "", true, true},
    {"", "0", false, false},
    {"a", "A", false, false},
    /* numbers: integer, numeric, double, text, SQLite's REAL */
    {"1", "1.0", false, true},
    {"1", "1.000", false, true},
    {"007.50", "7.5", false, true},
    {"+5", "5", false, true},
    {"-0", "0", false, true},
    {"-0.00", "0", false, true},
    {".5", "0.5", false, true},
    {"5.", "5", false, true},
    {"100", "10", false, false},
    {"1000", "1.000", false, false},
    {"-1", "1", false, false},
    {"0.1", "0.01", false, false},
    {"9007199254740993", "9007199254740992", false, false},
    {"1000000000000000", "1e+15", false, true},
    {"123400000000000000000", "1.234e+20", false, true},
    {"1.0e+15", "1E15", false, true},
    {"0.00001234", "1.234e-05", false, true},
    {"1e400000000", "1e400000001", false, false},
    {"1e", "1", false, false},
    {"1e+", "1", false, false},
    {"1.5.5", "1.5", false, false},
    {".", "0", false, false},
    {"-", "0", false, false},
    {"$1,234.50", "1234.50", false, false}, /* money: RETYPE names it */
    /* truth values: boolean, INTEGER, text */
    {"t", "true", false, true},
    {"t", "1", false, true},
    {"FALSE", "0", false, true},
    {"f", "t", false, false},
    {"true", "0", false, false},
    /* moments: date, timestamp, timestamptz, seconds */
    {"2024-01-31", "2024-01-31 00:00:00", false, true},
    {"2024-01-31 10:00:00", "2024-01-31 10:00:00+00", false, true},
    {"2024-01-31 10:00:00", "2024-01-31T10:00:00.000Z", false, true},
    {"2024-01-31 10:00:00.5", "2024-01-31 10:00:00.500000", false, true},
    {"2024-01-31 10:00", "2024-01-31 10:00:00", false, true},
    {"2024-01-31 10:00:00+02", "2024-01-31 08:00:00+00", false, true},
    {"2024-01-31 10:00:00+05:30", "2024-01-31 04:30:00", false, true},
    {"2024-01-31 10:00:00-0330", "2024-01-31 13:30:00Z", false, true},
    {"2024-03-01 00:00:00+01", "2024-02-29 23:00:00", false, true},
    {"1970-01-01 00:00:00", "0", false, true},
    {"2024-01-31 10:00:00", "1706695200", false, true},
    {"1969-12-31 23:59:59", "-1", false, true},
    {"2024-01-31 10:00:00", "2024-01-31 10:00:01", false, false},
    {"2024-01-31 10:00:00", "2024-01-31", false, false},
    {"2024-01-31 10:00:00.5", "2024-01-31 10:00:00", false, false},
    {"2024-01-31 10:00:00+02", "2024-01-31 10:00:00", false, false},
    {"2024-13-01", "2025-01-01", false, false},
    {"infinity", "infinity", true, true},
    {"infinity", "-infinity", false, false},
    /* UUIDs: uuid, text, BLOB */
    {"6F1C0A52-0000-4000-8000-00000000000A", "6f1c0a52-0000-4000-8000-00000000000a", false, true},
    {"6f1c0a52-0000-4000-8000-00000000000a", "6f1c0a520000400080000000000000 0a", false, false},
    {"00000000-0000-4000-8000-000000000001", "00000000000040008000000000000001", false, true},
    {"{6f1c0a52-0000-4000-8000-00000000000a}",
     "\\x6f1c0a52000040008000"
     "00000000000a",
     false, true},
    /* JSON: text, json, jsonb */
    {"{\"a\":1,\"b\":[true,null]}", "{\"b\": [true, null], \"a\": 1}", true, true},
    {"{\"a\":1}", "{\"a\": 1.0}", true, true},
    {"{\"a\":1}", "{\"a\":2}", false, false},
    {"{\"a\":1}", "{\"a\":1,\"b\":2}", false, false},
    {"{\"a\":[1,2]}", "{\"a\":[2,1]}", false, false},
    {"{\"a\":\"x  y\"}", "{\"a\":\"x y\"}", false, false},
    {"{\"id\":9007199254740993}", "{\"id\": 9007199254740993}", true, true},
    {"{\"id\":9007199254740993}", "{\"id\":9007199254740992}", false, false},
    {"[]", "{}", false, false},
    {"{broken", "{broken ", false, true},
    /* arrays of Postgres, char(n) */
    {"{1,2}", "{1,2}", true, true},
    {"{1,2}", "{2,1}", false, false},
    {"abc  ", "abc", false, true},
};

static void test_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SAME); i++) {
        const SameCase *one = &SAME[i];

        for (int turn = 0; turn < 2; turn++) {
            const char *a = turn ? one->after : one->before, *b = turn ? one->before : one->after;

            if (value_same(a, b, false) != one->same || value_same(a, b, true) != one->retyped_same)
                fail_msg("%s, %s: %d %d", a ? a : "NULL", b ? b : "NULL", value_same(a, b, false),
                         value_same(a, b, true));
        }
    }
}

typedef struct TextCase {
    const char *text, *wanted;
} TextCase;

static const TextCase CANONICAL[] = {
    {"0", "0"},
    {"0.0", "0"},
    {"000", "0"},
    {"0e10", "0"},
    {"10", "10"},
    {"-10.010", "-10.01"},
    {"1e-7", "0.0000001"},
    {"12.5e1", "125"},
    {"12.5e0", "12.5"},
    {"1.5e+3", "1500"},
    {"  7 ", "7"},
    {"True", "1"},
    {"2000-01-01", "946684800"},
    {"0001-01-01", "-62135596800"},
    {"plain text", "plain text"},
    {"", ""},
};

static void test_canonical(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CANONICAL); i++) {
        AUTO(str) char *found = value_canonical(CANONICAL[i].text);

        assert_string_equal(found, CANONICAL[i].wanted);
    }
}

static const TextCase ATOMS[] = {
    {"Milk", "Milk"},
    {"7.0", "7"},
    {"{\"a\":{\"b\":\"x\"},\"c\":[1.50,true,null,\"\"]}", "x|1.5|1"},
    {"[]", ""},
    {"{\"when\":\"2000-01-01T00:00:00Z\"}", "946684800"},
    {"{not json", "{not json"},
};

static void test_atoms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(ATOMS); i++) {
        AUTO(str_list) StrList atoms = {0};
        AUTO(str) char *found = NULL;

        value_atoms(ATOMS[i].text, &atoms);
        found = str_list_join(&atoms, "|");
        assert_string_equal(found, ATOMS[i].wanted);
    }
}

typedef struct ShownCase {
    const char *column, *text, *wanted;
} ShownCase;

static const ShownCase SHOWN[] = {
    {"title", "Milk", "'Milk'"},
    {"title", NULL, "NULL"},
    {"title", "", "''"},
    {"password_hash", "abc", "***"},
    {"API_KEY", "abc", "***"},
    {"title", "$2b$10$abc", "***"},
    {"url", "postgres://me:secret@host/db", "***"},
    {"title", "a\nb\x1b[31m", "'a b'"},
    {"title", "012345678901234567890123456789012345678901234567890123456789x",
     "'012345678901234567890123456789012345678901234567890123456789...'"},
    {"title", "01234567890123456789012345678901234567890123456789012345678\xc3\xa4\xc3\xa4",
     "'01234567890123456789012345678901234567890123456789012345678...'"},
};

static void test_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(SHOWN); i++) {
        AUTO(str) char *found = value_shown(SHOWN[i].column, SHOWN[i].text);

        assert_string_equal(found, SHOWN[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_atoms),
        cmocka_unit_test(test_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
