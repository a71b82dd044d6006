/* JSON in checks: its keys, and what is said of their values. */

#include <ctype.h>
#include <string.h>

#include "database/populate/mine_parts.h"
#include "database/populate/pattern.h"

enum { KEYS_MAX = 40 };

/* The sign in front of a literal, "ARRAY[" and what is wrapped around left out; '\0' none. */
static char sign_before(const PopMiner *miner, const SqlToken *token)
{
    const char *at = token->start;

    while (at > miner->text && (isspace((unsigned char)at[-1]) || at[-1] == '('))
        at--;
    return at > miner->text ? at[-1] : '\0';
}

/* "->" or "->>" stands in front. */
static bool behind_arrow(const PopMiner *miner, const SqlToken *token)
{
    const char *at = token->start;

    while (at > miner->text && isspace((unsigned char)at[-1]))
        at--;
    return at - miner->text > 2 && at[-1] == '>' &&
           (at[-2] == '-' || (at[-2] == '>' && at[-3] == '-'));
}

static bool is_key(const PopMiner *miner, const SqlToken *token, const char *value)
{
    char sign = sign_before(miner, token);

    return text_starts(value, "$.") || sign == '?' || behind_arrow(miner, token) ||
           ((sign == '[' || sign == ',') && strstr(miner->text, "?&"));
}

/* What a literal behind a key says of its value, as SQL. Caller frees; NULL: nothing. */
static char *value_of(const PopMiner *miner, size_t at, const SqlToken *token, const char *text)
{
    static const struct {
        const char *type, *json;
    } types[] = {{"array", "[\"amber\"]"}, {"object", "{\"name\": \"amber\"}"},
                 {"number", "1"},          {"integer", "1"},
                 {"boolean", "true"},      {"true", "true"},
                 {"false", "false"},       {"null", "null"}};

    const PopColumn *column = &miner->table->columns.items[at];
    uint64_t salt = pop_salt(miner->context, miner->table->place, column->name, 78);
    char sign = sign_before(miner, token);
    bool typed = text_contains_nocase(miner->check->sql, "type"), distinct;

    for (size_t i = 0; i < COUNT_OF(types) && typed; i++)
        if (text_eq(types[i].type, text))
            return miner->context->postgres ? xasprintf("CAST('%s' AS jsonb)", types[i].json)
                                            : xasprintf("json('%s')", types[i].json);
    if (sign == '~' || sign == '*') {
        bool like = token->start - miner->text > 3 && strstr(miner->text, "~~");

        return pop_pattern(miner->context, like ? PATTERN_LIKE : PATTERN_REGEX, text, 0, 0, salt,
                           &distinct);
    }
    if (sign == 'E' || sign == 'e')
        return pop_pattern(miner->context, PATTERN_LIKE, text, 0, 0, salt, &distinct);
    if (sign == 'B' || sign == 'b')
        return pop_pattern(miner->context, PATTERN_GLOB, text, 0, 0, salt, &distinct);
    return sign == '=' || sign == '[' || sign == 'N' ? pop_literal(miner->context, text) : NULL;
}

/* The number that a comparison has behind a key: inside of what it allows. */
static char *number_of(const PopMiner *miner, const SqlToken *token)
{
    AUTO(str) char *text = sql_token_name(token);
    char sign = sign_before(miner, token);

    return sign == '>'   ? xasprintf("(%s + 1)", text)
           : sign == '<' ? xasprintf("(%s - 1)", text)
                         : TAKE(text);
}

static void put_value(StrList *values, size_t key, char *sql)
{
    if (!sql || key >= values->len) {
        free(sql);
        return;
    }
    free(values->items[key]);
    values->items[key] = sql;
}

static size_t put_key(StrList *keys, StrList *values, const char *key)
{
    for (size_t i = 0; i < keys->len; i++)
        if (text_eq(keys->items[i], key))
            return i;
    if (keys->len == KEYS_MAX)
        return KEYS_MAX;
    str_list_add(keys, key);
    str_list_add(values, "'amber'");
    return keys->len - 1;
}

/* One object, of which each key has what the check says of it: "c->>'home' ~ '^#'" and
 * "CAST(c->>'size' AS int) > 3". */
