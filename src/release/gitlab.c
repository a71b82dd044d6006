#include <stdlib.h>
#include <string.h>

#include "release/api.h"
#include "release/sources.h"

typedef struct Gitlab {
    Api api;
    ReleaseList *releases; /* borrowed */
    char *first;           /* URL of the first page */
} Gitlab;

static void gitlab_close(Gitlab *gitlab)
{
    api_close(&gitlab->api);
    free(gitlab->first);
}

DEFINE_AUTO_VALUE(gitlab, Gitlab, gitlab_close)

/* There is no flag for drafts or prereleases: the version has to say it. An upcoming release has a
 * date in the future: nobody runs it. Source: GitLab REST API, "List releases" */
static Error *take_release(const cJSON *page, int index, ReleaseList *releases)
{
    AUTO(release) Release release = {.published_ms = -1};
    AUTO(str) char *tag_path = xasprintf("%d.tag_name", index);
    AUTO(str) char *released_path = xasprintf("%d.released_at", index);
    AUTO(str) char *upcoming_path = xasprintf("%d.upcoming_release", index);
    AUTO(str) char *commit_path = xasprintf("%d.commit.id", index);

    TRY(json_get_str(page, "reply", tag_path, &release.tag));
    TRY(api_time_ms(page, released_path, &release.published_ms));
    if (!*release.tag)
        return error_new(ERR_PROTOCOL, 0, "reply.%s: wanted a tag, got empty text", tag_path);
    if (json_bool_or(page, upcoming_path, false))
        return NULL;
    release.sha = api_commit(json_str_or(page, commit_path, NULL));
    LIST_PUSH(releases, release);
    release = (Release){0};
    return NULL;
}

static Error *take(void *context, const cJSON *page)
{
    Gitlab *gitlab = context;

    TRY(api_expect_list(page));
    for (int i = 0; i < cJSON_GetArraySize(page); i++)
        TRY(take_release(page, i, gitlab->releases));
    return NULL;
}

/* Link first; X-Next-Page where a proxy drops Link, or Link names another host than ours. */
static char *next(void *context, const HttpReply *reply)
{
    Gitlab *gitlab = context;
    AUTO(str) char *link = http_link_next(reply);
    AUTO(str) char *origin = link ? http_url_origin(link) : NULL;
    const char *page = http_header(reply, "x-next-page");
    uint64_t number;

    if (!text_eq(origin, gitlab->api.origin) && !text_is_empty(page)) {
        AUTO(error) Error *err = parse_u64(page, 2, UINT32_MAX, &number);

        if (!err)
            return xasprintf("%s&page=%s", gitlab->first, page);
    }
    return TAKE(link);
}

/* A job's token goes into a header of its own. It is known by its variable or by its prefix. */
static bool is_job_token(const char *token)
{
    const char *job_token = getenv("CI_JOB_TOKEN");

    return token && (text_starts(token, "glcbt-") ||
                     (!text_is_empty(job_token) && strcmp(token, job_token) == 0));
}

Error *gitlab_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases, StrList *warnings)
{
    AUTO(gitlab) Gitlab gitlab = {.releases = releases};
    AUTO(str) char *project = NULL;
    AUTO(str) char *what = NULL;
    const char *base = query->api ? query->api : release_source_find("gitlab")->default_api;
    ApiList list = {.context = &gitlab, .take = take, .next = next};

    if (text_is_empty(query->repository))
        return error_new(ERR_INVALID, 0,
                         "releases.repository: wanted a project's path or id such as acme/notes, "
                         "found nothing");
    TRY(api_open(query, "GitLab", base, &gitlab.api));
    gitlab.api.token_hint = "GITLAB_TOKEN with the scope 'read_api', or the job's CI_JOB_TOKEN";
    str_list_add(&gitlab.api.headers, "Accept: application/json");
    TRY(api_set_token(
        &gitlab.api, is_job_token(query->token) ? "JOB-TOKEN: " : "PRIVATE-TOKEN: ", query->token));
    project = http_encode(query->repository);
    what = xasprintf("the releases of %s", query->repository);
    gitlab.first = xasprintf("%s/projects/%s/releases?order_by=released_at&sort=desc&per_page=100",
                             gitlab.api.base, project);
    list.what = what;
    list.first = gitlab.first;
    return api_list(&gitlab.api, &list, dl, warnings);
}
