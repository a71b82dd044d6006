#pragma once
/* What became of the rows and values of a database between two moments: only what is gone or
 * changed and was not found elsewhere. */

#include <stdint.h>

#include "base/list.h"

typedef struct ColumnChange {
    char *column;       /* before */
    char *after_column; /* its name now; NULL: it is no longer there */
    bool retyped;
    int64_t values;    /* that it held: rows where it was not NULL */
    int64_t lost;      /* of them gone or replaced by another, and found nowhere else */
    int64_t nulled;    /* of them NULL now */
    bool emptied;      /* no row that held a value holds one now */
    bool levelled;     /* all those rows hold one and the same value now, and held several */
    bool merged;       /* what were different values before are fewer now */
    char *key;         /* of an example row: "id 3"; NULL where the table has no key */
    char *was, *is;    /* its value before and after, fit to be shown; NULL when not known */
    char *added_alike; /* a new column of the same table that is empty: was it renamed? */
} ColumnChange;

typedef struct ColumnChangeList {
    ColumnChange *items;
    size_t len, cap;
} ColumnChangeList;

typedef struct TableChange {
    char *space, *table;
    char *after_space, *after_table; /* its name now; NULL: it is no longer there */
    int64_t rows_before, rows_after;
    int64_t gone;    /* rows that are nowhere any more */
    int64_t values;  /* of a table that is gone: values that were not NULL and are nowhere */
    char *key, *row; /* an example of a row that is gone: "id 3", "title 'Milk', done 'f'" */
    StrList parents; /* tables that its foreign keys referred to */
    ColumnChangeList columns;
} TableChange;

typedef struct DataChanges {
    TableChange *items;
    size_t len, cap;
    StrList unseen; /* what could not be compared, and why: "rows of notes: permission denied" */
    StrList aside;  /* what held rows and is never followed: "virtual table notes_fts" */
} DataChanges;

/** Append an empty change of that table; the pointer is good until the next call. Copies text. */
TableChange *data_changes_add(DataChanges *changes, const char *space, const char *table);
ColumnChange *table_change_add(TableChange *change, const char *column);
/** Take back what was added last. */
void data_changes_drop_last(DataChanges *changes);
void data_changes_clear(DataChanges *changes);
DEFINE_AUTO_VALUE(data_changes, DataChanges, data_changes_clear)
