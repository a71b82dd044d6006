#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

static void *checked(void *ptr)
{
    if (!ptr) {
        (void)fputs("seatrial: out of memory\n", stderr);
        abort();
    }
    return ptr;
}

void *xmalloc(size_t size_bytes)
{
    return checked(malloc(size_bytes ? size_bytes : 1));
}

void *xcalloc(size_t count, size_t size_bytes)
{
    return checked(calloc(count ? count : 1, size_bytes ? size_bytes : 1));
}

void *xrealloc(void *ptr, size_t size_bytes)
{
    return checked(realloc(ptr, size_bytes ? size_bytes : 1));
}

char *xstrdup(const char *text)
{
    return checked(strdup(text));
}

char *xstrdup_null(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

char *xstrndup(const char *text, size_t len)
{
    return checked(strndup(text, len));
}

char *xvasprintf(const char *fmt, va_list args)
{
    char *text = NULL;

    if (vasprintf(&text, fmt, args) < 0)
        checked(NULL);
    return text;
}

char *xasprintf(const char *fmt, ...)
{
    va_list args;
    char *text;

    va_start(args, fmt);
    text = xvasprintf(fmt, args);
    va_end(args);
    return text;
}

bool text_eq(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool text_eq_nocase(const char *a, const char *b)
{
    return a && b ? strcasecmp(a, b) == 0 : a == b;
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);

    return len >= tail && strcmp(text + len - tail, suffix) == 0;
}

bool text_is_empty(const char *text)
{
    return !text || !*text;
}

bool text_contains_nocase(const char *text, const char *needle)
{
    return strcasestr(text, needle) != NULL;
}

char *text_replace(const char *text, const char *needle, const char *with)
{
    size_t needle_len = strlen(needle), with_len = strlen(with), count = 0;
    const char *hit;
    char *out, *at;

    if (needle_len == 0)
        return xstrdup(text);
    for (hit = strstr(text, needle); hit; hit = strstr(hit + needle_len, needle))
        count++;
    at = out = xmalloc(strlen(text) + count * with_len + 1);
    while ((hit = strstr(text, needle))) {
        at = mempcpy(at, text, (size_t)(hit - text));
        at = mempcpy(at, with, with_len);
        text = hit + needle_len;
    }
    (void)stpcpy(at, text);
    return out;
}

char *text_trim(const char *text)
{
    size_t len;

    while (isspace((unsigned char)*text))
        text++;
    len = strlen(text);
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        len--;
    return xstrndup(text, len);
}

/* Length of the ANSI escape sequence at bytes[0] == ESC: CSI, OSC, DCS and friends, or two bytes.
 */
static size_t escape_length(const unsigned char *bytes, size_t len)
{
    size_t at = 2;

    if (len < 2)
        return len;
    if (bytes[1] == '[') { /* CSI: parameters and intermediates 0x20-0x3f, then a final byte */
        while (at < len && bytes[at] >= 0x20 && bytes[at] <= 0x3f)
            at++;
        return at < len && bytes[at] >= 0x40 && bytes[at] <= 0x7e ? at + 1 : at;
    }
    if (strchr("]P_^X", bytes[1])) { /* strings: up to BEL or ESC backslash, within one line */
        for (; at < len && bytes[at] != '\n'; at++) {
            if (bytes[at] == 0x07)
                return at + 1;
            if (bytes[at] == 0x1b && at + 1 < len && bytes[at + 1] == '\\')
                return at + 2;
        }
        return at;
    }
    return bytes[1] >= 0x20 && bytes[1] <= 0x7e ? 2 : 1;
}

/* Characters that move the cursor, hide text or turn its direction round. */
static bool is_unsafe(utf8proc_int32_t code)
{
    return (code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f) ||
           (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
           code == 0x200e || code == 0x200f || code == 0x2028 || code == 0x2029 || code == 0xfeff ||
           code == 0xfffe || code == 0xffff;
}

char *text_clean(const char *bytes, size_t len)
{
    static const char REPLACEMENT[] = "\xef\xbf\xbd";
    const unsigned char *in = (const unsigned char *)bytes;
    char *out = xmalloc(len * 3 + 1); /* at worst one byte becomes U+FFFD */
    char *at = out;

    for (size_t i = 0; i < len;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t used;

        if (in[i] == 0x1b) {
            i += escape_length(in + i, len - i);
            continue;
        }
        if (in[i] == '\r' && i + 1 < len && in[i + 1] == '\n') {
            i++;
            continue;
        }
        used = utf8proc_iterate(in + i, (utf8proc_ssize_t)(len - i), &code);
        if (used <= 0 || is_unsafe(code)) {
            at = mempcpy(at, REPLACEMENT, 3);
            i += used > 0 ? (size_t)used : 1;
            continue;
        }
        at = mempcpy(at, in + i, (size_t)used);
        i += (size_t)used;
    }
    *at = '\0';
    return out;
}

char *text_clean_line(const char *text)
{
    char *clean = text_clean(text, strlen(text));

    for (char *at = clean; *at; at++)
        if (*at == '\n' || *at == '\t')
            *at = ' ';
    return clean;
}

/* Bytes of the character at text, and its columns. */
static size_t character(const char *text, size_t *ret_columns)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);

    *ret_columns = used > 0 ? (size_t)utf8proc_charwidth(code) : 1;
    return used > 0 ? (size_t)used : 1;
}

