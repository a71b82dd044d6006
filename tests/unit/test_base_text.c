/* Text: cleaning of outside bytes, numbers, durations, sizes, words, secrets, tails. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/words.h"

#define REPLACED "\xef\xbf\xbd"

static void cleaning_leaves_nothing_dangerous(void **state)
{
    static const struct {
        const char *in, *out;
    } ROWS[] = {
        {"plain text\n\tindented", "plain text\n\tindented"},
        {"h\xc3\xa4user \xe2\x9c\x93", "h\xc3\xa4user \xe2\x9c\x93"},
        {"\x1b[31mred\x1b[0m", "red"},
        {"\x1b]0;title\x07rest", "rest"},
        {"\x1b]8;;http://x\x1b\\link", "link"},
        {"\x1b]never ends\nnext", "\nnext"},
        {"a\x1b", "a"},
        {"a\x1b[", "a"},
        {"a\x1b[12;", "a"},
        {"one\r\ntwo\rthree", "one\ntwo" REPLACED "three"},
        {"bell\x07", "bell" REPLACED},
        {"\x7f", REPLACED},
        {"\xc2\x9b"
         "31m",
         REPLACED "31m"},                             /* C1 control sequence introducer */
        {"\xff\xfe", REPLACED REPLACED},              /* not UTF-8 */
        {"\xc3", REPLACED},                           /* cut short */
        {"\xed\xa0\x80", REPLACED REPLACED REPLACED}, /* surrogate */
        {"\xe2\x80\xae"
         "txt.exe",
         REPLACED "txt.exe"}, /* right-to-left override */
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *clean = text_clean(ROWS[i].in, strlen(ROWS[i].in));

        assert_string_equal(clean, ROWS[i].out);
    }
}

static void cleaning_reads_no_byte_too_many(void **state)
{
    AUTO(str) char *nul = text_clean("a\0b", 3);
    AUTO(str) char *cut = text_clean("\xc3\xa4", 1);
    AUTO(str) char *line = text_clean_line("a\nb\tc\r\nd");

    (void)state;
    assert_string_equal(nul, "a" REPLACED "b");
    assert_string_equal(cut, REPLACED);
    assert_string_equal(line, "a b c d");
}

