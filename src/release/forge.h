#pragma once
/* Replies that GitHub and its followers (Gitea, Forgejo) have in common. */

#include "base/json.h"
#include "model/release.h"

/** Append the releases of one page. @return NULL, or ERR_PROTOCOL that names the member */
MUST_USE Error *forge_take_releases(const cJSON *page, ReleaseList *releases);

/** Note the commits of one page of tags in the releases that have them. */
MUST_USE Error *forge_take_tags(const cJSON *page, ReleaseList *releases);
