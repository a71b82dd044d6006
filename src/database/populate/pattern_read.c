/* Regular expressions, LIKE and GLOB as a list of places. */

#include <ctype.h>
#include <stdlib.h>

#include "database/populate/pattern_parts.h"

enum { ATOMS_MAX = 200, REPEAT_MAX = 1000, DEPTH_MAX = 20 };

static bool read_count(PatternParser *parser, int *low, int *high)
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

static void read_repeat(PatternParser *parser, int *low, int *high)
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

/* The group's atoms, as often as need be; a group that may be left out is. */
static void read_group(PatternParser *parser, PatternAtomList *atoms)
{
    PatternAtomList inner = {0};
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
        pattern_read_branches(parser, &inner);
    parser->depth--;
    parser->failed |= *parser->at != ')';
    if (!parser->failed) {
        parser->at++;
        read_repeat(parser, &low, &high);
        if (low == 0 && high != 0 && parser->generous)
            low = 1;
        for (int n = 0; n < low && !assertion; n++)
            for (size_t i = 0; i < inner.len && atoms->len < ATOMS_MAX; i++)
                LIST_PUSH(atoms, inner.items[i]);
    }
    free(inner.items);
}

static void read_atom(PatternParser *parser, PatternAtomList *atoms)
{
    PatternAtom atom = {0};
    char c = *parser->at;

    if (c == '[') {
        pattern_read_set(parser, atom.set);
    } else if (c == '.') {
        pattern_set_add_all(atom.set, "abcdefghijklmnopqrstuvwxyz0123456789");
        parser->at++;
    } else if (c == '\\' && parser->at[1]) {
        const char *chars = pattern_class(parser->at[1]);

        if (parser->at[1] == 'm' || parser->at[1] == 'M' || parser->at[1] == 'y' ||
            parser->at[1] == 'A' || parser->at[1] == 'Z') { /* places, not characters */
            parser->at += 2;
            return;
        }
        parser->failed |= isalnum((unsigned char)parser->at[1]) && !chars;
        if (chars)
            pattern_set_add_all(atom.set, chars);
        else
            pattern_set_add(atom.set, parser->at[1]);
        parser->at += 2;
    } else if ((unsigned char)c >= 0x80) { /* the whole character */
        for (size_t i = 0; (unsigned char)*parser->at >= 0x80 && i < 4; i++) {
            atom.set[i] = *parser->at++;
            if (((unsigned char)*parser->at & 0xc0) != 0x80)
                break;
        }
        atom.whole = true;
    } else {
        pattern_set_add(atom.set, c);
        parser->at++;
    }
    read_repeat(parser, &atom.low, &atom.high);
    if (atom.low == 0 && atom.high != 0 && parser->generous)
        atom.low = 1;
    if (atoms->len < ATOMS_MAX)
        LIST_PUSH(atoms, atom);
    else
        parser->failed = true;
}

static void read_branch(PatternParser *parser, PatternAtomList *atoms)
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

void pattern_read_branches(PatternParser *parser, PatternAtomList *atoms)
{
    struct {
        PatternAtomList *items;
        size_t len, cap;
    } branches = {0};

    size_t chosen;

    do {
        PatternAtomList branch = {0};

        if (branches.len > 0)
            parser->at++;
        read_branch(parser, &branch);
        LIST_PUSH(&branches, branch);
    } while (*parser->at == '|' && !parser->failed && branches.len < ATOMS_MAX);
    chosen = parser->branch % branches.len;
    if (branches.len > parser->branches)
        parser->branches = branches.len;
    for (size_t i = 0; i < branches.len; i++) {
        for (size_t n = 0; i == chosen && n < branches.items[i].len; n++)
            LIST_PUSH(atoms, branches.items[i].items[n]);
        free(branches.items[i].items);
    }
    free(branches.items);
}

void pattern_read_wild(PatternParser *parser, PopPatternKind kind, PatternAtomList *atoms)
{
    char any = kind == PATTERN_LIKE ? '%' : '*', one = kind == PATTERN_LIKE ? '_' : '?';

    while (*parser->at && atoms->len < ATOMS_MAX && !parser->failed) {
        PatternAtom atom = {.low = 1, .high = 1};
        char c = *parser->at;

        if (kind == PATTERN_GLOB && c == '[') {
            pattern_read_set(parser, atom.set);
        } else {
            if (c == any || c == one)
                pattern_set_add_all(atom.set, "abcdefghijklmnopqrstuvwxyz0123456789");
            else if (kind == PATTERN_LIKE && c == '\\' && parser->at[1])
                pattern_set_add(atom.set, *++parser->at);
            else
                pattern_set_add(atom.set, c);
            if (c == any) {
                atom.low = 0;
                atom.high = -1;
            }
            parser->at++;
        }
        LIST_PUSH(atoms, atom);
    }
}
