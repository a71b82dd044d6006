#pragma once
/* What a CREATE TABLE or CREATE INDEX statement says and no pragma tells: checks, generated
 * columns, deferred keys, conflict clauses, expressions in an index. The statements are SQLite's
 * own record, so they parse; one that does not, loses these details and nothing else. */

#include "database/sql_text.h"

typedef enum SqlClauseKind {
    SQL_PRIMARY_KEY,
    SQL_UNIQUE,
    SQL_FOREIGN_KEY,
    SQL_CHECK,
    SQL_GENERATED,
    SQL_NOT_NULL,
} SqlClauseKind;

typedef struct SqlClause {
    SqlClauseKind kind;
    char *name;     /* of the constraint; NULL when it has none */
    char *columns;  /* "(owner, slug)"; of a clause in a column's definition "(owner)" */
    char *text;     /* of a check or generated column: the expression, normalised */
    char *source;   /* of the same: the expression as it was written */
    char *conflict; /* "REPLACE"; NULL when nothing is said */
    const char
        *deferrable; /* of a foreign key: "no", "initially immediate", "initially deferred" */
    bool stored, autoincrement;
} SqlClause;

typedef struct SqlTable {
    SqlClause *items; /* in the order of the text */
    size_t len, cap;
} SqlTable;

void sql_table_read(const char *sql, SqlTable *ret_table);
void sql_table_clear(SqlTable *table);
DEFINE_AUTO_VALUE(sql_table, SqlTable, sql_table_clear)
/** The first clause of that kind on those columns; NULL when there is none. Borrowed. */
const SqlClause *sql_table_find(const SqlTable *table, SqlClauseKind kind, const char *columns);

typedef struct SqlIndex {
    StrList terms; /* "lower(name)": each without its COLLATE, ASC and DESC */
    char *where;   /* of a partial index; NULL otherwise */
} SqlIndex;

void sql_index_read(const char *sql, SqlIndex *ret_index);
void sql_index_clear(SqlIndex *index);
DEFINE_AUTO_VALUE(sql_index, SqlIndex, sql_index_clear)
