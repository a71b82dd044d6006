#include "database/populate/mine.h"

#include <ctype.h>
#include <string.h>

#include "database/populate/pattern.h"
#include "database/sql_text.h"

enum { LENGTH_MAX = 4096, DEPTH_MAX = 30 };

typedef struct Miner {
    const PopContext *context;
    const PopTable *table;
    const PopCheck *check;
    PopChoiceList *const *choices;
    char *text; /* the check's, as long as it */
    SqlTokens tokens;
    bool about_length; /* numbers are lengths of texts, too */
} Miner;

static bool is_number(PopFamily family)
{
    return family == FAMILY_INT || family == FAMILY_DECIMAL;
}

/* --- literals and patterns
 * ------------------------------------------------------------------------ */

/* The operator in front of a literal, as "~*" or "LIKE", parentheses, casts and E left out. */
static char *operator_before(const Miner *miner, const char *at)
{
    const char *start = miner->text, *end;

    if (at > start && (at[-1] == 'E' || at[-1] == 'e') &&
        (at - 1 == start || !isalnum((unsigned char)at[-2])))
        at--;
    while (at > start && (isspace((unsigned char)at[-1]) || at[-1] == '('))
        at--;
    end = at;
    while (at > start && strchr("~!*=<>", at[-1]))
        at--;
    if (at == end)
        while (at > start && isalpha((unsigned char)at[-1]))
            at--;
    return xstrndup(at, (size_t)(end - at));
}

static bool one_of(const char *word, const char *a, const char *b, const char *c)
{
    return text_eq_nocase(word, a) || text_eq_nocase(word, b) || text_eq_nocase(word, c);
}

static void add_pattern(Miner *miner, PopPatternKind kind, const char *pattern, size_t at)
{
    static const char *const numbers[] = {"CAST(1 AS bigint)", "CAST(997 AS bigint)",
                                          "CAST(5 AS bigint)"};
    const PopColumn *column = &miner->table->columns.items[at];
    bool distinct = false;
    AUTO(str)
    char *sql =
        pop_pattern(miner->context, kind, pattern, column->length,
                    pop_salt(miner->context, miner->table->place, column->name, 77), &distinct);

    if (!sql)
        return;
    /* two of one pattern that can be told apart, where one column is to be less than another */
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        pop_choice_add(miner->choices[at], text_replace(sql, "r.i", numbers[i]), false, 2);
    pop_choice_add(miner->choices[at], TAKE(sql), distinct, 1);
}

static void mine_string(Miner *miner, size_t token)
{
    const SqlToken *string = &miner->tokens.items[token];
    AUTO(str) char *operator_text = operator_before(miner, string->start);
    AUTO(str) char *value = sql_token_name(string);
    bool escaped = string->start > miner->text && (string->start[-1] == 'E');

    if (escaped && strstr(value, "\\\\")) {
        char *plain = text_replace(value, "\\\\", "\\");

        free(value);
        value = plain;
    }
    for (size_t i = 0; i < miner->check->columns.len; i++) {
        size_t at = miner->check->columns.items[i];
        PopFamily family = miner->table->columns.items[at].family;

        if (family == FAMILY_TEXT && one_of(operator_text, "~", "~*", "REGEXP"))
            add_pattern(miner, PATTERN_REGEX, value, at);
        else if (family == FAMILY_TEXT && (one_of(operator_text, "~~", "~~*", "LIKE") ||
                                           text_eq_nocase(operator_text, "ILIKE")))
            add_pattern(miner, PATTERN_LIKE, value, at);
        else if (family == FAMILY_TEXT && text_eq_nocase(operator_text, "GLOB"))
            add_pattern(miner, PATTERN_GLOB, value, at);
        else if (!is_number(family) && family != FAMILY_BOOL)
            pop_choice_add(miner->choices[at], pop_literal(miner->context, value), false, 2);
        else if (is_number(family) && value[0] != '\0' &&
                 strspn(value, "-0123456789.") == strlen(value))
            pop_choice_add(miner->choices[at], xasprintf("(%s)", value), false, 2);
    }
}

/* --- numbers
 * ----------------------------------------------------------------------------------------- */

