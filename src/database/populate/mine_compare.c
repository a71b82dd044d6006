/* Comparisons in checks: columns that follow from others. */

#include <string.h>

#include "database/populate/mine_parts.h"

enum { DEPTH_MAX = 30 };

static char *source(const PopMiner *miner, size_t from, size_t to)
{
    const SqlToken *first = &miner->tokens.items[from], *last = &miner->tokens.items[to - 1];

    return xstrndup(miner->check->sql + (first->start - miner->text),
                    (size_t)(last->start + last->len - first->start));
}

/* The column that these tokens are, with or without parentheses and a cast; columns.len otherwise.
 */
static size_t bare_column(const PopMiner *miner, size_t from, size_t to)
{
    while (from < to && sql_token_is(&miner->tokens, from, "("))
        from++;
    if (from < to && (miner->tokens.items[from].kind == SQL_WORD ||
                      miner->tokens.items[from].kind == SQL_QUOTED)) {
        AUTO(str) char *name = sql_token_name(&miner->tokens.items[from]);
        size_t column = pop_column_find(miner->table, name, true), next = from + 1;

        while (next < to && sql_token_is(&miner->tokens, next, ")"))
            next++;
        if (next == to || sql_token_is(&miner->tokens, next, ":"))
            return column;
    }
    return miner->table->columns.len;
}

static void add_derived(PopMiner *miner, size_t at, const char *sql)
{
    PopChoiceList *list = miner->choices[at];
    size_t before = list->len;
    IndexList named = {0};

    pop_columns_named(miner->table, sql, &named);
    if (named.len > 0)
        pop_choice_add(list, xasprintf("(%s)", sql), false, 1);
    if (list->len > before)
        list->items[list->len - 1].derived = true;
    free(named.items);
}

/* How a value of a family is made greater or smaller; %s is the other side. */
static const struct {
    PopFamily family;
    const char *greater, *smaller, *sqlite_greater, *sqlite_smaller;
} STEPS[] = {
    {FAMILY_INT, "(%s) + 1", "(%s) - 1", "(%s) + 1", "(%s) - 1"},
    {FAMILY_DECIMAL, "(%s) + 1", "(%s) - 1", "(%s) + 1", "(%s) - 1"},
    {FAMILY_DATE, "(%s) + 1", "(%s) - 1", "date(%s, '+1 day')", "date(%s, '-1 day')"},
    {FAMILY_MOMENT, "(%s) + interval '1 minute'", "(%s) - interval '1 minute'",
     "datetime(%s, '+1 minute')", "datetime(%s, '-1 minute')"},
    {FAMILY_TIME, "(%s) + interval '1 minute'", "(%s) - interval '1 minute'",
     "time(%s, '+1 minute')", "time(%s, '-1 minute')"},
    {FAMILY_OTHER, "(%s) + interval '1 second'", "(%s) - interval '1 second'", NULL, NULL},
    {FAMILY_TEXT, "(%s) || 'z'", "substr(%s, 1, 1)", "(%s) || 'z'", "substr(%s, 1, 1)"},
};

static void compare_with(PopMiner *miner, size_t column, const char *other, const char *operator)
{
    bool smaller = operator[0] == '<' && operator[1] != '>', postgres = miner->context->postgres;
    const PopColumn *about = &miner->table->columns.items[column];

    if (strchr(operator, '=') && !text_eq(operator, "!="))
        add_derived(miner, column, other);
    for (size_t i = 0; i < COUNT_OF(STEPS) && operator[0] != '='; i++) {
        const char *step = smaller ? (postgres ? STEPS[i].smaller : STEPS[i].sqlite_smaller)
                                   : (postgres ? STEPS[i].greater : STEPS[i].sqlite_greater);
        AUTO(str) char *sql = NULL;

        if (STEPS[i].family != about->family || !step ||
            (about->family == FAMILY_OTHER && !text_starts(about->type, "interval")))
            continue;
        sql = text_replace(step, "%s", other);
        add_derived(miner, column, sql);
    }
}

static void compare(PopMiner *miner, size_t column, size_t from, size_t to, const char *operator)
{
    AUTO(str) char *other = NULL;

    if (column == miner->table->columns.len || from >= to)
        return;
    other = source(miner, from, to);
    compare_with(miner, column, other, operator);
}

/* Tokens of one side of a comparison. */
typedef struct Side {
    size_t from, to;
} Side;

static const char *mirror_of(const char *operator)
{
    return operator[0] == '<' && operator[1] != '>' ? (operator[1] == '=' ? ">=" : ">") :
           operator[0] == '>'                       ? (operator[1] == '=' ? "<=" : "<")
                                                    :
                              operator;
}

