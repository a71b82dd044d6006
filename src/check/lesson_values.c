/* What is known of the values that we invent, and what a type or a check wants instead. */

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "check/lesson_parts.h"
#include "model/sql_scan.h"

/* --- invented values -------------------------------------------------------------------------- */

/* As database/populate makes them; its generators are named there. */
static const struct {
    const char *generator, *shape;
    bool repeats;
    bool typical; /* applications keep values of that kind, and no shorter ones */
} GENERATORS[] = {
    {"words", "[a-z]+ [a-z]+ [0-9]+", false, false},
    {"name", "[a-z]+ [a-z]+ [0-9]+", false, true},
    {"title", "[a-z]+ [a-z]+ [0-9]+", false, true},
    {"prose", "[a-z]+ [a-z]+ and [a-z]+ of row [0-9]+", false, true},
    {"hash", "[0-9a-f]+", false, false},
    {"token", "[0-9a-f]+", false, false},
    {"identifier", "[0-9a-f]+", false, false},
    {"password", "\\$2b\\$10\\$[0-9a-f]+", false, true},
    {"email", "[a-z]+\\.[a-z]+[0-9]+@example\\.com", false, true},
    {"user agent", "Mozilla/.*", true, true},
    {"media type", "[a-z]+/[a-z]+", true, true},
    {"extension", "[a-z]{3}", true, false},
    {"colour", "#[0-9a-f]{6}", true, false},
    {"currency", "[A-Z]{3}", true, false},
    {"country code", "[A-Z]{2}", true, false},
    {"language", "[a-z]{2}", true, false},
    {"time zone", "[A-Za-z]+(/[A-Za-z]+)?", true, true},
    {"url", "https://example\\.com/[a-z]+/[0-9]+", false, true},
    {"address", "10(\\.[0-9]+){3}", false, true},
    {"hardware address", "02(:00){4}:0[0-9]", true, true},
    {"host", "[a-z]+[0-9]+\\.example\\.com", false, true},
    {"slug", "[a-z]+-[a-z]+-[0-9]+", false, true},
    {"path", "/[a-z]+/[a-z]+[0-9]+", false, true},
    {"file name", "[a-z]+[0-9]+\\.[a-z]{3}", false, true},
    {"user name", "[a-z]+[0-9]+", false, true},
    {"first name", "[A-Z][a-z]+", true, true},
    {"last name", "[A-Z][a-z]+", true, true},
    {"person", "[A-Z][a-z]+ [A-Z][a-z]+", true, true},
    {"phone", "\\+1555[0-9]+", false, true},
    {"street", "[0-9]+ [a-z]+ Street", false, true},
    {"city", "[A-Z][a-z]+", true, true},
    {"country", "[A-Z][a-z]+", true, false},
    {"postal code", "[0-9]{5}", true, true},
    {"article number", "SKU-[0-9]+", false, false},
    {"code", "[A-Z]{3}-[0-9]+", false, false},
    {"version", "1\\.[0-9]\\.[0-9]+", false, true},
    {"method", "[A-Z]+", true, false},
    {"level", "[a-z]+|[1-5]", true, false},
    {"state", "active", true, false},
    {"kind", "standard", true, false},
    {"key", "[a-z]+\\.[a-z]+\\.[0-9]+", false, true},
    {"word", "[a-z]+", true, false},
    {"schedule", "0 [0-9]+ \\* \\* \\*", true, true},
    {"network", "10\\.[0-9]+\\.0\\.0/16", true, true},
    {"json", "[[{].*", false, true},
    {"uuid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", false, true},
    {"moment", "[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{10,13}", false, true},
    {"date", "[0-9]{4}-[0-9]{2}-[0-9]{2}", false, true},
    {"time of day", "[0-9]{2}:[0-9]{2}:[0-9]{2}.*", true, true},
    {"position", "[0-9]+", false, false},
    {"bytes", "(\\\\x)?[0-9a-f]+", false, false},
};

