#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/process.h"
#include "release/release_source.h"

/* A folder of its own with repositories in it; no configuration but theirs is seen. */
static char *folder;

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

/* Run git in folder/name with these words; it has to succeed. Its output without line end, owned.
 */
static char *git(const char *name, const char *const *words)
{
    const char *argv[16] = {"git"};
    AUTO(str) char *where = xasprintf("%s/%s", folder, name);
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {.argv = argv, .folder = where, .errors_max = 4096};
    AUTO(error) Error *err = NULL;

    for (size_t i = 0; words[i]; i++)
        argv[i + 1] = words[i];
    err = process_run(&spec, deadline_in(60000), &result);
    if (err)
        fail_msg("git %s: %s", words[0], err->msg);
    if (result.status != 0)
        fail_msg("git %s ends with %d: %s", words[0], result.status, result.errors);
    return text_trim(result.output);
}

#define GIT(name, ...) free(git(name, (const char *const[]){__VA_ARGS__, NULL}))

static void commit_at(const char *date, const char *message)
{
    assert_int_equal(setenv("GIT_COMMITTER_DATE", date, 1), 0);
    assert_int_equal(setenv("GIT_AUTHOR_DATE", date, 1), 0);
    GIT("origin", "commit", "--quiet", "--allow-empty", "-m", message);
}

static void isolate(void)
{
    assert_int_equal(setenv("HOME", folder, 1), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", folder, 1), 0);
    assert_int_equal(setenv("GIT_CONFIG_NOSYSTEM", "1", 1), 0);
    assert_int_equal(setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1), 0);
    assert_int_equal(setenv("GIT_AUTHOR_NAME", "Alice", 1), 0);
    assert_int_equal(setenv("GIT_AUTHOR_EMAIL", "alice@example.com", 1), 0);
    assert_int_equal(setenv("GIT_COMMITTER_NAME", "Alice", 1), 0);
    assert_int_equal(setenv("GIT_COMMITTER_EMAIL", "alice@example.com", 1), 0);
    assert_int_equal(unsetenv("GIT_DIR"), 0);
    assert_int_equal(unsetenv("GIT_WORK_TREE"), 0);
    assert_int_equal(unsetenv("GIT_INDEX_FILE"), 0);
}

/* origin: a plain tag, an annotated one that was made later than its commit, one of a file, one of
 * a tag, and a branch that is no tag. shallow: what continuous integration checks out. */
