#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "release/release_source.h"

static void fails(const ReleaseQuery *query, const char *message)
{
    ReleaseList releases = {.len = 77};
    AUTO(str_list) StrList warnings = {0};
    AUTO(error) Error *err = release_list_fetch(query, DEADLINE_NONE, &releases, &warnings);

    assert_non_null(err);
    assert_string_equal(err->msg, message);
    assert_int_equal(err->code, ERR_INVALID);
    assert_int_equal(releases.len, 77);
    assert_int_equal(warnings.len, 0);
}

static void test_table(void **state)
{
    static const char *const NAMES[] = {"github", "gitlab", "gitea", "git", "registry", "list"};
    size_t count = 0;
    const ReleaseSource *table = release_source_table(&count);

    (void)state;
    assert_int_equal(count, COUNT_OF(NAMES));
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(table[i].name, NAMES[i]);
        assert_ptr_equal(release_source_find(NAMES[i]), &table[i]);
        assert_non_null(table[i].what);
        assert_non_null(table[i].list);
    }
    assert_null(release_source_find("gitbub"));
    assert_null(release_source_find(NULL));
}

static void test_unknown(void **state)
{
    (void)state;
    fails(
        &(ReleaseQuery){.source = "gitbub"},
        "releases.source: wanted github, gitlab, gitea, git, registry or list, found 'gitbub'; did "
        "you mean 'github'?");
    fails(&(ReleaseQuery){.source = NULL},
          "releases.source: wanted github, gitlab, gitea, git, registry or list, found ''");
}

static void test_list(void **state)
{
    AUTO(str_list) StrList tags = {0};
    AUTO(str_list) StrList warnings = {0};
    AUTO(release_list) ReleaseList releases = {0};
    ReleaseQuery query = {.source = "list", .list = &tags};

    (void)state;
    assert_null(release_list_fetch(&query, DEADLINE_NONE, &releases, &warnings));
    assert_int_equal(releases.len, 0); /* nothing was released yet: that is an answer */
    fails(&(ReleaseQuery){.source = "list"},
          "releases.list: wanted the tags that were released, oldest first, found nothing");
    str_list_add(&tags, " v1.0.0 ");
    str_list_add(&tags, "6");
    assert_null(release_list_fetch(&query, DEADLINE_NONE, &releases, &warnings));
    assert_int_equal(releases.len, 2);
    assert_string_equal(releases.items[0].tag, "v1.0.0");
    assert_string_equal(releases.items[1].tag, "6");
    assert_int_equal(releases.items[1].published_ms, -1);
    assert_false(releases.items[1].draft);
    assert_null(releases.items[1].sha);
    str_list_add(&tags, " ");
    fails(&query, "releases.list: entry 3 is empty");
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_list),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