static bool matches(const char *text, const char *pattern)
{
    regex_t regex;
    bool found;

    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

static size_t generator_row(const char *generator)
{
    for (size_t i = 0; generator && i < COUNT_OF(GENERATORS); i++)
        if (text_eq(GENERATORS[i].generator, generator))
            return i;
    return SIZE_MAX;
}

/* Of a value that was cut only the first character can be compared. */
static bool begins_alike(const char *shape, const char *value)
{
    static const struct {
        const char *shape, *begin;
    } BEGINS[] = {{"[a-z]", "^[a-z]"}, {"[A-Z]", "^[A-Z]"}, {"[0-9a-f]", "^[0-9a-f]"}};

    for (size_t i = 0; i < COUNT_OF(BEGINS); i++)
        if (text_starts(shape, BEGINS[i].shape))
            return matches(value, BEGINS[i].begin);
    return shape[0] == value[0] || strchr("[\\(", shape[0]) != NULL;
}

bool invented_makes(const char *generator, const char *value, bool cut)
{
    size_t row = generator_row(generator);
    AUTO(str) char *whole = NULL;

    if (!value)
        return true;
    if (row == SIZE_MAX) /* the names of numbers, and values of another table's column */
        return text_starts(generator ? generator : "", "values of ") ||
               matches(value, "^-?[0-9]+(\\.[0-9]+)?$");
    if (cut)
        return begins_alike(GENERATORS[row].shape, value);
    whole = xasprintf("^(%s)$", GENERATORS[row].shape);
    return matches(value, whole);
}

bool invented_repeats(const char *generator)
{
    size_t row = generator_row(generator);

    return row == SIZE_MAX || GENERATORS[row].repeats;
}

bool invented_is_typical(const char *generator)
{
    size_t row = generator_row(generator);

    return row != SIZE_MAX && GENERATORS[row].typical;
}

/* --- types ------------------------------------------------------------------------------------ */

static const struct {
    const char *type;
    LessonKind kind;
    const char *texts; /* separated by "|" */
} TYPES[] = {
    {"json", LESSON_JSON, NULL},
    {"jsonb", LESSON_JSON, NULL},
    {"smallint", LESSON_DIGITS, NULL},
    {"integer", LESSON_DIGITS, NULL},
    {"int", LESSON_DIGITS, NULL},
    {"bigint", LESSON_DIGITS, NULL},
    {"int2", LESSON_DIGITS, NULL},
    {"int4", LESSON_DIGITS, NULL},
    {"int8", LESSON_DIGITS, NULL},
    {"numeric", LESSON_DIGITS, NULL},
    {"decimal", LESSON_DIGITS, NULL},
    {"real", LESSON_DIGITS, NULL},
    {"double precision", LESSON_DIGITS, NULL},
    {"double", LESSON_DIGITS, NULL},
    {"float", LESSON_DIGITS, NULL},
    {"float4", LESSON_DIGITS, NULL},
    {"float8", LESSON_DIGITS, NULL},
    {"rowid", LESSON_DIGITS, NULL},
    {"oid", LESSON_DIGITS, NULL},
    {"timestamp", LESSON_ISO_TIME, NULL},
    {"timestamptz", LESSON_ISO_TIME, NULL},
    {"timestamp with time zone", LESSON_ISO_TIME, NULL},
    {"timestamp without time zone", LESSON_ISO_TIME, NULL},
    {"date", LESSON_ISO_TIME, NULL},
    {"uuid", LESSON_UUID, NULL},
    {"time", LESSON_ONE_OF, "08:30:00|17:45:00"},
    {"time without time zone", LESSON_ONE_OF, "08:30:00|17:45:00"},
    {"boolean", LESSON_ONE_OF, "true|false"},
    {"bool", LESSON_ONE_OF, "true|false"},
    {"interval", LESSON_ONE_OF, "1 hour|2 days"},
    {"inet", LESSON_ONE_OF, "192.0.2.1|192.0.2.2"},
    {"cidr", LESSON_ONE_OF, "192.0.2.0/24|198.51.100.0/24"},
    {"macaddr", LESSON_ONE_OF, "02:00:00:00:00:01|02:00:00:00:00:02"},
    {"money", LESSON_ONE_OF, "1.00|2.50"},
    {"bytea", LESSON_ONE_OF, "\\x00|\\x01"},
    {"xml", LESSON_ONE_OF, "<a/>|<b/>"},
};

bool type_lesson(const char *type, LessonKind *ret_kind, StrList *ret_texts)
{
    for (size_t i = 0; type && i < COUNT_OF(TYPES); i++) {
        if (!text_eq_nocase(TYPES[i].type, type))
            continue;
        *ret_kind = TYPES[i].kind;
        if (TYPES[i].texts)
            str_list_split(TYPES[i].texts, '|', ret_texts);
        return true;
    }
    return false;
}

/* --- checks ----------------------------------------------------------------------------------- */

static void add_strings(const ScanTokens *tokens, size_t from, size_t to, StrList *texts)
{
    for (size_t i = from; i < to && i < tokens->len; i++)
        if (tokens->items[i].kind == SCAN_STRING) {
            AUTO(str) char *text = scan_text(&tokens->items[i]);

            if (!str_list_has(texts, text))
                str_list_add(texts, text);
        }
}

static bool is_column(const ScanTokens *tokens, size_t at, const char *column)
{
    AUTO(str) char *name = NULL;

    if (!scan_is_name(tokens, at) || scan_is(tokens, at + 1, "("))
        return false;
    name = scan_text(&tokens->items[at]);
    return text_eq_nocase(name, column);
}

/* Behind the column, its casts and the parentheses around it: "((status)::text)". */
static size_t skip_dressing(const ScanTokens *tokens, size_t at)
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
        size_t at = skip_dressing(&tokens, i + 1);

        if (!is_column(&tokens, i, column))
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

static void patterned(const ScanTokens *tokens, const char *column, StrList *texts)
{
    for (size_t i = 0; i < tokens->len && texts->len == 0; i++) {
        AUTO(str)
        char *pattern =
            is_column(tokens, i, column) ? pattern_of(tokens, skip_dressing(tokens, i + 1)) : NULL;

        for (size_t k = 0; pattern && k < COUNT_OF(SAMPLES); k++)
            if (matches(SAMPLES[k], pattern))
                str_list_add(texts, SAMPLES[k]);
    }
}

typedef struct Range {
    long low, high;
    bool found;
} Range;

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
static void narrow(const ScanTokens *tokens, size_t at, Range *range)
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
    if (between && scan_is(tokens, skip_dressing(tokens, at), "AND")) {
        at = skip_dressing(tokens, at) + 1;
        number = number_at(tokens, &at, &is);
    }
    if ((less || equal || between) && is && number - (less && !or_equal) < range->high)
        range->high = number - (less && !or_equal);
}