static int set_up(void **state)
{
    static const char *const FOLDERS[] = {"origin", "plain", "empty"};
    AUTO(str) char *url = NULL;

    (void)state;
    folder = xstrdup("/tmp/seatrial-test-git-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    isolate();
    for (size_t i = 0; i < COUNT_OF(FOLDERS); i++) {
        AUTO(str) char *path = xasprintf("%s/%s", folder, FOLDERS[i]);

        if (mkdir(path, 0700) != 0)
            return -1;
    }
    GIT("origin", "init", "--quiet", "--initial-branch=main");
    GIT("empty", "init", "--quiet", "--initial-branch=main");
    commit_at("2026-01-01T10:00:00Z", "one");
    GIT("origin", "tag", "v1.0.0");
    commit_at("2026-02-01T10:00:00Z", "two");
    assert_int_equal(setenv("GIT_COMMITTER_DATE", "2026-03-01T10:00:00Z", 1), 0);
    GIT("origin", "tag", "-a", "-m", "Second\n\nrefs/tags/v9\tno tag", "app/v1.1.0");
    GIT("origin", "tag", "-a", "-m", "Of a tag", "again", "app/v1.1.0");
    GIT("origin", "tag", "of-a-tree", "HEAD^{tree}");
    GIT("origin", "branch", "v7.0.0");
    commit_at("2026-04-01T10:00:00Z", "three");
    url = xasprintf("file://%s/origin", folder);
    GIT("", "clone", "--quiet", "--depth=1", "--no-tags", url, "shallow");
    GIT("", "clone", "--quiet", "--depth=1", "--branch=v1.0.0", "-c", "advice.detachedHead=false",
        url, "at-tag");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
    return 0;
}

static char *at(const char *name)
{
    return xasprintf("%s/%s", folder, name);
}

/* "v1.0.0 2026-01-01T10:00:00Z <sha>", one a line; $1 and $2 in wanted are the two commits */
static void assert_releases(const ReleaseList *list, const char *wanted)
{
    AUTO(buf) Buf text = {0};
    AUTO(str) char *one = git("origin", (const char *const[]){"rev-parse", "v1.0.0", NULL});
    AUTO(str) char *two = git("origin", (const char *const[]){"rev-parse", "v7.0.0", NULL});
    AUTO(str) char *half = text_replace(wanted, "$1", one);
    AUTO(str) char *whole = text_replace(half, "$2", two);

    for (size_t i = 0; i < list->len; i++) {
        const Release *release = &list->items[i];
        AUTO(str)
        char *time =
            release->published_ms < 0 ? xstrdup("-") : clock_format_iso(release->published_ms);

        buf_addf(&text, "%s%s %s %s", i > 0 ? "\n" : "", release->tag, time, release->sha);
    }
    assert_string_equal(buf_text(&text), whole);
}

static void test_folder(void **state)
{
    AUTO(str) char *path = at("origin");
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};
    ReleaseQuery query = {.source = "git", .repository = path};

    (void)state;
    /* as in a hook of another repository */
    assert_int_equal(setenv("GIT_DIR", "/nonexistent", 1), 0);
    assert_null(release_list_fetch(&query, deadline_in(60000), &releases, &warnings));
    assert_int_equal(unsetenv("GIT_DIR"), 0);
    assert_releases(&releases, "again 2026-03-01T10:00:00Z $2\n"
                               "app/v1.1.0 2026-03-01T10:00:00Z $2\n"
                               "v1.0.0 2026-01-01T10:00:00Z $1");
    assert_int_equal(warnings.len, 0);
}

static void test_this_folder(void **state)
{
    AUTO(str) char *path = at("origin");
    AUTO(str) char *before = getcwd(NULL, 0);
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};
    Error *err;

    (void)state;
    assert_int_equal(chdir(path), 0);
    err = release_list_fetch(&(ReleaseQuery){.source = "git"}, deadline_in(60000), &releases,
                             &warnings);
    assert_int_equal(chdir(before), 0);
    assert_null(err);
    assert_int_equal(releases.len, 3);
}

static void test_url(void **state)
{
    AUTO(str) char *url = xasprintf("file://%s/origin", folder);
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};
    ReleaseQuery query = {.source = "git", .repository = url};

    (void)state;
    assert_null(release_list_fetch(&query, deadline_in(60000), &releases, &warnings));
    assert_int_equal(releases.len, 4); /* ls-remote does not tell what a tag is of */
    assert_string_equal(releases.items[2].tag, "of-a-tree");
    release_clear(&releases.items[2]);
    releases.items[2] = releases.items[--releases.len];
    assert_releases(&releases, "again - $2\napp/v1.1.0 - $2\nv1.0.0 - $1");
}

static void test_no_tags(void **state)
{
    AUTO(str) char *path = at("empty");
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};

    (void)state;
    assert_null(release_list_fetch(&(ReleaseQuery){.source = "git", .repository = path},
                                   deadline_in(60000), &releases, &warnings));
    assert_int_equal(releases.len, 0);
    assert_int_equal(warnings.len, 0);
}

#define FETCH_ALL                                                                                  \
    "fetch all tags: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab, git fetch "      \
    "--unshallow --tags by hand"

static void test_shallow_with_a_tag(void **state)
{
    AUTO(str) char *path = at("at-tag");
    AUTO(str) char *wanted = xasprintf("%s is a shallow clone: it may lack tags; " FETCH_ALL, path);
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};

    (void)state;
    assert_null(release_list_fetch(&(ReleaseQuery){.source = "git", .repository = path},
                                   deadline_in(60000), &releases, &warnings));
    assert_releases(&releases, "v1.0.0 2026-01-01T10:00:00Z $1");
    assert_int_equal(warnings.len, 1);
    assert_string_equal(warnings.items[0], wanted);
}

