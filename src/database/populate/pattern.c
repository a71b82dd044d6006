#include "database/populate/pattern.h"

#include <string.h>

#include "base/buffer.h"
#include "database/populate/pattern_parts.h"

/* Characters that the row's number may take up in this atom. */
static int room(const PatternAtom *atom, int64_t spare)
{
    int64_t most = atom->high < 0 ? 12 : atom->high;

    if (strlen(atom->set) < 2 || atom->whole)
        return 0;
    if (most > atom->low + spare)
        most = atom->low + spare;
    return most > 12 ? 12 : (int)most;
}

static double capacity(const PatternAtom *atom, int width)
{
    double n = 1;

    for (int i = 0; i < width; i++)
        n *= (double)strlen(atom->set);
    return n;
}

/* Where the row's number goes, and what fills the rest. */
typedef struct Layout {
    int64_t *widths; /* of the row's number in each atom */
    int64_t *fills;  /* of a character of the set, atom by atom */
    double capacity; /* rows that can be told apart */
} Layout;

/* The atom that has most room for it. Several small ones ("[A-Z]{2}[0-9]{2}") all get a part. */
static void place_number(const PopContext *context, const PatternAtomList *atoms, int64_t spare,
                         Layout *layout)
{
    double need = (double)context->rows * 8 + 1000, best = 0;
    size_t chosen = atoms->len;

    layout->capacity = 1;
    for (size_t i = 0; i < atoms->len; i++)
        if (capacity(&atoms->items[i], room(&atoms->items[i], spare)) > best) {
            best = capacity(&atoms->items[i], room(&atoms->items[i], spare));
            chosen = i;
        }
    for (size_t i = 0; i < atoms->len; i++) {
        const PatternAtom *atom = &atoms->items[i];
        bool split = best < need;
        int width = i == chosen || split ? room(atom, split && atom->high < 0 ? 0 : spare) : 0;

        layout->fills[i] = atom->low;
        if (width == 0 || width < atom->low || layout->capacity >= need)
            continue;
        layout->widths[i] = width;
        layout->fills[i] = 0;
        layout->capacity *= capacity(atom, width);
        spare -= width - atom->low;
    }
}

/* Characters more, where the pattern has room for them. */
static bool stretch(const PatternAtomList *atoms, int64_t exactly, Layout *layout)
{
    for (size_t i = 0; i < atoms->len; i++)
        exactly -= layout->widths[i] + layout->fills[i];
    for (size_t i = 0; i < atoms->len && exactly > 0; i++) {
        const PatternAtom *atom = &atoms->items[i];
        int64_t spare =
            atom->high < 0 ? exactly : atom->high - layout->widths[i] - layout->fills[i];

        spare = spare < exactly ? spare : exactly;
        layout->fills[i] += spare > 0 ? spare : 0;
        exactly -= spare > 0 ? spare : 0;
    }
    return exactly == 0;
}

static char *emit(const PopContext *context, const PatternAtomList *atoms, const Layout *layout,
                  uint64_t salt)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    double have = 1;

    buf_adds(&out, "(''");
    for (size_t i = 0; i < atoms->len; i++) {
        const PatternAtom *atom = &atoms->items[i];
        AUTO(buf) Buf fill = BUF_INIT(POP_SQL_MAX);
        AUTO(str) char *literal = NULL;

        for (int64_t n = 0; n < layout->fills[i]; n++)
            buf_addf(&fill, "%.*s", atom->whole ? PATTERN_SET_MAX : 1, atom->set);
        literal = pop_literal(context, buf_text(&fill));
        if (layout->fills[i] > 0)
            buf_addf(&out, " || %s", literal);
        if (layout->widths[i] > 0) {
            AUTO(str) char *code = pop_code(atom->set, (int)layout->widths[i], salt);
            AUTO(str) char *shifted = xasprintf("(r.i / %.0f)", have);
            AUTO(str) char *moved = have > 1 ? text_replace(code, "r.i", shifted) : xstrdup(code);

            buf_addf(&out, " || %s", moved);
            have *= capacity(atom, (int)layout->widths[i]);
        }
    }
    buf_adds(&out, ")");
    return buf_take(&out);
}

static char *lay_out(const PopContext *context, const PatternAtomList *atoms, int64_t spare,
                     int64_t exactly, uint64_t salt, bool *ret_distinct)
{
    Layout layout = {.widths = xcalloc(atoms->len, sizeof *layout.widths),
                     .fills = xcalloc(atoms->len, sizeof *layout.fills)};
    char *sql = NULL;

    place_number(context, atoms, spare, &layout);
    if (exactly == 0 || stretch(atoms, exactly, &layout)) {
        sql = emit(context, atoms, &layout, salt);
        *ret_distinct = layout.capacity >= (double)context->rows * 8 + 1000;
    }
    free(layout.widths);
    free(layout.fills);
    return sql;
}

static char *from_parser(const PopContext *context, PopPatternKind kind, PatternParser *parser,
                         int64_t most, int64_t exactly, uint64_t salt, bool *ret_distinct)
{
    const char *pattern = parser->at;
    PatternAtomList atoms = {0};
    int64_t least = 0;
    char *sql = NULL;

    if (kind == PATTERN_REGEX)
        pattern_read_branches(parser, &atoms);
    if (kind == PATTERN_REGEX && !text_ends(pattern, "$")) /* anything may follow */
        LIST_PUSH(&atoms, ((PatternAtom){.set = "0123456789", .high = -1}));
    else
        pattern_read_wild(parser, kind, &atoms);
    for (size_t i = 0; i < atoms.len; i++)
        least += atoms.items[i].low;
    if (exactly > 0)
        most = most > 0 && most < exactly ? -1 : exactly;
    if (!parser->failed && *parser->at == '\0' && atoms.len > 0 && (most == 0 || least <= most))
        sql = lay_out(context, &atoms, most == 0 ? 64 : most - least, exactly, salt, ret_distinct);
    free(atoms.items);
    return sql;
}

char *pop_pattern(const PopContext *context, PopPatternKind kind, const char *pattern, int64_t most,
                  int64_t exactly, uint64_t salt, bool *ret_distinct)
{
    PatternParser parser = {.at = pattern};

    return from_parser(context, kind, &parser, most, exactly, salt, ret_distinct);
}

char *pop_pattern_branch(const PopContext *context, PopPatternKind kind, const char *pattern,
                         size_t branch, uint64_t salt, bool *ret_distinct)
{
    PatternParser parser = {.at = pattern, .branch = branch / 2, .generous = branch % 2 == 1};
    AUTO(str) char *sql = from_parser(context, kind, &parser, 0, 0, salt, ret_distinct);

    return branch / 2 < (parser.branches > 0 ? parser.branches : 1) ? TAKE(sql) : NULL;
}
