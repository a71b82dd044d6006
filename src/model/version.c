#include "model/version.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Git's own limit for a ref is that of a file name; image tags end at 128. */
#define TAG_MAX 256

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_separator(char c)
{
    return c == '-' || c == '_' || c == '.';
}

/* A decimal that fits; *at moves behind it. */
static bool take_number(const char **at, uint64_t *ret_number)
{
    uint64_t number = 0;

    if (!is_digit(**at))
        return false;
    for (; is_digit(**at); ++*at)
        if (__builtin_mul_overflow(number, 10U, &number) ||
            __builtin_add_overflow(number, (uint64_t)(**at - '0'), &number))
            return false;
    *ret_number = number;
    return true;
}

static bool take_part(const char **at, Version *version)
{
    uint64_t number;

    if (version->count == VERSION_PARTS_MAX || !take_number(at, &number))
        return false;
    version->parts[version->count++] = number;
    return true;
}

/* Is a whole number, with no letter behind it, next? "-2" of "1-2-0", but not "-3f" of a hash. */
static bool is_plain_number(const char *at)
{
    size_t digits = strspn(at, "0123456789");

    return digits > 0 && !is_letter(at[digits]);
}

static bool is_date(const Version *version)
{
    uint64_t year = version->parts[0], month = version->parts[1], day = version->parts[2];

    if (version->count == 1) {
        day = year % 100;
        month = year / 100 % 100;
        year /= 10000;
    } else if (version->count != 3) {
        return false;
    }
    return year >= 1990 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* 1.2.3, 1_2_3, 2026-08-01: numbers with one kind of separator. A date may have a counter behind it
 * with another one: 2026-08-01.2, 2026.08.01-1. */
static bool take_parts(const char **at, Version *version)
{
    char separator;

    if (!take_part(at, version))
        return false;
    separator = **at;
    while (is_separator(separator) && **at == separator && is_digit((*at)[1]) &&
           (separator == '.' || is_plain_number(*at + 1))) {
        ++*at;
        if (!take_part(at, version))
            return false;
    }
    if (is_date(version) && is_separator(**at) && is_plain_number(*at + 1)) {
        ++*at;
        return take_part(at, version);
    }
    return true;
}

/* Does text begin with a word that stands for a prerelease when no dash sets it apart: 1.2.0rc1? */
static bool is_prerelease_word(const char *text)
{
    static const char *const WORDS[] = {"alpha",    "beta",      "rc", "pre", "preview",
                                        "dev",      "milestone", "m",  "a",   "b",
                                        "snapshot", "nightly",   "c",  "cr",  "ea"};
    size_t len = 0;

    while (is_letter(text[len]))
        len++;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strlen(WORDS[i]) == len && strncasecmp(text, WORDS[i], len) == 0)
            return len > 1 || is_digit(text[1]); /* 1.0.2a is a letter release of old */
    return false;
}

/* Java's ways to say that it is a release proper: 5.3.1.RELEASE, 6.0.0.Final, 1.0-GA. */
static bool is_release_word(const char *text, size_t len)
{
    static const char *const WORDS[] = {"release", "final", "ga"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strlen(WORDS[i]) == len && strncasecmp(text, WORDS[i], len) == 0)
            return true;
    return false;
}

static bool take_identifiers(const char *text, size_t len, StrList *list)
{
    size_t start = 0;

    for (size_t i = 0; i <= len; i++) {
        if (i < len && text[i] != '.') {
            if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_')
                return false;
            continue;
        }
        if (i == start)
            return false;
        str_list_add_owned(list, xstrndup(text + start, i - start));
        start = i + 1;
    }
    return true;
}

/* Length of what `git describe` puts behind a tag, "-4-gabcdef1" at the end of text; 0 when there
 * is no such thing. */
static size_t describe_length(const char *text, size_t len, uint64_t *ret_commits)
{
    size_t hash = len, digits;

    while (hash > 0 && isxdigit((unsigned char)text[hash - 1]))
        hash--;
    if (len - hash < 4 || hash < 4 || text[hash - 1] != 'g' || text[hash - 2] != '-')
        return 0;
    for (digits = hash - 2; digits > 0 && is_digit(text[digits - 1]);)
        digits--;
    if (digits == hash - 2 || digits == 0 || text[digits - 1] != '-')
        return 0;
    text += digits;
    return take_number(&text, ret_commits) ? len - digits + 1 : 0;
}

/* Take what git describe added off the end; a tree with changes counts as one commit more. */
static size_t strip_describe(const char *text, size_t len, uint64_t *ret_commits)
{
    static const char DIRTY[] = "-dirty";
    uint64_t commits = 0, changed = 0;
    size_t dirty = sizeof DIRTY - 1;

    if (len > dirty && memcmp(text + len - dirty, DIRTY, dirty) == 0) {
        len -= dirty;
        changed = 1;
    }
    len -= describe_length(text, len, &commits);
    if (__builtin_add_overflow(commits, changed, ret_commits))
        *ret_commits = commits;
    return len;
}

