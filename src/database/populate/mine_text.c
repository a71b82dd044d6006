/* Literals and patterns in checks. */

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include <sqlite3.h>

#include "database/populate/mine_parts.h"
#include "database/populate/pattern.h"

/* The operator in front of a literal, as "~*" or "LIKE", parentheses, casts and E left out. */
static char *operator_before(const PopMiner *miner, const char *at)
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

/* Whether NOT stands before the operator that ends before the literal. */
static bool is_negated(const PopMiner *miner, const char *at, const char *operator_text)
{
    const char *start = miner->text;

    at -= strlen(operator_text);
    while (at > start && (isspace((unsigned char)at[-1]) || at[-1] == '('))
        at--;
    at -= at - start >= (ptrdiff_t)strlen(operator_text) &&
                  sqlite3_strnicmp(at - strlen(operator_text), operator_text,
                                   (int)strlen(operator_text)) == 0
              ? strlen(operator_text)
              : 0;
    while (at > start && isspace((unsigned char)at[-1]))
        at--;
    return at - start >= 3 && sqlite3_strnicmp(at - 3, "NOT", 3) == 0;
}

static void add_of_length(PopMiner *miner, PopPatternKind kind, const char *pattern, size_t at,
                          int64_t length)
{
    const PopColumn *column = &miner->table->columns.items[at];
    bool distinct = false;
    char *sql =
        pop_pattern(miner->context, kind, pattern, column->length, length,
                    pop_salt(miner->context, miner->table->place, column->name, 77), &distinct);

    if (sql)
        pop_choice_add(miner->choices[at], sql, distinct, 1);
}

static void add_pattern(PopMiner *miner, PopPatternKind kind, const char *pattern, size_t at)
{
    static const char *const numbers[] = {"CAST(1 AS bigint)", "CAST(997 AS bigint)",
                                          "CAST(5 AS bigint)"};
    const PopColumn *column = &miner->table->columns.items[at];
    bool distinct = false;
    AUTO(pop_lengths) PopLengths lengths = {0};
    AUTO(str)
    char *sql =
        pop_pattern(miner->context, kind, pattern, column->length, 0,
                    pop_salt(miner->context, miner->table->place, column->name, 77), &distinct);

    if (!sql)
        return;
    pop_mine_lengths(miner, at, &lengths);
    for (size_t i = 0; i < lengths.len; i++)
        add_of_length(miner, kind, pattern, at, lengths.items[i]);
    /* two of one pattern that can be told apart, where one column is to be less than another */
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        pop_choice_add(miner->choices[at], text_replace(sql, "r.i", numbers[i]), false, 2);
    pop_choice_add(miner->choices[at], TAKE(sql), distinct, 1);
}

/* Another check may want digits where LIKE takes anything. */
static void add_digits(PopMiner *miner, const char *pattern, size_t at)
{
    AUTO(str) char *any = NULL, *one = NULL;

    if (strpbrk(pattern, "\\^$.[]|()*+?{}"))
        return;
    any = text_replace(pattern, "%", "[0-9]*");
    one = text_replace(any, "_", "[0-9]");
    add_pattern(miner, PATTERN_REGEX, one, at);
}

/* "*[^0-9a-f]*" must not match: the text consists of [0-9a-f]. */
static void add_without(PopMiner *miner, const char *pattern, size_t at)
{
    const char *open = strstr(pattern, "[^"), *close = open ? strchr(open + 2, ']') : NULL;
    AUTO(str) char *allowed = NULL;

    if (!close || strspn(pattern, "*%^.") != (size_t)(open - pattern) ||
        close[1 + strspn(close + 1, "*%+.$")] != '\0')
        return;
    allowed = xasprintf("^[%.*s]+$", (int)(close - open - 2), open + 2);
    add_pattern(miner, PATTERN_REGEX, allowed, at);
}

