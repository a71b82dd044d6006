#include "release/tag.h"

#include <string.h>

#include "base/text.h"

static const char HEX[] = "0123456789abcdef";

bool tag_is_moving(const char *tag)
{
    static const char *const NAMES[] = {
        "latest", "stable",  "edge",     "nightly", "main",       "master",  "trunk",
        "dev",    "develop", "canary",   "next",    "beta",       "alpha",   "rc",
        "tip",    "head",    "snapshot", "rolling", "continuous", "lts",     "current",
        "prod",   "staging", "preview",  "testing", "production", "unstable"};

    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (text_eq_nocase(tag, NAMES[i]))
            return true;
    return false;
}

/* Source: cosign's storage of signatures; fall-back tags of the OCI referrers API have no suffix.
 */
bool tag_is_signature(const char *tag)
{
    static const char *const SUFFIXES[] = {"", ".sig", ".att", ".sbom"};
    size_t digits;

    if (!text_starts(tag, "sha256-"))
        return false;
    tag += strlen("sha256-");
    digits = strspn(tag, HEX);
    for (size_t i = 0; i < COUNT_OF(SUFFIXES); i++)
        if (digits == 64 && text_eq(tag + digits, SUFFIXES[i]))
            return true;
    return false;
}

size_t tag_hash_length(const char *tag, bool *ret_certain)
{
    size_t len;

    if (text_starts(tag, "sha-") || text_starts(tag, "git-"))
        tag += strlen("sha-");
    len = strspn(tag, HEX);
    if (tag[len] || len < 7 || len > TAG_HASH_MAX)
        return 0;
    *ret_certain = strspn(tag, "0123456789") < len;
    return len;
}