/* Bytes of the beginning that fits. */
static size_t fitting(const char *text, size_t columns, size_t *ret_columns)
{
    size_t len = 0, at = 0;

    while (text[len]) {
        size_t wide;
        size_t bytes = character(text + len, &wide);

        if (at + wide > columns)
            break;
        at += wide;
        len += bytes;
    }
    *ret_columns = at;
    return len;
}

char *text_clip(const char *text, size_t columns, size_t *ret_columns)
{
    static const char ELLIPSIS[] = "...";
    size_t dots = columns < 3 ? columns : 3;
    size_t len = fitting(text, columns, ret_columns);

    if (!text[len])
        return xstrdup(text);
    len = fitting(text, columns - dots, ret_columns);
    *ret_columns += dots;
    return xasprintf("%.*s%.*s", (int)len, text, (int)dots, ELLIPSIS);
}

char *text_capped(const char *text, size_t max_bytes)
{
    size_t len = strlen(text);

    if (len <= max_bytes)
        return xstrdup(text);
    len = max_bytes - 3;
    while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80) /* inside of a character */
        len--;
    return xasprintf("%.*s...", (int)len, text);
}

size_t text_distance(const char *a, const char *b)
{
    size_t cols = strlen(b) + 1;
    size_t *row = xcalloc(cols, sizeof *row);
    size_t result;

    for (size_t j = 0; j < cols; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t j = 1; j < cols; j++) {
            size_t best = diagonal + (a[i] != b[j - 1]);

            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    result = row[cols - 1];
    free(row);
    return result;
}

const char *text_nearest(const char *text, const char *const *candidates, size_t count)
{
    const char *best = NULL;
    size_t best_distance = strlen(text) / 3 + 2; /* about one slip in three letters */

    if (strlen(text) > 64)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = text_distance(text, candidates[i]);

        if (distance < best_distance) {
            best = candidates[i];
            best_distance = distance;
        }
    }
    return best;
}

Error *parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (!*text)
        return error_new(ERR_INVALID, 0, "wanted a whole number, found nothing");
    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9')
            return error_new(ERR_INVALID, 0, "wanted a whole number, found '%s'", text);
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return error_new(ERR_INVALID, 0, "number '%s' is too large", text);
    }
    if (value < min || value > max)
        return error_new(ERR_INVALID, 0,
                         "wanted a number from %" PRIu64 " to %" PRIu64 ", found %s", min, max,
                         text);
    *ret_value = value;
    return NULL;
}

typedef struct Unit {
    const char *name;
    int64_t factor;
} Unit;

