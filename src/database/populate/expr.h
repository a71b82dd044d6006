#pragma once
/* Pieces of SQL that compute a value from the number of a row. They read r.i, and run on both
 * engines where nothing else is said. */

#include "database/populate/model.h"

/* Hostile schemas have long names; no statement of ours is longer. */
enum { POP_SQL_MAX = 8 << 20 };

typedef struct PopContext {
    bool postgres;
    PopulateKind kind;
    uint64_t seed;
    int64_t rows; /* wanted */
} PopContext;

/* Functions of ours on a connection to SQLite, where words by substr would take most of the time:
 * POP_WORD(list, row, factor, offset), which is pop_word of pop_hash, and POP_HEX(a, b, c, d), 32
 * digits. */
#define POP_WORD "seatrial_word"
#define POP_HEX  "seatrial_hex"

#define POP_HASH_PRIME 4294967291u /* the largest below 2^32 */

/** One word of a list. @param[out] ret_len  untouched when there is no such list: NULL. Static */
const char *pop_word(size_t list, uint64_t number, size_t *ret_len);
/** A number that seed, table, column and n decide, whatever else is there. */
uint64_t pop_salt(const PopContext *context, const char *place, const char *column, unsigned n);
/** 'text' as a literal; caller frees. */
MUST_USE char *pop_literal(const PopContext *context, const char *text);
/** A whole number of 0 to 4294967290 that differs from row to row; caller frees. */
MUST_USE char *pop_hash(uint64_t salt);
/** One of n: an integer of 0 to n - 1. Caller frees. */
MUST_USE char *pop_pick(uint64_t salt, int64_t n);
/** "CASE pick WHEN 0 THEN a WHEN 1 THEN b ... END"; caller frees. */
MUST_USE char *pop_case(const char *pick, const StrList *values);
/** The row's number in width characters of an alphabet; caller frees. */
MUST_USE char *pop_code(const char *alphabet, int width, uint64_t salt);
/** Seconds since 1970 of a moment that grows with the row's number; rank 0 to 9 tells which of a
 * row's moments comes later. Caller frees. */
MUST_USE char *pop_seconds(const PopContext *context, uint64_t salt, int rank);
/** How many digits the largest row number has. */
int pop_digits(const PopContext *context);

/**
 * Expand {i} (row number), {h} to {h9} (numbers of the row), {hex} (32 hex digits), {first} {last}
 * {word} {noun} {city}... (one of a list). Caller frees.
 */
MUST_USE char *pop_expand(const PopContext *context, const char *pattern, uint64_t salt);
