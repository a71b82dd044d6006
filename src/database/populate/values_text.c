/* Text: by the column's name, its default, its length. */

#include <string.h>

#include "database/populate/values_parts.h"

enum { LONG_TEXT = 4000 }; /* characters of the longest text where there is no limit */

#define CODE_ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789"

char *pop_fit(const PopContext *context, const PopColumn *column, const char *sql, int width,
              bool has_number, bool distinct, uint64_t salt)
{
    int digits = pop_digits(context), length = (int)column->length;
    bool long_enough = length == 0 || width + digits <= length;

    if (long_enough && (!distinct || has_number))
        return xstrdup(sql);
    if (!distinct)
        return xasprintf("substr(%s, 1, %d)", sql, length);
    if (length == 0 || width + digits + 1 <= length)
        return xasprintf("(%s || '-' || r.i)", sql);
    if (digits + 1 <= length && !has_number)
        return xasprintf("(substr(%s, 1, %d) || '-' || r.i)", sql, length - digits - 1);
    return pop_code(CODE_ALPHABET, length < 12 ? length : 12, salt);
}

/* The default's text without quotes and cast; NULL when it is no plain text. Caller frees. */
static char *default_text(const PopColumn *column)
{
    const char *at = column->fallback, *end;

    if (!at || at[0] != '\'')
        return NULL;
    for (end = at + 1; *end && (*end != '\'' || end[1] == '\''); end++)
        end += *end == '\'';
    return *end && (end[1] == '\0' || end[1] == ':') ? xstrndup(at, (size_t)(end + 1 - at)) : NULL;
}

char *pop_json_text(const PopContext *context, const char *shape, uint64_t salt)
{
    AUTO(str)
    char *sql = pop_expand(context,
                           text_eq(shape, "array")
                               ? "'[\"' || {word} || '\", \"' || {noun} || '\"]'"
                               : "'{\"name\": \"' || {word} || '\", \"number\": ' || {i} || '}'",
                           salt);

    return xasprintf("(%s)", sql);
}

static void add_text(const PopContext *context, const PopColumn *column, const char *pattern,
                     int width, bool has_number, uint64_t salt, int rank, PopChoiceList *list)
{
    AUTO(str) char *expanded = pop_expand(context, pattern, salt);
    AUTO(str) char *sql = xasprintf("(%s)", expanded);
    bool distinct = column->distinct || column->wide;

    pop_choice_add(list, pop_fit(context, column, sql, width, has_number, distinct, salt),
                   distinct || (has_number && (column->length == 0 ||
                                               width + pop_digits(context) <= column->length)),
                   rank);
}

static bool add_named_text(const PopContext *context, const PopColumn *column, const char *plain,
                           uint64_t salt, PopChoiceList *list)
{
    const PopTextRow *row = pop_text_row(plain);
    int rank = pop_moment_rank(plain);

    if (rank >= 0 && pop_name_is(plain, "at on date time timestamp until") &&
        (column->length == 0 || column->length >= 20)) {
        pop_choice_add(list, pop_moment(context, column, salt, rank), true, 0);
        pop_choice_name(list, "moment", POPULATE_NAMED);
        return true;
    }
    if (!row)
        return false;
    add_text(context, column, row->pattern, row->width, row->distinct, salt, 0, list);
    pop_choice_name(list, row->generator, POPULATE_NAMED);
    return true;
}

void pop_text_choices(const PopContext *context, const PopColumn *column, const char *plain,
                      uint64_t salt, PopChoiceList *list)
{
    AUTO(str) char *fallback = default_text(column);
    const char *shape = pop_json_shape(plain, column->fallback);

    if (shape && (column->length == 0 || column->length >= 60)) {
        pop_choice_add(list, pop_json_text(context, shape, salt), text_eq(shape, "object"), 0);
        pop_choice_name(list, "json", POPULATE_NAMED);
        return;
    }
    if (fallback && !text_eq(fallback, "''") && !column->distinct) {
        pop_choice_add(list, TAKE(fallback), false, 0);
        pop_choice_name(list, "default", POPULATE_NAMED);
        return;
    }
    if (add_named_text(context, column, plain, salt, list))
        return;
    add_text(context, column, "{word} || ' ' || {noun} || ' ' || {i}", 18, true, salt, 0, list);
    pop_choice_name(list, "words", POPULATE_FREE);
}

void pop_text_edges(const PopContext *context, const PopColumn *column, PopChoiceList *list)
{
    int64_t longest = column->length > 0 && column->length < LONG_TEXT ? column->length : LONG_TEXT;

    pop_choice_add(list, xstrdup("''"), false, 3);
    pop_choice_add(list,
                   xasprintf(context->postgres ? "repeat('x', %lld)"
                                               : "replace(hex(zeroblob(%lld)), '00', 'x')",
                             (long long)longest),
                   false, 4);
    pop_choice_add(list, xstrdup("'null'"), false, 5);
    pop_choice_add(
        list,
        xasprintf("substr(' O''Brien <b> %%s \\ \u00e9\u4e16 ', 1, %lld)", (long long)longest),
        false, 6);
}
