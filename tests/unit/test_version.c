#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/version.h"

typedef struct ParseRow {
    const char *tag;
    const char *prefix; /* NULL: no version */
    const char *parts;  /* joined by dots */
    const char *prerelease, *build;
    const char *number; /* the tag from number_at on */
} ParseRow;

static char *join_parts(const Version *version)
{
    AUTO(str_list) StrList list = {0};

    for (size_t i = 0; i < version->count; i++)
        str_list_addf(&list, "%llu", (unsigned long long)version->parts[i]);
    return str_list_join(&list, ".");
}

static void check_parse(const ParseRow *row)
{
    AUTO(version) Version version = {0};
    AUTO(str) char *parts = NULL;
    AUTO(str) char *prerelease = NULL;

    version_parse(row->tag, &version);
    if (!row->prefix) {
        if (version.kind != VERSION_NONE)
            fail_msg("'%s' was taken for a version", row->tag);
        assert_null(version.prefix);
        return;
    }
    if (version.kind != VERSION_NUMBERS)
        fail_msg("'%s' was taken for no version", row->tag);
    parts = join_parts(&version);
    prerelease = str_list_join(&version.prerelease, ".");
    if (strcmp(parts, row->parts) != 0)
        fail_msg("'%s': parts %s", row->tag, parts);
    assert_string_equal(version.prefix, row->prefix);
    assert_string_equal(prerelease, row->prerelease ? row->prerelease : "");
    assert_int_equal(version_is_prerelease(&version), row->prerelease != NULL);
    assert_string_equal(version.build ? version.build : "", row->build ? row->build : "");
    assert_string_equal(row->tag + version.number_at, row->number);
    for (size_t i = version.count; i < VERSION_PARTS_MAX; i++)
        assert_int_equal(version.parts[i], 0);
}

