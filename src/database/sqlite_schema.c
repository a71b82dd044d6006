#include "database/sqlite_schema.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

Error *sqlite_note_unseen(Error *err, const char *what, const char *name, StrList *unseen)
{
    if (!err || !sqlite_error_is_local(err))
        return err;
    str_list_addf(unseen, "%s %s: %s", what, name, err->msg);
    error_free(err);
    return NULL;
}

char *sqlite_quote(const char *name)
{
    AUTO(str) char *doubled = text_replace(name, "\"", "\"\"");

    return xasprintf("\"%s\"", doubled);
}

const SqliteFeature SQLITE_FEATURES[] = {
    {SCHEMA_TABLE, "without rowid"},
    {SCHEMA_TABLE, "strict"},
    {SCHEMA_TABLE, "autoincrement"},
    {SCHEMA_COLUMN, "type"},
    {SCHEMA_COLUMN, "not null"},
    {SCHEMA_COLUMN, "default"},
    {SCHEMA_COLUMN, "on conflict"},
    {SCHEMA_COLUMN, "hidden"},
    {SCHEMA_COLUMN, "generated"},
    {SCHEMA_COLUMN, "collation"},
    {SCHEMA_PRIMARY_KEY, "columns"},
    {SCHEMA_PRIMARY_KEY, "on conflict"},
    {SCHEMA_UNIQUE, "columns"},
    {SCHEMA_UNIQUE, "on conflict"},
    {SCHEMA_FOREIGN_KEY, "references"},
    {SCHEMA_FOREIGN_KEY, "on update"},
    {SCHEMA_FOREIGN_KEY, "on delete"},
    {SCHEMA_FOREIGN_KEY, "deferrable"},
    {SCHEMA_CHECK, "expression"},
    {SCHEMA_INDEX, "unique"},
    {SCHEMA_INDEX, "columns"},
    {SCHEMA_INDEX, "where"},
    {SCHEMA_VIEW, "sql"},
    {SCHEMA_TRIGGER, "sql"},
    {SCHEMA_VIRTUAL_TABLE, "sql"},
};

const size_t SQLITE_FEATURE_COUNT = COUNT_OF(SQLITE_FEATURES);

bool sqlite_is_feature(SchemaKind kind, const char *attribute)
{
    for (size_t i = 0; i < SQLITE_FEATURE_COUNT; i++)
        if (SQLITE_FEATURES[i].kind == kind && text_eq(SQLITE_FEATURES[i].attribute, attribute))
            return true;
    return false;
}

void sqlite_set_flag(SchemaObject *object, const char *key, bool value)
{
    assert(sqlite_is_feature(object->kind, key));
    str_map_set(&object->attributes, key, value ? "yes" : "no");
}

static void set_fact(SchemaObject *object, const char *key, const char *value)
{
    if (value)
        str_map_set(&object->facts, key, value);
}

void sqlite_set_text(SchemaObject *object, const char *key, const char *value)
{
    assert(sqlite_is_feature(object->kind, key));
    if (value)
        str_map_set(&object->attributes, key, value);
}

static bool has_part(const SchemaReader *reader, SchemaKind kind, const char *name)
{
    for (size_t i = reader->first; i < reader->schema->len; i++)
        if (reader->schema->items[i].kind == kind && text_eq(reader->schema->items[i].name, name))
            return true;
    return false;
}

SchemaObject *sqlite_add_part(SchemaReader *reader, SchemaKind kind, const char *name)
{
    AUTO(str) char *unique = xstrdup(name);

    for (unsigned number = 2; has_part(reader, kind, unique); number++) {
        free(unique);
        unique = xasprintf("%s #%u", name, number);
    }
    return schema_add(reader->schema, kind, "", reader->table, unique);
}