/* "-rc.1", "rc1", ".beta2", "_rc1", ".Final", or nothing, in text[0..len). */
static bool take_prerelease(const char *text, size_t len, Version *version)
{
    size_t skip = len > 0 && is_separator(text[0]);

    if (len == 0 || is_release_word(text + skip, len - skip))
        return true;
    if (text[0] != '-' && !is_prerelease_word(text + skip))
        return false;
    return take_identifiers(text + skip, len - skip, &version->prerelease);
}

/* A version from at to the end of the tag, which has no package prefix any more. */
static bool parse_number(const char *at, Version *version)
{
    AUTO(str) char *text = NULL;
    const char *rest = at, *build = strchr(at, '+');
    size_t len;

    if ((*rest == 'v' || *rest == 'V') &&
        (is_digit(rest[1]) || (rest[1] == '.' && is_digit(rest[2]))))
        rest += rest[1] == '.' ? 2 : 1;
    if (!is_digit(*rest))
        return false;
    len = build ? (size_t)(build - rest) : strlen(rest);
    len = strip_describe(rest, len, &version->commits);
    text = xstrndup(rest, len);
    version->number_at += (size_t)(rest - at);
    rest = text;
    if (!take_parts(&rest, version) || (build && !build[1]))
        return false;
    /* image tags have no +: Helm and others write _ instead */
    if (!build && *rest == '_' && rest[1] && !is_prerelease_word(rest + 1)) {
        version->build = xstrdup(rest + 1);
        return true;
    }
    version->build = build ? xstrdup(build + 1) : NULL;
    return take_prerelease(rest, strlen(rest), version);
}

/* A name that only says "a version follows" is no package: release-1.2.0, version/1.2.0. */
static bool is_plain_prefix(const char *prefix, size_t len)
{
    static const char *const WORDS[] = {"release", "releases", "rel", "version", "ver", "v"};

    while (len > 0 && (is_separator(prefix[len - 1]) || prefix[len - 1] == '/'))
        len--;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (strlen(WORDS[i]) == len && strncasecmp(prefix, WORDS[i], len) == 0)
            return true;
    return len == 0;
}

/* May name[0..len) stand before a version as a package's name? Never the front part of a number
 * that could not be read as a whole, such as "1.x-" of "1.x-3". */
static bool is_package(const char *name, size_t len)
{
    size_t skip = len > 1 && (name[0] == 'v' || name[0] == 'V') && is_digit(name[1]);
    bool has_letter = false;

    for (size_t i = skip; i < len; i++) {
        has_letter |= is_letter(name[i]);
        if (name[i] == '.' && is_digit(name[skip]))
            return false;
    }
    return has_letter;
}

/* Can a version begin at name[at]? A number that hangs on letters (go1.21) needs a dot, or else
 * every hash would be one. */
static bool is_boundary(const char *name, size_t at, bool behind_letters)
{
    if (at == 0)
        return !behind_letters;
    if (!is_package(name, at))
        return false;
    if (behind_letters)
        return is_letter(name[at - 1]) && is_digit(name[at]);
    return name[at - 1] == '-' || name[at - 1] == '_' ||
           (name[at - 1] == '.' && at > 1 && is_letter(name[at - 2]));
}

static bool try_at(const char *tag, const char *number, bool behind_letters, Version *ret_version)
{
    Version version = {.kind = VERSION_NUMBERS, .number_at = (size_t)(number - tag)};
    size_t len = version.number_at;

    if (!parse_number(number, &version) || (behind_letters && version.count < 2)) {
        version_clear(&version);
        return false;
    }
    version.prefix = xstrndup(tag, is_plain_prefix(tag, len) ? 0 : len);
    *ret_version = version;
    return true;
}

/* What stands behind the last / or @: neither can be part of a version. */
static const char *last_name(const char *tag)
{
    const char *name = tag;

    for (const char *at = tag; *at; at++)
        if (*at == '/' || *at == '@')
            name = at + 1;
    return name;
}

void version_parse(const char *tag, Version *ret_version)
{
    const char *name = last_name(tag);

    *ret_version = (Version){.kind = VERSION_NONE};
    if (strlen(tag) > TAG_MAX)
        return;
    for (int behind_letters = 0; behind_letters <= 1; behind_letters++)
        for (size_t at = 0; name[at]; at++)
            if (is_boundary(name, at, behind_letters) &&
                try_at(tag, name + at, behind_letters, ret_version))
                return;
}

void version_clear(Version *version)
{
    free(version->prefix);
    free(version->build);
    str_list_clear(&version->prerelease);
    *version = (Version){0};
}
