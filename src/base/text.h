#pragma once
/* Allocation that cannot fail, text helpers, strict parsing of numbers, durations and sizes. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Out of memory ends the program (STYLE 3), so these never return NULL. */
MUST_USE void *xmalloc(size_t size_bytes);
MUST_USE void *xcalloc(size_t count, size_t size_bytes);
MUST_USE void *xrealloc(void *ptr, size_t size_bytes);
MUST_USE char *xstrdup(const char *text);
/** NULL in, NULL out. */
MUST_USE char *xstrdup_null(const char *text);
MUST_USE char *xstrndup(const char *text, size_t len);
MUST_USE char *xasprintf(const char *fmt, ...) PRINTF(1, 2);
MUST_USE char *xvasprintf(const char *fmt, va_list args) PRINTF(1, 0);

/** Append one element to a {items, len, cap} list; evaluates value once. */
#define LIST_PUSH(list, value)                                                                     \
    do {                                                                                           \
        if ((list)->len == (list)->cap) {                                                          \
            (list)->cap = (list)->cap ? (list)->cap * 2 : 8;                                       \
            (list)->items = xrealloc((list)->items, (list)->cap * sizeof *(list)->items);          \
        }                                                                                          \
        (list)->items[(list)->len++] = (value);                                                    \
    } while (0)

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

bool text_eq(const char *a, const char *b); /* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_is_empty(const char *text); /* NULL or "" */
bool text_contains_nocase(const char *text, const char *needle);
/** Case-insensitive equality in ASCII. */
bool text_eq_nocase(const char *a, const char *b);

/** Every occurrence of needle replaced; caller frees. Empty needle: a plain copy. */
MUST_USE char *text_replace(const char *text, const char *needle, const char *with);

/** Copy without leading and trailing ASCII white space; caller frees. */
MUST_USE char *text_trim(const char *text);

/**
 * Make outside bytes safe to show: invalid UTF-8 becomes U+FFFD, CR LF becomes LF, ANSI escape
 * sequences vanish, other control characters (C0 but tab and LF, DEL, C1, bidi overrides) become
 * U+FFFD. Caller frees.
 */
MUST_USE char *text_clean(const char *bytes, size_t len);

/** As text_clean, and LF and tab become a space: for one-line places. Caller frees. */
MUST_USE char *text_clean_line(const char *text);

/**
 * The beginning of a clean text that fits into columns of a terminal, wide characters counted as
 * two;
 * "..." ends what was cut. Caller frees.
 *
 * @param[out] ret_columns  that it takes
 */
MUST_USE char *text_clip(const char *text, size_t columns, size_t *ret_columns);
/** At most max_bytes of the text, cut between characters, "..." at the cut. Caller frees. */
MUST_USE char *text_capped(const char *text, size_t max_bytes);

/** Levenshtein distance, for "did you mean". */
size_t text_distance(const char *a, const char *b);

/** The candidate nearest to text when it is near enough to be meant, else NULL. Borrowed. */
const char *text_nearest(const char *text, const char *const *candidates, size_t count);

/** Whole decimal number within [min, max] or an ERR_INVALID that says what was found. */
MUST_USE Error *parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value);

/** "500ms", "30s", "10m", "2h", "1d", "1h30m"; a plain number is seconds. Milliseconds out. */
MUST_USE Error *parse_duration_ms(const char *text, int64_t *ret_ms);

/** "512m", "2g", "1.5g", "64k", "1048576", also "2GiB", "512MB"; powers of 1024. Bytes out. */
MUST_USE Error *parse_size_bytes(const char *text, int64_t *ret_bytes);

/** "0.4 s", "12 s", "1 min 5 s"; caller frees. */
MUST_USE char *format_duration_ms(int64_t ms);

/** "512 B", "1.4 MiB"; caller frees. */
MUST_USE char *format_size_bytes(int64_t bytes);
