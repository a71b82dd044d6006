#include "model/statement_sqlite.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "model/statement_text.h"

/* Source: sqlite.org, "ALTER TABLE": a column may be added that is no key and whose default is
 * constant, and dropped when nothing else names it. Everything else needs a new table. */

static char *definition_of(const SchemaObject *object)
{
    const char *text = schema_object_text(object, "definition");

    return text ? xasprintf("%s;", text) : NULL;
}

/* The whole table anew, as a comment: rows are not copied by a guess of ours. */
static char *rebuild(const Schema *fresh, const SchemaDifference *difference)
{
    const char *table = difference->table[0] ? difference->table : difference->name;
    const SchemaObject *plain = schema_find(fresh, SCHEMA_TABLE, "", "", table);
    const SchemaObject *object =
        plain ? plain : schema_find(fresh, SCHEMA_VIRTUAL_TABLE, "", "", table);
    const char *text = object ? schema_object_text(object, "definition") : NULL;
    AUTO(str) char *clean = text_clean_line(table);
    AUTO(str) char *lines = text ? text_replace(text, "\n", "\n-- ") : NULL;

    if (!lines)
        return NULL;
    return xasprintf("-- SQLite has no statement for this: rebuild table %s (make a new one as "
                     "below, copy the rows, drop the old one, rename the new one)\n-- %s;",
                     clean, lines);
}

/* --- columns --------------------------------------------------------------------------------- */

static const SchemaObject *key_on(const Schema *schema, SchemaKind kind, const SchemaObject *column)
{
    AUTO(str) char *name = xasprintf("(%s)", column->name);

    return schema_find(schema, kind, "", column->table, name);
}

/* A number, a text, NULL, TRUE or FALSE: nothing that has to be worked out. */
static bool is_constant(const char *value)
{
    size_t len = strlen(value);
    const char *sign = value + (*value == '-' || *value == '+');

    if (*value == '\'' && len > 1) {
        const char *end = value;

        while ((end = strchr(end + 1, '\'')) && end[1] == '\'')
            end++;
        return end && end[1] == '\0';
    }
    if (isdigit((unsigned char)*sign))
        return strspn(sign, "0123456789.eExXabcdfABCDF") == strlen(sign);
    return text_eq_nocase(value, "NULL") || text_eq_nocase(value, "TRUE") ||
           text_eq_nocase(value, "FALSE");
}

static bool can_add(const Schema *fresh, const SchemaObject *column)
{
    const char *value = schema_object_text(column, "default");
    const char *generated = schema_object_text(column, "generated");
    bool is_null = !value || text_eq_nocase(value, "NULL");

    if (key_on(fresh, SCHEMA_PRIMARY_KEY, column) || key_on(fresh, SCHEMA_UNIQUE, column) ||
        (value && !is_constant(value)) || (generated && text_starts(generated, "stored")))
        return false;
    if (text_eq(schema_object_text(column, "not null"), "yes") && is_null && !generated)
        return false;
    return is_null || !key_on(fresh, SCHEMA_FOREIGN_KEY, column);
}

/* What another part of the table adds to the column's definition; "" when there is none. */
static char *clause(const SchemaObject *part, const char *template)
{
    char *text =
        part ? statement_fill(template, &(StatementScope){.object = part, .old = part}) : NULL;

    return text ? text : xstrdup("");
}

static char *add_column(const Schema *fresh, const SchemaObject *column)
{
    AUTO(str) char *table = statement_place("", column->table);
    AUTO(str) char *name = statement_name(column->name);
    AUTO(str)
    char *key = clause(key_on(fresh, SCHEMA_FOREIGN_KEY, column),
                       " REFERENCES {references}[{!on update=NO ACTION} ON UPDATE {on update}]"
                       "[{!on delete=NO ACTION} ON DELETE {on delete}]"
                       "[{?deferrable=initially deferred} DEFERRABLE INITIALLY DEFERRED]"
                       "[{?deferrable=initially immediate} DEFERRABLE]");
    AUTO(str) char *check = clause(key_on(fresh, SCHEMA_CHECK, column), " CHECK ({expression})");
    AUTO(str)
    char *text = statement_fill(
        "ALTER TABLE {table} ADD COLUMN {name}[{!type=} {type}][{?not null=yes} NOT NULL"
        "[ ON CONFLICT {on conflict}]][ DEFAULT {default}][ COLLATE {collation}]"
        "[ {generation}]",
        &(StatementScope){.object = column, .old = column, .table = table, .name = name});

    return text ? xasprintf("%s%s%s;", text, key, check) : NULL;
}

/* Whether a part of its table names it, as a word of its own. */
static bool names_column(const SchemaObject *part, const char *column)
{
    static const char *const keys[] = {"columns", "where", "expression", "generated", "sql"};
    size_t len = strlen(column);

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *text = schema_object_text(part, keys[i]);

        for (const char *at = text; at && (at = strstr(at, column)); at += len)
            if ((at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_')) &&
                !isalnum((unsigned char)at[len]) && at[len] != '_')
                return true;
    }
    return false;
}

