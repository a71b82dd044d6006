#include <string.h>

#include "release/release_source.h"
#include "release/sources.h"

static const ReleaseSource TABLE[] = {
    {"github", "releases of a GitHub repository", "https://api.github.com", "GITHUB_TOKEN",
     github_list},
    {"gitlab", "releases of a GitLab project", "https://gitlab.com/api/v4", "GITLAB_TOKEN",
     gitlab_list},
    {"gitea", "releases of a Gitea or Forgejo repository", NULL, "GITEA_TOKEN", gitea_list},
    {"git", "tags of a git repository, here or at a URL", NULL, NULL, git_list},
    {"registry", "tags of the image in its registry", NULL, NULL, registry_list},
    {"list", "tags that the configuration names", NULL, NULL, list_list},
};

const ReleaseSource *release_source_table(size_t *ret_count)
{
    *ret_count = COUNT_OF(TABLE);
    return TABLE;
}

const ReleaseSource *release_source_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(TABLE); i++)
        if (text_eq(TABLE[i].name, name))
            return &TABLE[i];
    return NULL;
}

static Error *unknown_source(const char *name)
{
    const char *names[COUNT_OF(TABLE)];
    const char *nearest;

    for (size_t i = 0; i < COUNT_OF(TABLE); i++)
        names[i] = TABLE[i].name;
    nearest = text_nearest(name, names, COUNT_OF(names));
    return error_new(ERR_INVALID, 0,
                     "releases.source: wanted github, gitlab, gitea, git, registry or list, found "
                     "'%s'%s%s%s",
                     name, nearest ? "; did you mean '" : "", nearest ? nearest : "",
                     nearest ? "'?" : "");
}

Error *release_list_fetch(const ReleaseQuery *query, Deadline dl, ReleaseList *ret_releases,
                          StrList *warnings)
{
    const ReleaseSource *source = release_source_find(query->source);
    AUTO(release_list) ReleaseList releases = {0};

    if (!source)
        return unknown_source(query->source ? query->source : "");
    TRY(source->list(query, dl, &releases, warnings));
    *ret_releases = releases;
    releases = (ReleaseList){0};
    return NULL;
}
