#include <stdlib.h>
#include <string.h>

#include "model/sql_scan.h"
#include "model/statements.h"

enum { DEPTH_MAX = 4 }; /* of SQL in strings of SQL */

typedef struct Reader {
    const ScanTokens *tokens;
    size_t statement;
    EffectList *effects;
} Reader;

static Effect *add(Reader *reader, EffectKind kind, char *table)
{
    LIST_PUSH(reader->effects,
              ((Effect){.kind = kind, .statement = reader->statement, .table = table}));
    return &reader->effects->items[reader->effects->len - 1];
}

static bool is(const Reader *reader, size_t at, const char *text)
{
    return scan_is(reader->tokens, at, text);
}

static char *text_at(const Reader *reader, size_t at)
{
    return scan_text(&reader->tokens->items[at]);
}

/* A name that is made at run time: format('DELETE FROM %I'), 'DROP TABLE ' || name, and ${name} or
 * {name} in a text of code. */
static bool take_made(const Reader *reader, size_t *at)
{
    size_t brace = *at + is(reader, *at, "$");

    if (is(reader, *at, "%")) {
        *at += 2;
        return true;
    }
    if (is(reader, brace, "{")) {
        while (*at < reader->tokens->len && !is(reader, (*at)++, "}"))
            ;
        return true;
    }
    return *at == reader->tokens->len && *at > 0 &&
           (is(reader, *at - 1, "FROM") || is(reader, *at - 1, "TABLE") ||
            is(reader, *at - 1, "EXISTS"));
}

/* [ONLY] [space .] name, or "%". *at moves behind it; NULL: no name. */
static char *take_name(const Reader *reader, size_t *at)
{
    AUTO(str) char *name = NULL;

    while (is(reader, *at, "ONLY") || is(reader, *at, "IF") || is(reader, *at, "NOT") ||
           is(reader, *at, "EXISTS") || is(reader, *at, "TABLE"))
        ++*at;
    if (take_made(reader, at)) {
        while (is(reader, *at, ".")) {
            ++*at;
            if (!take_made(reader, at))
                ++*at;
        }
        return xstrdup("%");
    }
    if (!scan_is_name(reader->tokens, *at))
        return NULL;
    name = text_at(reader, (*at)++);
    while (is(reader, *at, ".")) {
        ++*at;
        if (take_made(reader, at))
            return xstrdup("%");
        if (!scan_is_name(reader->tokens, *at))
            break;
        free(name);
        name = text_at(reader, (*at)++);
    }
    return TAKE(name);
}

/* "(a, b)": the names; at is the parenthesis. */
static size_t take_columns(const Reader *reader, size_t at, StrList *columns)
{
    size_t end = scan_skip(reader->tokens, at);

    for (size_t i = at + 1; i + 1 < end; i = scan_skip(reader->tokens, i))
        if (scan_is_name(reader->tokens, i) && (is(reader, i + 1, ",") || i + 2 == end))
            str_list_add_owned(columns, text_at(reader, i));
    return end;
}

/* A value goes into the column, or into a part of it: a[1], a['key']. */
static bool is_assigned(const Reader *reader, size_t at)
{
    return is(reader, at + 1, "=") || is(reader, at + 1, "[") ||
           (at + 1 < reader->tokens->len && reader->tokens->items[at + 1].start[0] == '[');
}

static bool ends_assignments(const Reader *reader, size_t at, size_t cases)
{
    return is(reader, at, "WHERE") || is(reader, at, ";") || is(reader, at, "RETURNING") ||
           (is(reader, at, "FROM") && !is(reader, at - 1, "DISTINCT")) ||
           (is(reader, at, "WHEN") && cases == 0);
}

/* SET a = 1, (b, c) = (2, 3), t.d = 4: to the end of the assignments. */
static size_t take_assignments(const Reader *reader, size_t at, StrList *columns)
{
    bool begins = true;
    size_t cases = 0;

    for (; at < reader->tokens->len; at = scan_skip(reader->tokens, at)) {
        if (ends_assignments(reader, at, cases))
            break;
        cases += is(reader, at, "CASE");
        cases -= cases > 0 && is(reader, at, "END");
        if (begins && is(reader, at, "("))
            (void)take_columns(reader, at, columns);
        else if (begins && scan_is_name(reader->tokens, at) && is_assigned(reader, at))
            str_list_add_owned(columns, text_at(reader, at));
        else if (begins && (is(reader, at, "%") || is(reader, at + is(reader, at, "$"), "{")))
            str_list_add(columns, "%");
        begins =
            is(reader, at, ",") || (begins && (is(reader, at + 1, ".") || is(reader, at, ".")));
    }
    return at;
}

