/* Arrays, ranges, and text that no literal suggests. */

#include <string.h>

#include "database/populate/mine_parts.h"

enum { ELEMENTS_MAX = 200, AFFIX_MAX = 20 };

static bool is_array(const PopColumn *column)
{
    return column->family == FAMILY_OTHER && text_ends(column->type, "[]");
}

/* Ranges of time as long as an interval that the check names, and half of it; none meets the next.
 */
static void add_time_ranges(PopMiner *miner, size_t at, const char *value)
{
    static const char *const widths[] = {"", " / 2"};
    const PopColumn *column = &miner->table->columns.items[at];
    bool zoned = text_ends(column->type, "tstzrange");

    if ((!zoned && !text_ends(column->type, "tsrange")) ||
        !text_contains_nocase(miner->check->sql, "interval") || value[0] < '0' || value[0] > '9')
        return;
    for (size_t i = 0; i < COUNT_OF(widths); i++) {
        AUTO(str) char *literal = pop_literal(miner->context, value);
        AUTO(str) char *span = xasprintf("CAST(%s AS interval)", literal);
        AUTO(str)
        char *start = xasprintf("CAST('2024-01-15' AS %s) + %s * r.i * 2",
                                zoned ? "timestamptz" : "timestamp", span);

        pop_choice_add(miner->choices[at],
                       xasprintf("%s(%s, %s + %s%s)", zoned ? "tstzrange" : "tsrange", start, start,
                                 span, widths[i]),
                       true, 1);
    }
}

void pop_mine_element(PopMiner *miner, size_t at, const char *value)
{
    AUTO(str) char *literal = NULL;

    add_time_ranges(miner, at, value);
    if (!is_array(&miner->table->columns.items[at]))
        return;
    literal = pop_literal(miner->context, value);
    pop_choice_add(miner->choices[at], xasprintf("ARRAY[%s]", literal), false, 1);
}

void pop_mine_elements(PopMiner *miner, size_t at)
{
    AUTO(str_list) StrList literals = {0};
    AUTO(str) char *all = NULL;

    if (!is_array(&miner->table->columns.items[at]))
        return;
    for (size_t i = 0; i < miner->tokens.len && literals.len < ELEMENTS_MAX; i++)
        if (miner->tokens.items[i].kind == SQL_STRING) {
            AUTO(str) char *value = sql_token_name(&miner->tokens.items[i]);

            str_list_add_owned(&literals, pop_literal(miner->context, value));
        }
    pop_choice_add(miner->choices[at], xstrdup("'{}'"), false, 3);
    all = str_list_join(&literals, ", ");
    if (literals.len > 1)
        pop_choice_add(miner->choices[at], xasprintf("ARRAY[%s]", all), false, 2);
}

/* Where the ranges of rows begin, side by side: %1$lld is how far they are apart, %2$lld how wide.
 */
static const struct {
    const char *type, *format;
} SPANS[] = {
    {"int4range", "%s(CAST(r.i * %lld AS integer), CAST(r.i * %lld + %lld AS integer))"},
    {"int8range", "%s(r.i * %lld, r.i * %lld + %lld)"},
    {"numrange", "%s(CAST(r.i * %lld AS numeric), CAST(r.i * %lld + %lld AS numeric))"},
    {"daterange", "%s(date '2024-01-15' + CAST(r.i * %lld AS integer), date '2024-01-15' + "
                  "CAST(r.i * %lld + %lld AS integer))"},
};

static char *span(size_t kind, const char *type, int64_t apart, int64_t width)
{
    AUTO(str) char *named = text_replace(SPANS[kind].format, "%s", type);
    AUTO(str) char *far = xasprintf("%lld", (long long)apart);
    AUTO(str) char *wide = xasprintf("+ %lld", (long long)width);
    AUTO(str) char *last = text_replace(named, "+ %lld", wide);

    return text_replace(last, "%lld", far);
}

static bool is_array_of_numbers(const PopColumn *column)
{
    static const char *const types[] = {"smallint", "integer", "bigint",
                                        "numeric",  "real",    "double precision"};

    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (is_array(column) && text_starts(column->type, types[i]))
            return true;
    return false;
}

