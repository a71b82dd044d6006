#include <stdlib.h>

#include "database/sqlite_schema.h"

Error *sqlite_terms_read(SchemaReader *reader, const char *name, const SqlIndex *index,
                         char **ret_plain, char **ret_full)
{
    AUTO(str_list) StrList plain = {0}, full = {0};
    AUTO(str) char *joined = NULL;
    bool row;

    sqlite_restart(reader->terms, name);
    for (size_t at = 0;; at++) {
        AUTO(str) char *collation = NULL;
        const char *term;
        bool is_column, is_binary;

        TRY(sqlite_step(reader->db, reader->terms, &row));
        if (!row)
            break;
        is_column = sqlite3_column_type(reader->terms, 0) != SQLITE_NULL;
        term = is_column                        ? sqlite_text(reader->terms, 0)
               : index && at < index->terms.len ? index->terms.items[at]
                                                : "expression";
        collation = sqlite_collation(sqlite_text(reader->terms, 2));
        is_binary = collation[0] == '\0' || text_eq(collation, "BINARY");
        str_list_add(&plain, term);
        str_list_addf(&full, "%s%s%s%s", term, is_binary ? "" : " COLLATE ",
                      is_binary ? "" : collation,
                      sqlite3_column_int(reader->terms, 1) ? " DESC" : "");
    }
    joined = str_list_join(&plain, ", ");
    *ret_plain = xasprintf("(%s)", joined);
    *ret_full = str_list_join(&full, ", ");
    return NULL;
}

static void add_key(SchemaReader *reader, SchemaKind kind, SqlClauseKind clause_kind,
                    const char *plain, const char *full)
{
    const SqlClause *clause = sql_table_find(reader->text, clause_kind, plain);
    SchemaObject *key = sqlite_add_part(reader, kind, plain);

    sqlite_set_text(key, "columns", full);
    if (clause)
        sqlite_set_text(key, "on conflict", clause->conflict);
}

/* Unique constraints, and primary keys that have an index: every one but INTEGER PRIMARY KEY. */
static Error *read_indexed_keys(SchemaReader *reader, bool *ret_primary)
{
    bool row;

    *ret_primary = false;
    sqlite_restart(reader->indexes, reader->table);
    for (;;) {
        AUTO(str) char *plain = NULL;
        AUTO(str) char *full = NULL;
        bool primary;

        TRY(sqlite_step(reader->db, reader->indexes, &row));
        if (!row)
            return NULL;
        primary = text_eq(sqlite_text(reader->indexes, 1), "pk");
        TRY(sqlite_terms_read(reader, sqlite_text(reader->indexes, 0), NULL, &plain, &full));
        add_key(reader, primary ? SCHEMA_PRIMARY_KEY : SCHEMA_UNIQUE,
                primary ? SQL_PRIMARY_KEY : SQL_UNIQUE, plain, full);
        *ret_primary |= primary;
    }
}

static Error *read_primary_key(SchemaReader *reader)
{
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;
    AUTO(str) char *plain = NULL;
    bool row;

    sqlite_restart(reader->primary, reader->table);
    for (;;) {
        TRY(sqlite_step(reader->db, reader->primary, &row));
        if (!row)
            break;
        str_list_add(&names, sqlite_text(reader->primary, 0));
    }
    if (names.len == 0)
        return NULL;
    joined = str_list_join(&names, ", ");
    plain = xasprintf("(%s)", joined);
    add_key(reader, SCHEMA_PRIMARY_KEY, SQL_PRIMARY_KEY, plain, joined);
    return NULL;
}

typedef struct ForeignKey {
    int64_t id;
    char *parent, *on_update, *on_delete;
    StrList from, to;
} ForeignKey;

static void foreign_key_clear(ForeignKey *key)
{
    free(key->parent);
    free(key->on_update);
    free(key->on_delete);
    str_list_clear(&key->from);
    str_list_clear(&key->to);
    *key = (ForeignKey){0};
}

DEFINE_AUTO_VALUE(foreign_key, ForeignKey, foreign_key_clear)

/* foreign_key_list counts from the last key of the text; its order here is the other way round, so
 * the nth key is the nth of the text. Source: sqlite3CreateForeignKey puts each before the others.
 */
