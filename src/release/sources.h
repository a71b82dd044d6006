#pragma once
/* The rows of the table of sources. Contract: ReleaseSource.list. */

#include "release/release_source.h"

MUST_USE Error *github_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                            StrList *warnings);
MUST_USE Error *gitlab_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                            StrList *warnings);
MUST_USE Error *gitea_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                           StrList *warnings);
MUST_USE Error *git_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                         StrList *warnings);
MUST_USE Error *registry_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                              StrList *warnings);
MUST_USE Error *list_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases,
                          StrList *warnings);
