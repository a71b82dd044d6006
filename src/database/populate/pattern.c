#include "database/populate/pattern.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"

enum { ATOMS_MAX = 200, SET_MAX = 96, REPEAT_MAX = 1000, DEPTH_MAX = 20 };

/* One character class and how often it comes. */
typedef struct Atom {
    char set[SET_MAX];
    int low, high; /* high -1: no limit */
} Atom;

typedef struct AtomList {
    Atom *items;
    size_t len, cap;
} AtomList;

typedef struct Parser {
    const char *at;
    int depth;
    bool failed;
} Parser;

#define PRINTABLE  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@:/ +=,!#%&*()"
#define WORD_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static void set_add(char *set, char c)
{
    size_t len = strlen(set);

    if (c && len + 1 < SET_MAX && !strchr(set, c)) {
        set[len] = c;
        set[len + 1] = '\0';
    }
}

static void set_add_all(char *set, const char *chars)
{
    for (; *chars; chars++)
        set_add(set, *chars);
}

/* \d, \w, \s, [:alpha:] and their kin. */
static const char *class_of(char c)
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
    char all[SET_MAX] = "";

    for (const char *c = PRINTABLE; *c; c++)
        if (!strchr(set, *c))
            set_add(all, *c);
    memcpy(set, all, SET_MAX);
}

static void read_set_item(Parser *parser, char *set)
{
    const char *chars = NULL;
    char from;

    if (parser->at[0] == '[' && parser->at[1] == ':')
        chars = posix_class(&parser->at);
    if (!chars && parser->at[0] == '\\' && parser->at[1]) {
        chars = class_of(*++parser->at);
        parser->at += chars ? 1 : 0;
    }
    if (chars) {
        set_add_all(set, chars);
        return;
    }
    from = *parser->at++;
    if (parser->at[0] != '-' || parser->at[1] == ']' || !parser->at[1]) {
        set_add(set, from);
        return;
    }
    parser->at++;
    if (*parser->at == '\\' && parser->at[1])
        parser->at++;
    for (int c = (unsigned char)from; c <= (unsigned char)*parser->at; c++)
        if (isprint(c) && c < 0x7f)
            set_add(set, (char)c);
    parser->at++;
}

static void read_set(Parser *parser, char *set)
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

static bool read_count(Parser *parser, int *low, int *high)
{
    char *end;
    long a, b;

    if (*parser->at != '{' || !isdigit((unsigned char)parser->at[1]))
        return false;
    a = b = strtol(parser->at + 1, &end, 10);
    if (*end == ',' && isdigit((unsigned char)end[1])) {
        b = strtol(end + 1, &end, 10);
    } else if (*end == ',') {
        b = -1;
        end++;
    }
    if (*end != '}' || a > REPEAT_MAX || b > INT32_MAX)
        return false;
    *low = (int)a;
    *high = (int)b;
    parser->at = end + 1;
    return true;
}

static void read_repeat(Parser *parser, int *low, int *high)
{
    *low = *high = 1;
    if (*parser->at == '*' || *parser->at == '+' || *parser->at == '?') {
        *low = *parser->at == '+' ? 1 : 0;
        *high = *parser->at == '?' ? 1 : -1;
        parser->at++;
    } else if (!read_count(parser, low, high)) {
        return;
    }
    if (*parser->at == '?') /* as few as can be */
        parser->at++;
}

static void read_branches(Parser *parser, AtomList *atoms);

/* The group's atoms, as often as need be; a group that may be left out is. */
static void read_group(Parser *parser, AtomList *atoms)
{
    AtomList inner = {0};
    int low, high;
    bool assertion = false;

    parser->at++;
    if (text_starts(parser->at, "?:"))
        parser->at += 2;
    else if (parser->at[0] == '?') /* look-around, flags */
        assertion = true;
    if (++parser->depth > DEPTH_MAX)
        parser->failed = true;
    if (!parser->failed)
        read_branches(parser, &inner);
    parser->depth--;
    parser->failed |= *parser->at != ')';
    if (!parser->failed) {
        parser->at++;
        read_repeat(parser, &low, &high);
        for (int n = 0; n < low && !assertion; n++)
            for (size_t i = 0; i < inner.len && atoms->len < ATOMS_MAX; i++)
                LIST_PUSH(atoms, inner.items[i]);
    }
    free(inner.items);
}

static void read_atom(Parser *parser, AtomList *atoms)
{
    Atom atom = {0};
    char c = *parser->at;

    if (c == '[') {
        read_set(parser, atom.set);
    } else if (c == '.') {
        set_add_all(atom.set, "abcdefghijklmnopqrstuvwxyz0123456789");
        parser->at++;
    } else if (c == '\\' && parser->at[1]) {
        const char *chars = class_of(parser->at[1]);

        if (parser->at[1] == 'm' || parser->at[1] == 'M' || parser->at[1] == 'y' ||
            parser->at[1] == 'A' || parser->at[1] == 'Z') { /* places, not characters */
            parser->at += 2;
            return;
        }
        parser->failed |= isalnum((unsigned char)parser->at[1]) && !chars;
        if (chars)
            set_add_all(atom.set, chars);
        else
            set_add(atom.set, parser->at[1]);
        parser->at += 2;
    } else {
        set_add(atom.set, c);
        parser->at++;
    }
    read_repeat(parser, &atom.low, &atom.high);
    if (atoms->len < ATOMS_MAX)
        LIST_PUSH(atoms, atom);
    else
        parser->failed = true;
}

