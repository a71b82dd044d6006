/* What CI jobs, the release event and the checkout give when nobody else does. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/git.h"
#include "config_fixture.h"

#define EVENTS "fixtures/github-events"

/* --- environments -------------------------------------------------------------------------------
 */

typedef struct JobRow {
    const char *name;
    const char *yaml;
    const char *variables; /* "K=V K=V"; @NAME@ is the project's folder of events */
    const char *source, *repository, *api, *token, *tag; /* "-": NULL */
    const char *published;                               /* ISO; "-": unknown */
    bool prerelease;
} JobRow;

#define GITHUB                                                                                     \
    "GITHUB_ACTIONS=true GITHUB_API_URL=https://api.github.com GITHUB_REPOSITORY=acme/notes "
#define GITLAB                                                                                     \
    "GITLAB_CI=true CI_API_V4_URL=https://gl.acme.test/api/v4 CI_PROJECT_PATH=acme/sub/notes "     \
    "CI_PROJECT_ID=42 CI_JOB_TOKEN=job-token-1 "
#define GITEA                                                                                      \
    "GITEA_ACTIONS=true GITHUB_ACTIONS=true GITHUB_API_URL=https://tea.acme.test/api/v1 "          \
    "GITHUB_REPOSITORY=acme/notes GITHUB_TOKEN=tea-token-1 "
#define EVENT(file) "GITHUB_EVENT_NAME=release GITHUB_EVENT_PATH=@/" file " "

static const JobRow JOBS[] = {
    {"nothing known", "", "X=1", "github", "-", "-", "-", "-", "-", false},
    {"GitHub push", "",
     GITHUB "GITHUB_TOKEN=gh-token-1 GITHUB_REF_TYPE=branch GITHUB_REF_NAME=main", "github",
     "acme/notes", "https://api.github.com", "gh-token-1", "-", "-", false},
    {"GitHub tag", "", GITHUB "GITHUB_REF_TYPE=tag GITHUB_REF_NAME=v1.2.0 GH_TOKEN=gh-token-2",
     "github", "acme/notes", "https://api.github.com", "gh-token-2", "v1.2.0", "-", false},
    {"published", "",
     GITHUB EVENT("release.published.json") "GITHUB_REF_TYPE=tag GITHUB_REF_NAME=x", "github",
     "acme/notes", "https://api.github.com", "-", "0.0.1", "2019-05-15T15:20:53Z", false},
    {"prereleased", "", GITHUB EVENT("release.prereleased.json"), "github", "acme/notes",
     "https://api.github.com", "-", "0.0.1", "2019-05-15T15:20:53Z", true},
    {"enterprise server, repository of the event", "",
     "GITHUB_API_URL=https://ghe.acme.test/api/v3 " EVENT("release.published.ghes-35.json"),
     "github", "Codertocat/Hello-World", "https://ghe.acme.test/api/v3", "-", "0.0.1",
     "2019-05-15T19:38:20Z", false},
    {"another event has no release", "",
     GITHUB "GITHUB_EVENT_NAME=push GITHUB_EVENT_PATH=@/release.published.json", "github",
     "acme/notes", "https://api.github.com", "-", "-", "-", false},
    {"a tag that is given is not the event's", "candidate: {tag: v9}\n",
     GITHUB EVENT("release.prereleased.json"), "github", "acme/notes", "https://api.github.com",
     "-", "v9", "-", false},
    {"the event's tag, given", "candidate: {tag: 0.0.1}\n",
     GITHUB EVENT("release.prereleased.json"), "github", "acme/notes", "https://api.github.com",
     "-", "0.0.1", "2019-05-15T15:20:53Z", true},
    {"an event file that was not mounted", "",
     GITHUB EVENT("none.json") "GITHUB_REF_TYPE=tag GITHUB_REF_NAME=v3", "github", "acme/notes",
     "https://api.github.com", "-", "v3", "-", false},
    {"GitLab tag", "", GITLAB "CI_COMMIT_TAG=v2.0.0", "gitlab", "acme/sub/notes",
     "https://gl.acme.test/api/v4", "job-token-1", "v2.0.0", "-", false},
    {"GitLab, its own token first", "", GITLAB "GITLAB_TOKEN=gl-token-2", "gitlab",
     "acme/sub/notes", "https://gl.acme.test/api/v4", "gl-token-2", "-", "-", false},
    {"GitLab job, releases on GitHub", "releases: {source: github, repository: a/b}\n", GITLAB,
     "github", "a/b", "-", "-", "-", "-", false},
    {"Gitea", "", GITEA "GITHUB_REF_TYPE=tag GITHUB_REF_NAME=v1", "gitea", "acme/notes",
     "https://tea.acme.test/api/v1", "tea-token-1", "v1", "-", false},
    {"Gitea job, releases on GitHub", "releases: {source: github, repository: a/b}\n", GITEA,
     "github", "a/b", "-", "-", "-", "-", false},
    {"GitHub job, releases on Gitea", "releases: {source: gitea, repository: a/b}\n",
     GITHUB "GITHUB_TOKEN=gh-token-1 GITEA_TOKEN=tea-token-2", "gitea", "a/b", "-", "tea-token-2",
     "-", "-", false},
    {"given beats CI", "releases: {repository: a/b, api: \"https://x.test\"}\n",
     GITHUB "SEATRIAL_TOKEN=own-token-1 GITHUB_TOKEN=gh-token-1", "github", "a/b", "https://x.test",
     "own-token-1", "-", "-", false},
    {"only a list", "releases: {list: [v1]}\n", "X=1", "list", "-", "-", "-", "-", "-", false},
    {"only a list, in a job", "releases: {list: [v1]}\n", GITHUB, "list", "-", "-", "-", "-", "-",
     false},
    {"a list beside a repository", "releases: {list: [v1], repository: a/b}\n", "X=1", "github",
     "a/b", "-", "-", "-", "-", false},
    {"empty variables are none", "", "GITHUB_REPOSITORY= GITHUB_TOKEN= GITHUB_API_URL=", "github",
     "-", "-", "-", "-", "-", false},
};

