#pragma once
/* Reading a schema: what its tables, keys and objects share. */

#include "database/sql_table.h"
#include "database/sqlite_parts.h"

typedef struct SchemaReader {
    SqliteDb *db;
    Schema *schema;
    StrList *unseen;
    sqlite3_stmt *columns, *primary, *keys, *indexes, *terms;
    const char *table; /* being read */
    const SqlTable *text;
    size_t first; /* its first object in the schema */
    bool without_rowid;
} SchemaReader;

/* All that is said of objects: nothing else is set, which is asserted. */
typedef struct SqliteFeature {
    SchemaKind kind;
    const char *attribute;
} SqliteFeature;

extern const SqliteFeature SQLITE_FEATURES[];
extern const size_t SQLITE_FEATURE_COUNT;

bool sqlite_is_feature(SchemaKind kind, const char *attribute);
/** Set an attribute: "yes" or "no". */
void sqlite_set_flag(SchemaObject *object, const char *key, bool value);
/** Set an attribute unless value is NULL. */
void sqlite_set_text(SchemaObject *object, const char *key, const char *value);
/** A collation's name, which is the same in any case, in capitals; caller frees. */
MUST_USE char *sqlite_collation(const char *name);
/** Add a part of the table being read. Two keys on the same columns are two objects: the second
 * gets a number. The pointer is good until the next call. */
SchemaObject *sqlite_add_part(SchemaReader *reader, SchemaKind kind, const char *name);

/**
 * An index's terms, plain and with what orders them: "(owner, name)" and "owner, name COLLATE
 * NOCASE".
 *
 * @param index  where the text of expressions is; NULL when there can be none
 */
MUST_USE Error *sqlite_terms_read(SchemaReader *reader, const char *name, const SqlIndex *index,
                                  char **ret_plain, char **ret_full);
/** Primary key, unique constraints, foreign keys and checks of the table being read. */
MUST_USE Error *sqlite_keys_read(SchemaReader *reader);