static void add_told(PopMiner *miner, size_t at)
{
    AUTO(str_list) StrList keys = {0}, values = {0}, parts = {0};
    AUTO(str) char *inner = NULL;
    size_t key = KEYS_MAX;

    for (size_t i = 0; i < miner->tokens.len; i++) {
        const SqlToken *token = &miner->tokens.items[i];
        AUTO(str) char *text = NULL;

        if (token->kind == SQL_OTHER && isdigit((unsigned char)token->start[0]))
            put_value(&values, key, number_of(miner, token));
        if (token->kind != SQL_STRING)
            continue;
        text = sql_token_name(token);
        if (is_key(miner, token, text))
            key = put_key(&keys, &values, text_starts(text, "$.") ? text + 2 : text);
        else
            put_value(&values, key, value_of(miner, at, token, text));
    }
    for (size_t i = 0; i < keys.len; i++) {
        AUTO(str) char *literal = pop_literal(miner->context, keys.items[i]);

        str_list_addf(&parts, "%s, %s", literal, values.items[i]);
    }
    inner = str_list_join(&parts, ", ");
    if (keys.len > 0)
        pop_choice_add(miner->choices[at],
                       xasprintf("%s(%s)",
                                 miner->context->postgres ? "jsonb_build_object" : "json_object",
                                 inner),
                       false, 2);
}

/* Objects that have all keys, each with the same value. */
static void add_object(PopMiner *miner, size_t at, const StrList *keys, const char *value)
{
    AUTO(str_list) StrList pairs = {0};
    AUTO(str) char *inner = NULL, *object = NULL;

    for (size_t i = 0; i < keys->len; i++)
        str_list_addf(&pairs, "\"%s\": %s", keys->items[i], value);
    inner = str_list_join(&pairs, ", ");
    object = xasprintf("{%s}", inner);
    pop_choice_add(miner->choices[at], pop_literal(miner->context, object), false, 2);
}

/* What a length in the check is about: the values of an object, or an array's. */
static void add_json_length(PopMiner *miner, size_t at, const StrList *keys, int64_t length)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmn";
    AUTO(str_list) StrList elements = {0};
    AUTO(str) char *inner = NULL, *array = NULL, *word = NULL;

    if (length > (int64_t)sizeof letters - 1)
        return;
    for (int64_t i = 0; i < length; i++)
        str_list_addf(&elements, "\"%c\"", letters[i]);
    inner = str_list_join(&elements, ", ");
    array = xasprintf("[%s]", inner);
    pop_choice_add(miner->choices[at], pop_literal(miner->context, array), false, 2);
    word = xasprintf("\"%.*s\"", (int)length, letters);
    if (keys->len > 0)
        add_object(miner, at, keys, word);
}

void pop_mine_json(PopMiner *miner, size_t at)
{
    static const char *const shapes[] = {"'[\"amber\", \"birch\"]'",
                                         "'{\"name\": \"amber\"}'",
                                         "'{}'",
                                         "'[]'",
                                         "'\"amber\"'",
                                         "'1'",
                                         "'true'"};
    static const char *const values[] = {"\"amber\"", "1", "[\"amber\"]", "{}", "true"};
    AUTO(str_list) StrList keys = {0}, pairs = {0};
    AUTO(pop_lengths) PopLengths lengths = {0};

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
        if (keys.len > 1)
            str_list_addf(&pairs, "\"%s\": \"%s\"", keys.items[keys.len - 2], key);
    }
    for (size_t i = 0; i < COUNT_OF(values) && keys.len > 0; i++)
        add_object(miner, at, &keys, values[i]);
    if (pairs.len > 0) {
        AUTO(str) char *inner = str_list_join(&pairs, ", ");
        AUTO(str) char *object = xasprintf("{%s}", inner);

        pop_choice_add(miner->choices[at], pop_literal(miner->context, object), false, 2);
    }
    add_told(miner, at);
    pop_mine_lengths(miner, at, &lengths);
    for (size_t i = 0; i < lengths.len; i++)
        add_json_length(miner, at, &keys, lengths.items[i]);
}