static size_t read_update(Reader *reader, size_t at)
{
    Effect *effect;
    char *table;

    if (is(reader, at, "OR")) /* SQLite: UPDATE OR IGNORE, OR REPLACE */
        at += 2;
    table = take_name(reader, &at);
    if (!table)
        return at;
    effect = add(reader, EFFECT_UPDATE, table);
    while (at < reader->tokens->len && !is(reader, at, "SET") && !is(reader, at, ";"))
        at++;
    return take_assignments(reader, at + 1, &effect->columns);
}

static size_t read_names(Reader *reader, size_t at, EffectKind kind)
{
    for (;;) {
        char *table = take_name(reader, &at);

        if (!table)
            return at;
        (void)add(reader, kind, table);
        if (is(reader, at, "*"))
            at++;
        if (!is(reader, at, ","))
            return at;
        at++;
    }
}

/* The terms of a SELECT's list, against the columns that they go to. */
static size_t read_terms(const Reader *reader, size_t at, Effect *effect)
{
    for (size_t term = 0; at < reader->tokens->len && !is(reader, at, "FROM"); term++) {
        size_t from = at, end;

        while (at < reader->tokens->len && !is(reader, at, ",") && !is(reader, at, "FROM") &&
               !is(reader, at, ";"))
            at = scan_skip(reader->tokens, at);
        end = at - from > 2 && is(reader, at - 2, "AS") ? at - 2 : at;
        if (end - from == 3 && is(reader, from + 1, "."))
            from += 2;
        if (end - from == 1 && scan_is_name(reader->tokens, from) && term < effect->columns.len &&
            !is(reader, from, "NULL"))
            str_list_add(&effect->plain, effect->columns.items[term]);
        if (!is(reader, at, ","))
            break;
        at++;
    }
    return at;
}

static size_t read_select(const Reader *reader, size_t at, Effect *effect)
{
    static const char *const NARROW[] = {"WHERE", "JOIN",   "GROUP",    "HAVING",
                                         "LIMIT", "EXCEPT", "INTERSECT"};

    if (is(reader, at, "DISTINCT")) {
        effect->narrowed = true;
        at++;
    }
    at = read_terms(reader, at, effect);
    for (; at < reader->tokens->len && !is(reader, at, ";"); at++) {
        if (is(reader, at, "FROM") || is(reader, at, "JOIN") ||
            (is(reader, at, ",") && effect->sources.len > 0)) {
            size_t name = at + 1;
            char *source = take_name(reader, &name);

            if (source)
                str_list_add_owned(&effect->sources, source);
        }
        effect->narrowed |= is(reader, at, "UNION") && !is(reader, at + 1, "ALL");
        for (size_t i = 0; i < COUNT_OF(NARROW); i++)
            effect->narrowed |= is(reader, at, NARROW[i]);
        if (is(reader, at, "ON") && is(reader, at + 1, "CONFLICT"))
            break;
    }
    return at;
}

/* INSERT INTO t (a, b) SELECT ..., also ON CONFLICT DO UPDATE SET, OR REPLACE. at: behind INTO. */
static size_t read_insert(Reader *reader, size_t at, bool replaces)
{
    char *table = take_name(reader, &at);
    AUTO(str_list) StrList columns = {0};
    Effect *effect;

    if (!table)
        return at;
    if (is(reader, at, "(") && !is(reader, at + 1, "SELECT"))
        at = take_columns(reader, at, &columns);
    effect = add(reader, EFFECT_INSERT, table);
    str_list_copy(&columns, &effect->columns);
    for (; at < reader->tokens->len && !is(reader, at, ";"); at++) {
        if (effect->kind == EFFECT_INSERT && is(reader, at, "SELECT")) {
            effect->kind = EFFECT_COPY;
            at = read_select(reader, at + 1, effect) - 1;
        } else if (is(reader, at, "DO") && is(reader, at + 1, "UPDATE")) {
            Effect *update = add(reader, EFFECT_UPDATE, xstrdup(table));

            return take_assignments(reader, at + 3, &update->columns);
        }
    }
    if (replaces)
        str_list_copy(&columns, &add(reader, EFFECT_UPDATE, xstrdup(table))->columns);
    return at;
}

