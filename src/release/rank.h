#pragma once
/* The order of releases: by version; what is no version takes its place by publish time. */

#include "model/release.h"
#include "model/version.h"
#include "release/tag.h"

/* Lengths that commit hashes have among these tags: a hash may well be all decimal digits. */
typedef struct HashLengths {
    bool seen[TAG_HASH_MAX + 1];
} HashLengths;

/** Learn from one tag whether the project tags by commit. */
void hash_lengths_learn(HashLengths *lengths, const char *tag);

/** version_parse, and a number that must be a commit hash is no version. Clear it afterwards. */
void rank_version(const HashLengths *lengths, const char *tag, Version *ret_version);

typedef struct Ranked {
    const Release *release; /* borrowed */
    Version version;
    size_t index;  /* in the source's list: later means newer where no time is known */
    int64_t at_ms; /* place among the rest; see rank_sort */
    size_t place;
} Ranked;

typedef struct Ranking {
    Ranked *items;
    size_t len, cap;
} Ranking;

/** Append a release with its version. */
void rank_add(Ranking *ranking, const HashLengths *lengths, const Release *release, size_t index);

/** Leave out all but the first of the releases with the same tag. */
void rank_drop_duplicates(Ranking *ranking);

/**
 * Newest first. Versions stand in version order. A tag that is no version stands by its publish
 * time: newer than every version that was out by then, where a version counts as out since it or a
 * higher one was published (a back-port comes late and changes nothing for the others).
 */
void rank_sort(Ranking *ranking);

void ranking_clear(Ranking *ranking);
DEFINE_AUTO_VALUE(ranking, Ranking, ranking_clear)
