#pragma once
/* From a column to the SQL expressions that may fill it. */

#include "database/populate/vocabulary.h"

typedef struct PopChoice {
    char *sql;     /* over r.i; of a derived one over the row's columns, as x."name" */
    bool distinct; /* differs from row to row */
    bool null;
    bool derived;
    int rank;  /* 0: what one would expect; more: further from it */
    int order; /* where it came */
} PopChoice;

typedef struct PopChoiceList {
    PopChoice *items;
    size_t len, cap;
    char *generator;
    PopulateFreedom freedom;
} PopChoiceList;

/** Append; takes sql. Nothing happens when it is there already. */
void pop_choice_add(PopChoiceList *list, char *sql, bool distinct, int rank);
void pop_choice_drop(PopChoiceList *list, size_t at);
void pop_choice_null(PopChoiceList *list, int rank);
void pop_choice_name(PopChoiceList *list, const char *generator, PopulateFreedom freedom);
void pop_choices_clear(PopChoiceList *list);
DEFINE_AUTO_VALUE(pop_choices, PopChoiceList, pop_choices_clear)

/** Expressions for a column of a family that all engines have, best first; for edge rows after them
 * what is at the edge. */
void pop_family_choices(const PopContext *context, const PopTable *table, const PopColumn *column,
                        PopChoiceList *list);
/** A moment as the column's type wants it; caller frees. */
MUST_USE char *pop_moment(const PopContext *context, const PopColumn *column, uint64_t salt,
                          int rank);
/** A version 4 UUID, variant 10xx, as text; caller frees. */
MUST_USE char *pop_uuid(const PopContext *context, uint64_t salt);
/** The row's number and above more, from its start again where the column's type ends (a smallint
 * above 32767 rows). Caller frees. */
MUST_USE char *pop_row_number(const PopContext *context, const PopColumn *column, int64_t above);
/** Text that keeps to the column's length, and differs from row to row where distinct. Caller
 * frees. */
MUST_USE char *pop_fit(const PopContext *context, const PopColumn *column, const char *sql,
                       int width, bool has_number, bool distinct, uint64_t salt);