/* MERGE INTO t USING s ON ... WHEN MATCHED THEN UPDATE SET a = 1 | DELETE */
static size_t read_merge(Reader *reader, size_t at)
{
    AUTO(str) char *table = take_name(reader, &at);

    for (; table && at < reader->tokens->len && !is(reader, at, ";"); at++) {
        if (is(reader, at, "DELETE"))
            (void)add(reader, EFFECT_DELETE, xstrdup(table));
        if (is(reader, at, "UPDATE") && is(reader, at + 1, "SET"))
            at = take_assignments(reader, at + 2,
                                  &add(reader, EFFECT_UPDATE, xstrdup(table))->columns) -
                 1;
    }
    return at;
}

static size_t skip_word(const Reader *reader, size_t at, const char *word)
{
    return is(reader, at, word) ? at + 1 : at;
}

/* One action of ALTER TABLE. */
static size_t read_action(Reader *reader, size_t at, const char *table)
{
    EffectKind kind = is(reader, at, "DROP") ? EFFECT_DROP_COLUMN : EFFECT_RETYPE;
    bool drops = is(reader, at, "DROP"),
         alters = is(reader, at, "ALTER") || is(reader, at, "MODIFY") || is(reader, at, "CHANGE");
    size_t name = skip_word(reader, at + 1, "COLUMN");

    if (is(reader, at, "RENAME") && is(reader, at + 1, "TO") && at + 2 < reader->tokens->len) {
        Effect *effect = add(reader, EFFECT_RENAME_TABLE, xstrdup(table));

        name = at + 2;
        effect->other = take_name(reader, &name);
        return name;
    }
    if (drops && (is(reader, at + 1, "CONSTRAINT") || is(reader, at + 1, "PRIMARY") ||
                  is(reader, at + 1, "INDEX") || is(reader, at + 1, "FOREIGN")))
        return at + 2;
    while (drops && (is(reader, name, "IF") || is(reader, name, "EXISTS")))
        name++;
    if (drops && take_made(reader, &name)) {
        str_list_add(&add(reader, kind, xstrdup(table))->columns, "%");
        return name;
    }
    if (!scan_is_name(reader->tokens, name))
        return at + 1;
    if (is(reader, at, "RENAME") && is(reader, name + 1, "TO") && name + 2 < reader->tokens->len) {
        Effect *effect = add(reader, EFFECT_RENAME_COLUMN, xstrdup(table));

        str_list_add_owned(&effect->columns, text_at(reader, name));
        effect->other = text_at(reader, name + 2);
    } else if (drops ||
               (alters && (is(reader, name + 1, "TYPE") ||
                           (is(reader, name + 1, "SET") && is(reader, name + 2, "DATA"))))) {
        str_list_add_owned(&add(reader, kind, xstrdup(table))->columns, text_at(reader, name));
    }
    return name + 1;
}

static size_t read_alter(Reader *reader, size_t at)
{
    AUTO(str) char *table = take_name(reader, &at);

    while (table && at < reader->tokens->len && !is(reader, at, ";")) {
        at = read_action(reader, at, table);
        while (at < reader->tokens->len && !is(reader, at, ",") && !is(reader, at, ";"))
            at = scan_skip(reader->tokens, at);
        at = skip_word(reader, at, ",");
    }
    return at;
}

/* ALTER TYPE mood RENAME VALUE 'sad' TO 'blue' */
static size_t read_alter_type(Reader *reader, size_t at)
{
    AUTO(str) char *type = take_name(reader, &at);

    if (type && is(reader, at, "RENAME") && is(reader, at + 1, "VALUE"))
        (void)add(reader, EFFECT_RENAME_VALUE, xstrdup(type));
    return at;
}

static size_t read_create(Reader *reader, size_t at)
{
    size_t end = at + 4 < reader->tokens->len ? at + 4 : reader->tokens->len;

    for (size_t i = at; i < end; i++) {
        size_t name = i + 1;
        char *table;

        if (!is(reader, i, "TABLE"))
            continue;
        table = take_name(reader, &name);
        if (!table)
            return i + 1;
        while (name < reader->tokens->len && !is(reader, name, ";") && !is(reader, name, "SELECT"))
            name++;
        if (is(reader, name, "SELECT"))
            return read_select(reader, name + 1, add(reader, EFFECT_COPY, table));
        free(table);
        return name;
    }
    return at;
}

