#include "check/pattern.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define NAME_MAX_BYTES 256 /* of one identifier: both databases stop far below */

/* The part of a line that a directive took. */
typedef struct Span {
    const char *at;
    size_t len;
} Span;

typedef struct Captures {
    Span table, column, name;
} Captures;

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static char closing_quote(char open)
{
    switch (open) {
    case '"':
    case '\'':
    case '`':
        return open;
    case '[':
        return ']';
    default:
        return '\0';
    }
}

/* One identifier at `at`, quoted or bare; its text without the quotes. NULL when there is none. */
static const char *take_name(const char *at, Span *ret_name)
{
    char close = closing_quote(*at);
    size_t len = 0;

    if (close) {
        const char *end = strchr(at + 1, close);

        if (!end || end == at + 1 || end - at > NAME_MAX_BYTES)
            return NULL;
        *ret_name = (Span){at + 1, (size_t)(end - at - 1)};
        return end + 1;
    }
    while (len < NAME_MAX_BYTES && is_name_byte(at[len]))
        len++;
    if (len == 0 || is_name_byte(at[len]))
        return NULL;
    *ret_name = (Span){at, len};
    return at + len;
}

/* name, a.name, a.b.name: the last two parts. "public.notes" within one pair of quotes counts too.
 */
static const char *take_qualified(const char *at, Span *ret_first, Span *ret_last)
{
    Span last, before = {0};
    const char *next = take_name(at, &last);
    const char *dot;

    if (!next)
        return NULL;
    while (*next == '.') {
        Span more;
        const char *end = take_name(next + 1, &more);

        if (!end)
            break;
        before = last;
        last = more;
        next = end;
    }
    dot = memrchr(last.at, '.', last.len);
    if (dot && dot > last.at && dot + 1 < last.at + last.len) {
        before = (Span){last.at, (size_t)(dot - last.at)};
        last = (Span){dot + 1, last.len - before.len - 1};
    }
    *ret_first = before;
    *ret_last = last;
    return next;
}

static const char *take_field(const char *at, Captures *captures)
{
    Span first, last;
    const char *next = take_qualified(at, &first, &last);

    if (next) {
        const char *dot = first.at ? memrchr(first.at, '.', first.len) : NULL;

        if (dot) /* main.notes.owner within one pair of quotes */
            first = (Span){dot + 1, first.len - (size_t)(dot + 1 - first.at)};
        captures->table = first;
        captures->column = last;
    }
    return next;
}

static const char *take_field_list(const char *at, Captures *captures)
{
    const char *next = take_field(at, captures);
    Captures ignored;

    while (next && next[0] == ',') {
        const char *more = take_field(next + 1 + strspn(next + 1, " "), &ignored);

        if (!more)
            break;
        next = more;
    }
    return next;
}

/* DATABASE_URL: capitals with an underscore, else any shouted word would do. */
static const char *take_variable(const char *at, Captures *captures)
{
    const char *start = at + (closing_quote(*at) != '\0');
    size_t len = strspn(start, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    if (len < 3 || len > NAME_MAX_BYTES || !isupper((unsigned char)*start) ||
        is_name_byte(start[len]) || !memchr(start, '_', len))
        return NULL;
    if (start > at && start[len] != closing_quote(*at))
        return NULL;
    captures->name = (Span){start, len};
    return start + len + (start > at);
}

static const char *take_digits(const char *at, Captures *captures)
{
    size_t len = strspn(at, "0123456789");

    if (len == 0)
        return NULL;
    captures->name = (Span){at, len};
    return at + len;
}

static const char *take_directive(const char *at, char directive, Captures *captures)
{
    Span ignored;
    size_t len;

    switch (directive) {
    case 't':
        return take_qualified(at, &ignored, &captures->table);
    case 'c':
        return take_name(at, &captures->column);
    case 'n':
        return take_qualified(at, &ignored, &captures->name);
    case 'f':
        return take_field(at, captures);
    case 'l':
        return take_field_list(at, captures);
    case 'v':
        return take_variable(at, captures);
    case 'd':
        return take_digits(at, captures);
    case 'w':
        len = strcspn(at, " \t");
        return len > 0 ? at + len : NULL;
    case '*':
        return at + strlen(at);
    default:
        return NULL;
    }
}

static const char *match_here(const char *at, const char *pattern, Captures *captures);

/* %e: the shortest stretch behind which the rest of the pattern fits. */
static const char *match_stretch(const char *at, const char *rest, Captures *captures)
{
    for (size_t i = 0; i <= PATTERN_STRETCH_MAX; i++) {
        const char *end = match_here(at + i, rest, captures);

        if (end || !at[i])
            return end;
    }
    return NULL;
}

/* Match the pattern at this very place; the end of the match, or NULL. */
static const char *match_here(const char *at, const char *pattern, Captures *captures)
{
    for (; at && *pattern; pattern++) {
        if (pattern[0] == '%' && pattern[1] == 'e')
            return match_stretch(at, pattern + 2, captures);
        if (*pattern == '%')
            at = take_directive(at, *++pattern, captures);
        else if (*pattern == ' ')
            at = strspn(at, " \t") > 0 ? at + strspn(at, " \t") : NULL;
        else
            at = tolower((unsigned char)*at) == tolower((unsigned char)*pattern) ? at + 1 : NULL;
    }
    return at;
}

static char *copy_span(Span span)
{
    return span.at && span.len > 0 ? xstrndup(span.at, span.len) : NULL;
}

bool pattern_find(const char *line, const char *pattern, PatternMatch *ret_match)
{
    for (const char *at = line; *at; at++) {
        Captures captures = {0};
        const char *end;

        if (at > line && is_name_byte(at[-1]) && is_name_byte(*at))
            continue;
        end = match_here(at, pattern, &captures);
        if (!end)
            continue;
        *ret_match = (PatternMatch){
            .at = (size_t)(at - line),
            .len = (size_t)(end - at),
            .table = copy_span(captures.table),
            .column = copy_span(captures.column),
            .name = copy_span(captures.name),
        };
        return true;
    }
    return false;
}

void pattern_match_clear(PatternMatch *match)
{
    free(match->table);
    free(match->column);
    free(match->name);
    *match = (PatternMatch){0};
}
