#include "release/named.h"

#include <string.h>

#include "model/version.h"

static const char *const KEYWORDS[] = {"previous", "oldest", "last", "minors", "majors"};

bool named_is_same_version(const char *name, const char *tag, const char *candidate_tag)
{
    AUTO(version) Version wanted = {0};
    AUTO(version) Version found = {0};
    AUTO(version) Version candidate = {0};

    version_parse(name, &wanted);
    version_parse(tag, &found);
    if (wanted.kind == VERSION_NONE || found.kind == VERSION_NONE)
        return false;
    if (candidate_tag)
        version_parse(candidate_tag, &candidate);
    return version_compare(&wanted, &found) == 0 &&
           (!wanted.build || text_eq(wanted.build, found.build)) &&
           (text_eq(wanted.prefix, found.prefix) ||
            (!*wanted.prefix && text_eq(candidate.prefix, found.prefix)));
}

const Release *named_find(const ReleaseList *all, const char *name, const char *candidate_tag)
{
    const Release *found = NULL;

    for (size_t i = 0; i < all->len; i++)
        if (strcmp(all->items[i].tag, name) == 0 && (!found || found->draft))
            found = &all->items[i];
    for (size_t i = 0; i < all->len && !found; i++)
        if (!all->items[i].draft && named_is_same_version(name, all->items[i].tag, candidate_tag))
            found = &all->items[i];
    return found;
}

Error *named_unknown(const ReleaseList *all, const char *name)
{
    const char **known = xcalloc(all->len + COUNT_OF(KEYWORDS), sizeof *known);
    AUTO(str) char *shown = text_clean_line(name);
    AUTO(str) char *near = NULL;
    const char *nearest;
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(KEYWORDS); i++)
        known[count++] = KEYWORDS[i];
    for (size_t i = 0; i < all->len; i++)
        if (!all->items[i].draft)
            known[count++] = all->items[i].tag;
    nearest = text_nearest(name, known, count);
    near = nearest ? text_clean_line(nearest) : NULL;
    free(known);
    return error_new(ERR_INVALID, 0,
                     "from: no release has the tag '%s'%s%s%s (wanted " FROM_WANTED ")", shown,
                     near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}