/* SIMILAR TO has the wild cards of LIKE, and repeats and sets of expressions. */
static char *similar_pattern(const PopMiner *miner, const char *at, const char *value)
{
    static const char *const names[] = {"similar_to_escape(", "similar_escape("};

    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (at - miner->text >= (ptrdiff_t)strlen(names[i]) &&
            strncmp(at - strlen(names[i]), names[i], strlen(names[i])) == 0) {
            AUTO(str) char *whole = xasprintf("%s$", value);
            AUTO(str) char *any = text_replace(whole, "%", ".*");

            return text_replace(any, "_", ".");
        }
    return NULL;
}

/* What is said of a text column; false: it is a value. */
static bool mine_text_pattern(PopMiner *miner, const char *start, const char *value, size_t at)
{
    AUTO(str) char *operator_text = operator_before(miner, start);
    AUTO(str) char *similar = similar_pattern(miner, start, value);
    bool negated = is_negated(miner, start, operator_text);
    PopPatternKind kind;

    if (similar) {
        add_pattern(miner, PATTERN_REGEX, similar, at);
        return true;
    }
    if (one_of(operator_text, "!~", "!~*", "!~~")) {
        add_without(miner, value, at);
        return true;
    }
    if (one_of(operator_text, "~", "~*", "REGEXP"))
        kind = PATTERN_REGEX;
    else if (one_of(operator_text, "~~", "~~*", "LIKE") || text_eq_nocase(operator_text, "ILIKE"))
        kind = PATTERN_LIKE;
    else if (text_eq_nocase(operator_text, "GLOB"))
        kind = PATTERN_GLOB;
    else
        return false;
    if (negated)
        add_without(miner, value, at);
    else
        add_pattern(miner, kind, value, at);
    if (!negated && kind == PATTERN_LIKE)
        add_digits(miner, value, at);
    return true;
}

/* Parentheses and casts behind a literal. */
static size_t skip_dressing(const PopMiner *miner, size_t at)
{
    while (sql_token_is(&miner->tokens, at, ")") || sql_token_is(&miner->tokens, at, ":"))
        at += sql_token_is(&miner->tokens, at, ")")       ? 1
              : sql_token_is(&miner->tokens, at + 1, ":") ? 3
                                                          : 2;
    return at;
}

/* The literal with those that are put behind it. Caller frees. */
static char *whole_string(const PopMiner *miner, size_t token)
{
    char *value = sql_token_name(&miner->tokens.items[token]);

    for (;;) {
        size_t at = skip_dressing(miner, token + 1);
        AUTO(str) char *more = NULL, *before = value;

        at += sql_token_is(&miner->tokens, at, "||") ? 1
              : sql_token_is(&miner->tokens, at, "|") && sql_token_is(&miner->tokens, at + 1, "|")
                  ? 2
                  : miner->tokens.len;
        while (sql_token_is(&miner->tokens, at, "("))
            at++;
        if (at >= miner->tokens.len || miner->tokens.items[at].kind != SQL_STRING) {
            before = NULL;
            return value;
        }
        more = sql_token_name(&miner->tokens.items[at]);
        value = xasprintf("%s%s", before, more);
        token = at;
    }
}

void pop_mine_string(PopMiner *miner, size_t token)
{
    const SqlToken *string = &miner->tokens.items[token];
    AUTO(str) char *value = whole_string(miner, token);
    bool escaped = string->start > miner->text && (string->start[-1] == 'E');

    if (escaped && strstr(value, "\\\\")) {
        char *plain = text_replace(value, "\\\\", "\\");

        free(value);
        value = plain;
    }
    for (size_t i = 0; i < miner->check->columns.len; i++) {
        size_t at = miner->check->columns.items[i];
        PopFamily family = miner->table->columns.items[at].family;

        if (family == FAMILY_TEXT && mine_text_pattern(miner, string->start, value, at))
            continue;
        if (family == FAMILY_TEXT)
            pop_mine_affix(miner, at, value);
        if (family == FAMILY_OTHER)
            pop_mine_element(miner, at, value);
        if (!pop_is_number(family) && family != FAMILY_BOOL)
            pop_choice_add(miner->choices[at], pop_literal(miner->context, value), false, 2);
        else if (pop_is_number(family) && value[0] != '\0' &&
                 strspn(value, "-0123456789.") == strlen(value))
            pop_choice_add(miner->choices[at], xasprintf("(%s)", value), false, 2);
    }
}
