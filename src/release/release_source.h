#pragma once
/* Where releases are published. One file a source; all are rows of one table. */

#include "base/cancel.h"
#include "base/clock.h"
#include "base/progress.h"
#include "model/release.h"

typedef struct ReleaseQuery {
    const char *source; /* "github", "gitlab", "gitea", "git", "registry", "list" */
    const char
        *repository;   /* "acme/notes"; of git: a folder (NULL: this one) or URL; else NULL: none */
    const char *image; /* of registry: the image repository */
    const char *api;   /* base URL; NULL: the source's default */
    const char *token; /* goes to the API's host alone; NULL none */
    const StrList *list; /* of list */
    bool want_sha;       /* the commit of every tag is needed, if that takes further requests */
    int64_t max_wait_ms; /* longest wait that a rate limit may ask for */
    const Cancel *cancel;
    const Progress *progress;
} ReleaseQuery;

typedef struct ReleaseSource {
    const char *name;
    const char *what;        /* for help: "releases of a GitHub repository" */
    const char *default_api; /* NULL when it needs none, or when there is no usual one (gitea) */
    const char *token_env;   /* for hints: "GITHUB_TOKEN"; NULL when it takes none */
    Error *(*list)(const ReleaseQuery *query, Deadline dl, ReleaseList *ret_releases,
                   StrList *warnings);
} ReleaseSource;

const ReleaseSource *release_source_table(size_t *ret_count);
const ReleaseSource *release_source_find(const char *name);

/**
 * Every release that the source shows, all pages read, in any order; drafts included and marked.
 *
 * @param warnings  appended to: a list that the API cut off, ...
 * @return NULL; ERR_NOT_FOUND ("private or misspelt"), ERR_DENIED, ERR_RATE_LIMIT (says when to try
 *         again), ERR_SYSTEM, ERR_INVALID (a setting is missing). Each message says what to do.
 */
MUST_USE Error *release_list_fetch(const ReleaseQuery *query, Deadline dl,
                                   ReleaseList *ret_releases, StrList *warnings);
