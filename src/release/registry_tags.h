#pragma once
/* Which tags of a registry are releases. Pure. */

#include "model/release.h"

/**
 * Leave out what is no release: signatures; where some tags are versions, all that are none; and
 * where images carry full versions such as 1.2.0, the shorter ones (1, 1.2) that move with them.
 *
 * @param warnings  appended to when the order of what is left cannot be told
 */
void registry_tags_keep_releases(ReleaseList *releases, StrList *warnings);
