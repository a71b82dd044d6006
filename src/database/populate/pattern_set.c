/* Characters that one place of a pattern may have. */

#include <ctype.h>
#include <string.h>

#include "database/populate/pattern_parts.h"

#define PRINTABLE  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@:/ +=,!#%&*()"
#define WORD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

void pattern_set_add(char *set, char c)
{
    size_t len = strlen(set);

    /* a set is of bytes: a part of a longer character would be no text */
    if (c && (unsigned char)c < 0x80 && len + 1 < PATTERN_SET_MAX && !strchr(set, c)) {
        set[len] = c;
        set[len + 1] = '\0';
    }
}

void pattern_set_add_all(char *set, const char *chars)
{
    for (; *chars; chars++)
        pattern_set_add(set, *chars);
}

const char *pattern_class(char c)
{
    switch (c) {
    case 'd':
        return "0123456789";
    case 'w':
        return WORD_CHARS;
    case 's':
        return " ";
    case 'S':
    case 'D':
        return "abcdefghijklmnopqrstuvwxyz";
    case 'W':
        return "-.";
    default:
        return NULL;
    }
}

static const struct {
    const char *name, *chars;
} POSIX[] = {
    {"alpha", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"digit", "0123456789"},
    {"alnum", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"lower", "abcdefghijklmnopqrstuvwxyz"},
    {"upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"xdigit", "0123456789abcdef"},
    {"space", " "},
    {"punct", "-._"},
    {"word", WORD_CHARS},
    {"print", PRINTABLE},
    {"graph", PRINTABLE},
};

static const char *posix_class(const char **at)
{
    const char *end = strstr(*at, ":]");

    for (size_t i = 0; end && i < COUNT_OF(POSIX); i++)
        if (strlen(POSIX[i].name) == (size_t)(end - *at - 2) &&
            strncmp(*at + 2, POSIX[i].name, strlen(POSIX[i].name)) == 0) {
            *at = end + 2;
            return POSIX[i].chars;
        }
    return NULL;
}

/* What is in the class but not in set. */
static void negate(char *set)
{
    char all[PATTERN_SET_MAX] = "";

    for (const char *c = PRINTABLE; *c; c++)
        if (!strchr(set, *c))
            pattern_set_add(all, *c);
    memcpy(set, all, PATTERN_SET_MAX);
}

static void read_set_item(PatternParser *parser, char *set)
{
    const char *chars = NULL;
    char from;

    if (parser->at[0] == '[' && parser->at[1] == ':')
        chars = posix_class(&parser->at);
    if (!chars && parser->at[0] == '\\' && parser->at[1]) {
        chars = pattern_class(*++parser->at);
        parser->at += chars ? 1 : 0;
    }
    if (chars) {
        pattern_set_add_all(set, chars);
        return;
    }
    from = *parser->at++;
    if (parser->at[0] != '-' || parser->at[1] == ']' || !parser->at[1]) {
        pattern_set_add(set, from);
        return;
    }
    parser->at++;
    if (*parser->at == '\\' && parser->at[1])
        parser->at++;
    for (int c = (unsigned char)from; c <= (unsigned char)*parser->at; c++)
        if (isprint(c) && c < 0x7f)
            pattern_set_add(set, (char)c);
    parser->at++;
}

void pattern_read_set(PatternParser *parser, char *set)
{
    bool negated = parser->at[1] == '^', first = true;

    parser->at += negated ? 2 : 1;
    for (; *parser->at && (*parser->at != ']' || first); first = false)
        read_set_item(parser, set);
    if (*parser->at == ']')
        parser->at++;
    if (negated)
        negate(set);
    parser->failed |= set[0] == '\0';
}
