#pragma once
/* Release tags as versions: parsing and order. */

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"

typedef enum VersionKind {
    VERSION_NONE,    /* the tag is no version: publish time decides */
    VERSION_NUMBERS, /* 6, 1.2, 1.2.3, 1.2.3.4, 2026.08.01, 2026-08-01, 20260801 */
} VersionKind;

#define VERSION_PARTS_MAX 6

typedef struct Version {
    VersionKind kind;
    char *prefix; /* package prefix with its separator, "api@", "chart-", or "";
                     neither a v before the number nor a word that says only
                     that a version follows ("release-") is part of it */
    uint64_t parts[VERSION_PARTS_MAX]; /* parts beyond count are 0 */
    size_t count;
    StrList prerelease; /* identifiers: {"rc", "1"}; empty for a release proper */
    uint64_t commits;   /* commits since the tag, where `git describe` made it: 1.2.3-4-gabcdef1 */
    char *build;        /* behind +, no part of the order; NULL when none */
    size_t number_at;   /* offset in the tag where the number begins */
} Version;

/** Parse a tag; what is no version gets kind VERSION_NONE (never an error). Clear it afterwards. */
void version_parse(const char *tag, Version *ret_version);

/**
 * Order by parts (missing ones count as 0), then by prerelease as semver 2.0 rule 11 has it, then
 * by commits. One difference to rule 11: digits at the end of an identifier count as a number, so
 * that rc9 comes before rc10.
 *
 * @return <0, 0, >0. Both must be VERSION_NUMBERS.
 */
int version_compare(const Version *a, const Version *b);

/** True when it says of itself that it is one: 1.2.0-rc.1. */
bool version_is_prerelease(const Version *version);

/** Order of any text with runs of digits taken as numbers: "build-9" before "build-10". */
int version_text_compare(const char *a, const char *b);

/**
 * Is a tag within a range: ">=1.2 <2", "<0.4", "=1.4.0", "v1.4.0"; comparisons side by side all
 * hold.
 *
 * Tags that are no versions match only an exact tag. A package prefix counts where the range has
 * one.
 * @return NULL, or ERR_INVALID that says which comparison cannot be read
 */
MUST_USE Error *version_in_range(const char *tag, const char *range, bool *ret_within);

void version_clear(Version *version);
DEFINE_AUTO_VALUE(version, Version, version_clear)
