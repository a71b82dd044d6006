#pragma once
/* Values that are gone from where they were, a sample of them, looked for in the rows of other
 * tables. */

#include "base/list.h"

enum { LOST_ROWS = 400 };

typedef struct LostCell {
    char *value; /* NULL is NULL */
    bool wanted; /* it is gone; others are there to know the row by */
    bool telling;
    uint64_t atoms;               /* a bit for each atom */
    uint64_t strong, tied, plain; /* atoms seen: in a row much like its own; beside its row's key in
                                     this table; columns of this table that hold it */
    bool found;
} LostCell;

typedef struct LostRow {
    LostCell *cells;
    size_t values; /* cells that are not NULL */
} LostRow;

typedef struct LostAtom {
    uint64_t hash;
    uint32_t row, column;
    uint64_t bit;
    bool telling;
} LostAtom;

typedef struct LostAtoms {
    LostAtom *items;
    size_t len, cap;
} LostAtoms;

typedef struct LostSample {
    size_t columns;
    const bool *is_key; /* of each column; borrowed */
    LostRow *items;
    size_t len, cap;
    int64_t stride, seen; /* every stride-th row is kept: whatever their number, few stay */
    LostAtoms atoms;
} LostSample;

void lost_init(LostSample *sample, size_t columns, const bool *is_key);
/** Copies. @param wanted  of each column: its value is gone */
void lost_add(LostSample *sample, const char *const *values, const bool *wanted);
/** Once all are added, and before the first table. */
void lost_index(LostSample *sample);
/** Begin a table, then each of its rows, then its end. */
void lost_table_begin(LostSample *sample);
void lost_row(LostSample *sample, const char *const *values, size_t count);
void lost_table_end(LostSample *sample);
/** How many wanted values of a column the sample has, and how many of them were found. */
void lost_count(const LostSample *sample, size_t column, int64_t *ret_wanted, int64_t *ret_found);
/** How many rows have all their wanted values found, those of the key aside. */
int64_t lost_rows_found(const LostSample *sample);
void lost_clear(LostSample *sample);
