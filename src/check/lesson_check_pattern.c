/* Patterns of checks, and texts that pass them. */

#include <stdlib.h>
#include <string.h>

#include "check/lesson_check_parts.h"

/* Texts of many kinds: those that pass are taken. */
static const char *const SAMPLES[] = {
    "1",
    "2",
    "12345",
    "amber",
    "birch",
    "amber-1",
    "birch-2",
    "amber_1",
    "amber.birch",
    "Amber",
    "AMBER",
    "AMBER-1",
    "ab",
    "AB",
    "ABC",
    "en-US",
    "a@example.com",
    "b@example.com",
    "https://example.com/1",
    "/amber/1",
    "#112233",
    "+15550100",
    "1.2.3",
    "12:30",
    "2024-01-02",
    "2024-01-02T03:04:05Z",
    "192.0.2.1",
    "00000000-0000-4000-8000-000000000001",
    "0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef01234567",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "{}",
    "[]",
};

/* Postgres' own escapes in POSIX words. Caller frees. */
static char *posix_pattern(const char *pattern)
{
    static const char *const WORDS[][2] = {
        {"\\d", "[0-9]"}, {"\\w", "[A-Za-z0-9_]"}, {"\\s", "[[:space:]]"}, {"(?:", "("}};
    char *text = xstrdup(pattern);

    for (size_t i = 0; i < COUNT_OF(WORDS); i++) {
        char *next = text_replace(text, WORDS[i][0], WORDS[i][1]);

        free(text);
        text = next;
    }
    return text;
}

/* LIKE 'a%' and GLOB 'a*' as a POSIX pattern. Caller frees. */
static char *wild_pattern(const char *pattern, char many, char one)
{
    StrList parts = {0};
    char *joined;

    str_list_add(&parts, "^");
    for (const char *at = pattern; *at; at++) {
        if (*at == many)
            str_list_add(&parts, ".*");
        else if (*at == one)
            str_list_add(&parts, ".");
        else
            str_list_addf(&parts, strchr(".[]{}()*+?^$|\\", *at) ? "\\%c" : "%c", *at);
    }
    str_list_add(&parts, "$");
    joined = str_list_join(&parts, "");
    str_list_clear(&parts);
    return joined;
}

static char *pattern_of(const ScanTokens *tokens, size_t at)
{
    AUTO(str) char *text = NULL;
    size_t string = at;

    while (string < at + 4 && string < tokens->len && tokens->items[string].kind != SCAN_STRING)
        string++;
    if (string >= tokens->len || tokens->items[string].kind != SCAN_STRING)
        return NULL;
    text = scan_text(&tokens->items[string]);
    if (scan_is(tokens, at, "~") || scan_is(tokens, at, "REGEXP"))
        return posix_pattern(text);
    if (scan_is(tokens, at, "LIKE") || scan_is(tokens, at, "ILIKE"))
        return wild_pattern(text, '%', '_');
    return scan_is(tokens, at, "GLOB") && !strchr(text, '[') ? wild_pattern(text, '*', '?') : NULL;
}

void check_patterned(const ScanTokens *tokens, const char *column, StrList *texts)
{
    for (size_t i = 0; i < tokens->len && texts->len == 0; i++) {
        AUTO(str)
        char *pattern = check_is_column(tokens, i, column)
                            ? pattern_of(tokens, check_skip_dressing(tokens, i + 1))
                            : NULL;

        for (size_t k = 0; pattern && k < COUNT_OF(SAMPLES); k++)
            if (lesson_matches(SAMPLES[k], pattern))
                str_list_add(texts, SAMPLES[k]);
    }
}
