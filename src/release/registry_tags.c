#include "release/registry_tags.h"

#include <string.h>

#include "release/rank.h"

typedef struct Tag {
    const char *name; /* borrowed from the list */
    Version version;
    bool dropped;
} Tag;

typedef struct TagList {
    Tag *items;
    size_t len, cap;
} TagList;

static int compare_tags(const void *left, const void *right)
{
    const Tag *a = left, *b = right;
    int order;

    if (a->version.kind == VERSION_NONE || b->version.kind == VERSION_NONE) {
        if (a->version.kind != b->version.kind)
            return a->version.kind == VERSION_NONE ? -1 : 1;
        return version_text_compare(a->name, b->name);
    }
    order = strcmp(a->version.prefix, b->version.prefix);
    if (order == 0)
        order = version_compare(&a->version, &b->version);
    return order != 0
               ? order
               : (a->version.count > b->version.count) - (a->version.count < b->version.count);
}

static bool is_proper(const Tag *tag)
{
    return tag->version.kind != VERSION_NONE && !version_is_prerelease(&tag->version);
}

/* Do images carry all three parts even where the last one is 0? Projects that write 1.2 for 1.2.0
 * mean a release by it, and not a tag that moves from patch to patch. */
static bool has_full_versions(const TagList *tags)
{
    for (size_t i = 0; i < tags->len; i++) {
        const Version *version = &tags->items[i].version;

        if (is_proper(&tags->items[i]) && version->count >= 3 &&
            version->parts[version->count - 1] == 0)
            return true;
    }
    return false;
}

/* Does a longer version with the same first parts stand behind tags[at]? Sorted, they follow it. */
static bool has_longer(const TagList *tags, size_t at)
{
    const Version *version = &tags->items[at].version;

    for (size_t i = at + 1; i < tags->len; i++) {
        const Version *other = &tags->items[i].version;

        if (strcmp(other->prefix, version->prefix) != 0 ||
            memcmp(other->parts, version->parts, version->count * sizeof *version->parts) != 0)
            return false;
        if (is_proper(&tags->items[i]) && other->count > version->count)
            return true;
    }
    return false;
}

/* Mark what is no release. @return false when no tag is a version, so that all stay */
static bool mark(TagList *tags)
{
    bool any_version = false;

    for (size_t i = 0; i < tags->len; i++)
        any_version |= tags->items[i].version.kind != VERSION_NONE;
    if (!any_version)
        return false;
    for (size_t i = 0; i < tags->len; i++)
        tags->items[i].dropped = tags->items[i].version.kind == VERSION_NONE;
    if (!has_full_versions(tags))
        return true;
    for (size_t i = 0; i < tags->len; i++)
        if (is_proper(&tags->items[i]) && tags->items[i].version.count < 3 && has_longer(tags, i))
            tags->items[i].dropped = true;
    return true;
}

void registry_tags_keep_releases(ReleaseList *releases, StrList *warnings)
{
    TagList tags = {0};
    HashLengths lengths = {0};
    ReleaseList kept = {0};

    for (size_t i = 0; i < releases->len; i++)
        hash_lengths_learn(&lengths, releases->items[i].tag);
    for (size_t i = 0; i < releases->len; i++) {
        Tag tag = {.name = releases->items[i].tag};

        if (tag_is_signature(tag.name))
            continue;
        rank_version(&lengths, tag.name, &tag.version);
        LIST_PUSH(&tags, tag);
    }
    if (tags.len > 0)
        qsort(tags.items, tags.len, sizeof *tags.items, compare_tags);
    if (!mark(&tags) && tags.len > 1)
        str_list_add(warnings,
                     "no tag of the image is a version, and a registry tells no times: the "
                     "tags are taken in the order of their names");
    for (size_t i = 0; i < tags.len; i++) {
        if (!tags.items[i].dropped)
            release_list_add(&kept, &(Release){.tag = (char *)(uintptr_t)tags.items[i].name,
                                               .published_ms = -1});
        version_clear(&tags.items[i].version);
    }
    free(tags.items);
    release_list_clear(releases);
    *releases = kept;
}
