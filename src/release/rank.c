#include "release/rank.h"

#include <string.h>

void hash_lengths_learn(HashLengths *lengths, const char *tag)
{
    bool certain = false;
    size_t len = tag_hash_length(tag, &certain);

    if (len > 0 && certain)
        lengths->seen[len] = true;
}

void rank_version(const HashLengths *lengths, const char *tag, Version *ret_version)
{
    bool certain;
    size_t len = tag_hash_length(tag, &certain);

    version_parse(tag, ret_version);
    if (len > 0 && lengths->seen[len])
        version_clear(ret_version);
}

void rank_add(Ranking *ranking, const HashLengths *lengths, const Release *release, size_t index)
{
    Ranked ranked = {.release = release, .index = index};

    rank_version(lengths, release->tag, &ranked.version);
    LIST_PUSH(ranking, ranked);
}

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_index(const Ranked *a, const Ranked *b)
{
    return (a->index > b->index) - (a->index < b->index);
}

static int compare_tag(const void *left, const void *right)
{
    const Ranked *a = left, *b = right;
    int order = strcmp(a->release->tag, b->release->tag);

    return order != 0 ? order : compare_index(a, b);
}

void rank_drop_duplicates(Ranking *ranking)
{
    size_t kept = 0;

    if (ranking->len > 1)
        qsort(ranking->items, ranking->len, sizeof *ranking->items, compare_tag);
    for (size_t i = 0; i < ranking->len; i++) {
        Ranked *item = &ranking->items[i];

        if (kept > 0 && strcmp(ranking->items[kept - 1].release->tag, item->release->tag) == 0)
            version_clear(&item->version);
        else
            ranking->items[kept++] = *item;
    }
    ranking->len = kept;
}

static int compare_time(const Ranked *a, const Ranked *b)
{
    int order = compare_i64(a->release->published_ms, b->release->published_ms);

    if (order != 0)
        return order;
    return a->release->published_ms < 0 && a->version.kind == VERSION_NONE
               ? compare_index(a, b)
               : version_text_compare(a->release->tag, b->release->tag);
}

/* Oldest first: all versions by version, then all else by time. */
static int compare_own_kind(const void *left, const void *right)
{
    const Ranked *a = left, *b = right;
    int order = 0;

    if (a->version.kind != b->version.kind)
        return a->version.kind == VERSION_NONE ? 1 : -1;
    if (a->version.kind != VERSION_NONE)
        order = version_compare(&a->version, &b->version);
    return order != 0 ? order : compare_time(a, b);
}

static int compare_newest_first(const void *left, const void *right)
{
    const Ranked *a = left, *b = right;

    if (a->at_ms != b->at_ms)
        return compare_i64(b->at_ms, a->at_ms);
    if (a->version.kind != b->version.kind)
        return a->version.kind == VERSION_NONE ? 1 : -1;
    return (a->place < b->place) - (a->place > b->place);
}

/* A version's time is the least of its own and those above it, so that times rise with versions. */
static void place_items(Ranking *ranking)
{
    int64_t least_ms = INT64_MAX;

    for (size_t i = ranking->len; i-- > 0;) {
        Ranked *item = &ranking->items[i];

        item->place = i;
        item->at_ms = item->release->published_ms;
        if (item->version.kind == VERSION_NONE)
            continue;
        if (item->at_ms >= 0 && item->at_ms < least_ms)
            least_ms = item->at_ms;
        item->at_ms = least_ms;
    }
}

void rank_sort(Ranking *ranking)
{
    if (ranking->len == 0)
        return;
    qsort(ranking->items, ranking->len, sizeof *ranking->items, compare_own_kind);
    place_items(ranking);
    qsort(ranking->items, ranking->len, sizeof *ranking->items, compare_newest_first);
}

void ranking_clear(Ranking *ranking)
{
    for (size_t i = 0; i < ranking->len; i++)
        version_clear(&ranking->items[i].version);
    free(ranking->items);
    *ranking = (Ranking){0};
}
