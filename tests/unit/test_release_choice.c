#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "release/choice.h"

/* "v1.0.0=10 v1.1.0=20p v1.2.0d": tags, publish time, p prerelease, d draft */
static void parse_releases(const char *text, ReleaseList *ret_list)
{
    AUTO(str_list) StrList words = {0};

    *ret_list = (ReleaseList){0};
    str_list_split(text, ' ', &words);
    for (size_t i = 0; i < words.len && *text; i++) {
        char *word = words.items[i], *time = strchr(word, '=');
        Release release = {.tag = word, .published_ms = -1};
        uint64_t published = 0;

        if (time) {
            size_t flags = strspn(time + 1, "0123456789");
            AUTO(str) char *number = xstrndup(time + 1, flags);
            AUTO(error) Error *err = parse_u64(number, 0, UINT32_MAX, &published);

            assert_null(err);
            release.published_ms = (int64_t)published;
            release.prerelease = strchr(time + 1 + flags, 'p') != NULL;
            release.draft = strchr(time + 1 + flags, 'd') != NULL;
            *time = '\0';
        }
        release_list_add(ret_list, &release);
    }
}

static char *join_tags(const ReleaseList *list)
{
    AUTO(str_list) StrList tags = {0};

    for (size_t i = 0; i < list->len; i++)
        str_list_add(&tags, list->items[i].tag);
    return str_list_join(&tags, " ");
}

typedef struct Row {
    const char *releases, *candidate, *wanted;
    const char *from;        /* NULL: all that precede, in order */
    const char *prereleases; /* NULL: auto */
    int64_t published_ms;    /* 0: unknown */
    bool is_prerelease;      /* of the candidate, by the event */
} Row;

static ReleaseChoice row_choice(const Row *row)
{
    return (ReleaseChoice){.from = row->from,
                           .prereleases = row->prereleases ? row->prereleases : "auto",
                           .candidate_tag = row->candidate,
                           .candidate_published_ms = row->published_ms ? row->published_ms : -1,
                           .candidate_is_prerelease = row->is_prerelease};
}

static void check_row(const Row *row)
{
    AUTO(release_list) ReleaseList all = {0};
    AUTO(release_list) ReleaseList eligible = {0};
    AUTO(release_list) ReleaseList chosen = {0};
    AUTO(str) char *tags = NULL;
    ReleaseChoice choice = row_choice(row);

    parse_releases(row->releases, &all);
    release_preceding(&all, &choice, &eligible);
    if (row->from) {
        AUTO(error) Error *err = release_select(&all, &eligible, &choice, &chosen);

        if (err)
            fail_msg("%s, candidate %s, from %s: %s", row->releases, row->candidate, row->from,
                     err->msg);
    }
    tags = join_tags(row->from ? &chosen : &eligible);
    if (strcmp(tags, row->wanted) != 0)
        fail_msg("%s, candidate %s, from %s: got '%s', wanted '%s'", row->releases,
                 row->candidate ? row->candidate : "unknown", row->from ? row->from : "-", tags,
                 row->wanted);
}

static void check_rows(const Row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_row(&rows[i]);
}

