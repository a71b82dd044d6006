/* What a check wants of a column: the labels, the pattern, the length or the range in its text. */

#include "check/lesson_check_parts.h"

static void add_strings(const ScanTokens *tokens, size_t from, size_t to, StrList *texts)
{
    for (size_t i = from; i < to && i < tokens->len; i++)
        if (tokens->items[i].kind == SCAN_STRING) {
            AUTO(str) char *text = scan_text(&tokens->items[i]);

            if (!str_list_has(texts, text))
                str_list_add(texts, text);
        }
}

bool check_is_column(const ScanTokens *tokens, size_t at, const char *column)
{
    AUTO(str) char *name = NULL;

    if (!scan_is_name(tokens, at) || scan_is(tokens, at + 1, "("))
        return false;
    name = scan_text(&tokens->items[at]);
    return text_eq_nocase(name, column);
}

size_t check_skip_dressing(const ScanTokens *tokens, size_t at)
{
    for (;;) {
        if (scan_is(tokens, at, ")"))
            at++;
        else if (scan_is(tokens, at, ":") && scan_is(tokens, at + 1, ":"))
            at += scan_is(tokens, at + 2, "character") ? 4 : 3;
        else
            return at;
    }
}

static void add_whens(const ScanTokens *tokens, size_t at, StrList *labels)
{
    for (; at < tokens->len && !scan_is(tokens, at, "END"); at++)
        if (scan_is(tokens, at, "WHEN"))
            add_strings(tokens, at + 1, at + 2, labels);
}

void labels_of(const char *text, const char *column, StrList *labels)
{
    AUTO(scan) ScanTokens tokens = {0};

    scan_read(text, &tokens);
    for (size_t i = 0; i < tokens.len; i++) {
        size_t at = check_skip_dressing(&tokens, i + 1);

        if (!check_is_column(&tokens, i, column))
            continue;
        if (scan_is(&tokens, at, "IN") && scan_is(&tokens, at + 1, "("))
            add_strings(&tokens, at + 1, scan_skip(&tokens, at + 1), labels);
        else if (scan_is(&tokens, at, "=") && scan_is(&tokens, at + 1, "ANY"))
            add_strings(&tokens, at + 2, scan_skip(&tokens, at + 2), labels);
        else if (scan_is(&tokens, at, "="))
            add_strings(&tokens, at + 1, at + 2, labels);
        else if (scan_is(&tokens, at, "WHEN"))
            add_whens(&tokens, at, labels);
    }
}

bool check_lesson(const char *text, const char *column, LessonKind *ret_kind, StrList *ret_texts)
{
    AUTO(scan) ScanTokens tokens = {0};
    AUTO(str_list) StrList texts = {0};
    CheckRange range;

    scan_read(text, &tokens);
    *ret_kind = LESSON_ONE_OF;
    if (text_contains_nocase(text, "json_valid") || text_contains_nocase(text, "is json")) {
        *ret_kind = LESSON_JSON;
        return true;
    }
    labels_of(text, column, &texts);
    if (texts.len == 0)
        check_patterned(&tokens, column, &texts);
    if (texts.len == 0 && (range = check_range(&tokens, column, true)).found)
        check_sized(range, &texts);
    if (texts.len == 0 && (range = check_range(&tokens, column, false)).found &&
        range.low <= range.high)
        check_numbers(range, &texts);
    if (texts.len == 0 && text_contains_nocase(text, "lower")) {
        str_list_add(&texts, "amber");
        str_list_add(&texts, "birch");
    }
    if (texts.len == 0)
        return false;
    *ret_texts = texts;
    texts = (StrList){0};
    return true;
}