static const SqlClause *nth_foreign_key(const SqlTable *table, size_t nth)
{
    for (size_t i = 0; i < table->len; i++)
        if (table->items[i].kind == SQL_FOREIGN_KEY && nth-- == 0)
            return &table->items[i];
    return NULL;
}

static void add_foreign_key(SchemaReader *reader, const ForeignKey *key, size_t nth)
{
    AUTO(str) char *from = str_list_join(&key->from, ", ");
    AUTO(str) char *to = str_list_join(&key->to, ", ");
    AUTO(str) char *name = xasprintf("(%s)", from);
    AUTO(str)
    char *target = key->to.len > 0 ? xasprintf("%s (%s)", key->parent, to) : xstrdup(key->parent);
    const SqlClause *clause = nth_foreign_key(reader->text, nth);
    SchemaObject *object = sqlite_add_part(reader, SCHEMA_FOREIGN_KEY, name);

    sqlite_set_text(object, "references", target);
    sqlite_set_text(object, "on update", key->on_update);
    sqlite_set_text(object, "on delete", key->on_delete);
    if (clause)
        sqlite_set_text(object, "deferrable", clause->deferrable);
}

static Error *read_foreign_keys(SchemaReader *reader)
{
    AUTO(foreign_key) ForeignKey key = {.id = -1};
    size_t count = 0;
    bool row;

    sqlite_restart(reader->keys, reader->table);
    for (;;) {
        TRY(sqlite_step(reader->db, reader->keys, &row));
        if (key.id >= 0 && (!row || sqlite3_column_int64(reader->keys, 0) != key.id)) {
            add_foreign_key(reader, &key, count++);
            foreign_key_clear(&key);
            key.id = -1;
        }
        if (!row)
            return NULL;
        if (key.id < 0) {
            key.id = sqlite3_column_int64(reader->keys, 0);
            key.parent = xstrdup(sqlite_text(reader->keys, 1));
            key.on_update = xstrdup(sqlite_text(reader->keys, 4));
            key.on_delete = xstrdup(sqlite_text(reader->keys, 5));
        }
        str_list_add(&key.from, sqlite_text(reader->keys, 2));
        if (sqlite3_column_type(reader->keys, 3) != SQLITE_NULL)
            str_list_add(&key.to, sqlite_text(reader->keys, 3));
    }
}

/* As it was made: names are the same in any case. NULL when the table has no such column. */
static const char *column_called(const SchemaReader *reader, const char *name)
{
    for (size_t i = reader->first; i < reader->schema->len; i++)
        if (reader->schema->items[i].kind == SCHEMA_COLUMN &&
            text_eq_nocase(reader->schema->items[i].name, name))
            return reader->schema->items[i].name;
    return NULL;
}

/* A check is called by the columns that it is about, whatever name it was given: "(a, b)". */
static char *check_name(const SchemaReader *reader, const char *expression)
{
    AUTO(sql_tokens) SqlTokens tokens = {0};
    AUTO(str_list) StrList names = {0};
    AUTO(str) char *joined = NULL;

    sql_tokens_read(expression, &tokens);
    for (size_t i = 0; i < tokens.len; i++) {
        AUTO(str) char *name = NULL;
        const char *column;

        if (tokens.items[i].kind != SQL_WORD && tokens.items[i].kind != SQL_QUOTED)
            continue;
        name = sql_token_name(&tokens.items[i]);
        column = column_called(reader, name);
        if (column && !str_list_has(&names, column))
            str_list_add(&names, column);
    }
    str_list_sort(&names);
    joined = str_list_join(&names, ", ");
    return xasprintf("(%s)", joined);
}

static void add_checks(SchemaReader *reader)
{
    for (size_t i = 0; i < reader->text->len; i++) {
        const SqlClause *clause = &reader->text->items[i];

        if (clause->kind == SQL_CHECK) {
            AUTO(str) char *name = check_name(reader, clause->text);

            sqlite_set_text(sqlite_add_part(reader, SCHEMA_CHECK, name), "expression",
                            clause->text);
        }
    }
}

Error *sqlite_keys_read(SchemaReader *reader)
{
    bool has_primary;

    TRY(read_indexed_keys(reader, &has_primary));
    if (!has_primary)
        TRY(read_primary_key(reader));
    TRY(read_foreign_keys(reader));
    add_checks(reader);
    return NULL;
}