static size_t read_drop(Reader *reader, size_t at)
{
    if (is(reader, at, "TABLE"))
        return read_names(reader, at + 1, EFFECT_DROP_TABLE);
    if (!is(reader, at, "SCHEMA"))
        return at;
    do {
        char *schema;

        at++;
        schema = take_name(reader, &at);
        if (schema)
            add(reader, EFFECT_DROP_TABLE, xstrdup(""))->other = schema;
    } while (is(reader, at, ","));
    return at;
}

static void read_text(const char *sql, size_t statement, int depth, EffectList *effects);

/* ON UPDATE CASCADE of a key, BEFORE UPDATE ON of a trigger, FOR UPDATE of a lock. */
static bool is_no_update(const Reader *reader, size_t next)
{
    static const char *const WORDS[] = {"SET", "ON", "OF", "CASCADE", "NO", "RESTRICT", "OR"};
    static const char *const CONFLICT[] = {"IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"};

    for (size_t i = 0; i < COUNT_OF(CONFLICT); i++)
        if (is(reader, next, "OR") && is(reader, next + 1, CONFLICT[i]))
            return false;
    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (is(reader, next, WORDS[i]))
            return true;
    return next >= reader->tokens->len || is(reader, next, ";");
}

static size_t read_one(Reader *reader, size_t at, int depth)
{
    const ScanToken *token = &reader->tokens->items[at];

    if (token->kind == SCAN_DOLLAR || token->kind == SCAN_STRING) {
        AUTO(str) char *inner = scan_text(token);

        if (depth < DEPTH_MAX && strchr(inner, ' '))
            read_text(inner, reader->statement, depth + 1, reader->effects);
        return at + 1;
    }
    if (is(reader, at, "DELETE") && is(reader, at + 1, "FROM"))
        return read_names(reader, at + 2, EFFECT_DELETE);
    if (is(reader, at, "TRUNCATE"))
        return read_names(reader, at + 1, EFFECT_DELETE);
    if (is(reader, at, "UPDATE") && !is_no_update(reader, at + 1))
        return read_update(reader, at + 1);
    if (is(reader, at, "INSERT"))
        return is(reader, at + 1, "INTO") ? read_insert(reader, at + 2, false)
               : is(reader, at + 1, "OR") && is(reader, at + 3, "INTO")
                   ? read_insert(reader, at + 4, is(reader, at + 2, "REPLACE"))
                   : at + 1;
    if (is(reader, at, "REPLACE") && is(reader, at + 1, "INTO"))
        return read_insert(reader, at + 2, true);
    if (is(reader, at, "MERGE") && is(reader, at + 1, "INTO"))
        return read_merge(reader, at + 2);
    if (is(reader, at, "ALTER") && is(reader, at + 1, "TABLE"))
        return read_alter(reader, at + 2);
    if (is(reader, at, "ALTER") && is(reader, at + 1, "TYPE"))
        return read_alter_type(reader, at + 2);
    if (is(reader, at, "CREATE"))
        return read_create(reader, at + 1);
    return is(reader, at, "DROP") ? read_drop(reader, at + 1) : at + 1;
}

static void read_text(const char *sql, size_t statement, int depth, EffectList *effects)
{
    AUTO(scan) ScanTokens tokens = {0};
    Reader reader = {.tokens = &tokens, .statement = statement, .effects = effects};

    scan_read(sql, &tokens);
    for (size_t at = 0; at < tokens.len;) {
        size_t next = read_one(&reader, at, depth);

        at = next > at ? next : at + 1;
    }
}

void effects_of(const char *sql, size_t statement, EffectList *effects)
{
    read_text(sql, statement, 0, effects);
}

void effects_read(const StatementList *statements, EffectList *ret_effects)
{
    EffectList effects = {0};

    for (size_t i = 0; i < statements->len; i++)
        effects_of(statements->items[i].text, i, &effects);
    *ret_effects = effects;
}

void effect_list_clear(EffectList *effects)
{
    for (size_t i = 0; i < effects->len; i++) {
        Effect *effect = &effects->items[i];

        free(effect->table);
        free(effect->other);
        str_list_clear(&effect->columns);
        str_list_clear(&effect->sources);
        str_list_clear(&effect->plain);
    }
    free(effects->items);
    *effects = (EffectList){0};
}
