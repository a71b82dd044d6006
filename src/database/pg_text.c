#include "database/pg_text.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#define VARCHAR "::character varying"

/* A pair of parentheses, and the connective that stands directly in it. */
typedef struct Group {
    size_t open, close;
    size_t parent;    /* index of the enclosing group */
    char connective;  /* 'A' AND, 'O' OR, 0 neither */
    bool mixed, flat; /* both kinds; the parentheses change nothing */
} Group;

typedef struct GroupList {
    Group *items;
    size_t len, cap;
} GroupList;

static void group_list_clear(GroupList *list)
{
    free(list->items);
    *list = (GroupList){0};
}

DEFINE_AUTO_VALUE(group_list, GroupList, group_list_clear)

/* Behind a string or a quoted identifier that starts at `at`. In E'…' a backslash quotes too. */
static size_t skip_quoted(const char *text, size_t at)
{
    char quote = text[at];
    bool escapes = quote == '\'' && at > 0 && text[at - 1] == 'E' &&
                   (at == 1 || !isalnum((unsigned char)text[at - 2]));

    for (at++; text[at]; at++) {
        if ((escapes && text[at] == '\\' && text[at + 1]) ||
            (text[at] == quote && text[at + 1] == quote))
            at++;
        else if (text[at] == quote)
            return at + 1;
    }
    return at;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t word_len(const char *text, size_t at)
{
    size_t len = 0;

    while (is_word(text[at + len]))
        len++;
    return len;
}

static char connective_at(const char *text, size_t at, size_t len)
{
    if (len == 3 && strncmp(text + at, "AND", 3) == 0)
        return 'A';
    return len == 2 && strncmp(text + at, "OR", 2) == 0 ? 'O' : '\0';
}

static void note_connective(Group *group, char connective)
{
    if (connective && group->connective && group->connective != connective)
        group->mixed = true;
    else if (connective)
        group->connective = connective;
}

/* A parenthesis opens a group in the current one, or closes that; yields the current one. */
static size_t note_parenthesis(GroupList *groups, size_t current, char c, size_t at)
{
    size_t end = groups->items[0].close;

    if (c == '(') {
        LIST_PUSH(groups, ((Group){.open = at, .close = end, .parent = current}));
        return groups->len - 1;
    }
    if (c != ')' || current == 0)
        return current;
    groups->items[current].close = at;
    return groups->items[current].parent;
}

/* All groups; the first is the text itself. */
static void find_groups(const char *text, GroupList *groups)
{
    size_t current = 0;

    LIST_PUSH(groups, ((Group){.close = strlen(text)}));
    for (size_t at = 0; text[at];) {
        size_t len = word_len(text, at);

        if (len > 0) {
            note_connective(&groups->items[current], connective_at(text, at, len));
            at += len;
        } else if (text[at] == '\'' || text[at] == '"') {
            at = skip_quoted(text, at);
        } else {
            current = note_parenthesis(groups, current, text[at], at);
            at++;
        }
    }
}

/* What stands before and behind a group is its parent's connective or edge: a function's name, a
 * cast, NOT or another operator is neither. */
static bool is_operand(const char *text, const Group *group, const Group *parent)
{
    size_t before = group->open, behind = group->close + 1;
    bool opens, closes;

    while (before > 0 && isspace((unsigned char)text[before - 1]))
        before--;
    while (isspace((unsigned char)text[behind]))
        behind++;
    opens = before == parent->open + 1 ||
            (before >= 4 && text[before - 1] == 'D' && !is_word(text[before - 4]) &&
             connective_at(text, before - 3, 3)) ||
            (before >= 3 && !is_word(text[before - 3]) && connective_at(text, before - 2, 2));
    closes = behind == parent->close || connective_at(text, behind, word_len(text, behind));
    return opens && closes;
}

static void find_flat(const char *text, GroupList *groups)
{
    for (size_t i = 1; i < groups->len; i++) {
        Group *group = &groups->items[i];
        const Group *parent = &groups->items[group->parent];

        group->flat = group->parent > 0 && group->connective && !group->mixed && !parent->mixed &&
                      group->connective == parent->connective && text[group->close] &&
                      is_operand(text, group, parent);
    }
}

/* `text` without the parentheses of its flat groups; caller frees. */
static char *flatten(const char *text)
{
    AUTO(group_list) GroupList groups = {0};
    char *flat = xstrdup(text);
    size_t kept = 0;

    find_groups(text, &groups);
    find_flat(text, &groups);
    for (size_t i = 1; i < groups.len; i++)
        if (groups.items[i].flat)
            flat[groups.items[i].open] = flat[groups.items[i].close] = '\1';
    for (size_t i = 0; flat[i]; i++)
        if (flat[i] != '\1' || text[i] == '\1')
            flat[kept++] = flat[i];
    flat[kept] = '\0';
    return flat;
}

static bool starts_at(const char *text, size_t at, const char *what)
{
    return strncmp(text + at, what, strlen(what)) == 0;
}

/* How long 'x'::character varying is at `at`; 0 when something else stands there. */
static size_t literal_len(const char *text, size_t at)
{
    size_t end;

    if (text[at] != '\'')
        return 0;
    end = skip_quoted(text, at);
    return starts_at(text, end, VARCHAR) ? end + strlen(VARCHAR) - at : 0;
}

/* How long what may be written without its cast to text is: "(ARRAY['x'::character varying, …])" or
 * "('x'::character varying)", with the cast behind it. The kept part starts one byte later. */
static size_t cast_len(const char *text, size_t at, size_t *ret_kept)
{
    bool array = starts_at(text, at, "(ARRAY[");
    const char *cast = array ? "])::text[]" : ")::text";
    size_t end = at + (array ? strlen("(ARRAY[") : 1), len;

    while ((len = text[at] == '(' ? literal_len(text, end) : 0) > 0) {
        end += len;
        if (!array || !starts_at(text, end, ", "))
            break;
        end += 2;
    }
    if (len == 0 || !starts_at(text, end, cast))
        return 0;
    *ret_kept = end + array - at - 1;
    return end + strlen(cast) - at;
}

static char *drop_casts(const char *text)
{
    char *plain = xcalloc(1, strlen(text) + 1);
    size_t kept = 0;

    for (size_t at = 0; text[at];) {
        size_t part = 1, len = cast_len(text, at, &part), from = len > 0 ? at + 1 : at;

        if (len == 0)
            part = len = text[at] == '\'' || text[at] == '"' ? skip_quoted(text, at) - at : 1;
        memcpy(plain + kept, text + from, part);
        kept += part;
        at += len;
    }
    return plain;
}

char *pg_normalise(const char *rendered)
{
    AUTO(str) char *flat = flatten(rendered);

    return drop_casts(flat);
}

char *pg_unwrap(const char *text)
{
    AUTO(group_list) GroupList groups = {0};
    size_t len = strlen(text);

    find_groups(text, &groups);
    return groups.len > 1 && groups.items[1].open == 0 && groups.items[1].close + 1 == len
               ? xstrndup(text + 1, len - 2)
               : xstrdup(text);
}