static void numbers_are_whole_or_nothing(void **state)
{
    static const struct {
        const char *text, *error;
        uint64_t value;
    } ROWS[] = {
        {"0", NULL, 0},
        {"65535", NULL, 65535},
        {"65536", "wanted a number from 0 to 65535, found 65536", 0},
        {"", "wanted a whole number, found nothing", 0},
        {"-1", "wanted a whole number, found '-1'", 0},
        {" 1", "wanted a whole number, found ' 1'", 0},
        {"1x", "wanted a whole number, found '1x'", 0},
        {"18446744073709551616", "number '18446744073709551616' is too large", 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        uint64_t value = 4711;
        AUTO(error) Error *err = parse_u64(ROWS[i].text, 0, 65535, &value);

        if (ROWS[i].error) {
            assert_non_null(err);
            assert_int_equal(err->code, ERR_INVALID);
            assert_string_equal(err->msg, ROWS[i].error);
            assert_int_equal(value, 4711);
        } else {
            assert_null(err);
            assert_int_equal(value, ROWS[i].value);
        }
    }
}

static void durations_have_units(void **state)
{
    static const struct {
        const char *text;
        int64_t ms; /* -1: an error */
    } ROWS[] = {
        {"500ms", 500},     {"30s", 30000},  {"30", 30000},    {"10m", 600000},
        {"1h30m", 5400000}, {"2h", 7200000}, {"1d", 86400000}, {"0.5s", 500},
        {"0", 0},           {"", -1},        {"m", -1},        {"5x", -1},
        {"1h30", -1},       {"-1s", -1},     {"9999d", -1},    {"1..5s", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t ms = -7;
        AUTO(error) Error *err = parse_duration_ms(ROWS[i].text, &ms);

        assert_int_equal(err != NULL, ROWS[i].ms < 0);
        assert_int_equal(ms, ROWS[i].ms < 0 ? -7 : ROWS[i].ms);
    }
}

static void sizes_have_units(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes; /* -1: an error */
    } ROWS[] = {
        {"1048576", 1048576},
        {"64k", 65536},
        {"512m", 536870912},
        {"2g", 2147483648},
        {"2GiB", 2147483648},
        {"1.5g", 1610612736},
        {"512MB", 536870912},
        {"", -1},
        {"g", -1},
        {"2x", -1},
        {"-1", -1},
        {"2g2", -1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t bytes = -7;
        AUTO(error) Error *err = parse_size_bytes(ROWS[i].text, &bytes);

        assert_int_equal(err != NULL, ROWS[i].bytes < 0);
        assert_int_equal(bytes, ROWS[i].bytes < 0 ? -7 : ROWS[i].bytes);
    }
}

static void words_split_as_in_a_shell(void **state)
{
    static const struct {
        const char *text;
        const char *words; /* joined by |; NULL: an error */
    } ROWS[] = {
        {"bun run src/migrations.ts up", "bun|run|src/migrations.ts|up"},
        {"  a\t b\n c ", "a|b|c"},
        {"sh -c 'node migrate.js && node seed.js'", "sh|-c|node migrate.js && node seed.js"},
        {"a\"b c\"'d e'f", "ab cd ef"},
        {"\"say \\\"hi\\\" \\n $HOME\"", "say \"hi\" \\n $HOME"},
        {"a\\ b", "a b"},
        {"''", ""},
        {"", NULL},
        {"'open", NULL},
        {"\"open", NULL},
        {"end\\", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str_list) StrList words = {0};
        AUTO(error) Error *err = words_split(ROWS[i].text, &words);
        AUTO(str) char *joined = str_list_join(&words, "|");

        if (*ROWS[i].text == '\0') {
            assert_null(err);
            assert_int_equal(words.len, 0);
            continue;
        }
        assert_int_equal(err != NULL, ROWS[i].words == NULL);
        if (ROWS[i].words)
            assert_string_equal(joined, ROWS[i].words);
    }
}

static void joined_words_split_again(void **state)
{
    AUTO(str_list) StrList words = {0}, again = {0};
    AUTO(str) char *line = NULL;
    AUTO(error) Error *err = NULL;

    (void)state;
    str_list_add(&words, "a b");
    str_list_add(&words, "it's");
    str_list_add(&words, "");
    str_list_add(&words, "$(x) `y` \"z\" \\");
    line = words_join(&words);
    err = words_split(line, &again);
    assert_null(err);
    assert_int_equal(again.len, words.len);
    for (size_t i = 0; i < words.len; i++)
        assert_string_equal(again.items[i], words.items[i]);
}

static void secrets_are_masked_longest_first(void **state)
{
    AUTO(str) char *masked = NULL;
    AUTO(str) char *url = NULL;

    (void)state;
    secret_add("hunter2");
    secret_add("hunter2-and-more");
    secret_add("abc"); /* too short to be told from ordinary text */
    secret_add("true");
    secret_add(NULL);
    secret_add_url("postgres://app:s3cr3t@db:5432/app?x=a@b");
    secret_add("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nQkEFAASCBKcw\n--\n");
    url = secret_mask("tail: MIIEvQIBADANBgkq -- x");
    assert_string_equal(url, "tail: *** -- x");
    free(url);
    masked = secret_mask("a hunter2-and-more b hunter2 c abc true");
    assert_string_equal(masked, "a *** b *** c abc true");
    url = secret_mask("postgres://app:s3cr3t@db:5432/app?x=a@b and s3cr3t");
    assert_string_equal(url, "*** and ***");
    free(url);
    secret_add_url("postgres://app:p%40ss%2Fword%zz%4@db/app");
    url = secret_mask("p%40ss%2Fword%zz%4 as p@ss/word%zz%4");
    assert_string_equal(url, "*** as ***");
    secret_clear();
    free(masked);
    masked = secret_mask("hunter2");
    assert_string_equal(masked, "hunter2");
}

static void buffers_keep_their_cap(void **state)
{
    AUTO(buf) Buf buf = BUF_INIT(4);
    AUTO(error) Error *err = NULL;

    (void)state;
    assert_null(buf_append(&buf, "abcd", 4));
    err = buf_append(&buf, "e", 1);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_LIMIT);
    assert_string_equal(buf_text(&buf), "abcd");
}

static void tails_keep_the_end_from_a_line_start(void **state)
{
    static const char TEXT[] = "first line\nsecond line\nlast";

    (void)state;
    for (size_t step = 1; step < sizeof TEXT; step++) { /* however the stream is cut up */
        AUTO(tail) Tail tail = {0};
        AUTO(str) char *text = NULL;

        tail_init(&tail, 15);
        for (size_t at = 0; at < strlen(TEXT); at += step)
            tail_append(&tail, TEXT + at, strlen(TEXT) - at < step ? strlen(TEXT) - at : step);
        text = tail_text(&tail, NULL);
        assert_string_equal(text, "last");
    }
}

static void times_are_parsed_as_apis_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } ROWS[] = {
        {"2026-08-01T12:00:00Z", 1785585600000},
        {"2026-08-01T12:00:00.250Z", 1785585600250},
        {"2026-08-01T14:00:00+02:00", 1785585600000},
        {"2026-08-01T12:00:00", -1},
        {"2026-08-01", -1},
        {"", -1},
        {"2026-08-01T12:00:00+0200", -1},
        {"2026-08-01T12:00:00Zx", -1},
    };

    AUTO(str) char *text = clock_format_iso(1785585600250);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        assert_int_equal(clock_parse_iso_ms(ROWS[i].text), ROWS[i].ms);
    assert_int_equal(clock_parse_iso_ms(NULL), -1);
    assert_string_equal(text, "2026-08-01T12:00:00Z");
}

