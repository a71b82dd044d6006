/* What is known of the values that we invent. */

#include <regex.h>
#include <string.h>

#include "check/lesson_parts.h"

/* As database/populate makes them; its generators are named there. tests/unit/test_populate.c makes
 * values by every one of them and asks here. What is not listed makes numbers. */
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
    {"level", "[a-z]+|[1-5](\\.[0-9]+)?", true, false},
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
    {"position", "[0-9]+(\\.[0-9]+)?", false, false},
    {"bytes", "(\\\\x)?[0-9a-f]+", false, false},
};

bool lesson_matches(const char *text, const char *pattern)
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
    } BEGINS[] = {
        {"[a-z]", "^[a-z]"}, {"[A-Z]", "^[A-Z]"}, {"[0-9a-f]", "^[0-9a-f]"}, {"[0-9]", "^[0-9]"}};

    for (size_t i = 0; i < COUNT_OF(BEGINS); i++)
        if (text_starts(shape, BEGINS[i].shape))
            return lesson_matches(value, BEGINS[i].begin);
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
               lesson_matches(value, "^-?[0-9]+(\\.[0-9]+)?$");
    if (cut)
        return begins_alike(GENERATORS[row].shape, value);
    /* what repeats has the row's number behind it where a key wants it distinct */
    whole =
        xasprintf("^(%s)%s$", GENERATORS[row].shape, GENERATORS[row].repeats ? "(-[0-9]+)?" : "");
    return lesson_matches(value, whole);
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