static void test_preceding(void **state)
{
    static const Row ROWS[] = {
        {"", "v1.0.0", "", .from = NULL},
        {"", NULL, "", .from = "previous"},
        {"v1.0.0=1 v1.1.0=2 v1.2.0=3", "v1.3.0", "v1.2.0 v1.1.0 v1.0.0", .from = NULL},
        /* list order does not matter */
        {"v1.2.0=3 v1.10.0=5 v1.9.0=4 v1.0.0=1", "v1.11.0", "v1.10.0 v1.9.0 v1.2.0 v1.0.0",
         .from = NULL},
        /* the candidate's own release is there already, and newest */
        {"v1.2.0=3 v1.1.0=2 v1.0.0=1", "v1.2.0", "v1.1.0 v1.0.0", .from = NULL},
        /* ... under another spelling */
        {"1.2.0=3 v1.1.0=2", "v1.2.0", "v1.1.0", .from = NULL},
        {"v1.2=3 v1.1.0=2", "1.2.0", "v1.1.0", .from = NULL},
        {"release-1.2.0=3 v1.1.0=2", "1.2.0", "v1.1.0", .from = NULL},
        /* back-ports */
        {"v1.9.9=9 v2.0.0=5 v1.9.8=4", "v2.0.1", "v2.0.0 v1.9.9 v1.9.8", .from = NULL},
        {"v1.9.9=9 v2.0.0=5 v1.9.8=4", "v1.9.10", "v1.9.9 v1.9.8", .from = NULL},
        {"v1.9.9=9 v2.0.0=5 v2.0.1=8", "v1.9.9", "", .from = NULL},
        /* candidate unknown: newer than all */
        {"v1.0.0=1 v2.0.0=2", NULL, "v2.0.0 v1.0.0", .from = NULL},
        {"v1.0.0=1 v2.0.0=2", "", "v2.0.0 v1.0.0", .from = NULL},
        /* what git describe calls a commit behind a tag */
        {"v1.0.0=1 v1.2.0=2", "v1.2.0-3-gabcdef1", "v1.2.0 v1.0.0", .from = NULL},
        /* integers and dates */
        {"5=1 10=3 9=2 6=1", "11", "10 9 6 5", .from = NULL},
        {"2026.08.01=3 2026-07-31=2 2025.12.01=1", "2026.08.02", "2026.08.01 2026-07-31 2025.12.01",
         .from = NULL},
        {"20260801=3 20251231=2", "20260802", "20260801 20251231", .from = NULL},
        /* two tags of one version are two releases, the later published first */
        {"v1.0=1 1.0.0=2", "1.1", "1.0.0 v1.0", .from = NULL},
        {"v1.0=2 1.0.0=1", "1.1", "v1.0 1.0.0", .from = NULL},
        /* builds of one version are told apart by publish time */
        {"1.2.0+a=1 1.2.0+b=2 1.2.0+c=3 1.1.0=0", "1.2.0+c", "1.2.0+b 1.2.0+a 1.1.0", .from = NULL},
        {"1.2.0+a=1 1.2.0+b=2 1.2.0+c=3 1.1.0=0", "1.2.0+b", "1.2.0+a 1.1.0", .from = NULL},
        {"1.2.0=1", "1.2.0+hotfix", "1.2.0", .from = NULL},
        /* the same tag twice: a page was read twice */
        {"v1.0.0=1 v1.0.0=1 v1.1.0=2", "v1.2.0", "v1.1.0 v1.0.0", .from = NULL},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void test_prereleases(void **state)
{
    static const char *const LIST =
        "v1.0.0=1 v1.1.0-rc.1=2 v1.1.0=3 v1.2.0-rc.1=4 v1.2.0-rc.2=5p v1.1.1=6p";
    const Row ROWS[] = {
        {LIST, "v1.2.0", "v1.1.0 v1.0.0", .from = NULL},
        {LIST, "v1.2.0-rc.2", "v1.2.0-rc.1 v1.1.1 v1.1.0 v1.1.0-rc.1 v1.0.0", .from = NULL},
        {LIST, "v1.2.0", "v1.2.0-rc.2 v1.2.0-rc.1 v1.1.1 v1.1.0 v1.1.0-rc.1 v1.0.0",
         .prereleases = "always"},
        {LIST, "v1.2.0-rc.2", "v1.1.0 v1.0.0", .prereleases = "never"},
        /* the event says that it is one */
        {LIST, "v1.2.0", "v1.2.0-rc.2 v1.2.0-rc.1 v1.1.1 v1.1.0 v1.1.0-rc.1 v1.0.0",
         .is_prerelease = true},
        /* its own release says so */
        {LIST, "v1.1.1", "v1.1.0 v1.1.0-rc.1 v1.0.0", .from = NULL},
        {LIST, NULL, "v1.1.0 v1.0.0", .from = NULL},
        /* drafts never */
        {"v1.0.0=1 v1.1.0=2d v1.2.0-rc.1=3pd", "v1.3.0", "v1.0.0", .prereleases = "always"},
        {"v1.0.0=1d v1.0.0=2", "v1.3.0", "v1.0.0", .from = NULL},
        {"v1.0.0=1d", "v1.3.0", "", .from = "previous"},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void test_packages(void **state)
{
    static const char *const LIST =
        "api@1.0.0=1 web@9.0.0=2 api@1.1.0=3 chart-1.2.0=4 app/v1.3.0=5 "
        "app/v1.4.0=6 v7.0.0=7 api@nightly=8 other=9";
    const Row ROWS[] = {
        {LIST, "api@1.2.0", "api@1.1.0 api@1.0.0", .from = NULL},
        {LIST, "chart-1.3.0", "chart-1.2.0", .from = NULL},
        {LIST, "app/v1.4.0", "app/v1.3.0", .from = NULL},
        {LIST, "web@1.0.0", "", .from = NULL},
        {LIST, "new@1.0.0", "", .from = NULL},
        {LIST, "v8.0.0", "other v7.0.0", .from = NULL},
        {LIST, "api@next", "api@1.1.0 api@1.0.0", .from = NULL},
        {"api@1.0.0=1 api@1.1.0=2", NULL, "api@1.1.0 api@1.0.0", .from = NULL},
        {"api@1.0.0=1 v1.1.0=2", NULL, "v1.1.0", .from = NULL},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void test_no_versions(void **state)
{
    static const Row ROWS[] = {
        {"zeta=1 lima=3 mid=2", "next-one", "lima mid zeta", .from = NULL},
        {"zeta=1 lima=3 mid=2", "mid", "zeta", .from = NULL},
        {"zeta=1 lima=3 mid=2", "gamma", "zeta", .published_ms = 2},
        {"zeta=1 lima=3 mid=2", "gamma", "mid zeta", .published_ms = 3, .prereleases = "never"},
        /* without times the list's order counts, the last is newest */
        {"zeta lima mid", "gamma", "mid lima zeta", .from = NULL},
        {"zeta lima mid", "lima", "zeta", .from = NULL},
        /* commit hashes: those of digits alone are no versions */
        {"abc1234=1 1234567=3 7654321=2 def0000=4", "fff0000", "def0000 1234567 7654321 abc1234",
         .from = NULL},
        {"abc1234=1 1234567=3 7654321=2 def0000=4", "7654321", "abc1234", .from = NULL},
        {"sha-abc1234=1 sha-1234567=3 sha-7654321=2", "sha-fff0000",
         "sha-1234567 sha-7654321 sha-abc1234", .from = NULL},
        /* 20260801 is a date where nothing says that it is a hash */
        {"20260801=1 20260731=5", "20260802", "20260801 20260731", .from = NULL},
        /* names that move are no releases where there are others */
        {"v1.0.0=1 latest=9 nightly=8", "v1.1.0", "v1.0.0", .from = NULL},
        {"latest=9", "v1.1.0", "latest", .from = NULL},
        {"latest=9 v1.0.0=1", "latest", "v1.0.0", .from = NULL},
        /* mixture: a code name takes its place by publish time, back-ports do not disturb */
        {"v1.0.0=10 zebra=20 v1.1.0=30", "v1.2.0", "v1.1.0 zebra v1.0.0", .from = NULL},
        {"v1.9.9=30 v2.0.0=10 zebra=20", "v2.1.0", "zebra v2.0.0 v1.9.9", .from = NULL},
        {"v1.0.0=10 zebra=20 v1.1.0=30", "v1.1.0", "zebra v1.0.0", .from = NULL},
        {"v1.0.0=10 zebra=20 v1.1.0=30", "zebra", "v1.0.0", .from = NULL},
        {"v1.0.0=10 v1.1.0=30", "main", "v1.1.0 v1.0.0", .from = NULL},
        {"v1.0.0 zebra v1.1.0", "v1.2.0", "v1.1.0 v1.0.0 zebra", .from = NULL},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

static void test_from(void **state)
{
    static const char *const LIST =
        "v0.9.0=1 v1.0.0=2 v1.0.1=3 v1.1.0=4 v1.1.1=5 v1.2.0=6 v2.0.0=7 v1.2.1=8 v2.1.0=9";
    const Row ROWS[] = {
        {LIST, "v2.1.0", "v2.0.0", .from = "previous"},
        {LIST, "v2.1.0", "v2.0.0", .from = "  previous "},
        {LIST, "v1.2.1", "v1.2.0", .from = "previous"},
        {LIST, "v0.9.0", "", .from = "previous"},
        {LIST, "v2.1.0", "v0.9.0", .from = "oldest"},
        {LIST, "v0.9.0", "", .from = "oldest"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1 v1.2.0", .from = "last 3"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1 v1.2.0", .from = "last   3"},
        {LIST, "v1.0.1", "v1.0.0 v0.9.0", .from = "last 3"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1", .from = "minors 2"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1 v1.1.1 v1.0.1 v0.9.0", .from = "minors 9"},
        {LIST, "v1.2.1", "v1.2.0 v1.1.1", .from = "minors 2"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1", .from = "majors 2"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1 v0.9.0", .from = "majors 3"},
        {LIST, "v2.1.0", "v1.1.1 v1.1.0", .from = ">=1.1 <1.2"},
        {LIST, "v2.1.0", "v1.1.1 v1.1.0", .from = ">= 1.1 < 1.2"},
        {LIST, "v2.1.0", "v1.1.1 v1.1.0", .from = ">=1.1, <1.2"},
        {LIST, "v2.1.0", "v2.0.0 v1.0.1 v1.0.0 v0.9.0", .from = "<1.1, >=2"},
        {LIST, "v2.1.0", "v2.0.0 v1.0.1 v1.0.0 v0.9.0", .from = ">=2, <1.1"},
        {LIST, "v1.1.0", "v1.0.1 v1.0.0", .from = ">=1.0"}, /* a range takes what precedes */
        {LIST, "v2.1.0", "", .from = ">=7"},
        {LIST, "v2.1.0", "v1.1.0", .from = "v1.1.0"},
        {LIST, "v2.1.0", "v1.1.0", .from = "1.1"},
        {LIST, "v2.1.0", "v2.0.0 v1.1.0 v0.9.0", .from = "v1.1.0, v0.9.0,v2.0.0"},
        {LIST, "v2.1.0", "v1.1.0 v0.9.0", .from = "v0.9.0 v1.1.0"},
        {LIST, "v2.1.0", "v1.1.0", .from = "v1.1.0 v1.1.0, 1.1.0,"},
        {LIST, "v2.1.0", "v2.0.0 v1.1.0 v0.9.0", .from = "previous, oldest, v1.1.0"},
        {LIST, "v2.1.0", "v2.0.0 v1.2.1 v1.0.0", .from = "last 2, v1.0.0, previous"},
        {LIST, "v2.1.0", "v2.0.0 v0.9.0", .from = "previous oldest"},
        /* tags that are named need not precede */
        {LIST, "v1.0.0", "v2.1.0 v0.9.0", .from = "v2.1.0, previous"},
        /* the candidate's own is left out */
        {LIST, "v2.1.0", "v1.1.0", .from = "v2.1.0, v1.1.0"},
        /* ... another build of its version is not */
        {"v1.2.0+hotfix=9 v1.1.0=3", "v1.2.0", "v1.2.0+hotfix", .from = "v1.2.0+hotfix",
         .published_ms = 5},
        {"v1.0.0=1 v1.1.0-rc.1=2p v1.1.0=3", "v1.2.0", "v1.1.0-rc.1", .from = "v1.1.0-rc.1"},
        {"v1.0.0=1 v1.1.0-rc.1=2p v1.1.0=3", "v1.2.0", "v1.1.0 v1.1.0-rc.1",
         .from = "v1.1.0-rc.1,previous"},
        {"api@1.0.0=1 web@1.0.0=2 api@1.1.0=3", "api@1.2.0", "api@1.0.0", .from = "1.0.0"},
        {"api@1.0.0=1 web@1.0.0=2 api@1.1.0=3", "api@1.2.0", "web@1.0.0", .from = "web@1.0.0"},
        {"api@1.0.0=1 web@1.0.0=2 api@1.1.0=3", "api@1.2.0", "api@1.1.0", .from = ">=1.1"},
        /* a tag wins over the version that it may be */
        {"1=3 1.0.0=1 1.0=2", "2", "1", .from = "1"},
        {"5=1 6=2 7=3", "8", "7 6", .from = "minors 2"},
        {"5=1 6=2 7=3", "8", "7 6", .from = "majors 2"},
        {"2026.06.01=1 2026.07.01=2 2026.07.15=3", "2026.08.01", "2026.07.15 2026.06.01",
         .from = "minors 2"},
        {"zeta=1 lima=3 mid=2", "new", "lima mid", .from = "last 2"},
        {"zeta=1 lima=3 mid=2", "new", "zeta", .from = "oldest"},
        {"v1.0.0=1 zebra=3 v1.1.0=2", "v1.2.0", "v1.1.0", .from = "minors 1"},
        {"", "v1.0.0", "", .from = "minors 2"},
    };

    (void)state;
    check_rows(ROWS, COUNT_OF(ROWS));
}

typedef struct BadRow {
    const char *releases, *candidate, *from, *message;
} BadRow;

static void test_from_unreadable(void **state)
{
#define WANTED                                                                                     \
    " (wanted previous, oldest, last N, minors N, majors N, a range such as '>=1.2 <2', or "       \
    "release tags)"
    static const BadRow ROWS[] = {
        {"v1.0.0", "v1.1.0", "",
         "from: wanted previous, oldest, last N, minors N, majors N, a range such as '>=1.2 <2', or "
         "release tags; found nothing"},
        {"v1.0.0", "v1.1.0", " , ",
         "from: wanted previous, oldest, last N, minors N, majors N, a range such as '>=1.2 <2', or "
         "release tags; found nothing"},
        {"v1.0.0", "v1.1.0", "last", "from: 'last' wants a number behind it: 'last 3'"},
        {"v1.0.0", "v1.1.0", "minors, v1.0.0",
         "from: 'minors' wants a number behind it: 'minors 3'"},
        {"v1.0.0", "v1.1.0", "last 0", "from: 'last': wanted a number from 1 to 1000, found 0"},
        {"v1.0.0", "v1.1.0", "last two", "from: 'last': wanted a whole number, found 'two'"},
        {"v1.0.0", "v1.1.0", "majors -1", "from: 'majors': wanted a whole number, found '-1'"},
        {"", "v1.1.0", ">=x",
         "from: range '>=x': wanted a comparison such as '>=1.2', found '>=x'"},
        {"v1.4.0 v1.5.0", "v1.6.0", "v1.4.1",
         "from: no release has the tag 'v1.4.1'; did you mean 'v1.4.0'?" WANTED},
        {"v1.4.0 v1.5.0", "v1.6.0", "prevoius",
         "from: no release has the tag 'prevoius'; did you mean 'previous'?" WANTED},
        {"v1.4.0 v1.5.0", "v1.6.0", "something-else",
         "from: no release has the tag 'something-else'" WANTED},
        {"", "v1.6.0", "v1.0.0", "from: no release has the tag 'v1.0.0'" WANTED},
        {"v1.4.0=1d", "v1.6.0", "v1.4.0", "from: release 'v1.4.0' is a draft: nobody runs it yet"},
        {"v1.4.0 v1.5.0", "v1.5.0", "v1.5.0",
         "from: 'v1.5.0' is the candidate's own release: name an earlier one"},
        {"v1.4.0 v1.5.0", "1.5", "v1.5.0",
         "from: 'v1.5.0' is the candidate's own release: name an earlier one"},
        {"zeta=1 lima=2", "new", "minors 2",
         "from: 'minors' needs tags that are versions, and no earlier release has one; use 'last 2'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        ReleaseChoice choice = {.from = ROWS[i].from,
                                .prereleases = "auto",
                                .candidate_tag = ROWS[i].candidate,
                                .candidate_published_ms = -1};
        AUTO(release_list) ReleaseList all = {0};
        AUTO(release_list) ReleaseList eligible = {0};
        AUTO(error) Error *err = NULL;
        ReleaseList chosen = {.len = 77};

        parse_releases(ROWS[i].releases, &all);
        release_preceding(&all, &choice, &eligible);
        err = release_select(&all, &eligible, &choice, &chosen);
        if (!err)
            fail_msg("'%s' was accepted", ROWS[i].from);
        assert_int_equal(err->code, ERR_INVALID);
        assert_string_equal(err->msg, ROWS[i].message);
        assert_int_equal(chosen.len, 77);
        assert_null(chosen.items);
    }
}

/* A hostile tag comes into a message cleaned. */
static void test_hostile_name(void **state)
{
    Release release = {.tag = (char[]){"v1.0.0\x1b[31m\n::error::x"}, .published_ms = 1};
    ReleaseList all = {&release, 1, 1};
    ReleaseChoice choice = {.from = "v1.0.0::error::x", .candidate_published_ms = -1};
    AUTO(release_list) ReleaseList eligible = {0};
    AUTO(release_list) ReleaseList chosen = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    release_preceding(&all, &choice, &eligible);
    assert_int_equal(eligible.len, 1);
    err = release_select(&all, &eligible, &choice, &chosen);
    assert_non_null(err);
    assert_null(strchr(err->msg, '\x1b'));
    assert_null(strchr(err->msg, '\n'));
    assert_non_null(strstr(err->msg, "did you mean 'v1.0.0 ::error::x'?"));
}

static void shuffle(ReleaseList *list, uint32_t seed)
{
    for (size_t i = list->len; i > 1; i--) {
        size_t k;
        Release swap;

        seed = seed * 1664525U + 1013904223U;
        k = (seed >> 8) % i;
        swap = list->items[i - 1];
        list->items[i - 1] = list->items[k];
        list->items[k] = swap;
    }
}

static void make_releases(ReleaseList *list)
{
    for (int n = 0; n < 250; n++) {
        AUTO(str) char *tag = xasprintf("v%d.%d.%d", n / 100, n / 10 % 10, n % 10);
        /* back-ports: odd patches are published late */
        Release release = {.tag = tag, .published_ms = n % 2 ? 100000 - n : n};

        release_list_add(list, &release);
    }
}

static void check_shuffled(const ReleaseList *all)
{
    ReleaseChoice choice = {.from = "previous, last 12, minors 3, majors 3, oldest, >=0.5.8 <0.6.1",
                            .prereleases = "auto",
                            .candidate_tag = "v2.4.5",
                            .candidate_published_ms = -1};
    AUTO(release_list) ReleaseList eligible = {0};
    AUTO(release_list) ReleaseList chosen = {0};
    AUTO(str) char *tags = NULL;
    AUTO(error) Error *err = NULL;

    release_preceding(all, &choice, &eligible);
    assert_int_equal(eligible.len, 245);
    for (size_t i = 0; i < eligible.len; i++) {
        int n = 244 - (int)i;
        AUTO(str) char *tag = xasprintf("v%d.%d.%d", n / 100, n / 10 % 10, n % 10);

        assert_string_equal(eligible.items[i].tag, tag);
    }
    err = release_select(all, &eligible, &choice, &chosen);
    assert_null(err);
    tags = join_tags(&chosen);
    assert_string_equal(tags,
                        "v2.4.4 v2.4.3 v2.4.2 v2.4.1 v2.4.0 v2.3.9 v2.3.8 v2.3.7 v2.3.6 v2.3.5 "
                        "v2.3.4 v2.3.3 v2.2.9 v1.9.9 v0.9.9 v0.6.0 v0.5.9 v0.5.8 v0.0.0");
}

static void test_250_shuffled(void **state)
{
    AUTO(release_list) ReleaseList all = {0};

    (void)state;
    make_releases(&all);
    for (uint32_t seed = 1; seed <= 20; seed++) {
        shuffle(&all, seed);
        check_shuffled(&all);
    }
}

/* The same order whatever the list's: mixtures included. */
static void test_mixture_shuffled(void **state)
{
    AUTO(release_list) ReleaseList all = {0};
    ReleaseChoice choice = {
        .prereleases = "always", .candidate_tag = "v9.0.0", .candidate_published_ms = -1};

    (void)state;
    parse_releases("v1.0.0=10 apple=15 v1.1.0=20 v1.1=20 v1.0.1=25 bear=22 cat=22 v2.0.0-rc.1=30 "
                   "v2.0.0=40 v1.1.1=50 dog=45 v2.0.0+b=60",
                   &all);
    for (uint32_t seed = 1; seed <= 50; seed++) {
        AUTO(release_list) ReleaseList eligible = {0};
        AUTO(str) char *tags = NULL;

        shuffle(&all, seed);
        release_preceding(&all, &choice, &eligible);
        tags = join_tags(&eligible);
        assert_string_equal(tags,
                            "v2.0.0+b dog v2.0.0 v2.0.0-rc.1 v1.1.1 cat bear v1.1.0 v1.1 v1.0.1 "
                            "apple v1.0.0");
    }
}

typedef struct ImageRow {
    const char *pattern, *tag, *sha, *wanted; /* wanted of failures: the message */
} ImageRow;

static void test_image_tag(void **state)
{
    static const ImageRow ROWS[] = {
        {"{tag}", "v1.2.3", NULL, "v1.2.3"},
        {"{version}", "v1.2.3", NULL, "1.2.3"},
        {"{version}", "1.2.3", NULL, "1.2.3"},
        {"{version}", "api@1.2.3-rc.1", NULL, "1.2.3-rc.1"},
        {"{version}", "app/v1.2.3", NULL, "1.2.3"},
        {"{version}", "chart-6", NULL, "6"},
        {"{version}-alpine", "v1.2.3", NULL, "1.2.3-alpine"},
        {"{major}.{minor}", "v1.2.3", NULL, "1.2"},
        {"{major}", "v6", NULL, "6"},
        {"{major}.{minor}.{patch}", "2026.08.01", NULL, "2026.08.01"},
        {"{major}{minor}{patch}", "2026-08-01", NULL, "20260801"},
        {"web-{sha}", "v1.2.3", "0123abc", "web-0123abc"},
        {"fixed", "nightly", NULL, "fixed"},
        {"{tag}", "nightly", NULL, "nightly"},
        {"{tag}-{tag}", "a", NULL, "a-a"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *tag = xstrdup(ROWS[i].tag);
        AUTO(str) char *sha = xstrdup_null(ROWS[i].sha);
        AUTO(str) char *image_tag = NULL;
        Release release = {.tag = tag, .sha = sha, .published_ms = -1};
        AUTO(error) Error *err = release_image_tag(ROWS[i].pattern, &release, &image_tag);

        assert_null(err);
        assert_string_equal(image_tag, ROWS[i].wanted);
    }
}

static void test_image_tag_impossible(void **state)
{
    static const ImageRow ROWS[] = {
        {"{versoin}", "v1", NULL,
         "tag: {versoin} is no placeholder; did you mean {version}? (wanted {tag}, {version}, "
         "{major}, {minor}, {patch} or {sha})"},
        {"{tag", "v1", NULL, "tag: '{tag' wants a closing }"},
        {"{version}", "nightly", NULL,
         "tag: {version} cannot be filled for release 'nightly': it is no version"},
        {"{minor}", "v6", NULL,
         "tag: {minor} cannot be filled for release 'v6': its version has no such part"},
        {"{sha}", "v6", NULL,
         "tag: {sha} cannot be filled for release 'v6': the source does not tell its commit; "
         "'releases.source: git' does"},
        {"{tag}", "app/v1.2.3", NULL,
         "tag: release 'app/v1.2.3' gives 'app/v1.2.3', which no image tag can be (letters, digits, "
         "_, . and - only): set another pattern, such as {version}"},
        {"{tag}", "1.2.3+b", NULL,
         "tag: release '1.2.3+b' gives '1.2.3+b', which no image tag can be (letters, digits, _, . "
         "and - only): set another pattern, such as {version}"},
        {"-{tag}", "v1", NULL,
         "tag: release 'v1' gives '-v1', which no image tag can be (letters, digits, _, . and - "
         "only): set another pattern, such as {version}"},
        {"{tag}", "v1\n", NULL,
         "tag: release 'v1 ' gives 'v1 ', which no image tag can be (letters, digits, _, . and - "
         "only): set another pattern, such as {version}"},
        {"", "v1", NULL,
         "tag: release 'v1' gives '', which no image tag can be (letters, digits, _, . and - only): "
         "set another pattern, such as {version}"},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{tag}",
         "v1", NULL, "tag: release 'v1' gives an image tag of more than 128 characters"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *tag = xstrdup(ROWS[i].tag);
        Release release = {.tag = tag, .published_ms = -1};
        char *image_tag = tag;
        AUTO(error) Error *err = release_image_tag(ROWS[i].pattern, &release, &image_tag);

        if (!err)
            fail_msg("'%s' was accepted for '%s'", ROWS[i].pattern, ROWS[i].tag);
        assert_int_equal(err->code, ERR_INVALID);
        assert_string_equal(err->msg, ROWS[i].wanted);
        assert_ptr_equal(image_tag, tag);
    }
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_preceding),
        cmocka_unit_test(test_prereleases),
        cmocka_unit_test(test_packages),
        cmocka_unit_test(test_no_versions),
        cmocka_unit_test(test_from),
        cmocka_unit_test(test_from_unreadable),
        cmocka_unit_test(test_hostile_name),
        cmocka_unit_test(test_250_shuffled),
        cmocka_unit_test(test_mixture_shuffled),
        cmocka_unit_test(test_image_tag),
        cmocka_unit_test(test_image_tag_impossible),
    };

    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
