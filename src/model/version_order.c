#include <string.h>

#include "model/version.h"

static size_t digits_at(const char *text)
{
    return strspn(text, "0123456789");
}

/* Runs of digits, of any length, by their value. Both pointers move behind them. */
static int compare_digits(const char **a, const char **b)
{
    size_t a_len, b_len;
    int order;

    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    a_len = digits_at(*a);
    b_len = digits_at(*b);
    order = a_len != b_len ? (a_len < b_len ? -1 : 1) : strncmp(*a, *b, a_len);
    *a += a_len;
    *b += b_len;
    return order;
}

int version_text_compare(const char *a, const char *b)
{
    while (*a && *b) {
        if (digits_at(a) > 0 && digits_at(b) > 0) {
            int order = compare_digits(&a, &b);

            if (order != 0)
                return order;
        } else if (*a != *b) {
            return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
        } else {
            a++;
            b++;
        }
    }
    return (*a != '\0') - (*b != '\0');
}

static bool is_number(const char *text)
{
    return text[digits_at(text)] == '\0';
}

/* Source: semver.org 2.0.0, rule 11.4 */
static int compare_identifier(const char *a, const char *b)
{
    if (is_number(a) != is_number(b))
        return is_number(a) ? -1 : 1;
    return version_text_compare(a, b);
}

static int compare_prerelease(const StrList *a, const StrList *b)
{
    if ((a->len == 0) != (b->len == 0))
        return a->len == 0 ? 1 : -1;
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        int order = compare_identifier(a->items[i], b->items[i]);

        if (order != 0)
            return order;
    }
    return (a->len > b->len) - (a->len < b->len);
}

int version_compare(const Version *a, const Version *b)
{
    int order;

    for (size_t i = 0; i < VERSION_PARTS_MAX; i++)
        if (a->parts[i] != b->parts[i])
            return a->parts[i] < b->parts[i] ? -1 : 1;
    order = compare_prerelease(&a->prerelease, &b->prerelease);
    return order != 0 ? order : (a->commits > b->commits) - (a->commits < b->commits);
}

bool version_is_prerelease(const Version *version)
{
    return version->prerelease.len > 0;
}

typedef struct Comparison {
    bool less, equal, greater; /* which orders satisfy it */
    char *operand;             /* owned */
} Comparison;

/* The next comparison of a range; *at moves behind it. Blanks may stand behind the operator. */
static Comparison take_comparison(const char **at)
{
    static const char BLANK[] = " \t\r\n,";
    Comparison found = {0};
    size_t len;

    *at += strspn(*at, BLANK);
    for (; **at && strchr("<>=", **at); ++*at) {
        found.less |= **at == '<';
        found.greater |= **at == '>';
        found.equal |= **at == '=';
    }
    if (!found.less && !found.greater)
        found.equal = true;
    *at += strspn(*at, " \t\r\n");
    len = strcspn(*at, BLANK);
    found.operand = xstrndup(*at, len);
    *at += len;
    return found;
}

static bool satisfies(const char *tag, const Version *version, const Comparison *comparison,
                      const Version *bound)
{
    int order;

    if (comparison->equal && strcmp(tag, comparison->operand) == 0)
        return true;
    if (version->kind == VERSION_NONE || bound->kind == VERSION_NONE ||
        (*bound->prefix && strcmp(version->prefix, bound->prefix) != 0))
        return false;
    order = version_compare(version, bound);
    return order < 0 ? comparison->less : order > 0 ? comparison->greater : comparison->equal;
}

Error *version_in_range(const char *tag, const char *range, bool *ret_within)
{
    AUTO(version) Version version = {0};
    const char *at = range + strspn(range, " \t\r\n,");
    bool within = true;

    if (!*at)
        return error_new(ERR_INVALID, 0, "wanted a range such as '>=1.2 <2', found nothing");
    version_parse(tag, &version);
    for (; *at; at += strspn(at, " \t\r\n,")) {
        const char *start = at;
        Comparison comparison = take_comparison(&at);
        AUTO(str) char *operand = comparison.operand;
        AUTO(version) Version bound = {0};

        version_parse(operand, &bound);
        if (!*operand || (comparison.less && comparison.greater) ||
            (bound.kind == VERSION_NONE && (comparison.less || comparison.greater)))
            return error_new(ERR_INVALID, 0,
                             "range '%s': wanted a comparison such as '>=1.2', found '%.*s'", range,
                             (int)(at - start), start);
        within &= satisfies(tag, &version, &comparison, &bound);
    }
    *ret_within = within;
    return NULL;
}
