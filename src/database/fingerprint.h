#pragma once
/* The rows of a table in brief: a 128-bit hash of each typed row, summed, so that neither the order
 * of the rows nor their number costs memory, and a row that stands twice counts twice. */

#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

/* SipHash-2-4 with 128 bits of output, fed piece by piece.
 * Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF", and its reference code. */
typedef struct RowHash {
    uint64_t v[4];
    unsigned char rest[8];
    size_t len;
} RowHash;

void row_hash_begin(RowHash *hash);
void row_hash_bytes(RowHash *hash, const void *bytes, size_t len);
void row_hash_end(RowHash *hash, uint64_t ret_hash[2]);

/* A value's type and length are hashed before its bytes: 1, '1', 1.0, x'31', '' and NULL all
 * differ, and no two rows run together into the same bytes. */
void row_hash_null(RowHash *hash);
void row_hash_integer(RowHash *hash, int64_t value);
void row_hash_real(RowHash *hash, double value);
void row_hash_text(RowHash *hash, const void *bytes, size_t len);
void row_hash_blob(RowHash *hash, const void *bytes, size_t len);

typedef struct Fingerprint {
    uint64_t low, high;
} Fingerprint;

void fingerprint_add(Fingerprint *fingerprint, const uint64_t hash[2]);
/** 32 hex digits; caller frees. */
MUST_USE char *fingerprint_text(const Fingerprint *fingerprint);