void pop_mine_extent(PopMiner *miner, size_t at, int64_t number)
{
    const PopColumn *column = &miner->table->columns.items[at];
    PopChoiceList *list = miner->choices[at];

    if (is_array_of_numbers(column)) { /* "9 >= ALL (classes)" */
        AUTO(str) char *value = xasprintf("%lld", (long long)number);

        pop_mine_element(miner, at, value);
    }

    if (is_array(column) && number > 0 && number <= ELEMENTS_MAX && list->len > 0)
        pop_choice_add(list,
                       xasprintf("array_fill((CAST(%s AS %s))[1], ARRAY[%lld])", list->items[0].sql,
                                 column->type, (long long)number),
                       false, 1);
    for (size_t i = 0; i < COUNT_OF(SPANS) && column->family == FAMILY_OTHER; i++)
        if (text_ends(column->type, SPANS[i].type) && number > 0 && number < 100000000) {
            pop_choice_add(list, span(i, column->type, number + 10, number), true, 1);
            pop_choice_add(list, span(i, column->type, number + 10, number + 1), true, 1);
        }
}

/* What functions of the application's own are asked about. */
static void add_common(PopMiner *miner, size_t at, uint64_t salt)
{
    static const char *const patterns[] = {
        "('https://example.com/' || {word} || '/' || {i})",
        "(lower({first}) || {i} || '@example.com')",
        "({word} || {i} || '.example.com')",
        "('/' || {word} || {i})",
        "('' || {i})",
    };

    for (size_t i = 0; i < COUNT_OF(patterns); i++)
        pop_choice_add(miner->choices[at], pop_expand(miner->context, patterns[i], salt), true, 4);
    pop_choice_add(miner->choices[at], pop_uuid(miner->context, salt), true, 4);
}

static void add_times(PopMiner *miner, size_t at, uint64_t salt)
{
    static const char *const times[] = {"date", "datetime", "time"};
    AUTO(str) char *seconds = pop_seconds(miner->context, salt, MOMENT_PLAIN);

    for (size_t i = 0; i < COUNT_OF(times); i++)
        if (text_contains_nocase(miner->check->sql, times[i]))
            pop_choice_add(miner->choices[at], xasprintf("%s(%s, 'unixepoch')", times[i], seconds),
                           true, 1);
    for (size_t i = 2; i < miner->tokens.len; i++) {
        AUTO(str) char *format = NULL, *literal = NULL;

        if (miner->tokens.items[i].kind != SQL_STRING ||
            !sql_token_is(&miner->tokens, i - 2, "strftime"))
            continue;
        format = sql_token_name(&miner->tokens.items[i]);
        literal = pop_literal(miner->context, format);
        pop_choice_add(miner->choices[at],
                       xasprintf("strftime(%s, %s, 'unixepoch')", literal, seconds), true, 1);
    }
}

void pop_mine_plain(PopMiner *miner, size_t at)
{
    static const char *const alphabets[] = {"abcdefghijklmnopqrstuvwxyz",
                                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "1234567890"};
    const PopColumn *column = &miner->table->columns.items[at];
    uint64_t salt = pop_salt(miner->context, miner->table->place, column->name, 8);
    int64_t width = column->length > 0 && column->length < 8 ? column->length : 8;

    for (size_t i = 0; i < COUNT_OF(alphabets) && column->family == FAMILY_TEXT; i++)
        pop_choice_add(miner->choices[at], pop_code(alphabets[i], (int)width, salt), width >= 6, 3);
    if (column->family == FAMILY_TEXT)
        add_common(miner, at, salt);
    if (!miner->context->postgres)
        add_times(miner, at, salt);
}

/* "substr(card, 1, 1) = '2'", "right(key, 2) = '=='": text that begins or ends so, of every length
 * that is asked for. */
void pop_mine_affix(PopMiner *miner, size_t at, const char *value)
{
    AUTO(pop_lengths) PopLengths lengths = {0};
    AUTO(str) char *literal = pop_literal(miner->context, value);
    int64_t len = (int64_t)strlen(value);

    if (len == 0 || len > AFFIX_MAX ||
        !(text_contains_nocase(miner->check->sql, "substr") ||
          text_contains_nocase(miner->check->sql, "left") ||
          text_contains_nocase(miner->check->sql, "right") ||
          text_contains_nocase(miner->check->sql, "starts_with(")))
        return;
    pop_mine_lengths(miner, at, &lengths);
    LIST_PUSH(&lengths, len + 8);
    for (size_t i = 0; i < lengths.len; i++) {
        uint64_t salt =
            pop_salt(miner->context, miner->table->place, miner->table->columns.items[at].name, 9);
        AUTO(str) char *code = NULL;

        if (lengths.items[i] <= len || lengths.items[i] > ELEMENTS_MAX)
            continue;
        code = pop_code("1234567890", (int)(lengths.items[i] - len), salt);
        pop_choice_add(miner->choices[at], xasprintf("(%s || %s)", literal, code), true, 1);
        pop_choice_add(miner->choices[at], xasprintf("(%s || %s)", code, literal), true, 1);
    }
}
