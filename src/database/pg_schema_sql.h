#pragma once
/* The queries that a schema is read with. */

#include <stdbool.h>
#include <stddef.h>

#include "model/schema.h"

/* One query a kind of object. Its first three columns are namespace, table and name; every further
 * column is an attribute called as the column is, absent where it is NULL, or a fact when its name
 * begins with "~". Objects of one name are numbered in the order of the rows. */
typedef struct PgSchemaQuery {
    SchemaKind kind;
    bool rendered;    /* attributes hold expressions that the server rendered */
    int since, until; /* server versions, in PQserverVersion's numbers; until is not one of them */
    const char *sql;
} PgSchemaQuery;

/* Of tables and what belongs to them, and of everything else. */
extern const PgSchemaQuery PG_TABLE_QUERIES[], PG_OBJECT_QUERIES[];
extern const size_t PG_TABLE_QUERY_COUNT, PG_OBJECT_QUERY_COUNT;

/** All of them, one after the other; NULL past the last. */
const PgSchemaQuery *pg_schema_query(size_t at);
/** @param version  as PQserverVersion: 150004 */
bool pg_schema_query_applies(const PgSchemaQuery *query, int version);
