/* What CI and the checkout know: source, repository, API, token, candidate tag. */

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "config/git.h"
#include "config/loader.h"

#define EVENT_BYTES_MAX (32U << 20) /* GitHub caps webhook payloads at 25 MB */

/* Variables that fit a source, the first that is set counts. Sources: GitHub Docs "Default
 * environment variables"; GitLab Docs "Predefined CI/CD variables"; Gitea sets GitHub's names to
 * its own values. */
typedef struct Surroundings {
    const char *source, *repository, *api, *token;
} Surroundings;

static const Surroundings SURROUNDINGS[] = {
    {"github", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITHUB_TOKEN GH_TOKEN"},
    {"gitlab", "CI_PROJECT_PATH CI_PROJECT_ID", "CI_API_V4_URL", "GITLAB_TOKEN CI_JOB_TOKEN"},
    {"gitea", "GITHUB_REPOSITORY", "GITHUB_API_URL", "GITEA_TOKEN GITHUB_TOKEN"},
};

/* Hosts whose remotes tell which API they have. No API is derived from any other remote: a token
 * would go to whatever host a checkout names. */
typedef struct KnownHost {
    const char *host, *source, *api;
} KnownHost;

static const KnownHost HOSTS[] = {
    {"github.com", "github", NULL}, /* the source's own default */
    {"gitlab.com", "gitlab", "https://gitlab.com/api/v4"},
    {"codeberg.org", "gitea", "https://codeberg.org/api/v1"},
    {"gitea.com", "gitea", "https://gitea.com/api/v1"},
};

typedef struct Remote {
    bool asked;
    char *host, *path;
    const KnownHost *known; /* NULL: some other host, or none */
} Remote;

static void remote_clear(Remote *remote)
{
    free(remote->host);
    free(remote->path);
}

DEFINE_AUTO_VALUE(remote, Remote, remote_clear)

static const Remote *ask_remote(const Loader *loader, Remote *remote)
{
    AUTO(str) char *url = NULL;

    if (remote->asked)
        return remote;
    remote->asked = true;
    url = git_remote_url(loader->environment);
    if (!url || !git_remote_parse(url, &remote->host, &remote->path))
        return remote;
    for (size_t i = 0; i < COUNT_OF(HOSTS); i++)
        if (text_eq(HOSTS[i].host, remote->host))
            remote->known = &HOSTS[i];
    return remote;
}

/* Fill what was not given. */
static void fill(Loader *loader, char **slot, const char *key, const char *value,
                 const char *origin)
{
    if (*slot || text_is_empty(value))
        return;
    *slot = xstrdup(value);
    str_map_set(&loader->config.origins, key, origin);
}

static bool is_true(const Loader *loader, const char *name)
{
    return text_eq_nocase(loader_variable(loader, name), "true");
}

static bool in_gitea(const Loader *loader)
{
    return is_true(loader, "GITEA_ACTIONS") || is_true(loader, "FORGEJO_ACTIONS");
}

/* From the first of several variables; GitHub's names mean Gitea's things in Gitea's jobs alone. */
static void fill_from(Loader *loader, char **slot, const char *key, const char *names)
{
    AUTO(str_list) StrList list = {0};
    bool gitea = text_eq(loader->config.releases.source, "gitea");

    str_list_split(names, ' ', &list);
    for (size_t i = 0; i < list.len; i++)
        if (!text_starts(list.items[i], "GITHUB_") || gitea == in_gitea(loader))
            fill(loader, slot, key, loader_variable(loader, list.items[i]), list.items[i]);
}

/* --- the candidate ------------------------------------------------------------------------------
 */

/* The event that started a GitHub job; *ret_event stays NULL when it is no release. */
static Error *read_event(const Loader *loader, cJSON **ret_event)
{
    const char *path = loader_variable(loader, "GITHUB_EVENT_PATH");
    AUTO(str) char *text = NULL;
    size_t len;
    Error *err;

    if (!path || !text_eq(loader_variable(loader, "GITHUB_EVENT_NAME"), "release"))
        return NULL;
    err = file_read(path, EVENT_BYTES_MAX, &text, &len);
    if (err && err->code == ERR_NOT_FOUND) {
        error_ignore(
            err); /* a container that the file was not mounted into: GITHUB_REF_NAME serves */
        return NULL;
    }
    if (!err)
        err = json_parse(text, len, path, ret_event);
    if (!err)
        return NULL;
    err->code = ERR_INVALID;
    return error_wrap(err, "GITHUB_EVENT_PATH");
}

static void apply_event(Loader *loader, const cJSON *event)
{
    static const char ORIGIN[] = "the release event";
    CandidateSettings *candidate = &loader->config.candidate;
    const char *tag = json_str_or(event, "release.tag_name", NULL);
    const char *published = json_str_or(event, "release.published_at", NULL);

    fill(loader, &candidate->tag, "candidate.tag", tag, ORIGIN);
    if (!tag || !text_eq(candidate->tag, tag))
        return; /* another candidate than the one of the event */
    candidate->published_ms = published ? clock_parse_iso_ms(published) : -1;
    candidate->prerelease = json_bool_or(event, "release.prerelease", false);
}

/* A tag that HEAD merely descends from is not the candidate's. */
static void apply_tag(Loader *loader)
{
    char **tag = &loader->config.candidate.tag;
    AUTO(str) char *exact = NULL;

    if (text_eq(loader_variable(loader, "GITHUB_REF_TYPE"), "tag"))
        fill(loader, tag, "candidate.tag", loader_variable(loader, "GITHUB_REF_NAME"),
             "GITHUB_REF_NAME");
    fill(loader, tag, "candidate.tag", loader_variable(loader, "CI_COMMIT_TAG"), "CI_COMMIT_TAG");
    if (*tag)
        return;
    exact = git_exact_tag(loader->environment);
    fill(loader, tag, "candidate.tag", exact, "git describe");
}

/* --- the release source -------------------------------------------------------------------------
 */

/* @param[out] ret_origin  what decided */
static const char *default_source(const Loader *loader, Remote *remote, const char **ret_origin)
{
    const ReleaseSettings *releases = &loader->config.releases;

    *ret_origin = "the list";
    if (releases->list.len > 0 && !releases->repository)
        return "list"; /* the only thing that was given */
    *ret_origin = "GITLAB_CI";
    if (loader_variable(loader, "GITLAB_CI"))
        return "gitlab";
    *ret_origin = "GITEA_ACTIONS";
    if (in_gitea(loader))
        return "gitea";
    *ret_origin = "GITHUB_ACTIONS";
    if (loader_variable(loader, "GITHUB_ACTIONS") || loader_variable(loader, "GITHUB_REPOSITORY"))
        return "github";
    *ret_origin = "the git remote";
    if (!releases->repository && ask_remote(loader, remote)->known)
        return remote->known->source;
    /* releases that are built from the clone are the clone's tags, unless a forge is known */
    *ret_origin = "candidate.build";
    if (!releases->repository && !releases->api && !loader->config.image &&
        loader->config.candidate.build.context)
        return "git";
    *ret_origin = NULL;
    return "github";
}

/* The remote's repository, when it is one of the source: on its host, or wherever the user's API
 * is. */
static void apply_remote(Loader *loader, Remote *remote)
{
    ReleaseSettings *releases = &loader->config.releases;

    if (releases->repository || !ask_remote(loader, remote)->path)
        return;
    if (remote->known ? text_eq(remote->known->source, releases->source) : releases->api != NULL) {
        fill(loader, &releases->repository, "releases.repository", remote->path, "the git remote");
        if (remote->known)
            fill(loader, &releases->api, "releases.api", remote->known->api, "the git remote");
    }
}

static void apply_source(Loader *loader, const cJSON *event)
{
    ReleaseSettings *releases = &loader->config.releases;
    AUTO(remote) Remote remote = {0};
    const char *origin = NULL;

    if (!releases->source) {
        releases->source = xstrdup(default_source(loader, &remote, &origin));
        if (origin)
            str_map_set(&loader->config.origins, "releases.source", origin);
    }
    /* the clone that the build's folder belongs to has the tags */
    if (text_eq(releases->source, "git") && !loader->config.image &&
        loader->config.candidate.build.context)
        fill(loader, &releases->repository, "releases.repository",
             loader->config.candidate.build.context, "candidate.build");
    for (size_t i = 0; i < COUNT_OF(SURROUNDINGS); i++) {
        const Surroundings *row = &SURROUNDINGS[i];

        if (!text_eq(row->source, releases->source))
            continue;
        fill_from(loader, &releases->api, "releases.api", row->api);
        fill_from(loader, &releases->token, "releases.token", row->token);
        fill_from(loader, &releases->repository, "releases.repository", row->repository);
        if (event && !text_eq(row->source, "gitlab"))
            fill(loader, &releases->repository, "releases.repository",
                 json_str_or(event, "repository.full_name", NULL), "the release event");
        apply_remote(loader, &remote);
    }
}

Error *loader_apply_ci(Loader *loader)
{
    AUTO(json) cJSON *event = NULL;

    TRY(read_event(loader, &event));
    if (event)
        apply_event(loader, event);
    apply_tag(loader);
    apply_source(loader, event);
    return NULL;
}
