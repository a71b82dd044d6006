#pragma once
/* The SQL that a candidate ran, and what it says about rows and values: which tables and columns it
 * names. */

#include <stdbool.h>

#include "base/list.h"

typedef struct Statement {
    char *text;       /* one statement */
    char *migration;  /* that it is of; NULL when not known */
    char *parameters; /* "$1 = 'x', $2 = NULL" as a server logged them; NULL none, or too many */
    size_t session;   /* that sent it, from 1; 0 not known */
    size_t at;        /* its place among all that were sent */
} Statement;

typedef struct StatementList {
    Statement *items;
    size_t len, cap;
    bool cut;     /* there were more */
    bool partial; /* they were found in code, which may run others as well */
} StatementList;

/* Of what was sent to a server: all of it, or what did not fail and was not rolled back. */
typedef enum StatementScope { STATEMENTS_SENT, STATEMENTS_DONE } StatementScope;

enum { STATEMENTS_MAX = 100000, STATEMENT_BYTES_MAX = 64 << 10, PARAMETERS_BYTES_MAX = 1024 };

/** Append one statement, cut at its cap. Copies. */
void statement_list_add(StatementList *list, const char *text, size_t len, const char *migration);
/** Append a statement with all that is known of it; taken over, also where there is no room. */
void statement_list_take(StatementList *list, Statement *statement);
/** Put them in the order in which they were sent. */
void statement_list_sort(StatementList *list);
/** Append the statements of a script: what stands before a mark of its way down ("-- +goose Down",
 * "-- migrate:down"). Any text will do. */
void statement_list_add_script(StatementList *list, const char *migration, const char *script);
/** Append the statements of what was sent to a server at once, all of it. Any text will do. */
void statement_list_add_all(StatementList *list, const char *migration, const char *sql);
/** Append the statements that stand as texts in the code of a migration, its way down left out;
 * what code makes up when it runs is not seen, and the list is partial then.
 * @param hash  "#" begins a comment, as in Python; otherwise "//" */
void statement_list_add_code(StatementList *list, const char *migration, const char *text,
                             bool hash);
void statement_clear(Statement *statement);
void statement_list_clear(StatementList *list);
DEFINE_AUTO_VALUE(statement_list, StatementList, statement_list_clear)

typedef enum EffectKind {
    EFFECT_DELETE,        /* also TRUNCATE: rows of table go */
    EFFECT_UPDATE,        /* columns of table are set */
    EFFECT_INSERT,        /* rows come into table */
    EFFECT_COPY,          /* rows of the tables in sources come into table: INSERT ... SELECT */
    EFFECT_DROP_TABLE,    /* or schema: then table is empty */
    EFFECT_DROP_COLUMN,   /* columns of table go */
    EFFECT_RETYPE,        /* columns of table get another type */
    EFFECT_RENAME_TABLE,  /* table is called other from now on */
    EFFECT_RENAME_COLUMN, /* columns[0] of table is called other from now on */
    EFFECT_RENAME_VALUE,  /* a value of the type that table names reads otherwise from now on */
} EffectKind;

typedef struct Effect {
    EffectKind kind;
    size_t statement; /* index in the list */
    char *table;      /* without its namespace; "%" stands for any: its name was made at run time */
    char *other;
    StrList columns; /* "%" stands for any, too */
    StrList sources;
    StrList plain; /* of EFFECT_COPY: of the columns those that are copied as they are */
    bool narrowed; /* of EFFECT_COPY: it says that not every row comes: WHERE, JOIN, DISTINCT... */
} Effect;

typedef struct EffectList {
    Effect *items;
    size_t len, cap;
} EffectList;

/** What the statements say, in order; bodies of DO, functions and procedures included. */
void effects_read(const StatementList *statements, EffectList *ret_effects);
/** What one text says, appended; such as the definition of a function or a trigger. */
void effects_of(const char *sql, size_t statement, EffectList *effects);
void effect_list_clear(EffectList *effects);
DEFINE_AUTO_VALUE(effect_list, EffectList, effect_list_clear)
