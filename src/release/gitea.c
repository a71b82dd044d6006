#include <inttypes.h>

#include "release/api.h"
#include "release/forge.h"
#include "release/sources.h"

#define LIMIT 50 /* what servers allow unless their administrator says otherwise */

typedef struct Gitea {
    Api api;
    ReleaseList *releases; /* borrowed */
    char *first;           /* URL of a list, up to the page's number */
    unsigned page;
    int64_t taken, taken_last; /* items of all pages, of the last one */
} Gitea;

static void gitea_close(Gitea *gitea)
{
    api_close(&gitea->api);
    free(gitea->first);
}

DEFINE_AUTO_VALUE(gitea, Gitea, gitea_close)

static void count_items(Gitea *gitea, const cJSON *page)
{
    gitea->taken_last = cJSON_GetArraySize(page);
    gitea->taken += gitea->taken_last;
}

static Error *take_releases(void *context, const cJSON *page)
{
    Gitea *gitea = context;

    count_items(gitea, page);
    return forge_take_releases(page, gitea->releases);
}

static Error *take_tags(void *context, const cJSON *page)
{
    Gitea *gitea = context;

    count_items(gitea, page);
    return forge_take_tags(page, gitea->releases);
}

/* The server caps the limit without saying so, and its Link header names the host that it believes
 * to have, which behind a proxy may be another: so pages are counted until X-Total-Count is
 * reached, or, where a proxy drops that, one is empty. */
static char *next(void *context, const HttpReply *reply)
{
    Gitea *gitea = context;
    const char *total_text = http_header(reply, "x-total-count");
    uint64_t total = 0;
    AUTO(error) Error *err = total_text ? parse_u64(total_text, 0, INT64_MAX, &total) : NULL;
    bool knows_total = total_text && !err;

    if (gitea->taken_last == 0 || (knows_total && (uint64_t)gitea->taken >= total))
        return NULL;
    return xasprintf("%s%u", gitea->first, ++gitea->page);
}

static Error *read_list(Gitea *gitea, const char *path, const char *kind,
                        Error *(*take)(void *, const cJSON *), Deadline dl, StrList *warnings)
{
    AUTO(str) char *what = xasprintf("the %s of %s", kind, gitea->api.query->repository);
    AUTO(str) char *url = NULL;
    ApiList list = {.what = what, .context = gitea, .take = take, .next = next};

    free(gitea->first);
    gitea->first = xasprintf("%s/repos/%s/%s?limit=%d&page=", gitea->api.base, path, kind, LIMIT);
    gitea->page = 1;
    gitea->taken = 0;
    url = xasprintf("%s1", gitea->first);
    list.first = url;
    return api_list(&gitea->api, &list, dl, warnings);
}

Error *gitea_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases, StrList *warnings)
{
    AUTO(gitea) Gitea gitea = {.releases = releases};
    AUTO(str) char *path = NULL;

    TRY(api_owner_and_name(query, "acme/notes", &path));
    if (text_is_empty(query->api))
        return error_new(ERR_INVALID, 0,
                         "releases.api: wanted the server's API for source gitea, such as "
                         "https://HOST/api/v1, found nothing");
    TRY(api_open(query, "Gitea", query->api, &gitea.api));
    gitea.api.token_hint = "GITEA_TOKEN with the scope 'read:repository'";
    str_list_add(&gitea.api.headers, "Accept: application/json");
    TRY(api_set_token(&gitea.api, "Authorization: token ", query->token));
    TRY(read_list(&gitea, path, "releases", take_releases, dl, warnings));
    return query->want_sha && releases->len > 0
               ? read_list(&gitea, path, "tags", take_tags, dl, warnings)
               : NULL;
}