static void add_length(Miner *miner, size_t at, int64_t length)
{
    PopChoiceList *list = miner->choices[at];
    const char *typical = list->len > 0 ? list->items[0].sql : "''";
    int digits = pop_digits(miner->context);

    if (length < 0 || length > LENGTH_MAX || text_eq(typical, "NULL"))
        return;
    if (length > digits)
        pop_choice_add(
            list,
            miner->context->postgres
                ? xasprintf(
                      "(rpad(substr('x' || %s, 2), %lld, 'x') || lpad(CAST(r.i AS text), %d, '0'))",
                      typical, (long long)length - digits, digits)
                : xasprintf(
                      "(substr(%s || replace(hex(zeroblob(%lld)), '00', 'x'), 1, %lld) || printf('%%0%dd', r.i))",
                      typical, (long long)length, (long long)length - digits, digits),
            true, 1);
    else if (length > 0)
        pop_choice_add(list,
                       pop_code("abcdefghijklmnopqrstuvwxyz0123456789", (int)length,
                                pop_salt(miner->context, miner->table->place,
                                         miner->table->columns.items[at].name, 5)),
                       false, 1);
}

static void add_bytes(Miner *miner, size_t at, int64_t length)
{
    const PopColumn *column = &miner->table->columns.items[at];
    uint64_t salt = pop_salt(miner->context, miner->table->place, column->name, 6);
    AUTO(str) char *hex = pop_expand(miner->context, "{hex}", salt);

    if (length <= 0 || length > LENGTH_MAX)
        return;
    pop_choice_add(miner->choices[at],
                   miner->context->postgres
                       ? xasprintf("substr(decode(%s || repeat('00', %lld), 'hex'), 1, %lld)", hex,
                                   (long long)length, (long long)length)
                       : xasprintf("CAST(substr(%s || hex(zeroblob(%lld)), 1, %lld) AS blob)", hex,
                                   (long long)length, (long long)length),
                   length >= 8, 1);
}

static void mine_number(Miner *miner, size_t token)
{
    AUTO(str) char *text = sql_token_name(&miner->tokens.items[token]);
    bool negative = token > 0 && sql_token_is(&miner->tokens, token - 1, "-");
    uint64_t whole = 0;
    Error *err = parse_u64(text, 0, INT64_MAX / 2, &whole);
    bool is_whole = !err;

    error_free(err);
    for (size_t i = 0; i < miner->check->columns.len; i++) {
        size_t at = miner->check->columns.items[i];
        PopChoiceList *list = miner->choices[at];

        if (is_number(miner->table->columns.items[at].family)) {
            pop_choice_add(list, xasprintf("(%s%s)", negative ? "-" : "", text), false, 2);
            pop_choice_add(list, xasprintf("(%s%s + 1)", negative ? "-" : "", text), false, 3);
            pop_choice_add(list, xasprintf("(%s%s - 1)", negative ? "-" : "", text), false, 4);
            if (is_whole) /* above and, for ranges, spread out from it */
                pop_choice_add(list, xasprintf("(%s%s + r.i)", negative ? "-" : "", text), true, 1);
        } else if (is_whole && miner->table->columns.items[at].family == FAMILY_TEXT &&
                   miner->about_length) {
            add_length(miner, at, (int64_t)whole);
            add_length(miner, at, (int64_t)whole + 1);
            add_length(miner, at, (int64_t)whole - 1);
        } else if (is_whole && miner->table->columns.items[at].family == FAMILY_BYTES) {
            add_bytes(miner, at, (int64_t)whole);
            add_bytes(miner, at, (int64_t)whole + 1);
        }
    }
}

/* --- comparisons
 * ---------------------------------------------------------------------------------- */

static char *source(const Miner *miner, size_t from, size_t to)
{
    const SqlToken *first = &miner->tokens.items[from], *last = &miner->tokens.items[to - 1];

    return xstrndup(miner->check->sql + (first->start - miner->text),
                    (size_t)(last->start + last->len - first->start));
}

/* The column that these tokens are, with or without parentheses and a cast; columns.len otherwise.
 */
static size_t bare_column(const Miner *miner, size_t from, size_t to)
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

static void add_derived(Miner *miner, size_t at, const char *sql)
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

static void compare(Miner *miner, size_t column, size_t from, size_t to, const char *operator)
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

static size_t split_at(const Miner *miner, size_t from, size_t to, const char *word)
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

