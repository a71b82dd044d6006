/* Ranges of numbers and of lengths in checks, and values within them. */

#include <stdlib.h>

#include "check/lesson_check_parts.h"

static long number_at(const ScanTokens *tokens, size_t *at, bool *ret_is)
{
    bool minus = false;
    AUTO(str) char *text = NULL;
    char *end;
    long number;

    while (scan_is(tokens, *at, "(") || scan_is(tokens, *at, "-")) {
        minus |= scan_is(tokens, *at, "-");
        ++*at;
    }
    *ret_is = false;
    if (*at >= tokens->len)
        return 0;
    text = scan_text(&tokens->items[*at]);
    number = strtol(text, &end, 10);
    *ret_is = end > text && *end == '\0';
    ++*at;
    return minus ? -number : number;
}

/* ">= 1", "< 6", "BETWEEN 1 AND 5", "= 3" at `at`. */
static void narrow(const ScanTokens *tokens, size_t at, CheckRange *range)
{
    bool greater = scan_is(tokens, at, ">"), less = scan_is(tokens, at, "<");
    bool equal = scan_is(tokens, at, "="), between = scan_is(tokens, at, "BETWEEN"), is;
    bool or_equal = (greater || less) && scan_is(tokens, at + 1, "=");
    long number;

    if ((!greater && !less && !equal && !between) || (less && scan_is(tokens, at + 1, ">")))
        return;
    at += or_equal ? 2 : 1;
    number = number_at(tokens, &at, &is);
    if (!is)
        return;
    range->found = true;
    if ((greater || equal || between) && number + (greater && !or_equal) > range->low)
        range->low = number + (greater && !or_equal);
    if (between && scan_is(tokens, check_skip_dressing(tokens, at), "AND")) {
        at = check_skip_dressing(tokens, at) + 1;
        number = number_at(tokens, &at, &is);
    }
    if ((less || equal || between) && is && number - (less && !or_equal) < range->high)
        range->high = number - (less && !or_equal);
}

CheckRange check_range(const ScanTokens *tokens, const char *column, bool of_length)
{
    static const char *const LENGTHS[] = {"length", "char_length", "character_length"};
    CheckRange range = {.low = 0, .high = 1000000};

    for (size_t i = 0; i < tokens->len; i++) {
        bool in_length = false;
        size_t open = i;

        if (!check_is_column(tokens, i, column))
            continue;
        while (open > 0 && scan_is(tokens, open - 1, "("))
            open--;
        for (size_t k = 0; open > 0 && k < COUNT_OF(LENGTHS); k++)
            in_length |= scan_is(tokens, open - 1, LENGTHS[k]);
        if (in_length == of_length)
            narrow(tokens, check_skip_dressing(tokens, i + 1), &range);
    }
    return range;
}

void check_sized(CheckRange range, StrList *texts)
{
    static const char letters[] = "amberbirchcedardeltaemberfjordgroveharborindigojuniperkelp";
    long size = range.high < 8 ? range.high : range.low > 8 ? range.low : 8;

    for (size_t from = 0; size > 0 && size < 40 && from < 3; from++)
        str_list_addf(texts, "%.*s", (int)size, letters + from * 5);
}

void check_numbers(CheckRange range, StrList *texts)
{
    str_list_addf(texts, "%ld", range.low);
    if (range.high > range.low)
        str_list_addf(texts, "%ld", range.high < range.low + 10 ? range.high : range.low + 1);
}
