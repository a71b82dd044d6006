#pragma once
/* What a database contains apart from rows, in one shape for every engine. An object is known by
 * its kind, namespace, table and name; everything else about it is an attribute, so that a
 * difference is always "this attribute of that object", whatever the kind. */

#include <stdbool.h>

#include "base/list.h"

typedef enum SchemaKind {
    SCHEMA_TABLE,
    SCHEMA_COLUMN,
    SCHEMA_PRIMARY_KEY,
    SCHEMA_UNIQUE,
    SCHEMA_FOREIGN_KEY,
    SCHEMA_CHECK,
    SCHEMA_INDEX,
    SCHEMA_VIEW,
    SCHEMA_TRIGGER,
    SCHEMA_VIRTUAL_TABLE,
    SCHEMA_NAMESPACE,
    SCHEMA_EXTENSION,
    SCHEMA_EXCLUSION,
    SCHEMA_MATERIALIZED_VIEW,
    SCHEMA_SEQUENCE, /* that no column owns: an owned one is its column's attribute */
    SCHEMA_FUNCTION, /* procedures and aggregates too */
    SCHEMA_EVENT_TRIGGER,
    SCHEMA_RULE,
    SCHEMA_POLICY,
    SCHEMA_ENUM,
    SCHEMA_DOMAIN,
    SCHEMA_COMPOSITE,
    SCHEMA_RANGE,
    SCHEMA_STATISTICS,
    SCHEMA_PUBLICATION,
    SCHEMA_DEFAULT_PRIVILEGES,
    SCHEMA_COLLATION,
    SCHEMA_CAST,
    SCHEMA_OPERATOR,
    SCHEMA_TEXT_SEARCH, /* a configuration */
    SCHEMA_DICTIONARY,  /* of text search */
    SCHEMA_FOREIGN_WRAPPER,
    SCHEMA_FOREIGN_SERVER,
    SCHEMA_KIND_COUNT
} SchemaKind;

typedef struct SchemaObject {
    SchemaKind kind;
    char *space;       /* namespace: "public", "drizzle"; "" where the engine has none (SQLite) */
    char *table;       /* owning table; "" for objects of their own (tables, views) */
    char *name;        /* generated constraint names are replaced by the columns: "(owner, slug)" */
    StrMap attributes; /* "type": "text", "not null": "yes", "default": "0", "sql": "..." */
    StrMap facts;      /* that statements need and nobody compares: "identifier", its name in the
                          database where name is another; "definition", SQL */
    size_t position;   /* in the order of reading: columns are read in their table's order */
} SchemaObject;

typedef struct Schema {
    SchemaObject *items; /* sorted by kind, space, table, name after schema_sort */
    size_t len, cap;
    bool sorted; /* schema_sort sets it, schema_add unsets it */
} Schema;

/** "table", "column", "foreign key"... */
const char *schema_kind_name(SchemaKind kind);
/** Append an object without attributes; the pointer is good until the next call. Copies text. */
SchemaObject *schema_add(Schema *schema, SchemaKind kind, const char *space, const char *table,
                         const char *name);
/** The order of a sorted schema: kind, space, table, name. */
int schema_object_compare(const SchemaObject *a, const SchemaObject *b);
void schema_sort(Schema *schema);
/** NULL when absent. Borrowed. */
const SchemaObject *schema_find(const Schema *schema, SchemaKind kind, const char *space,
                                const char *table, const char *name);
/** An attribute, or else a fact; NULL when it has neither. Borrowed. */
const char *schema_object_text(const SchemaObject *object, const char *key);
size_t schema_count(const Schema *schema, SchemaKind kind);
/** What a table has of one kind (its columns, its indexes), in order of name; the schema is sorted.
 * NULL when it has none. Borrowed. */
const SchemaObject *schema_parts(const Schema *schema, SchemaKind kind, const char *space,
                                 const char *table, size_t *ret_count);
void schema_clear(Schema *schema);

typedef enum SchemaChange { SCHEMA_ADDED, SCHEMA_REMOVED, SCHEMA_CHANGED } SchemaChange;

typedef struct SchemaDifference {
    SchemaChange change;
    SchemaKind kind;
    char *space, *table, *name;
    char *was;       /* the name in a, where another: of several alike, "(a) #2" for "(a) #3" */
    char *attribute; /* of SCHEMA_CHANGED; NULL otherwise */
    char *before, *after; /* of SCHEMA_CHANGED; NULL where the attribute is absent */
} SchemaDifference;

typedef struct SchemaDiff {
    SchemaDifference *items;
    size_t len, cap;
} SchemaDiff;

/**
 * What turns a into b; both sorted. Each change of one object is one difference:
 *  - parts of a table or view that is itself added or removed are left out, but what goes with a
 *    column (its index, its key) is an object of its own and told;
 *  - what a child table has from its parent is told of the parent;
 *  - a sequence that a column takes or gives away is told as "owned by" of the sequence;
 *  - the columns of a virtual table follow from its text;
 *  - a new name is a removal and an addition; constraints have no name that counts.
 */
void schema_diff(const Schema *a, const Schema *b, SchemaDiff *ret_diff);
/** "column notes.owner", "index notes_owner_idx on notes"; caller frees. */
MUST_USE char *schema_difference_object(const SchemaDifference *difference);
/** "column notes.owner: not null: no -> yes"; caller frees. */
MUST_USE char *schema_difference_text(const SchemaDifference *difference);
void schema_difference_clear(SchemaDifference *difference);
void schema_diff_clear(SchemaDiff *diff);
DEFINE_AUTO_VALUE(schema, Schema, schema_clear)
DEFINE_AUTO_VALUE(schema_diff, SchemaDiff, schema_diff_clear)