/* "K=V K=V" with PATH before it; release with free_environment. */
static char **make_environment(const char *variables)
{
    AUTO(str) char *events = xasprintf("%s/" EVENTS, fixture_home);
    AUTO(str) char *text = text_replace(variables, "@", events);
    StrList list = {0};

    str_list_split(text, ' ', &list);
    str_list_add(&list, "PATH=/nowhere");
    LIST_PUSH(&list, NULL);
    return list.items;
}

static void free_environment(char **environment)
{
    for (size_t i = 0; environment[i]; i++)
        free(environment[i]);
    free(environment);
}

static bool same(const char *found, const char *wanted)
{
    return text_eq(wanted, "-") ? found == NULL : text_eq(found, wanted);
}

static void jobs_of_every_ci(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(JOBS); i++) {
        const JobRow *row = &JOBS[i];
        AUTO(config) Config c = {0};
        char **environment = make_environment(row->variables);
        AUTO(error) Error *err = NULL;

        write_file("seatrial.yaml", row->yaml);
        err = load(environment, NULL, 0, &c);
        free_environment(environment);
        if (err)
            fail_msg("%s: %s", row->name, err->msg);
        if (!same(c.releases.source, row->source) ||
            !same(c.releases.repository, row->repository) || !same(c.releases.api, row->api) ||
            !same(c.releases.token, row->token) || !same(c.candidate.tag, row->tag))
            fail_msg("%s: source %s, repository %s, API %s, token %s, tag %s", row->name,
                     c.releases.source, c.releases.repository, c.releases.api, c.releases.token,
                     c.candidate.tag);
        assert_int_equal(c.candidate.published_ms,
                         text_eq(row->published, "-") ? -1 : clock_parse_iso_ms(row->published));
        assert_int_equal(c.candidate.prerelease, row->prerelease);
    }
    secret_clear();
}