/* {folder} in repository and message stands for ours. */
static void fails(const char *repository, ErrCode code, const char *message)
{
    AUTO(str) char *where = text_replace(repository, "{folder}", folder);
    AUTO(str) char *wanted = text_replace(message, "{folder}", folder);
    ReleaseList releases = {.len = 77};
    AUTO(str_list) StrList warnings = {0};
    AUTO(error)
    Error *err = release_list_fetch(&(ReleaseQuery){.source = "git", .repository = where},
                                    deadline_in(60000), &releases, &warnings);

    assert_non_null(err);
    assert_string_equal(err->msg, wanted);
    assert_int_equal(err->code, code);
    assert_int_equal(releases.len, 77);
}

static void test_failures(void **state)
{
    (void)state;
    fails(
        "{folder}/shallow", ERR_CONFLICT,
        "tags of {folder}/shallow: it is a shallow clone without tags, so earlier releases cannot be "
        "seen; " FETCH_ALL);
    fails(
        "{folder}/plain", ERR_INVALID,
        "tags of {folder}/plain: git ends with 128: fatal: not a git repository (or any of the "
        "parent directories): .git; set releases.repository to the folder of a clone or to a URL");
    fails(
        "acme/notes", ERR_INVALID,
        "releases.repository: wanted a folder or a URL for source git, found 'acme/notes', which is "
        "neither");
    fails(
        "--upload-pack=touch {folder}/owned", ERR_INVALID,
        "releases.repository: wanted a folder or a URL for source git, found '--upload-pack=touch "
        "{folder}/owned', which is neither");
    fails(
        "file://{folder}/nowhere", ERR_NOT_FOUND,
        "tags of file://{folder}/nowhere: git ends with 128: fatal: '{folder}/nowhere' does not "
        "appear to be a git repository fatal: Could not read from remote repository.  Please make "
        "sure you have the correct access rights and the repository exists.; it is private or "
        "misspelt: see that git can read it without asking for a password");
}

/* A transport that would run a program is not one that git allows by itself. */
static void test_hostile_url(void **state)
{
    AUTO(str) char *url = xasprintf("ext::touch %s/owned", folder);
    AUTO(str) char *trace = at("owned");
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};
    AUTO(error)
    Error *err = release_list_fetch(&(ReleaseQuery){.source = "git", .repository = url},
                                    deadline_in(60000), &releases, &warnings);

    (void)state;
    assert_non_null(err);
    assert_int_equal(access(trace, F_OK), -1);
}

static void test_cancelled(void **state)
{
    AUTO(str) char *path = at("origin");
    AUTO(cancel) Cancel *cancel = NULL;
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};
    ReleaseQuery query = {.source = "git", .repository = path};
    AUTO(error) Error *err = NULL;

    (void)state;
    assert_null(cancel_new(&cancel));
    cancel_raise(cancel, 15);
    query.cancel = cancel;
    err = release_list_fetch(&query, deadline_in(60000), &releases, &warnings);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_CANCELLED);
}

static void test_not_installed(void **state)
{
    AUTO(str) char *path = at("origin");
    AUTO(str) char *search = xstrdup(getenv("PATH"));
    AUTO(release_list) ReleaseList releases = {0};
    AUTO(str_list) StrList warnings = {0};
    AUTO(error) Error *err = NULL;

    (void)state;
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    err = release_list_fetch(&(ReleaseQuery){.source = "git", .repository = path},
                             deadline_in(60000), &releases, &warnings);
    assert_int_equal(setenv("PATH", search, 1), 0);
    assert_non_null(err);
    assert_int_equal(err->code, ERR_SYSTEM);
    assert_string_equal(err->msg, "tags of a git repository: git is not installed");
}

int main(void)
{
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_this_folder),
        cmocka_unit_test(test_url),
        cmocka_unit_test(test_no_tags),
        cmocka_unit_test(test_shallow_with_a_tag),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_hostile_url),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_not_installed),
    };

    if (access("/usr/bin/git", X_OK) != 0 && access("/usr/local/bin/git", X_OK) != 0)
        return 77; /* meson's "skipped" */
    return cmocka_run_group_tests(TESTS, set_up, tear_down);
}