static void nearest_names_are_near(void **state)
{
    static const char *const NAMES[] = {"migrate", "timeout", "entrypoint", "image"};

    (void)state;
    assert_string_equal(text_nearest("migrat", NAMES, COUNT_OF(NAMES)), "migrate");
    assert_string_equal(text_nearest("entry_point", NAMES, COUNT_OF(NAMES)), "entrypoint");
    assert_null(text_nearest("volume", NAMES, COUNT_OF(NAMES)));
}

static void clipped_text_fits(void **state)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *clipped;
        size_t taken;
    } ROWS[] = {
        {"notes", 5, "notes", 5},
        {"notes:6", 6, "not...", 6},
        {"notes:6", 2, "..", 2},
        {"notes:6", 0, "", 0},
        {"\xe6\x97\xa5\xe6\x9c\xac", 4, "\xe6\x97\xa5\xe6\x9c\xac", 4}, /* wide: two each */
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5, "\xe6\x97\xa5...", 5},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, "...", 3},
        {"e\xcc\x81t\xe9", 3, "e\xcc\x81t\xe9", 3}, /* an accent of its own; a byte that is none */
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        size_t taken;
        AUTO(str) char *clipped = text_clip(ROWS[i].text, ROWS[i].columns, &taken);

        assert_string_equal(clipped, ROWS[i].clipped);
        assert_int_equal(taken, ROWS[i].taken);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cleaning_leaves_nothing_dangerous),
        cmocka_unit_test(cleaning_reads_no_byte_too_many),
        cmocka_unit_test(numbers_are_whole_or_nothing),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(words_split_as_in_a_shell),
        cmocka_unit_test(joined_words_split_again),
        cmocka_unit_test(secrets_are_masked_longest_first),
        cmocka_unit_test(buffers_keep_their_cap),
        cmocka_unit_test(tails_keep_the_end_from_a_line_start),
        cmocka_unit_test(times_are_parsed_as_apis_write_them),
        cmocka_unit_test(nearest_names_are_near),
        cmocka_unit_test(clipped_text_fits),
    };

    return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
