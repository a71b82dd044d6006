#pragma once
/* What a tag that is no version says of itself. */

#include <stdbool.h>
#include <stddef.h>

#define TAG_HASH_MAX 64

/** True for names that are moved from release to release: latest, stable, nightly... */
bool tag_is_moving(const char *tag);

/** True for what signing tools put beside images: sha256-<64 hex digits>, with .sig, .att or .sbom.
 */
bool tag_is_signature(const char *tag);

/**
 * Length of the commit hash that a tag is, 7 to TAG_HASH_MAX digits, alone or behind "sha-" or
 * "git-".
 *
 * @param[out] ret_certain  true when letters are among the digits: it cannot be a plain number
 * @return 0 when it cannot be one
 */
size_t tag_hash_length(const char *tag, bool *ret_certain);