/* A non-negative decimal with an optional fraction; *at moves behind it. */
static bool take_decimal(const char **at, double *ret_value)
{
    const char *start = *at;
    char *end;

    if (!isdigit((unsigned char)*start))
        return false;
    for (end = (char *)(uintptr_t)start; isdigit((unsigned char)*end) || *end == '.'; end++)
        ;
    if (end - start > 15)
        return false;
    *ret_value = strtod(start, &end);
    *at = end;
    return true;
}

/* The unit at *at, the longest name that fits; *at moves behind it. */
static const Unit *take_unit(const char **at, const Unit *units, size_t count)
{
    const Unit *best = NULL;

    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(units[i].name);

        if (strncasecmp(*at, units[i].name, len) == 0 && (!best || len > strlen(best->name)))
            best = &units[i];
    }
    if (best)
        *at += strlen(best->name);
    return best;
}

Error *parse_duration_ms(const char *text, int64_t *ret_ms)
{
    static const Unit UNITS[] = {{"ms", 1},       {"s", 1000},      {"sec", 1000},
                                 {"m", 60000},    {"min", 60000},   {"h", 3600000},
                                 {"d", 86400000}, {"day", 86400000}};
    const char *at = text;
    double total = 0, number;

    if (!*text)
        return error_new(ERR_INVALID, 0, "wanted a duration such as 30s or 10m, found nothing");
    while (*at) {
        const Unit *unit;

        if (!take_decimal(&at, &number))
            return error_new(ERR_INVALID, 0, "wanted a duration such as 30s or 10m, found '%s'",
                             text);
        unit = take_unit(&at, UNITS, COUNT_OF(UNITS));
        if (!unit && (*at || total > 0))
            return error_new(ERR_INVALID, 0,
                             "wanted a duration such as 30s or 10m, found '%s' (units: ms s m h d)",
                             text);
        total += number * (double)(unit ? unit->factor : 1000);
    }
    if (total > 365.0 * 86400000.0)
        return error_new(ERR_INVALID, 0, "duration '%s' is longer than a year", text);
    *ret_ms = (int64_t)llround(total);
    return NULL;
}

Error *parse_size_bytes(const char *text, int64_t *ret_bytes)
{
    static const Unit UNITS[] = {
        {"b", 1},         {"k", 1 << 10},    {"kb", 1 << 10},    {"kib", 1 << 10}, {"m", 1 << 20},
        {"mb", 1 << 20},  {"mib", 1 << 20},  {"g", 1 << 30},     {"gb", 1 << 30},  {"gib", 1 << 30},
        {"t", 1LL << 40}, {"tb", 1LL << 40}, {"tib", 1LL << 40},
    };
    const char *at = text;
    const Unit *unit;
    double number;

    if (!take_decimal(&at, &number))
        return error_new(ERR_INVALID, 0, "wanted a size such as 512m or 2g, found '%s'", text);
    unit = take_unit(&at, UNITS, COUNT_OF(UNITS));
    if (*at)
        return error_new(ERR_INVALID, 0, "wanted a size such as 512m or 2g, found '%s'", text);
    number *= (double)(unit ? unit->factor : 1);
    if (number > 9e18)
        return error_new(ERR_INVALID, 0, "size '%s' is too large", text);
    *ret_bytes = (int64_t)llround(number);
    return NULL;
}

char *format_duration_ms(int64_t ms)
{
    if (ms < 9950)
        return xasprintf("%.1f s", (double)ms / 1000.0);
    if (ms < 60000)
        return xasprintf("%" PRId64 " s", (ms + 500) / 1000);
    return xasprintf("%" PRId64 " min %" PRId64 " s", ms / 60000, ms % 60000 / 1000);
}

char *format_size_bytes(int64_t bytes)
{
    static const char *const NAMES[] = {"KiB", "MiB", "GiB", "TiB"};
    double size = (double)bytes;
    size_t unit = 0;

    if (bytes < 1024)
        return xasprintf("%" PRId64 " B", bytes);
    size /= 1024;
    while (size >= 1024 && unit + 1 < COUNT_OF(NAMES)) {
        size /= 1024;
        unit++;
    }
    return xasprintf("%.1f %s", size, NAMES[unit]);
}
