#include <string.h>

#include "release/api.h"
#include "release/forge.h"
#include "release/sources.h"

/* Source: GitHub REST API, "List releases" and "List repository tags", version 2022-11-28 */
#define API_VERSION_NAME "X-GitHub-Api-Version: "
#define API_VERSION      API_VERSION_NAME "2022-11-28"

typedef struct Github {
    Api api;
    ReleaseList *releases; /* borrowed */
    StrList *warnings;     /* borrowed */
    const char *what;
} Github;

static void github_close(Github *github)
{
    api_close(&github->api);
}

DEFINE_AUTO_VALUE(github, Github, github_close)

static Error *take_releases(void *context, const cJSON *page)
{
    Github *github = context;

    return forge_take_releases(page, github->releases);
}

static Error *take_tags(void *context, const cJSON *page)
{
    Github *github = context;

    return forge_take_tags(page, github->releases);
}

/* Enterprise servers before 3.9 know no API versions, later ones perhaps not this one. */
static bool drop_api_version(Api *api)
{
    StrList *headers = &api->headers;

    for (size_t i = 0; i < headers->len; i++) {
        if (!text_starts(headers->items[i], API_VERSION_NAME))
            continue;
        free(headers->items[i]);
        headers->items[i] = headers->items[--headers->len];
        return true;
    }
    return false;
}

static Error *refused(void *context, const HttpReply *reply, Deadline dl, ApiAnswer *ret_answer)
{
    Github *github = context;
    AUTO(str) char *message = NULL;

    (void)dl;
    if (reply->status == 400 && drop_api_version(&github->api)) {
        *ret_answer = API_AGAIN;
        return NULL;
    }
    /* "Only the first 1000 results are available.": how deep lists end */
    message = api_message(reply);
    if (reply->status == 422 && text_starts(message, "Only the first")) {
        str_list_addf(github->warnings,
                      "%s: GitHub cuts the list off (%s); older ones are not seen, "
                      "'releases.source: git' sees them all",
                      github->what, message);
        *ret_answer = API_END;
    }
    return NULL;
}

static Error *read_list(Github *github, const char *path, const char *kind,
                        Error *(*take)(void *, const cJSON *), Deadline dl)
{
    AUTO(str) char *url = xasprintf("%s/repos/%s/%s?per_page=100", github->api.base, path, kind);
    AUTO(str) char *what = xasprintf("the %s of %s", kind, github->api.query->repository);
    ApiList list = {
        .what = what, .first = url, .context = github, .take = take, .refused = refused};

    github->what = what;
    return api_list(&github->api, &list, dl, github->warnings);
}

static Error *github_open(const ReleaseQuery *query, Github *github)
{
    const char *base = query->api ? query->api : release_source_find("github")->default_api;

    TRY(api_open(query, "GitHub", base, &github->api));
    github->api.token_hint = "GITHUB_TOKEN with the permission 'contents: read'";
    str_list_add(&github->api.headers, "Accept: application/vnd.github+json");
    str_list_add(&github->api.headers, API_VERSION);
    return api_set_token(&github->api, "Authorization: Bearer ", query->token);
}

Error *github_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases, StrList *warnings)
{
    AUTO(github) Github github = {.releases = releases, .warnings = warnings};
    AUTO(str) char *path = NULL;

    TRY(api_owner_and_name(query, "acme/notes", &path));
    TRY(github_open(query, &github));
    TRY(read_list(&github, path, "releases", take_releases, dl));
    if (releases->len == 0)
        str_list_addf(warnings,
                      "%s has no published release at GitHub; tags alone are no releases there, "
                      "'releases.source: git' takes them",
                      query->repository);
    return query->want_sha && releases->len > 0 ? read_list(&github, path, "tags", take_tags, dl)
                                                : NULL;
}
