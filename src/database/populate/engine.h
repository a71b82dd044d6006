#pragma once
/* What the making of rows needs of a database, so that it is written once for both. */

#include "database/populate/values.h"

typedef struct PopCells {
    StrList cells; /* row by row; NULL for NULL */
    size_t columns;
} PopCells;

typedef struct PopEngine {
    PopContext context;
    void *connection, *types; /* of the engine */
    /** Run one statement. @param[out] ret_changed  rows; may be NULL */
    Error *(*run)(struct PopEngine *, const char *sql, int64_t *ret_changed);
    Error *(*query)(struct PopEngine *, const char *sql, PopCells *ret_cells);
    /** Whether a failure concerns one statement only. */
    bool (*is_local)(const Error *);
    /** Expressions for a column whose family the engine alone knows; else pop_family_choices. */
    void (*choices)(struct PopEngine *, const PopTable *, const PopColumn *, PopChoiceList *);
    /** Switch triggers, rules and keys off or on again within the transaction. */
    Error *(*quiet)(struct PopEngine *, bool quiet);
    /** Rows that refer to nothing after the keys were off: checked by query. */
    const char *begin, *commit;
} PopEngine;

void pop_cells_clear(PopCells *cells);
DEFINE_AUTO_VALUE(pop_cells, PopCells, pop_cells_clear)
const char *pop_cell(const PopCells *cells, size_t row, size_t column); /* NULL for NULL */
size_t pop_cells_rows(const PopCells *cells);
/** One whole number that a query yields; 0 when it yields none. */
MUST_USE Error *pop_number(PopEngine *engine, const char *sql, int64_t *ret_number);
/** As run, inside a savepoint: undone when it fails. A local failure comes back in ret_reason. */
MUST_USE Error *pop_try(PopEngine *engine, const char *sql, int64_t *ret_changed,
                        Error **ret_reason);
MUST_USE Error *pop_try_query(PopEngine *engine, const char *sql, PopCells *ret_cells,
                              Error **ret_reason);
/** "space"."name", or "name". Caller frees. */
MUST_USE char *pop_quote_place(const char *space, const char *name);

/** Make the rows: tables read by the engine into model. */
MUST_USE Error *pop_fill(PopEngine *engine, const PopulateSpec *spec, PopModel *model,
                         PopulateResult *ret_result);
