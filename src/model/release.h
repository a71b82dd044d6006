#pragma once
/* A published release, whatever source it comes from. */

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

typedef struct Release {
    char *tag;
    char *sha;            /* commit of the tag; NULL when the source does not tell */
    int64_t published_ms; /* wall clock; -1 when unknown */
    bool prerelease, draft;
} Release;

typedef struct ReleaseList {
    Release *items;
    size_t len, cap;
} ReleaseList;

void release_clear(Release *release);
void release_copy(const Release *from, Release *ret_to);
void release_list_add(ReleaseList *list, const Release *release); /* copies */
void release_list_clear(ReleaseList *list);
DEFINE_AUTO_VALUE(release, Release, release_clear)
DEFINE_AUTO_VALUE(release_list, ReleaseList, release_list_clear)
