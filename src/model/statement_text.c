#include "model/statement_text.h"

#include <ctype.h>
#include <string.h>

#include "base/buffer.h"

/* Words that neither Postgres nor SQLite takes as a column's name. Source: postgresql.org, "SQL Key
 * Words" (reserved), sqlite.org, "SQLite Keywords" */
static const char KEYWORDS[] =
    " add all alter analyse analyze and any array as asc asymmetric authorization autoincrement "
    "between binary both case cast check collate collation column commit concurrently constraint "
    "create cross current_catalog current_date current_role current_schema current_time "
    "current_timestamp current_user default deferrable deferred delete desc distinct do drop else "
    "end escape except exists false fetch for foreign freeze from full grant group having if ilike "
    "in index initially inner insert intersect into is isnull join lateral leading left like limit "
    "localtime localtimestamp natural not notnull null offset on only or order outer overlaps "
    "placing primary references returning right select session_user set similar some symmetric "
    "system_user table tablesample then to trailing transaction true union unique update user using "
    "values variadic verbose when where window with ";

static bool is_keyword(const char *name)
{
    AUTO(str) char *word = xasprintf(" %s ", name);

    return strstr(KEYWORDS, word) != NULL;
}

static bool is_plain(const char *name)
{
    if (!islower((unsigned char)*name) && *name != '_')
        return false;
    for (const char *c = name; *c; c++)
        if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
            return false;
    return !is_keyword(name);
}

static char *quoted(const char *text, const char *quote, const char *twice)
{
    AUTO(str) char *inside = text_replace(text, quote, twice);

    return xasprintf("%s%s%s", quote, inside, quote);
}

char *statement_name(const char *name)
{
    return is_plain(name) ? xstrdup(name) : quoted(name, "\"", "\"\"");
}

char *statement_place(const char *space, const char *name)
{
    AUTO(str) char *first = statement_name(space);
    AUTO(str) char *second = statement_name(name);

    return space[0] ? xasprintf("%s.%s", first, second) : TAKE(second);
}

/* A backslash is nothing special: servers have standard_conforming_strings on since 9.1. */
char *statement_literal(const char *text)
{
    return quoted(text, "'", "''");
}

static const char *skip_quotes(const char *at)
{
    const char *end = strchr(at + 1, *at);

    return end ? end : at + strlen(at) - 1;
}

void statement_split(const char *list, StrList *ret_items)
{
    const char *start = list, *at;
    int depth = 0;

    for (at = list; *at; at++) {
        if (*at == '"' || *at == '\'')
            at = skip_quotes(at);
        else if (*at == '(' || *at == ')')
            depth += *at == '(' ? 1 : -1;
        else if (depth == 0 && text_starts(at, ", ")) {
            str_list_add_owned(ret_items, xstrndup(start, (size_t)(at - start)));
            start = at + 2;
        }
    }
    if (at > list)
        str_list_add(ret_items, start);
}

static const char *scope_text(const StatementScope *scope, const char *key)
{
    const struct {
        const char *key, *value;
    } rows[] = {{"noun", scope->noun},
                {"place", scope->place},
                {"table", scope->table},
                {"name", scope->name},
                {"definitions", scope->definitions},
                {"before", scope->before},
                {"after", scope->after}};

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (text_eq(rows[i].key, key))
            return rows[i].value;
    if (text_starts(key, "old."))
        return schema_object_text(scope->old, key + strlen("old."));
    return schema_object_text(scope->object, key);
}

static bool holds(const StatementScope *scope, const char *condition)
{
    const char *equals = strchr(condition, '=');
    AUTO(str)
    char *key = xstrndup(condition, equals ? (size_t)(equals - condition) : strlen(condition));
    const char *value = scope_text(scope, key);

    return equals ? text_eq(value, equals + 1) : value != NULL;
}

static bool begins(const char *text, const char *with)
{
    return text && with && text_starts(text, with);
}

/* One {...}; false when it makes what it stands in vanish. */
static bool put_value(const char *key, const StatementScope *scope, Buf *out)
{
    AUTO(str) char *text = NULL;
    const char *value;

    if (*key == '?')
        return holds(scope, key + 1);
    if (*key == '!')
        return !holds(scope, key + 1);
    if (*key == '^')
        return begins(schema_object_text(scope->object, key + 1),
                      schema_object_text(scope->old, key + 1));
    if (*key == '~')
        return !text_eq(schema_object_text(scope->object, key + 1),
                        schema_object_text(scope->old, key + 1));
    value = scope_text(scope, *key == '\'' || *key == '"' ? key + 1 : key);
    if (!value)
        return false;
    text = *key == '\''  ? statement_literal(value)
           : *key == '"' ? statement_name(value)
                         : xstrdup(value);
    buf_adds(out, text);
    return true;
}

/* Up to the end of the text or of its bracket; yields where that is. */
static const char *fill(const char *at, const StatementScope *scope, Buf *out, bool *ret_whole)
{
    *ret_whole = true;
    while (*at && *at != ']') {
        if (*at == '{') {
            size_t len = strcspn(at, "}");
            AUTO(str) char *key = xstrndup(at + 1, len - 1);

            *ret_whole &= put_value(key, scope, out);
            at += len + 1;
        } else if (*at == '[') {
            AUTO(buf) Buf part = BUF_INIT(0);
            bool whole;

            at = fill(at + 1, scope, &part, &whole) + 1;
            if (whole)
                buf_adds(out, buf_text(&part));
        } else {
            buf_addf(out, "%c", *at++);
        }
    }
    return at;
}

char *statement_fill(const char *template, const StatementScope *scope)
{
    AUTO(buf) Buf out = BUF_INIT(0);
    bool whole;

    (void)fill(template, scope, &out, &whole);
    return whole ? buf_take(&out) : NULL;
}
