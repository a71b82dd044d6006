#pragma once
/* FNV-1a, 64 bits: whether two files are the same, where nobody gains by a collision.
 * Source: Fowler, Noll, Vo, "FNV Hash", offset basis and prime of 64 bits */

#include <stddef.h>
#include <stdint.h>

#define DIGEST_START UINT64_C(14695981039346656037)

static inline uint64_t digest_add(uint64_t digest, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < len; i++)
        digest = (digest ^ at[i]) * UINT64_C(1099511628211);
    return digest;
}
