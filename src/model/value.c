#include "model/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/secret.h"

enum { SHOWN_BYTES = 60, ATOMS_MAX = 1000, JSON_DEPTH = 32, EXPONENT_MAX = 400 };

/* --- numbers, truth values, moments ---------------------------------------------------------- */

/* "e+15" at the end; *at moves behind it. */
static bool take_exponent(const char **at, long *ret_exponent)
{
    char *end;

    *ret_exponent = 0;
    if (**at != 'e' && **at != 'E')
        return true;
    if (!isdigit((unsigned char)(*at)[1 + ((*at)[1] == '-' || (*at)[1] == '+')]))
        return false;
    *ret_exponent = strtol(*at + 1, &end, 10);
    *at = end;
    return labs(*ret_exponent) <= EXPONENT_MAX;
}

/* Digits, with the point before the one at that place, which may be outside of them. */
static char *number_written(bool negative, const char *digits, size_t len, long point)
{
    const char *sign = negative ? "-" : "";

    if (len == 0)
        return xstrdup("0");
    if (point <= 0)
        return xasprintf("%s0.%.*d%.*s", sign, (int)-point, 0, (int)len, digits);
    if ((size_t)point >= len)
        return xasprintf("%s%.*s%.*d", sign, (int)len, digits, (int)((size_t)point - len), 0);
    return xasprintf("%s%.*s.%.*s", sign, (int)point, digits, (int)(len - (size_t)point),
                     digits + point);
}

/* "007.50" is "7.5", "-0" is "0", "1.5e+15" is what numeric writes for it; NULL when it is no
 * decimal number. */
static char *number_of(const char *text)
{
    bool negative = *text == '-';
    const char *at = text + (*text == '-' || *text == '+');
    size_t whole = strspn(at, "0123456789");
    const char *fraction = at[whole] == '.' ? at + whole + 1 : at + whole;
    size_t digits = fraction > at + whole ? strspn(fraction, "0123456789") : 0;
    const char *end = fraction + digits;
    AUTO(str) char *all = NULL;
    const char *first;
    size_t len;
    long exponent;

    if (whole + digits == 0 || !take_exponent(&end, &exponent) || *end)
        return NULL;
    all = xasprintf("%.*s%.*s", (int)whole, at, (int)digits, fraction);
    first = all + strspn(all, "0");
    for (len = strlen(first); len > 0 && first[len - 1] == '0';)
        len--;
    return number_written(negative, first, len, (long)whole + exponent - (first - all));
}

static char *truth_of(const char *text)
{
    if (text_eq_nocase(text, "t") || text_eq_nocase(text, "true"))
        return xstrdup("1");
    if (text_eq_nocase(text, "f") || text_eq_nocase(text, "false"))
        return xstrdup("0");
    return NULL;
}

static bool take_digits(const char **at, int count, int64_t *ret_value)
{
    int64_t value = 0;

    for (int i = 0; i < count; i++, (*at)++) {
        if (!isdigit((unsigned char)**at))
            return false;
        value = value * 10 + (**at - '0');
    }
    *ret_value = value;
    return true;
}

static bool take_char(const char **at, const char *any)
{
    if (!**at || !strchr(any, **at))
        return false;
    ++*at;
    return true;
}

/* Days since 1970-01-01 in the Gregorian calendar, counted in years that begin in March. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;

    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* "Z", "+02", "+02:00", "-0330", or nothing: UTC. */