static void test_parse(void **state)
{
    static const ParseRow ROWS[] = {
        {"6", "", "6", NULL, NULL, "6"},
        {"v6", "", "6", NULL, NULL, "6"},
        {"1.2", "", "1.2", NULL, NULL, "1.2"},
        {"v1.2.3", "", "1.2.3", NULL, NULL, "1.2.3"},
        {"V1.2.3", "", "1.2.3", NULL, NULL, "1.2.3"},
        {"v.1.2.3", "", "1.2.3", NULL, NULL, "1.2.3"},
        {"1.2.3.4", "", "1.2.3.4", NULL, NULL, "1.2.3.4"},
        {"1.2.3.4.5.6", "", "1.2.3.4.5.6", NULL, NULL, "1.2.3.4.5.6"},
        {"01.02.03", "", "1.2.3", NULL, NULL, "01.02.03"},
        /* dates */
        {"2026.08.01", "", "2026.8.1", NULL, NULL, "2026.08.01"},
        {"2026-08-01", "", "2026.8.1", NULL, NULL, "2026-08-01"},
        {"20260801", "", "20260801", NULL, NULL, "20260801"},
        {"2026-08", "", "2026.8", NULL, NULL, "2026-08"},
        {"2026-08-01.2", "", "2026.8.1.2", NULL, NULL, "2026-08-01.2"},
        {"2026-08-01-2", "", "2026.8.1.2", NULL, NULL, "2026-08-01-2"},
        {"2026.08.01-2", "", "2026.8.1.2", NULL, NULL, "2026.08.01-2"},
        {"20260801.2", "", "20260801.2", NULL, NULL, "20260801.2"},
        {"20260801-120000", "", "20260801.120000", NULL, NULL, "20260801-120000"},
        {"2026-08-01-rc.1", "", "2026.8.1", "rc.1", NULL, "2026-08-01-rc.1"},
        {"2026.08.01-3f2a1bc", "", "2026.8.1", "3f2a1bc", NULL, "2026.08.01-3f2a1bc"},
        /* prereleases */
        {"1.2.0-rc.1", "", "1.2.0", "rc.1", NULL, "1.2.0-rc.1"},
        {"1.0.0-0.3.7", "", "1.0.0", "0.3.7", NULL, "1.0.0-0.3.7"},
        {"1.0.0-x-y-z.4", "", "1.0.0", "x-y-z.4", NULL, "1.0.0-x-y-z.4"},
        {"1.2.0-1", "", "1.2.0", "1", NULL, "1.2.0-1"},
        {"1.2.0rc1", "", "1.2.0", "rc1", NULL, "1.2.0rc1"},
        {"1.2.0b2", "", "1.2.0", "b2", NULL, "1.2.0b2"},
        {"1.2.0.beta2", "", "1.2.0", "beta2", NULL, "1.2.0.beta2"},
        {"1.2.0_rc1", "", "1.2.0", "rc1", NULL, "1.2.0_rc1"},
        {"REL_17_RC1", "", "17", "RC1", NULL, "17_RC1"},
        {"6-SNAPSHOT", "", "6", "SNAPSHOT", NULL, "6-SNAPSHOT"},
        {"5.3.1.RELEASE", "", "5.3.1", NULL, NULL, "5.3.1.RELEASE"},
        {"6.0.0.Final", "", "6.0.0", NULL, NULL, "6.0.0.Final"},
        {"1.0-GA", "", "1.0", NULL, NULL, "1.0-GA"},
        /* build metadata */
        {"1.2.0+build.5", "", "1.2.0", NULL, "build.5", "1.2.0+build.5"},
        {"1.2.0-rc.1+exp.sha.5114f85", "", "1.2.0", "rc.1", "exp.sha.5114f85",
         "1.2.0-rc.1+exp.sha.5114f85"},
        {"1.2.0_build5", "", "1.2.0", NULL, "build5", "1.2.0_build5"},
        /* packages */
        {"api@1.2.0", "api@", "1.2.0", NULL, NULL, "1.2.0"},
        {"@acme/api@1.2.0-beta.1", "@acme/api@", "1.2.0", "beta.1", NULL, "1.2.0-beta.1"},
        {"chart-1.2.0", "chart-", "1.2.0", NULL, NULL, "1.2.0"},
        {"chart-v1.2.0", "chart-", "1.2.0", NULL, NULL, "1.2.0"},
        {"app/v1.2.0", "app/", "1.2.0", NULL, NULL, "1.2.0"},
        {"apps/web/2026-08-01", "apps/web/", "2026.8.1", NULL, NULL, "2026-08-01"},
        {"log4j-2-1.2.0", "log4j-2-", "1.2.0", NULL, NULL, "1.2.0"},
        {"my-app_1.2.0", "my-app_", "1.2.0", NULL, NULL, "1.2.0"},
        {"curl-8_5_0", "curl-", "8.5.0", NULL, NULL, "8_5_0"},
        {"go1.21.3", "go", "1.21.3", NULL, NULL, "1.21.3"},
        {"3scale-1.0", "3scale-", "1.0", NULL, NULL, "1.0"},
        {"build-42", "build-", "42", NULL, NULL, "42"},
        /* words that name no package */
        {"release-1.2.0", "", "1.2.0", NULL, NULL, "1.2.0"},
        {"Release/v1.2.0", "", "1.2.0", NULL, NULL, "1.2.0"},
        {"release_1_2_3", "", "1.2.3", NULL, NULL, "1_2_3"},
        {"version-6", "", "6", NULL, NULL, "6"},
        {"ver1.2", "", "1.2", NULL, NULL, "1.2"},
        /* huge numbers */
        {"18446744073709551615", "", "18446744073709551615", NULL, NULL, "18446744073709551615"},
        {"18446744073709551616", NULL, NULL, NULL, NULL, NULL},
        {"1.99999999999999999999999999999999", NULL, NULL, NULL, NULL, NULL},
        {"1.0.0-99999999999999999999999999", "", "1.0.0", "99999999999999999999999999", NULL,
         "1.0.0-99999999999999999999999999"},
        /* no versions */
        {"", NULL, NULL, NULL, NULL, NULL},
        {"v", NULL, NULL, NULL, NULL, NULL},
        {"latest", NULL, NULL, NULL, NULL, NULL},
        {"nightly", NULL, NULL, NULL, NULL, NULL},
        {"api@latest", NULL, NULL, NULL, NULL, NULL},
        {"v1.x", NULL, NULL, NULL, NULL, NULL},
        {"1.x.3", NULL, NULL, NULL, NULL, NULL},
        {"1.2.x-3", NULL, NULL, NULL, NULL, NULL},
        {"1..2", NULL, NULL, NULL, NULL, NULL},
        {"1.2.", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0-", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0-rc..1", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0+", NULL, NULL, NULL, NULL, NULL},
        {"1.2.3.4.5.6.7", NULL, NULL, NULL, NULL, NULL},
        {"-1.2", NULL, NULL, NULL, NULL, NULL},
        {"--upload-pack=touch", NULL, NULL, NULL, NULL, NULL},
        {"abc1234", NULL, NULL, NULL, NULL, NULL},
        {"12ab34f", NULL, NULL, NULL, NULL, NULL},
        {"b3943", NULL, NULL, NULL, NULL, NULL},
        {"1.0.2a", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0-rc 1", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0\n::error::x", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0-\x1b[31m", NULL, NULL, NULL, NULL, NULL},
        {"1.2.0-\xff\xfe", NULL, NULL, NULL, NULL, NULL},
        {"sha256:0123456789abcdef", NULL, NULL, NULL, NULL, NULL},
        {"../../etc/passwd", NULL, NULL, NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        check_parse(&ROWS[i]);
}

static void test_parse_longest(void **state)
{
    AUTO(str) char *tag = xcalloc(1, 300);
    AUTO(version) Version version = {0};

    (void)state;
    memset(tag, 'a', 298);
    memcpy(tag + 200, "-1.2.0", 6);
    version_parse(tag, &version);
    assert_int_equal(version.kind, VERSION_NONE); /* not for its form: see below */
    tag[206] = '\0';
    version_parse(tag, &version);
    assert_int_equal(version.kind, VERSION_NUMBERS);
    assert_int_equal(version.number_at, 201);
    version_clear(&version);
    memset(tag, '1', 298);
    version_parse(tag, &version);
    assert_int_equal(version.kind, VERSION_NONE);
}

static int compare(const char *a, const char *b)
{
    AUTO(version) Version left = {0};
    AUTO(version) Version right = {0};

    version_parse(a, &left);
    version_parse(b, &right);
    if (left.kind == VERSION_NONE || right.kind == VERSION_NONE)
        fail_msg("'%s' or '%s' is no version", a, b);
    return version_compare(&left, &right);
}

/* Every tag is less than all behind it. */
static void check_ascending(const char *const *tags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++) {
            int order = compare(tags[i], tags[k]);

            if ((order < 0) != (i < k) || (order > 0) != (i > k))
                fail_msg("'%s' against '%s': %d", tags[i], tags[k], order);
        }
}

static void test_order(void **state)
{
    /* semver.org 2.0.0, rules 11.2 to 11.4 */
    static const char *const SEMVER[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                         "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                                         "1.0.0-rc.1",  "1.0.0",         "2.0.0",
                                         "2.1.0",       "2.1.1"};
    static const char *const TENS[] = {"v1.2.9", "v1.2.10", "v1.9", "v1.10", "v1.10.0.1", "v2"};
    static const char *const INTEGERS[] = {"1", "2", "9", "10", "11", "100"};
    static const char *const DATES[] = {"2025.12.31",   "2026.01.02",   "2026-01-10", "2026.08.01",
                                        "2026-08-01.1", "2026.08.01-2", "2026.08.02"};
    static const char *const COMPACT[] = {"20251231", "20260801", "20260801-1", "20260801.2",
                                          "20260802"};
    static const char *const RUNS[] = {"1.0.0a9",   "1.0.0a10", "1.0.0b1",   "1.0.0rc9",
                                       "1.0.0rc10", "1.0.0",    "1.0.1-dev", "1.0.1"};
    static const char *const NUMERIC[] = {"1.0.0-9", "1.0.0-10", "1.0.0-99999999999999999999",
                                          "1.0.0-100000000000000000000", "1.0.0-a"};
    static const char *const DESCRIBED[] = {
        "v1.2.3-rc.1",       "v1.2.3-rc.1-4-gabcdef1",   "v1.2.3",      "v1.2.3-dirty",
        "v1.2.3-9-g1234567", "v1.2.3-10-gabcdef1-dirty", "v1.2.4-rc.1", "v1.2.4"};

    (void)state;
    check_ascending(SEMVER, COUNT_OF(SEMVER));
    check_ascending(TENS, COUNT_OF(TENS));
    check_ascending(INTEGERS, COUNT_OF(INTEGERS));
    check_ascending(DATES, COUNT_OF(DATES));
    check_ascending(COMPACT, COUNT_OF(COMPACT));
    check_ascending(RUNS, COUNT_OF(RUNS));
    check_ascending(NUMERIC, COUNT_OF(NUMERIC));
    check_ascending(DESCRIBED, COUNT_OF(DESCRIBED));
}

static void test_equal(void **state)
{
    static const char *const ROWS[][2] = {
        {"v1.2.0", "1.2.0"},          {"1.2", "1.2.0"},           {"6", "6.0.0"},
        {"1.2.0+a", "1.2.0+b"},       {"2026.08.01", "2026-8-1"}, {"release-1.2", "v1.2"},
        {"1.0.0-rc.01", "1.0.0-rc.1"}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        if (compare(ROWS[i][0], ROWS[i][1]) != 0)
            fail_msg("'%s' is not equal to '%s'", ROWS[i][0], ROWS[i][1]);
}

static void test_described_is_no_prerelease(void **state)
{
    AUTO(version) Version version = {0};

    (void)state;
    version_parse("api@1.2.3-45-gabcdef1", &version);
    assert_false(version_is_prerelease(&version));
    assert_int_equal(version.commits, 45);
    assert_int_equal(version.count, 3);
    assert_string_equal(version.prefix, "api@");
}

static void test_text_order(void **state)
{
    (void)state;
    assert_true(version_text_compare("build-9", "build-10") < 0);
    assert_true(version_text_compare("build-10", "build-9") > 0);
    assert_int_equal(version_text_compare("build-07", "build-7"), 0);
    assert_true(version_text_compare("a", "a1") < 0);
    assert_true(version_text_compare("", "a") < 0);
    assert_int_equal(version_text_compare("", ""), 0);
    assert_true(version_text_compare("a\x7f", "a\xff") < 0);
}

typedef struct RangeRow {
    const char *tag, *range;
    int within;
} RangeRow;

static void test_range(void **state)
{
    static const RangeRow ROWS[] = {
        {"v1.2.0", ">=1.2 <2", 1},
        {"v1.1.9", ">=1.2 <2", 0},
        {"2.0.0", ">=1.2 <2", 0},
        {"1.99", ">=1.2 <2", 1},
        {"0.3.9", "<0.4", 1},
        {"0.4.0", "<0.4", 0},
        {"1.4.0", "=1.4.0", 1},
        {"v1.4", "=1.4.0", 1},
        {"1.4.1", "=1.4.0", 0},
        {"1.4.0", "v1.4.0", 1},
        {"1.4.0", "<=1.4", 1},
        {"1.4.0", ">1.4", 0},
        {"1.4.0", ">= 1.2 , < 2", 1},
        {"1.4.0", "  >=1.2\t<2 ", 1},
        {"api@1.4.0", ">=1.2", 1},
        {"api@1.4.0", ">=api@1.2", 1},
        {"web@1.4.0", ">=api@1.2", 0},
        {"nightly", "nightly", 1},
        {"nightly", "=nightly", 1},
        {"nightly", ">=1", 0},
        {"nightly", "stable", 0},
        {"v1.0.0", "nightly", 0},
        {"7", ">5 <=7", 1},
        {"2026-08-01", ">2026.07", 1},
        {"1.2.0-rc.1", ">=1.2", 0},
        {"1.2.0-rc.1", "<1.2", 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        bool within = !ROWS[i].within;
        AUTO(error) Error *err = version_in_range(ROWS[i].tag, ROWS[i].range, &within);

        assert_null(err);
        if (within != (ROWS[i].within != 0))
            fail_msg("'%s' in '%s'", ROWS[i].tag, ROWS[i].range);
    }
}

static void test_range_unreadable(void **state)
{
    static const char *const ROWS[][2] = {
        {"", "wanted a range such as '>=1.2 <2', found nothing"},
        {" , ", "wanted a range such as '>=1.2 <2', found nothing"},
        {">=x", "range '>=x': wanted a comparison such as '>=1.2', found '>=x'"},
        {">=1.2 <", "range '>=1.2 <': wanted a comparison such as '>=1.2', found '<'"},
        {"<>1", "range '<>1': wanted a comparison such as '>=1.2', found '<>1'"},
        {"nightly <two", "range 'nightly <two': wanted a comparison such as '>=1.2', found '<two'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++)
        for (int start = 0; start <= 1; start++) {
            bool within = start;
            AUTO(error) Error *err = version_in_range("0.1", ROWS[i][0], &within);

            assert_non_null(err);
            assert_int_equal(err->code, ERR_INVALID);
            assert_string_equal(err->msg, ROWS[i][1]);
            assert_int_equal(within, start);
        }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_longest),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_described_is_no_prerelease),
        cmocka_unit_test(test_text_order),
        cmocka_unit_test(test_range),
        cmocka_unit_test(test_range_unreadable),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