/* Declared types are compared without case and spacing: "VARCHAR (20)" is varchar(20). */
static char *type_text(const char *declared)
{
    char *type = sql_normalise(declared);

    for (char *c = type; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return type;
}

char *sqlite_collation(const char *name)
{
    char *capitals = xstrdup(name);

    for (char *c = capitals; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    return capitals;
}

static void set_collation(const SchemaReader *reader, SchemaObject *column)
{
    const char *collation = NULL;

    if (sqlite3_table_column_metadata(reader->db->db, "main", reader->table, column->name, NULL,
                                      &collation, NULL, NULL, NULL) == SQLITE_OK &&
        collation && !text_eq_nocase(collation, "BINARY")) {
        AUTO(str) char *name = sqlite_collation(collation);

        sqlite_set_text(column, "collation", name);
    }
}

/* Hidden: 1 of a virtual table, 2 generated virtual, 3 generated stored. Source: PRAGMA table_xinfo
 */
static void add_column(SchemaReader *reader)
{
    const char *name = sqlite_text(reader->columns, 0);
    AUTO(str) char *type = type_text(sqlite_text(reader->columns, 1));
    AUTO(str) char *place = xasprintf("(%s)", name);
    int hidden = sqlite3_column_int(reader->columns, 4);
    const SqlClause *generated = sql_table_find(reader->text, SQL_GENERATED, place);
    const SqlClause *not_null = sql_table_find(reader->text, SQL_NOT_NULL, place);
    SchemaObject *column = sqlite_add_part(reader, SCHEMA_COLUMN, name);

    sqlite_set_text(column, "type", type);
    /* without rowid no column of the key takes NULL, which the table's flag says already */
    sqlite_set_flag(column, "not null",
                    reader->without_rowid ? not_null != NULL
                                          : sqlite3_column_int(reader->columns, 2) != 0);
    if (sqlite3_column_type(reader->columns, 3) != SQLITE_NULL) {
        AUTO(str) char *value = sql_normalise(sqlite_text(reader->columns, 3));

        sqlite_set_text(column, "default", value);
    }
    if (not_null)
        sqlite_set_text(column, "on conflict", not_null->conflict);
    if (hidden == 1)
        sqlite_set_flag(column, "hidden", true);
    if (hidden > 1) {
        AUTO(str)
        char *text = xasprintf("%s (%s)", hidden == 2 ? "virtual" : "stored",
                               generated ? generated->text : "");

        sqlite_set_text(column, "generated", text);
        if (generated) {
            AUTO(str) char *fact = xasprintf("GENERATED ALWAYS AS (%s)", generated->text);

            set_fact(column, "generation", fact);
        }
    }
    set_collation(reader, column);
}

static Error *read_columns(SchemaReader *reader)
{
    bool row;

    sqlite_restart(reader->columns, reader->table);
    for (;;) {
        TRY(sqlite_step(reader->db, reader->columns, &row));
        if (!row)
            return NULL;
        add_column(reader);
    }
}

static Error *read_parts(SchemaReader *reader)
{
    TRY(read_columns(reader));
    return sqlite_keys_read(reader);
}

static void set_table_flags(const SchemaReader *reader, sqlite3_stmt *stmt, SchemaObject *table)
{
    bool autoincrement = false;

    for (size_t i = 0; i < reader->text->len; i++)
        autoincrement |= reader->text->items[i].autoincrement;
    sqlite_set_flag(table, "without rowid", sqlite3_column_int(stmt, 3) != 0);
    sqlite_set_flag(table, "strict", sqlite3_column_int(stmt, 4) != 0);
    sqlite_set_flag(table, "autoincrement", autoincrement);
}

/* stmt: name, type, sql, wr, strict */
static Error *read_table(SchemaReader *reader, sqlite3_stmt *stmt)
{
    AUTO(str) char *name = xstrdup(sqlite_text(stmt, 0));
    AUTO(sql_table) SqlTable text = {0};
    bool is_virtual = text_eq(sqlite_text(stmt, 1), "virtual");
    const char *sql = sqlite_text(stmt, 2);
    SchemaObject *table =
        schema_add(reader->schema, is_virtual ? SCHEMA_VIRTUAL_TABLE : SCHEMA_TABLE, "", "", name);

    if (!is_virtual)
        sql_table_read(sql, &text);
    set_fact(table, "definition", sql);
    reader->table = name;
    reader->text = &text;
    reader->first = reader->schema->len;
    reader->without_rowid = sqlite3_column_int(stmt, 3) != 0;
    if (is_virtual) {
        AUTO(str) char *normal = sql_normalise(sql);

        sqlite_set_text(table, "sql", normal);
    } else {
        set_table_flags(reader, stmt, table);
    }
    return sqlite_note_unseen(read_parts(reader), "table", name, reader->unseen);
}

static Error *read_index(SchemaReader *reader, const char *name, const char *sql)
{
    AUTO(sql_index) SqlIndex text = {0};
    AUTO(str) char *plain = NULL;
    AUTO(str) char *full = NULL;
    AUTO(sql_tokens) SqlTokens tokens = {0};
    SchemaObject *index;

    sql_index_read(sql, &text);
    sql_tokens_read(sql, &tokens);
    TRY(sqlite_terms_read(reader, name, &text, &plain, &full));
    index = schema_add(reader->schema, SCHEMA_INDEX, "", reader->table, name);
    sqlite_set_flag(index, "unique", sql_token_is(&tokens, 1, "UNIQUE"));
    sqlite_set_text(index, "columns", full);
    sqlite_set_text(index, "where", text.where);
    set_fact(index, "definition", sql);
    return NULL;
}

/* stmt: type, name, tbl_name, sql */
static Error *read_object(SchemaReader *reader, sqlite3_stmt *stmt)
{
    const char *type = sqlite_text(stmt, 0);
    const char *name = sqlite_text(stmt, 1);
    const char *sql = sqlite_text(stmt, 3);
    bool is_view = text_eq(type, "view");
    AUTO(str) char *normal = NULL;
    SchemaObject *object;

    reader->table = sqlite_text(stmt, 2);
    if (text_eq(type, "index"))
        return sqlite_note_unseen(read_index(reader, name, sql), "index", name, reader->unseen);
    normal = sql_normalise(sql);
    object = schema_add(reader->schema, is_view ? SCHEMA_VIEW : SCHEMA_TRIGGER, "",
                        is_view ? "" : reader->table, name);
    sqlite_set_text(object, "sql", normal);
    set_fact(object, "definition", sql);
    return NULL;
}

/* A statement too long to be taken apart is left out, and said. */
static bool is_too_long(SchemaReader *reader, sqlite3_stmt *stmt, int sql_column, int name_column)
{
    if (sqlite3_column_bytes(stmt, sql_column) <= SQLITE_TEXT_MAX)
        return false;
    str_list_addf(reader->unseen, "%s: its SQL is longer than %d bytes",
                  sqlite_text(stmt, name_column), SQLITE_TEXT_MAX);
    return true;
}

/* Shadow tables are a virtual table's own store and change as it likes: they are no schema of the
 * user's. */
static Error *read_tables(SchemaReader *reader)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row;

    TRY(sqlite_prepare(reader->db,
                       "SELECT l.name, l.type, m.sql, l.wr, l.strict FROM pragma_table_list AS l "
                       "JOIN main.sqlite_schema AS m ON m.name = l.name AND m.type = 'table' "
                       "WHERE l.schema = 'main' AND l.type IN ('table', 'virtual') "
                       "AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                       &stmt));
    for (;;) {
        TRY(sqlite_step(reader->db, stmt, &row));
        if (!row)
            return NULL;
        if (!is_too_long(reader, stmt, 2, 0))
            TRY(read_table(reader, stmt));
    }
}

static Error *read_objects(SchemaReader *reader)
{
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    bool row;

    TRY(sqlite_prepare(reader->db,
                       "SELECT type, name, tbl_name, sql FROM main.sqlite_schema "
                       "WHERE type IN ('index', 'view', 'trigger') AND sql IS NOT NULL",
                       &stmt));
    for (;;) {
        TRY(sqlite_step(reader->db, stmt, &row));
        if (!row)
            return NULL;
        if (!is_too_long(reader, stmt, 3, 1))
            TRY(read_object(reader, stmt));
    }
}

static Error *read_all(SchemaReader *reader)
{
    TRY(sqlite_prepare(reader->db,
                       "SELECT name, type, \"notnull\", dflt_value, hidden "
                       "FROM pragma_table_xinfo(?1, 'main')",
                       &reader->columns));
    TRY(sqlite_prepare(reader->db,
                       "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE pk > 0 ORDER BY pk",
                       &reader->primary));
    TRY(sqlite_prepare(reader->db,
                       "SELECT id, \"table\", \"from\", COALESCE(\"to\", (SELECT name FROM "
                       "pragma_table_xinfo(k.\"table\", 'main') WHERE pk = k.seq + 1)), on_update, "
                       "on_delete FROM pragma_foreign_key_list(?1, 'main') AS k "
                       "ORDER BY id DESC, seq",
                       &reader->keys));
    TRY(sqlite_prepare(reader->db,
                       "SELECT name, origin FROM pragma_index_list(?1, 'main') "
                       "WHERE origin IN ('u', 'pk') ORDER BY seq DESC",
                       &reader->indexes));
    TRY(sqlite_prepare(reader->db,
                       "SELECT name, \"desc\", coll FROM pragma_index_xinfo(?1, 'main') "
                       "WHERE key ORDER BY seqno",
                       &reader->terms));
    TRY(read_tables(reader));
    return read_objects(reader);
}

Error *sqlite_schema_read(SqliteDb *db, StrList *unseen, Schema *ret_schema)
{
    AUTO(schema) Schema schema = {0};
    SchemaReader reader = {.db = db, .schema = &schema, .unseen = unseen};
    Error *err = read_all(&reader);

    /* finalize repeats the error of the last step, which is in err */
    (void)sqlite3_finalize(reader.columns);
    (void)sqlite3_finalize(reader.primary);
    (void)sqlite3_finalize(reader.keys);
    (void)sqlite3_finalize(reader.indexes);
    (void)sqlite3_finalize(reader.terms);
    if (err)
        return err;
    schema_sort(&schema);
    *ret_schema = schema;
    schema = (Schema){0};
    return NULL;
}
