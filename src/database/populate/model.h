#pragma once
/* Tables as the making of rows sees them, whatever the engine: columns, keys, references, checks.
 */

#include "database/populate/populate.h"

typedef struct IndexList {
    size_t *items;
    size_t len, cap;
} IndexList;

bool index_list_has(const IndexList *list, size_t index);
void index_list_put(IndexList *list, size_t index); /* unless it is there */

/* What kind of value a column takes. */
typedef enum PopFamily {
    FAMILY_BOOL,
    FAMILY_INT,
    FAMILY_DECIMAL,
    FAMILY_TEXT,
    FAMILY_DATE,
    FAMILY_MOMENT, /* date and time */
    FAMILY_TIME,   /* of day */
    FAMILY_JSON,
    FAMILY_UUID,
    FAMILY_BYTES,
    FAMILY_OTHER, /* the engine knows */
} PopFamily;

typedef struct PopColumn {
    char *name, *type; /* type to cast to; "" where the engine needs none */
    PopFamily family;
    int64_t length;    /* characters at most; 0: no limit */
    int digits, scale; /* of a decimal; digits 0: no limit */
    int64_t min, max;  /* of a whole number */
    bool not_null;
    bool left;             /* the database fills it */
    char *source;          /* what it is computed from, of a generated one; NULL */
    char *fallback;        /* default as SQL; NULL */
    StrList labels;        /* the only values there are, of an enum */
    unsigned long type_id; /* of the engine */
    int number;            /* of the engine: what its keys call it */
    bool distinct;         /* has to differ from row to row */
    bool wide;             /* must differ where it can: part of a partial key */
} PopColumn;

typedef struct PopKey {
    IndexList columns;
    bool partial, expression, exclusion;
} PopKey;

typedef struct PopReference {
    IndexList columns;
    char *space, *table; /* of the rows it refers to */
    char *root;          /* space.table that is filled for it: a partition's root */
    StrList targets;
    bool declared;   /* a key; false: only the name says so */
    bool learnt;     /* a lesson says so */
    bool later;      /* set in a second step, because the rows are not there yet */
    bool set;        /* the second step is done */
    bool hold;       /* later, although it may not be NULL: the keys are off until then */
    int64_t choices; /* rows that can be referred to, known when the table's turn comes */
} PopReference;

typedef struct PopCheck {
    char *sql; /* over the columns by their names */
    IndexList columns;
    char *name;
    StrList hints; /* more that is said of the columns: by functions that the check calls */
    char *inlined; /* sql with such functions written out; NULL */
} PopCheck;

typedef struct PopTable {
    char *space, *name, *place; /* place: "space.name", or the name alone */

    struct {
        PopColumn *items;
        size_t len, cap;
    } columns;

    struct {
        PopKey *items;
        size_t len, cap;
    } keys; /* the primary key first */

    struct {
        PopReference *items;
        size_t len, cap;
    } references;

    struct {
        PopCheck *items;
        size_t len, cap;
    } checks;

    unsigned long id; /* of the engine */
    StrList row_id;   /* expressions that together name a row, quoted */
    bool has_primary;
    bool untouched; /* a ledger, or skipped by the user */
    bool kept;      /* reference data */
    bool done;      /* its turn came */
    int64_t made;
    char *reason; /* why it has no rows; NULL */
    char *note;
} PopTable;

typedef struct PopModel {
    PopTable *items;
    size_t len, cap;
} PopModel;

void pop_model_clear(PopModel *model);
void pop_table_clear(PopTable *table);
PopTable *pop_model_find(PopModel *model, const char *space, const char *name);
PopTable *pop_model_place(PopModel *model, const char *place);
/** The index; table->columns.len when there is none. Without case when nocase. */
size_t pop_column_find(const PopTable *table, const char *name, bool nocase);
/** Append a column with nothing known; the pointer is good until the next call. */
PopColumn *pop_column_add(PopTable *table, const char *name);
/** "user" of users, "category" of categories; in lower case. Caller frees. */
MUST_USE char *pop_singular(const char *word);
/** The text with brackets of arrays as parentheses, so that it can be cut into tokens. Caller
 * frees.
 */
MUST_USE char *pop_without_brackets(const char *sql);
/** Columns that the text of an expression names, into list. */
void pop_columns_named(const PopTable *table, const char *sql, IndexList *list);
/** Columns that are called as another table's key refers to it: user_id, teamSlug. */
void pop_resemblances(PopModel *model);
DEFINE_AUTO_VALUE(pop_model, PopModel, pop_model_clear)
