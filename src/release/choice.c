#include "release/choice.h"

#include <string.h>

#include "release/rank.h"

/* The candidate as far as the order goes. */
typedef struct Candidate {
    const char *tag; /* NULL: newer than all */
    Version version;
    const Release *own; /* the release of that very tag; NULL when there is none */
    size_t own_index;
    int64_t published_ms; /* -1: now */
    bool prerelease;
    char *package; /* owned: prefix of its tags; NULL: cannot be told, all count */
} Candidate;

static void candidate_clear(Candidate *candidate)
{
    version_clear(&candidate->version);
    free(candidate->package);
}

static void find_own(Candidate *candidate, const ReleaseList *all)
{
    for (size_t i = 0; candidate->tag && i < all->len; i++) {
        if (strcmp(all->items[i].tag, candidate->tag) != 0)
            continue;
        if (!candidate->own || candidate->own->draft) {
            candidate->own = &all->items[i];
            candidate->own_index = i;
        }
    }
}

/* Whose tags count for a candidate that is no version: those of the package whose prefix it bears,
 * else those without prefix, else the only package there is. */
static const char *guess_package(const char *tag, const Ranking *all)
{
    const char *package = NULL;
    bool several = false;

    for (size_t i = 0; i < all->len; i++) {
        const char *prefix = all->items[i].version.prefix;

        if (prefix && *prefix && tag && text_starts(tag, prefix))
            return prefix;
    }
    for (size_t i = 0; i < all->len; i++) {
        const char *prefix = all->items[i].version.prefix;

        if (!prefix)
            continue;
        if (!*prefix)
            return prefix;
        several |= package && strcmp(package, prefix) != 0;
        package = prefix;
    }
    return several ? NULL : package;
}

static void candidate_init(Candidate *candidate, const ReleaseList *all,
                           const ReleaseChoice *choice, const HashLengths *lengths)
{
    *candidate =
        (Candidate){.tag = text_is_empty(choice->candidate_tag) ? NULL : choice->candidate_tag,
                    .published_ms = choice->candidate_published_ms};
    find_own(candidate, all);
    if (candidate->tag)
        rank_version(lengths, candidate->tag, &candidate->version);
    if (candidate->published_ms < 0 && candidate->own)
        candidate->published_ms = candidate->own->published_ms;
    candidate->prerelease = choice->candidate_is_prerelease ||
                            version_is_prerelease(&candidate->version) ||
                            (candidate->own && candidate->own->prerelease);
}

/* Is what is no version of some package that the other tags show? */
static bool has_foreign_prefix(const char *tag, const Ranking *all)
{
    for (size_t i = 0; i < all->len; i++) {
        const char *prefix = all->items[i].version.prefix;

        if (prefix && *prefix && text_starts(tag, prefix))
            return true;
    }
    return false;
}

static bool is_of_package(const Ranked *item, const char *package, const Ranking *all)
{
    if (!package)
        return true;
    if (item->version.kind != VERSION_NONE)
        return strcmp(item->version.prefix, package) == 0;
    return *package ? text_starts(item->release->tag, package)
                    : !has_foreign_prefix(item->release->tag, all);
}

static bool precedes_by_time(const Ranked *item, const Candidate *candidate)
{
    int64_t published_ms = item->release->published_ms;

    if (published_ms < 0)
        return !candidate->own || item->index < candidate->own_index;
    if (candidate->published_ms < 0)
        return true;
    if (published_ms != candidate->published_ms)
        return published_ms < candidate->published_ms;
    return version_text_compare(item->release->tag, candidate->tag) < 0;
}

static bool precedes(const Ranked *item, const Candidate *candidate)
{
    int order;

    if (!candidate->tag)
        return true;
    if (strcmp(item->release->tag, candidate->tag) == 0)
        return false;
    if (item->version.kind == VERSION_NONE || candidate->version.kind == VERSION_NONE)
        return precedes_by_time(item, candidate);
    order = version_compare(&item->version, &candidate->version);
    if (order != 0)
        return order < 0;
    /* the same version under another tag is the candidate's own release; another build is not */
    return !text_eq(item->version.build, candidate->version.build) &&
           precedes_by_time(item, candidate);
}

static bool prereleases_count(const char *rule, const Candidate *candidate)
{
    return text_eq(rule, "always") || (!text_eq(rule, "never") && candidate->prerelease);
}

/* latest, nightly and such are no releases where others are. */
static void drop_moving(Ranking *ranking, const char *package)
{
    size_t skip = package ? strlen(package) : 0, kept = 0, moving = 0;

    for (size_t i = 0; i < ranking->len; i++)
        moving += ranking->items[i].version.kind == VERSION_NONE &&
                  tag_is_moving(ranking->items[i].release->tag + skip);
    if (moving == ranking->len)
        return;
    for (size_t i = 0; i < ranking->len; i++) {
        Ranked *item = &ranking->items[i];

        if (item->version.kind != VERSION_NONE || !tag_is_moving(item->release->tag + skip))
            ranking->items[kept++] = *item;
    }
    ranking->len = kept; /* those dropped had no version to clear */
}

static bool is_eligible(const Ranked *item, const Candidate *candidate, bool prereleases,
                        const Ranking *all)
{
    bool is_prerelease = item->release->prerelease || version_is_prerelease(&item->version);

    return is_of_package(item, candidate->package, all) && precedes(item, candidate) &&
           (prereleases || !is_prerelease);
}

/* Leave what is eligible in the ranking. What counts is decided with the whole list at hand. */
static void keep_eligible(Ranking *ranking, const Candidate *candidate, bool prereleases)
{
    bool *keep = xcalloc(ranking->len, sizeof *keep);
    size_t kept = 0;

    for (size_t i = 0; i < ranking->len; i++)
        keep[i] = is_eligible(&ranking->items[i], candidate, prereleases, ranking);
    for (size_t i = 0; i < ranking->len; i++) {
        if (keep[i])
            ranking->items[kept++] = ranking->items[i];
        else
            version_clear(&ranking->items[i].version);
    }
    ranking->len = kept;
    free(keep);
}

void release_preceding(const ReleaseList *all, const ReleaseChoice *choice,
                       ReleaseList *ret_eligible)
{
    AUTO(ranking) Ranking ranking = {0};
    HashLengths lengths = {0};
    Candidate candidate;
    ReleaseList eligible = {0};

    for (size_t i = 0; i < all->len; i++)
        hash_lengths_learn(&lengths, all->items[i].tag);
    if (choice->candidate_tag)
        hash_lengths_learn(&lengths, choice->candidate_tag);
    for (size_t i = 0; i < all->len; i++)
        if (!all->items[i].draft)
            rank_add(&ranking, &lengths, &all->items[i], i);
    rank_drop_duplicates(&ranking);
    candidate_init(&candidate, all, choice, &lengths);
    candidate.package = xstrdup_null(candidate.version.kind != VERSION_NONE
                                         ? candidate.version.prefix
                                         : guess_package(candidate.tag, &ranking));
    keep_eligible(&ranking, &candidate, prereleases_count(choice->prereleases, &candidate));
    drop_moving(&ranking, candidate.package);
    rank_sort(&ranking);
    for (size_t i = 0; i < ranking.len; i++)
        release_list_add(&eligible, ranking.items[i].release);
    candidate_clear(&candidate);
    *ret_eligible = eligible;
}