static bool take_zone(const char **at, int64_t *ret_seconds)
{
    int64_t hours, minutes = 0, sign = **at == '-' ? -1 : 1;

    *ret_seconds = 0;
    if (take_char(at, "Zz") || !**at)
        return true;
    (void)take_char(at, " ");
    if (!take_char(at, "+-") || !take_digits(at, 2, &hours))
        return false;
    if (**at) {
        (void)take_char(at, ":");
        if (!take_digits(at, 2, &minutes))
            return false;
    }
    *ret_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* "2024-01-31", "2024-01-31T10:00", "2024-01-31 10:00:00.5+02" as seconds since 1970; NULL when it
 * is no moment. */
static char *moment_of(const char *text)
{
    int64_t year, month, day, hour = 0, minute = 0, second = 0, zone = 0;
    const char *at = text, *fraction = "";
    size_t digits = 0;

    if (!take_digits(&at, 4, &year) || !take_char(&at, "-") || !take_digits(&at, 2, &month) ||
        !take_char(&at, "-") || !take_digits(&at, 2, &day) || month < 1 || month > 12 || day > 31)
        return NULL;
    if (take_char(&at, "T ")) {
        if (!take_digits(&at, 2, &hour) || !take_char(&at, ":") || !take_digits(&at, 2, &minute))
            return NULL;
        if (take_char(&at, ":") && !take_digits(&at, 2, &second))
            return NULL;
        if (take_char(&at, ".")) {
            fraction = at;
            digits = strspn(at, "0123456789");
            at += digits;
        }
        if (!take_zone(&at, &zone))
            return NULL;
    }
    if (*at)
        return NULL;
    while (digits > 0 && fraction[digits - 1] == '0')
        digits--;
    return xasprintf("%" PRId64 "%s%.*s",
                     days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - zone,
                     digits ? "." : "", (int)digits, fraction);
}

/* 32 hex digits, with or without dashes, braces or bytea's prefix, in small letters. */
static char *uuid_of(const char *text)
{
    char plain[33];
    size_t len = 0;

    if (text[0] == '\\' && text[1] == 'x')
        text += 2;
    for (; *text; text++) {
        if (strchr("-{}", *text))
            continue;
        if (!isxdigit((unsigned char)*text) || len == 32)
            return NULL;
        plain[len++] = (char)tolower((unsigned char)*text);
    }
    return len == 32 ? xstrndup(plain, len) : NULL;
}

/* --- JSON ------------------------------------------------------------------------------------ */

static cJSON *document_of(const char *text)
{
    const char *at = text + strspn(text, " \t\r\n");
    cJSON *root = NULL;

    if (*at != '{' && *at != '[')
        return NULL;
    error_ignore(json_parse(at, strlen(at), "value", &root)); /* then it is plain text */
    return root;
}

/* Numbers are doubles in here, so two large ids could seem the same: what is equal but for white
 * space is, whatever the numbers. */
static bool same_but_blanks(const char *a, const char *b)
{
    bool quoted = false;

    for (;;) {
        while (!quoted && *a && strchr(" \t\r\n", *a))
            a++;
        while (!quoted && *b && strchr(" \t\r\n", *b))
            b++;
        if (*a != *b)
            return false;
        if (!*a)
            return true;
        if (quoted && *a == '\\' && a[1] && a[1] == b[1]) {
            a++;
            b++;
        } else if (*a == '"') {
            quoted = !quoted;
        }
        a++;
        b++;
    }
}

static bool has_large_number(const char *text)
{
    size_t run = 0;

    for (; *text; text++) {
        run = isdigit((unsigned char)*text) ? run + 1 : 0;
        if (run > 15)
            return true;
    }
    return false;
}

static bool same_document(const char *before, const char *after)
{
    AUTO(json) cJSON *a = document_of(before);
    AUTO(json) cJSON *b = a ? document_of(after) : NULL;

    if (!a || !b)
        return false;
    if (has_large_number(before) || has_large_number(after))
        return same_but_blanks(before, after);
    return cJSON_Compare(a, b, true);
}

static void add_leaves(const cJSON *node, int depth, StrList *atoms)
{
    if (depth > JSON_DEPTH || atoms->len >= ATOMS_MAX)
        return;
    if (cJSON_IsString(node) && *node->valuestring)
        str_list_add_owned(atoms, value_canonical(node->valuestring));
    else if (cJSON_IsBool(node))
        str_list_add(atoms, cJSON_IsTrue(node) ? "1" : "0");
    else if (cJSON_IsNumber(node)) {
        AUTO(str) char *text = xasprintf("%.15g", node->valuedouble);

        str_list_add_owned(atoms, value_canonical(text));
    }
    for (const cJSON *child = node->child; child; child = child->next)
        add_leaves(child, depth + 1, atoms);
}

void value_atoms(const char *text, StrList *ret_atoms)
{
    AUTO(json) cJSON *root = document_of(text);
    StrList atoms = {0};

    if (root)
        add_leaves(root, 0, &atoms);
    else
        str_list_add_owned(&atoms, value_canonical(text));
    *ret_atoms = atoms;
}

/* --- the same value -------------------------------------------------------------------------- */

char *value_canonical(const char *text)
{
    static char *(*const FORMS[])(const char *) = {uuid_of, number_of, truth_of, moment_of};
    AUTO(str) char *trimmed = text_trim(text);

    for (size_t i = 0; i < COUNT_OF(FORMS); i++) {
        char *form = FORMS[i](trimmed);

        if (form)
            return form;
    }
    return TAKE(trimmed);
}

bool value_same(const char *before, const char *after, bool retyped)
{
    AUTO(str) char *a = NULL;
    AUTO(str) char *b = NULL;

    if (text_eq(before, after))
        return true;
    if (!before || !after)
        return false;
    if (same_document(before, after))
        return true;
    if (!retyped)
        return false;
    a = value_canonical(before);
    b = value_canonical(after);
    return text_eq(a, b);
}

bool value_is_telling(const char *atom)
{
    return strlen(atom) >= (isdigit((unsigned char)*atom) || *atom == '-' ? 5 : 4);
}

/* FNV-1a, 64 bits, mixed at the end as MurmurHash3 does: nobody gains by a collision here. */
uint64_t value_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325U;

    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3U;
    hash ^= hash >> 33;
    hash *= 0xff51afd7ed558ccdU;
    return hash ^ hash >> 33;
}

/* --- shown ----------------------------------------------------------------------------------- */

static bool is_secret(const char *column, const char *text)
{
    static const char *const NAMES[] = {"password", "passwd", "secret",  "token",   "api_key",
                                        "apikey",   "salt",   "private", "hash",    "credential",
                                        "session",  "cookie", "otp",     "recovery"};
    static const char *const STARTS[] = {"$2a$",    "$2b$",   "$2y$", "$argon2",
                                         "$scrypt", "pbkdf2", "eyJ",  "ghp_",
                                         "glpat-",  "sk_",    "xox",  "-----BEGIN"};

    for (size_t i = 0; column && i < COUNT_OF(NAMES); i++)
        if (text_contains_nocase(column, NAMES[i]))
            return true;
    for (size_t i = 0; i < COUNT_OF(STARTS); i++)
        if (text_starts(text, STARTS[i]))
            return true;
    return strstr(text, "://") && strchr(text, '@'); /* a URL with a password in it */
}

char *value_shown(const char *column, const char *text)
{
    AUTO(str) char *masked = NULL;
    AUTO(str) char *clean = NULL;
    size_t len;

    if (!text)
        return xstrdup("NULL");
    if (is_secret(column, text) && *text)
        return xstrdup("***");
    masked = secret_mask(text);
    clean = text_clean_line(masked);
    len = strlen(clean);
    if (len <= SHOWN_BYTES)
        return xasprintf("'%s'", clean);
    for (len = SHOWN_BYTES; len > 0 && ((unsigned char)clean[len] & 0xc0) == 0x80;)
        len--; /* inside of a character */
    return xasprintf("'%.*s...'", (int)len, clean);
}