static void mine_terms(Miner *miner, size_t from, size_t to, int depth)
{
    static const struct {
        const char *text, *mirror;
    } operators[] = {{"<=", ">="}, {">=", "<="}, {"<>", "<>"}, {"!=", "!="},
                     {"==", "=="}, {"=", "="},   {"<", ">"},   {">", "<"}};

    if (depth > DEPTH_MAX || from >= to)
        return;
    if (sql_token_is(&miner->tokens, from, "(") && sql_group_end(&miner->tokens, from) + 1 == to) {
        mine_terms(miner, from + 1, to - 1, depth + 1);
        return;
    }
    for (size_t w = 0; w < 2; w++) {
        size_t at = split_at(miner, from, to, w == 0 ? "OR" : "AND");

        if (at < to) {
            mine_terms(miner, from, at, depth + 1);
            mine_terms(miner, at + 1, to, depth + 1);
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

/* --- JSON
 * ------------------------------------------------------------------------------------------------
 */

/* Objects that have the check's texts as keys, and as values of one another; every shape there is.
 */
static void mine_json(Miner *miner, size_t at)
{
    static const char *const shapes[] = {"'[\"amber\", \"birch\"]'",
                                         "'{\"name\": \"amber\"}'",
                                         "'{}'",
                                         "'[]'",
                                         "'\"amber\"'",
                                         "'1'",
                                         "'true'"};
    AUTO(str_list) StrList keys = {0}, words = {0}, numbers = {0}, pairs = {0};

    for (size_t i = 0; i < COUNT_OF(shapes); i++)
        pop_choice_add(miner->choices[at], xstrdup(shapes[i]), false, i < 2 ? 1 : 3);
    for (size_t i = 0; i < miner->tokens.len; i++) {
        AUTO(str) char *value = NULL, *key = NULL;

        if (miner->tokens.items[i].kind != SQL_STRING)
            continue;
        value = sql_token_name(&miner->tokens.items[i]);
        key = text_replace(value, "$.", "");
        if (strpbrk(key, "\"\\") || str_list_has(&keys, key))
            continue;
        str_list_add(&keys, key);
        str_list_addf(&words, "\"%s\": \"amber\"", key);
        str_list_addf(&numbers, "\"%s\": 1", key);
        if (keys.len > 1)
            str_list_addf(&pairs, "\"%s\": \"%s\"", keys.items[keys.len - 2], key);
    }
    for (int n = 0; n < 3 && keys.len > 0; n++) {
        AUTO(str) char *inner = str_list_join(n == 0 ? &words : n == 1 ? &numbers : &pairs, ", ");
        AUTO(str) char *object = xasprintf("{%s}", inner);

        pop_choice_add(miner->choices[at], pop_literal(miner->context, object), false, 2);
    }
}

void pop_mine(const PopContext *context, const PopTable *table, const PopCheck *check,
              PopChoiceList *const *choices)
{
    Miner miner = {.context = context, .table = table, .check = check, .choices = choices};

    miner.text = pop_without_brackets(check->sql);
    sql_tokens_read(miner.text, &miner.tokens);
    miner.about_length = text_contains_nocase(check->sql, "length");
    for (size_t i = 0; i < miner.tokens.len; i++) {
        const SqlToken *token = &miner.tokens.items[i];

        if (token->kind == SQL_STRING)
            mine_string(&miner, i);
        else if (token->kind == SQL_OTHER && isdigit((unsigned char)token->start[0]))
            mine_number(&miner, i);
    }
    mine_terms(&miner, 0, miner.tokens.len, 0);
    for (size_t i = 0; i < check->columns.len; i++) {
        PopFamily family = table->columns.items[check->columns.items[i]].family;

        if (family == FAMILY_JSON ||
            (family == FAMILY_TEXT && text_contains_nocase(check->sql, "json")))
            mine_json(&miner, check->columns.items[i]);
        if (family == FAMILY_BOOL) {
            PopChoiceList *list = choices[check->columns.items[i]];

            pop_choice_add(list, xstrdup(context->postgres ? "true" : "1"), false, 1);
            pop_choice_add(list, xstrdup(context->postgres ? "false" : "0"), false, 1);
        }
    }
    sql_tokens_clear(&miner.tokens);
    free(miner.text);
}