static bool can_drop(const Schema *upgraded, const SchemaDifference *column)
{
    for (size_t i = 0; i < upgraded->len; i++) {
        const SchemaObject *part = &upgraded->items[i];

        if (part->kind == SCHEMA_VIEW && names_column(part, column->name))
            return false;
        if (!text_eq(part->table, column->table) ||
            (part->kind == SCHEMA_COLUMN && text_eq(part->name, column->name)))
            continue;
        if (names_column(part, column->name) ||
            (part->kind == SCHEMA_FOREIGN_KEY && strstr(part->name, column->name)))
            return false;
    }
    return true;
}

static char *drop_column(const SchemaDifference *difference)
{
    AUTO(str) char *table = statement_name(difference->table);
    AUTO(str) char *name = statement_name(difference->name);

    return xasprintf("ALTER TABLE %s DROP COLUMN %s;", table, name);
}

/* --- tables ---------------------------------------------------------------------------------- */

/* A table or view with its indexes and triggers. */
static char *create(const Schema *fresh, const SchemaObject *object)
{
    static const SchemaKind kinds[] = {SCHEMA_INDEX, SCHEMA_TRIGGER};
    AUTO(str_list) StrList out = {0};
    char *definition = definition_of(object);

    if (!definition)
        return NULL;
    str_list_add_owned(&out, definition);
    for (size_t k = 0; k < COUNT_OF(kinds) && object->table[0] == '\0'; k++) {
        size_t count;
        const SchemaObject *parts = schema_parts(fresh, kinds[k], "", object->name, &count);

        for (size_t i = 0; i < count; i++)
            if ((definition = definition_of(&parts[i])))
                str_list_add_owned(&out, definition);
    }
    return str_list_join(&out, "\n");
}

static char *drop(const SchemaDifference *difference)
{
    static const struct {
        SchemaKind kind;
        const char *noun;
    } rows[] = {{SCHEMA_TABLE, "TABLE"},
                {SCHEMA_VIRTUAL_TABLE, "TABLE"},
                {SCHEMA_VIEW, "VIEW"},
                {SCHEMA_INDEX, "INDEX"},
                {SCHEMA_TRIGGER, "TRIGGER"}};

    AUTO(str) char *name = statement_name(difference->name);

    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].kind == difference->kind)
            return xasprintf("DROP %s %s;", rows[i].noun, name);
    return NULL;
}

static bool is_whole(SchemaKind kind)
{
    return kind == SCHEMA_INDEX || kind == SCHEMA_VIEW || kind == SCHEMA_TRIGGER;
}

/* A key of a column that is to be added comes with it. */
static bool comes_with_column(const Schema *upgraded, const Schema *fresh, const SchemaObject *key)
{
    AUTO(str) char *name = NULL;
    const SchemaObject *column;
    size_t len = strlen(key->name);

    if ((key->kind != SCHEMA_FOREIGN_KEY && key->kind != SCHEMA_CHECK) || len < 2)
        return false;
    name = xstrndup(key->name + 1, len - 2);
    column = schema_find(fresh, SCHEMA_COLUMN, "", key->table, name);
    return column && !schema_find(upgraded, SCHEMA_COLUMN, "", key->table, name) &&
           can_add(fresh, column);
}

static char *added(const Schema *upgraded, const Schema *fresh, const SchemaObject *object,
                   const SchemaDifference *difference)
{
    if (object->kind == SCHEMA_COLUMN)
        return can_add(fresh, object) ? add_column(fresh, object) : rebuild(fresh, difference);
    if (is_whole(object->kind) || object->table[0] == '\0')
        return create(fresh, object);
    return comes_with_column(upgraded, fresh, object) ? NULL : rebuild(fresh, difference);
}

static char *removed(const Schema *upgraded, const Schema *fresh,
                     const SchemaDifference *difference)
{
    if (difference->kind == SCHEMA_COLUMN && can_drop(upgraded, difference))
        return drop_column(difference);
    if (is_whole(difference->kind) || difference->table[0] == '\0')
        return drop(difference);
    return rebuild(fresh, difference);
}

char *sqlite_difference_statement(const Schema *upgraded, const Schema *fresh,
                                  const SchemaDifference *difference)
{
    const SchemaObject *object =
        schema_find(fresh, difference->kind, "", difference->table, difference->name);
    AUTO(str) char *gone = NULL;
    AUTO(str) char *made = NULL;

    if (difference->change == SCHEMA_REMOVED)
        return removed(upgraded, fresh, difference);
    if (!object)
        return NULL;
    if (difference->change == SCHEMA_ADDED)
        return added(upgraded, fresh, object, difference);
    if (!is_whole(object->kind))
        return rebuild(fresh, difference);
    gone = drop(difference);
    made = create(fresh, object);
    return made ? xasprintf("%s\n%s", gone, made) : NULL;
}
