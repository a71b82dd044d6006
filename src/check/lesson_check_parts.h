#pragma once
/* The text of a check, read for one of its columns: what the parts of lesson_check.c share. */

#include "check/lesson_parts.h"
#include "model/sql_scan.h"

/** Whether the token is the column, and no function that is called so. */
bool check_is_column(const ScanTokens *tokens, size_t at, const char *column);
/** Behind the column, its casts and the parentheses around it: "((status)::text)". */
size_t check_skip_dressing(const ScanTokens *tokens, size_t at);

/** Texts that pass the first pattern that the column is compared with: ~, LIKE, GLOB. */
void check_patterned(const ScanTokens *tokens, const char *column, StrList *texts);

typedef struct CheckRange {
    long low, high;
    bool found;
} CheckRange;

/** Of the column, or of its length: ">= 1", "< 6", "BETWEEN 1 AND 5", "= 3". */
CheckRange check_range(const ScanTokens *tokens, const char *column, bool of_length);
/** Texts of such a length; none where it would have to be long. */
void check_sized(CheckRange range, StrList *texts);
/** Whole numbers in the range. */
void check_numbers(CheckRange range, StrList *texts);