static void origins_are_told(void **state)
{
    AUTO(config) Config c = {0};
    char **environment = make_environment(GITHUB EVENT("release.published.json"));
    AUTO(error) Error *err = NULL;

    (void)state;
    write_file("seatrial.yaml", "");
    err = load(environment, NULL, 0, &c);
    free_environment(environment);
    assert_null(err);
    assert_string_equal(str_map_get(&c.origins, "candidate.tag"), "the release event");
    assert_string_equal(str_map_get(&c.origins, "releases.source"), "GITHUB_ACTIONS");
    assert_string_equal(str_map_get(&c.origins, "releases.repository"), "GITHUB_REPOSITORY");
    assert_false(str_list_has(&c.keys, "candidate.tag")); /* nobody gave it */
}

static void an_event_that_is_no_json(void **state)
{
    Config c = {0};
    AUTO(str) char *path = xasprintf("%s/event.json", fixture_folder);
    AUTO(str) char *variable = xasprintf("GITHUB_EVENT_PATH=%s", path);
    AUTO(str) char *wanted = xasprintf("GITHUB_EVENT_PATH: %s:1:3: not JSON", path);
    char *const environment[] = {V("PATH=/nowhere"), V("GITHUB_EVENT_NAME=release"), variable,
                                 NULL};
    AUTO(error) Error *err = NULL;

    (void)state;
    write_file("seatrial.yaml", "");
    write_file("event.json", "{oops");
    err = load(environment, NULL, 0, &c);
    assert_non_null(err);
    assert_string_equal(err->msg, wanted);
    assert_int_equal(err->code, ERR_INVALID);
    error_free(TAKE(err));
    write_file("event.json", "{\"release\": {\"tag_name\": 7, \"published_at\": null}}");
    err = load(environment, NULL, 0, &c);
    assert_null(err); /* another shape: nothing is known from it */
    assert_null(c.candidate.tag);
    config_clear(&c);
}

static void job_tokens_are_secret(void **state)
{
    AUTO(config) Config c = {0};
    char **environment = make_environment(GITHUB "GITHUB_TOKEN=gh-token-secret");
    AUTO(error) Error *err = NULL;
    AUTO(str) char *masked = NULL;

    (void)state;
    write_file("seatrial.yaml", "");
    err = load(environment, NULL, 0, &c);
    free_environment(environment);
    assert_null(err);
    masked = secret_mask("Bearer gh-token-secret");
    assert_string_equal(masked, "Bearer ***");
    secret_clear();
}

/* --- git ----------------------------------------------------------------------------------------
 */

typedef struct RemoteRow {
    const char *url, *host, *path; /* host NULL: none */
} RemoteRow;

