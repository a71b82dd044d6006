#pragma once
/* What statements ask of the values that are in a database already: conversions, keys, checks. */

#include "model/statements.h"

typedef enum SqlUseKind {
    SQL_USE_CAST,   /* columns become type */
    SQL_USE_LENGTH, /* columns get a type that is cut off at a length */
    SQL_USE_JSON,   /* columns are read as JSON */
    SQL_USE_UNIQUE,
    SQL_USE_KEY, /* columns refer to of_table */
    SQL_USE_CHECK,
    SQL_USE_ENUM, /* texts are the labels of type */
} SqlUseKind;

typedef struct SqlUse {
    SqlUseKind kind;
    size_t statement; /* index in the list */
    StrList tables;   /* that the columns may be of: all that stand near */
    StrList columns;
    char *name; /* of a constraint or index; NULL */
    char *type; /* lower case, without its namespace and its length; NULL */
    char *text; /* the expression; NULL */
    char *of_table, *of_column;
    StrList texts;
} SqlUse;

typedef struct SqlUseList {
    SqlUse *items;
    size_t len, cap;
} SqlUseList;

/** In order; bodies of DO, functions and procedures included. */
void sql_uses_read(const StatementList *statements, SqlUseList *ret_uses);
void sql_use_list_clear(SqlUseList *list);
DEFINE_AUTO_VALUE(sql_use_list, SqlUseList, sql_use_list_clear)
