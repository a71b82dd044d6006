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

static void compare(PopMiner *miner, size_t column, size_t from, size_t to, const char *operator)
{
    AUTO(str) char *other = NULL;
    bool smaller = operator[0] == '<' && operator[1] != '>', postgres = miner->context->postgres;
    const PopColumn *about;

    if (column == miner->table->columns.len || from >= to)
        return;
    about = &miner->table->columns.items[column];
    other = source(miner, from, to);
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

void pop_mine_terms(PopMiner *miner, size_t from, size_t to, int depth)
{
    static const struct {
        const char *text, *mirror;
    } operators[] = {{"<=", ">="}, {">=", "<="}, {"<>", "<>"}, {"!=", "!="},
                     {"==", "=="}, {"=", "="},   {"<", ">"},   {">", "<"}};

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
    for (size_t o = 0; o < COUNT_OF(operators); o++) {
        size_t at = split_at(miner, from, to, operators[o].text);

        if (at == to || at == from || at + 1 >= to)
            continue;
        compare(miner, bare_column(miner, from, at), at + 1, to, operators[o].text);
        compare(miner, bare_column(miner, at + 1, to), from, at, operators[o].mirror);
        return;
    }
}
