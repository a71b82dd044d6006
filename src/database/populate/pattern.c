#include "database/populate/pattern.h"

#include <string.h>

#include "base/buffer.h"
#include "database/populate/pattern_parts.h"

/* Characters that the row's number may take up in this atom. */
static int room(const PatternAtom *atom, int64_t spare)
{
    int64_t most = atom->high < 0 ? 12 : atom->high;

    if (strlen(atom->set) < 2)
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

/* Where the row's number goes: the atom that has most room for it. Several small ones ("[A-Z]{2}
 * [0-9]{2}") all get a part of it. */
static char *emit(const PopContext *context, const PatternAtomList *atoms, int64_t spare,
                  uint64_t salt, bool *ret_distinct)
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
        const PatternAtom *atom = &atoms->items[i];
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
    PatternParser parser = {.at = pattern};
    PatternAtomList atoms = {0};
    int64_t least = 0;
    char *sql = NULL;

    if (kind == PATTERN_REGEX)
        pattern_read_branches(&parser, &atoms);
    else
        pattern_read_wild(&parser, kind, &atoms);
    for (size_t i = 0; i < atoms.len; i++)
        least += atoms.items[i].low;
    if (!parser.failed && *parser.at == '\0' && atoms.len > 0 && (most == 0 || least <= most))
        sql = emit(context, &atoms, most == 0 ? 64 : most - least, salt, ret_distinct);
    free(atoms.items);
    return sql;
}
