#include "model/release.h"

void release_clear(Release *release)
{
    free(release->tag);
    free(release->sha);
    *release = (Release){0};
}

void release_copy(const Release *from, Release *ret_to)
{
    Release copy = *from;

    copy.tag = xstrdup_null(from->tag);
    copy.sha = xstrdup_null(from->sha);
    *ret_to = copy;
}

void release_list_add(ReleaseList *list, const Release *release)
{
    Release copy;

    release_copy(release, &copy);
    LIST_PUSH(list, copy);
}

void release_list_clear(ReleaseList *list)
{
    for (size_t i = 0; i < list->len; i++)
        release_clear(&list->items[i]);
    free(list->items);
    *list = (ReleaseList){0};
}
