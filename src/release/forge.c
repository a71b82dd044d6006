#include "release/forge.h"

#include <string.h>

#include "release/api.h"

/* Members as of "Release" in GitHub's OpenAPI description; Gitea has the same ones. */
static Error *take_release(const cJSON *page, int index, ReleaseList *releases)
{
    AUTO(release) Release release = {.published_ms = -1};
    AUTO(str) char *tag_path = xasprintf("%d.tag_name", index);
    AUTO(str) char *draft_path = xasprintf("%d.draft", index);
    AUTO(str) char *prerelease_path = xasprintf("%d.prerelease", index);
    AUTO(str) char *published_path = xasprintf("%d.published_at", index);
    AUTO(str) char *target_path = xasprintf("%d.target_commitish", index);

    TRY(json_get_bool(page, "reply", draft_path, &release.draft));
    TRY(json_get_bool(page, "reply", prerelease_path, &release.prerelease));
    TRY(json_get_str(page, "reply", tag_path, &release.tag));
    TRY(api_time_ms(page, published_path, &release.published_ms));
    if (!*release.tag && !release.draft) /* a draft may have no tag yet */
        return error_new(ERR_PROTOCOL, 0, "reply.%s: wanted a tag, got empty text", tag_path);
    /* the branch or commit that the tag was made from */
    release.sha = api_commit(json_str_or(page, target_path, NULL));
    LIST_PUSH(releases, release);
    release = (Release){0};
    return NULL;
}

Error *forge_take_releases(const cJSON *page, ReleaseList *releases)
{
    TRY(api_expect_list(page));
    for (int i = 0; i < cJSON_GetArraySize(page); i++)
        TRY(take_release(page, i, releases));
    return NULL;
}

static void set_commit(ReleaseList *releases, const char *tag, const char *sha)
{
    for (size_t i = 0; i < releases->len; i++) {
        Release *release = &releases->items[i];

        if (strcmp(release->tag, tag) != 0)
            continue;
        free(release->sha);
        release->sha = api_commit(sha);
    }
}

Error *forge_take_tags(const cJSON *page, ReleaseList *releases)
{
    TRY(api_expect_list(page));
    for (int i = 0; i < cJSON_GetArraySize(page); i++) {
        AUTO(str) char *name_path = xasprintf("%d.name", i);
        AUTO(str) char *sha_path = xasprintf("%d.commit.sha", i);
        AUTO(str) char *name = NULL;
        AUTO(str) char *sha = NULL;

        TRY(json_get_str(page, "reply", name_path, &name));
        TRY(json_get_str(page, "reply", sha_path, &sha));
        set_commit(releases, name, sha);
    }
    return NULL;
}
