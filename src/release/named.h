#pragma once
/* Releases that `from` names by their tags. */

#include "model/release.h"

#define FROM_WANTED                                                                                \
    "previous, oldest, last N, minors N, majors N, a range such as '>=1.2 <2', or release tags"

/** Are both the same version of the same package? A name without prefix is of the candidate's. */
bool named_is_same_version(const char *name, const char *tag, const char *candidate_tag);

/** The release that a name means: by its tag, else by its version. Borrowed; NULL: there is none.
 */
const Release *named_find(const ReleaseList *all, const char *name, const char *candidate_tag);

/** The error for a name that means nothing, with what comes nearest to it. */
MUST_USE Error *named_unknown(const ReleaseList *all, const char *name);