static void read_branch(Parser *parser, AtomList *atoms)
{
    while (*parser->at && *parser->at != '|' && *parser->at != ')' && !parser->failed) {
        if (*parser->at == '(')
            read_group(parser, atoms);
        else if (*parser->at == '^' || *parser->at == '$')
            parser->at++;
        else
            read_atom(parser, atoms);
    }
}

/* The first branch will do. */
static void read_branches(Parser *parser, AtomList *atoms)
{
    read_branch(parser, atoms);
    while (*parser->at == '|' && !parser->failed) {
        AtomList other = {0};

        parser->at++;
        read_branch(parser, &other);
        free(other.items);
    }
}

/* LIKE's and GLOB's wild cards; GLOB has sets, too. */
static void read_wild(Parser *parser, PopPatternKind kind, AtomList *atoms)
{
    char any = kind == PATTERN_LIKE ? '%' : '*', one = kind == PATTERN_LIKE ? '_' : '?';

    while (*parser->at && atoms->len < ATOMS_MAX && !parser->failed) {
        Atom atom = {.low = 1, .high = 1};
        char c = *parser->at;

        if (kind == PATTERN_GLOB && c == '[') {
            read_set(parser, atom.set);
        } else {
            if (c == any || c == one)
                set_add_all(atom.set, "abcdefghijklmnopqrstuvwxyz0123456789");
            else if (kind == PATTERN_LIKE && c == '\\' && parser->at[1])
                set_add(atom.set, *++parser->at);
            else
                set_add(atom.set, c);
            if (c == any) {
                atom.low = 0;
                atom.high = -1;
            }
            parser->at++;
        }
        LIST_PUSH(atoms, atom);
    }
}

/* Characters that the row's number may take up in this atom. */
static int room(const Atom *atom, int64_t spare)
{
    int64_t most = atom->high < 0 ? 12 : atom->high;

    if (strlen(atom->set) < 2)
        return 0;
    if (most > atom->low + spare)
        most = atom->low + spare;
    return most > 12 ? 12 : (int)most;
}

static double capacity(const Atom *atom, int width)
{
    double n = 1;

    for (int i = 0; i < width; i++)
        n *= (double)strlen(atom->set);
    return n;
}

/* Where the row's number goes: the atom that has most room for it. Several small ones ("[A-Z]{2}
 * [0-9]{2}") all get a part of it. */
static char *emit(const PopContext *context, const AtomList *atoms, int64_t spare, uint64_t salt,
                  bool *ret_distinct)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    double have = 1, need = (double)context->rows * 8 + 1000, best = 0;
    size_t chosen = atoms->len;

    for (size_t i = 0; i < atoms->len; i++)
        if (capacity(&atoms->items[i], room(&atoms->items[i], spare)) > best) {
            best = capacity(&atoms->items[i], room(&atoms->items[i], spare));
            chosen = i;
        }
    buf_adds(&out, "(''");
    for (size_t i = 0; i < atoms->len; i++) {
        const Atom *atom = &atoms->items[i];
        bool split = best < need;
        int width = i == chosen || split ? room(atom, split && atom->high < 0 ? 0 : spare) : 0;

        if (width > 0 && width >= atom->low && have < need) {
            AUTO(str) char *code = pop_code(atom->set, width, salt);
            AUTO(str)
            char *shifted = xasprintf("(r.i / %.0f)", have);
            AUTO(str) char *moved = have > 1 ? text_replace(code, "r.i", shifted) : xstrdup(code);

            buf_addf(&out, " || %s", moved);
            have *= capacity(atom, width);
            spare -= width - atom->low;
        } else if (atom->low > 0) {
            char one[2] = {atom->set[0], '\0'};
            AUTO(str) char *literal = pop_literal(context, one);

            for (int n = 0; n < atom->low; n++)
                buf_addf(&out, " || %s", literal);
        }
    }
    buf_adds(&out, ")");
    *ret_distinct = have >= need;
    return buf_take(&out);
}

char *pop_pattern(const PopContext *context, PopPatternKind kind, const char *pattern, int64_t most,
                  uint64_t salt, bool *ret_distinct)
{
    Parser parser = {.at = pattern};
    AtomList atoms = {0};
    int64_t least = 0;
    char *sql = NULL;

    if (kind == PATTERN_REGEX)
        read_branches(&parser, &atoms);
    else
        read_wild(&parser, kind, &atoms);
    for (size_t i = 0; i < atoms.len; i++)
        least += atoms.items[i].low;
    if (!parser.failed && *parser.at == '\0' && atoms.len > 0 && (most == 0 || least <= most))
        sql = emit(context, &atoms, most == 0 ? 64 : most - least, salt, ret_distinct);
    free(atoms.items);
    return sql;
}