/* Of the column, or of its length. */
static Range range_of(const ScanTokens *tokens, const char *column, bool of_length)
{
    static const char *const LENGTHS[] = {"length", "char_length", "character_length"};
    Range range = {.low = 0, .high = 1000000};

    for (size_t i = 0; i < tokens->len; i++) {
        bool in_length = false;
        size_t open = i;

        if (!is_column(tokens, i, column))
            continue;
        while (open > 0 && scan_is(tokens, open - 1, "("))
            open--;
        for (size_t k = 0; open > 0 && k < COUNT_OF(LENGTHS); k++)
            in_length |= scan_is(tokens, open - 1, LENGTHS[k]);
        if (in_length == of_length)
            narrow(tokens, skip_dressing(tokens, i + 1), &range);
    }
    return range;
}

static void sized(Range range, StrList *texts)
{
    static const char letters[] = "amberbirchcedardeltaemberfjordgroveharborindigojuniperkelp";
    long size = range.high < 8 ? range.high : range.low > 8 ? range.low : 8;

    for (size_t from = 0; size > 0 && size < 40 && from < 3; from++)
        str_list_addf(texts, "%.*s", (int)size, letters + from * 5);
}

static void numbers(Range range, StrList *texts)
{
    str_list_addf(texts, "%ld", range.low);
    if (range.high > range.low)
        str_list_addf(texts, "%ld", range.high < range.low + 10 ? range.high : range.low + 1);
}

bool check_lesson(const char *text, const char *column, LessonKind *ret_kind, StrList *ret_texts)
{
    AUTO(scan) ScanTokens tokens = {0};
    AUTO(str_list) StrList texts = {0};
    Range range;

    scan_read(text, &tokens);
    *ret_kind = LESSON_ONE_OF;
    if (text_contains_nocase(text, "json_valid") || text_contains_nocase(text, "is json")) {
        *ret_kind = LESSON_JSON;
        return true;
    }
    labels_of(text, column, &texts);
    if (texts.len == 0)
        patterned(&tokens, column, &texts);
    if (texts.len == 0 && (range = range_of(&tokens, column, true)).found)
        sized(range, &texts);
    if (texts.len == 0 && (range = range_of(&tokens, column, false)).found &&
        range.low <= range.high)
        numbers(range, &texts);
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
