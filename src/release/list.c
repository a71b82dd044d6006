#include "release/sources.h"

Error *list_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases, StrList *warnings)
{
    (void)dl;
    (void)warnings;
    if (!query->list) /* an empty one is an answer: nothing was released yet */
        return error_new(ERR_INVALID, 0,
                         "releases.list: wanted the tags that were released, oldest first, found "
                         "nothing");
    for (size_t i = 0; i < query->list->len; i++) {
        AUTO(release)
        Release release = {.tag = text_trim(query->list->items[i]), .published_ms = -1};

        if (!*release.tag)
            return error_new(ERR_INVALID, 0, "releases.list: entry %zu is empty", i + 1);
        release_list_add(releases, &release);
    }
    return NULL;
}
