#pragma once
/* Text that matches a pattern: regular expressions, LIKE, GLOB. */

#include "database/populate/expr.h"

typedef enum PopPatternKind { PATTERN_REGEX, PATTERN_LIKE, PATTERN_GLOB } PopPatternKind;

/**
 * SQL of a text that the pattern should match; whoever asked tries it. Back references and
 * look-around are not understood.
 *
 * @param most  characters it may have; 0: no limit
 * @param exactly  characters it has to have; 0: as it comes
 * @param[out] ret_distinct  it differs from row to row
 * @return owned; NULL when the pattern is beyond us
 */
MUST_USE char *pop_pattern(const PopContext *context, PopPatternKind kind, const char *pattern,
                           int64_t most, int64_t exactly, uint64_t salt, bool *ret_distinct);
/**
 * The same by number: each way that the pattern leaves open, first without and then with what may
 * be left out.
 *
 * @return owned; NULL when there are no more ways
 */
MUST_USE char *pop_pattern_branch(const PopContext *context, PopPatternKind kind,
                                  const char *pattern, size_t branch, uint64_t salt,
                                  bool *ret_distinct);
