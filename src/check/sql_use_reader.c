/* The tokens of one statement: names, tables and their aliases, columns, types. */

#include <ctype.h>

#include "check/sql_use_parts.h"

bool use_is(const UseReader *reader, size_t at, const char *text)
{
    return at < reader->to && scan_is(reader->tokens, at, text);
}

bool use_is_any(const UseReader *reader, size_t at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (use_is(reader, at, words[i]))
            return true;
    return false;
}

bool use_is_name(const UseReader *reader, size_t at)
{
    return at < reader->to && scan_is_name(reader->tokens, at);
}

char *use_text_at(const UseReader *reader, size_t at)
{
    return scan_text(&reader->tokens->items[at]);
}

size_t use_skip(const UseReader *reader, size_t at)
{
    size_t next = scan_skip(reader->tokens, at);

    return next < reader->to ? next : reader->to;
}

char *use_range_text(const UseReader *reader, size_t from, size_t to)
{
    const ScanToken *first, *last;

    if (from >= to)
        return xstrdup("");
    first = &reader->tokens->items[from];
    last = &reader->tokens->items[to - 1];
    return xstrndup(first->start, (size_t)(last->start + last->len - first->start));
}

size_t use_skip_words(const UseReader *reader, size_t at)
{
    static const char *const WORDS[] = {"ONLY", "IF", "NOT", "EXISTS", "LATERAL", "CONCURRENTLY"};

    while (use_is_any(reader, at, WORDS, COUNT_OF(WORDS)))
        at++;
    return at;
}

char *use_take_name(const UseReader *reader, size_t *at)
{
    size_t next = use_skip_words(reader, *at);

    if (!use_is_name(reader, next))
        return NULL;
    while (use_is(reader, next + 1, ".") && use_is_name(reader, next + 2))
        next += 2;
    *at = next + 1;
    return use_text_at(reader, next);
}

static void add_table(UseReader *reader, size_t at)
{
    static const char *const BEHIND[] = {
        "SET",   "WHERE",  "USING",     "ON",     "JOIN",    "LEFT",    "RIGHT", "INNER", "FULL",
        "CROSS", "GROUP",  "ORDER",     "LIMIT",  "VALUES",  "ADD",     "ALTER", "DROP",  "RENAME",
        "UNION", "SELECT", "RETURNING", "HAVING", "NATURAL", "DEFAULT", "WHEN",  "EXCEPT"};
    char *table = use_take_name(reader, &at);
    UseAlias alias = {.table = table};

    if (!table)
        return;
    if (use_is(reader, at, "AS"))
        at++;
    if (use_is_name(reader, at) && !use_is_any(reader, at, BEHIND, COUNT_OF(BEHIND)))
        alias.alias = use_text_at(reader, at++);
    LIST_PUSH(&reader->aliases, alias);
    if (use_is(reader, at, ",") && use_is_name(reader, at + 1))
        add_table(reader, at + 1);
}

void use_read_tables(UseReader *reader)
{
    static const char *const BEFORE[] = {"UPDATE", "FROM", "JOIN", "INTO", "TABLE"};

    for (size_t at = reader->from; at < reader->to; at++)
        if (use_is_any(reader, at, BEFORE, COUNT_OF(BEFORE)))
            add_table(reader, at + 1);
}

static void add_tables(const UseReader *reader, SqlUse *use, const char *qualifier)
{
    for (size_t i = 0; i < reader->aliases.len; i++) {
        const UseAlias *alias = &reader->aliases.items[i];

        if (qualifier && !text_eq_nocase(alias->alias ? alias->alias : "", qualifier) &&
            !text_eq_nocase(alias->table, qualifier))
            continue;
        if (!str_list_has(&use->tables, alias->table))
            str_list_add(&use->tables, alias->table);
    }
}

SqlUse *use_add(UseReader *reader, SqlUseKind kind)
{
    LIST_PUSH(reader->uses, ((SqlUse){.kind = kind, .statement = reader->statement}));
    return &reader->uses->items[reader->uses->len - 1];
}

/* What can be a column in an expression: neither a function nor a type behind "::". */
static bool is_column(const UseReader *reader, size_t at)
{
    return use_is_name(reader, at) && !use_is(reader, at + 1, "(") &&
           !use_is(reader, at + 1, ".") && !(at > reader->from && use_is(reader, at - 1, ":"));
}

void use_add_columns(const UseReader *reader, size_t from, size_t to, SqlUse *use)
{
    for (size_t at = from; at < to; at++) {
        AUTO(str) char *qualifier = NULL;

        if (!is_column(reader, at))
            continue;
        if (at >= from + 2 && use_is(reader, at - 1, "."))
            qualifier = use_text_at(reader, at - 2);
        str_list_add_owned(&use->columns, use_text_at(reader, at));
        add_tables(reader, use, qualifier);
    }
}

char *use_type_text(const UseReader *reader, size_t at)
{
    char *type;

    while (use_is(reader, at + 1, ".") && use_is_name(reader, at + 2))
        at += 2;
    type = use_is_name(reader, at) ? use_text_at(reader, at) : xstrdup("");
    for (char *c = type; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    if (*type && use_is(reader, at + 1, "[")) {
        AUTO(str) char *element = type;

        return xasprintf("%s[]", element);
    }
    return type;
}
