#pragma once
/* Which of the releases an upgrade starts from: SPEC section 3. Pure. */

#include "model/release.h"

typedef struct ReleaseChoice {
    const char *from;               /* "previous", "last 3", "minors 2", "majors 2", "oldest",
                                       ">=1.2 <2", or tags separated by commas or blanks */
    const char *prereleases;        /* "auto", "always", "never" */
    const char *candidate_tag;      /* NULL: newer than every release */
    int64_t candidate_published_ms; /* -1 unknown: now */
    bool candidate_is_prerelease;   /* as the release event says; the tag may say so too */
} ReleaseChoice;

/**
 * The releases that precede the candidate, newest first: drafts, the candidate's own, other
 * packages' (prefix) and, by the prereleases rule, prereleases left out.
 */
void release_preceding(const ReleaseList *all, const ReleaseChoice *choice,
                       ReleaseList *ret_eligible);

/**
 * The starting points that `from` asks for out of release_preceding's answer, newest first.
 *
 * Tags that `from` names are taken from all releases, whatever they precede.
 * @return NULL, or ERR_INVALID: `from` cannot be read, or names a tag that is no release (the
 * nearest one is in the message)
 */
MUST_USE Error *release_select(const ReleaseList *all, const ReleaseList *eligible,
                               const ReleaseChoice *choice, ReleaseList *ret_chosen);

/** Image tag of a release: "{tag}", "{version}", "{major}", "{minor}", "{patch}", "{sha}".
 * @return NULL, or ERR_INVALID: unknown placeholder, or one that this tag cannot fill */
MUST_USE Error *release_image_tag(const char *pattern, const Release *release, char **ret_tag);