static void forms_of_remotes(void **state)
{
    static const RemoteRow ROWS[] = {
        {"https://github.com/acme/notes.git", "github.com", "acme/notes"},
        {"https://github.com/acme/notes", "github.com", "acme/notes"},
        {"https://GitHub.com/acme/notes/", "github.com", "acme/notes"},
        {"https://user:token@github.com/acme/notes.git", "github.com", "acme/notes"},
        {"https://ghe.acme.test:8443/acme/notes.git", "ghe.acme.test", "acme/notes"},
        {"git@github.com:acme/notes.git", "github.com", "acme/notes"},
        {"github.com:acme/notes", "github.com", "acme/notes"},
        {"git@gitlab.com:/acme/sub/notes.git", "gitlab.com", "acme/sub/notes"},
        {"ssh://git@github.com/acme/notes.git", "github.com", "acme/notes"},
        {"ssh://git@ssh.github.com:443/acme/notes.git", "ssh.github.com", "acme/notes"},
        {"git://codeberg.org/acme/notes.git", "codeberg.org", "acme/notes"},
        {"/srv/git/notes.git", NULL, NULL},
        {"../notes", NULL, NULL},
        {"./a:b/c", NULL, NULL},
        {"file:///srv/git/notes.git", NULL, NULL},
        {"https://github.com/notes", NULL, NULL},
        {"https:///acme/notes", NULL, NULL},
        {"", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(str) char *host = NULL;
        AUTO(str) char *path = NULL;
        bool found = git_remote_parse(ROWS[i].url, &host, &path);

        if (found != (ROWS[i].host != NULL) || !text_eq(host, ROWS[i].host) ||
            !text_eq(path, ROWS[i].path))
            fail_msg("%s: %s %s", ROWS[i].url, host, path);
    }
}

typedef struct CheckoutRow {
    const char *commands, *yaml;
    const char *source, *repository, *api, *tag;
} CheckoutRow;

/* A checkout of one commit; the commands of a row follow. */
static void make_checkout(const char *commands)
{
    AUTO(str)
    char *script = xasprintf(
        "rm -rf .git && git init -q . && git config user.name t && git config user.email t@t && "
        "git commit -q --allow-empty -m one && { %s; } >/dev/null 2>&1",
        commands);

    assert_int_equal(system(script), 0);
}

static void what_a_checkout_knows(void **state)
{
    static const CheckoutRow ROWS[] = {
        {"true", "", "github", "-", "-", "-"},
        {"git tag v1.0.0", "", "github", "-", "-", "v1.0.0"},
        /* a tag that HEAD descends from is not the candidate's */
        {"git tag v1.0.0; git commit --allow-empty -m two", "", "github", "-", "-", "-"},
        {"git tag v1.0.0", "candidate: {tag: v2}\n", "github", "-", "-", "v2"},
        {"git remote add origin git@github.com:acme/notes.git", "", "github", "acme/notes", "-",
         "-"},
        {"git remote add origin https://gitlab.com/acme/notes", "", "gitlab", "acme/notes",
         "https://gitlab.com/api/v4", "-"},
        {"git remote add origin https://codeberg.org/acme/notes", "", "gitea", "acme/notes",
         "https://codeberg.org/api/v1", "-"},
        /* no API, and no token, for a host that only the checkout names */
        {"git remote add origin https://git.acme.test/acme/notes", "", "github", "-", "-", "-"},
        {"git remote add origin https://git.acme.test/acme/notes",
         "releases: {api: \"https://git.acme.test/api/v3\"}\n", "github", "acme/notes",
         "https://git.acme.test/api/v3", "-"},
        {"git remote add origin https://gitlab.com/acme/notes", "releases: {source: github}\n",
         "github", "-", "-", "-"},
        {"git remote add origin https://gitlab.com/acme/notes", "releases: {list: [v1]}\n", "list",
         "-", "-", "-"},
        {"git remote add origin /srv/notes.git", "", "github", "-", "-", "-"},
        /* no image: the releases are built from the clone, and are its tags */
        {"true", "candidate: {build: {context: .}}\n", "git", ".", "-", "-"},
        {"git remote add origin git@github.com:acme/notes.git",
         "candidate: {build: {context: .}}\n", "github", "acme/notes", "-", "-"},
        {"true", "image: notes\ncandidate: {build: {context: .}}\n", "github", "-", "-", "-"},
    };
    AUTO(str) char *path = xasprintf("PATH=%s", getenv("PATH"));
    AUTO(str) char *ceiling = xasprintf("GIT_CEILING_DIRECTORIES=%s", fixture_folder);
    char *const environment[] = {path, ceiling, V("GIT_CONFIG_GLOBAL=/dev/null"),
                                 V("GIT_CONFIG_NOSYSTEM=1"), NULL};

    (void)state;
    if (system("git --version >/dev/null 2>&1") != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(config) Config c = {0};
        AUTO(error) Error *err = NULL;

        make_checkout(ROWS[i].commands);
        write_file("seatrial.yaml", ROWS[i].yaml);
        err = load(environment, NULL, 0, &c);
        if (err)
            fail_msg("%s: %s", ROWS[i].commands, err->msg);
        if (!same(c.releases.source, ROWS[i].source) ||
            !same(c.releases.repository, ROWS[i].repository) ||
            !same(c.releases.api, ROWS[i].api) || !same(c.candidate.tag, ROWS[i].tag))
            fail_msg("%s: source %s, repository %s, API %s, tag %s", ROWS[i].commands,
                     c.releases.source, c.releases.repository, c.releases.api, c.candidate.tag);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(jobs_of_every_ci),         cmocka_unit_test(origins_are_told),
        cmocka_unit_test(an_event_that_is_no_json), cmocka_unit_test(job_tokens_are_secret),
        cmocka_unit_test(forms_of_remotes),         cmocka_unit_test(what_a_checkout_knows),
    };
    int failed = cmocka_run_group_tests(tests, enter_folder, leave_folder);

    secret_clear();
    return failed;
}