/* The column is what the format makes of two sides. */
static void follow(PopMiner *miner, size_t column, Side one, Side two, const char *format,
                   const char *operator)
{
    AUTO(str)
    char *first = source(miner, one.from, one.to), *second = source(miner, two.from, two.to);
    AUTO(str) char *half = text_replace(format, "%1", first);
    AUTO(str) char *sql = text_replace(half, "%2", second);

    if (column < miner->table->columns.len)
        compare_with(miner, column, sql, operator);
}

static size_t split_at(const PopMiner *miner, size_t from, size_t to, const char *word)
{
    int between = 0;

    for (size_t i = from; i < to; i++) {
        if (sql_token_is(&miner->tokens, i, "(")) {
            size_t end = sql_group_end(&miner->tokens, i);

            i = end < to ? end : to;
        } else if (sql_token_is(&miner->tokens, i, "BETWEEN")) {
            between++;
        } else if (sql_token_is(&miner->tokens, i, word)) {
            if (between > 0)
                between--;
            else
                return i;
        }
    }
    return to;
}

/* "a - b" or "a + b" on one side: each of the two follows from the other and the other side. */
static void compare_sum(PopMiner *miner, size_t from, size_t to, size_t other_from, size_t other_to,
                        const char *operator)
{
    static const struct {
        const char *sign, *first, *second;
        bool mirrored; /* the second shrinks where the first grows */
    } sums[] = {{"-", "(%1) + (%2)", "(%1) - (%2)", true},
                {"+", "(%2) - (%1)", "(%2) - (%1)", false}};

    while (to - from > 2 && sql_token_is(&miner->tokens, from, "(") &&
           sql_group_end(&miner->tokens, from) + 1 == to) {
        from++;
        to--;
    }
    for (size_t i = 0; i < COUNT_OF(sums) && other_from < other_to; i++) {
        size_t at = split_at(miner, from, to, sums[i].sign);

        if (at == to || at == from || at + 1 >= to)
            continue;
        follow(miner, bare_column(miner, from, at), (Side){at + 1, to},
               (Side){other_from, other_to}, sums[i].first, operator);
        follow(miner, bare_column(miner, at + 1, to), (Side){from, at},
               (Side){other_from, other_to}, sums[i].second,
               sums[i].mirrored ? mirror_of(operator) : operator);
    }
}

/* "c BETWEEN a AND b", a and b being more than numbers. */
static void compare_between(PopMiner *miner, size_t from, size_t between, size_t to)
{
    size_t column = bare_column(miner, from, between), and = between + 1;

    while (and < to && !sql_token_is(&miner->tokens, and, "AND"))
        and =
            sql_token_is(&miner->tokens, and, "(") ? sql_group_end(&miner->tokens, and) + 1 : and+1;
    if (and >= to)
        return;
    compare(miner, column, between + 1, and, ">=");
    compare(miner, column, and+1, to, "<=");
    compare_sum(miner, from, between, between + 1, and, ">=");
    compare_sum(miner, from, between, and+1, to, "<=");
}

void pop_mine_terms(PopMiner *miner, size_t from, size_t to, int depth)
{
    static const char *const operators[] = {"<=", ">=", "<>", "!=", "==", "=", "<", ">"};

    if (depth > DEPTH_MAX || from >= to)
        return;
    if (sql_token_is(&miner->tokens, from, "(") && sql_group_end(&miner->tokens, from) + 1 == to) {
        pop_mine_terms(miner, from + 1, to - 1, depth + 1);
        return;
    }
    for (size_t w = 0; w < 2; w++) {
        size_t at = split_at(miner, from, to, w == 0 ? "OR" : "AND");

        if (at < to) {
            pop_mine_terms(miner, from, at, depth + 1);
            pop_mine_terms(miner, at + 1, to, depth + 1);
            return;
        }
    }
    for (size_t at = from; at < to; at++)
        if (sql_token_is(&miner->tokens, at, "BETWEEN")) {
            compare_between(miner, from, at, to);
            return;
        } else if (sql_token_is(&miner->tokens, at, "(")) {
            at = sql_group_end(&miner->tokens, at);
        }
    for (size_t o = 0; o < COUNT_OF(operators); o++) {
        size_t at = split_at(miner, from, to, operators[o]);

        if (at == to || at == from || at + 1 >= to)
            continue;
        compare(miner, bare_column(miner, from, at), at + 1, to, operators[o]);
        compare(miner, bare_column(miner, at + 1, to), from, at, mirror_of(operators[o]));
        compare_sum(miner, from, at, at + 1, to, operators[o]);
        compare_sum(miner, at + 1, to, from, at, mirror_of(operators[o]));
        return;
    }
}
