#pragma once
/* Combinations of choices that checks let pass: what the parts of solve.c share. */

#include "base/buffer.h"
#include "database/populate/plan.h"

enum { POP_TRIED_MAX = 4000 }; /* combinations of one component */

/** How many choices the component's column `at` has. */
static inline size_t pop_choices_of(const PopPlan *plan, const PopComponent *component, size_t at)
{
    return plan->fields[component->columns.items[at]].choices.len;
}

static inline const PopChoice *pop_choice_of(const PopPlan *plan, const PopComponent *component,
                                             size_t at, size_t pick)
{
    return &plan->fields[component->columns.items[at]].choices.items[pick];
}

/**
 * All combinations where they are few; else those of the expected choices, and a sample of the
 * rest. Sorts the choices: what is expected first.
 *
 * @param picks  combination by combination, a choice's index for every column
 */
void pop_combine(const PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                 IndexList *picks);
/** The rows by which combinations are judged, as a relation of i. Caller frees. */
MUST_USE char *pop_sample(const PopEngine *engine, const PopPlan *plan,
                          const PopComponent *component);
/** It takes values from rows of another table. */
bool pop_has_join(const PopPlan *plan, const PopComponent *component);
/** Append combinations as "(VALUES (0, 3, 1), ...) n": their number, and a choice of each column.
 */
void pop_picks_add(const IndexList *picks, size_t width, Buf *out);
/** A few rows, which say most of it. Caller frees. */
MUST_USE char *pop_sample_small(const PopEngine *engine);
/**
 * SELECT of the numbers of those combinations of which some row passes the component's checks, and
 * of 1 where all rows do. Caller frees.
 *
 * @param sample  the rows, as a relation of i
 */
MUST_USE char *pop_probe_sql(const PopEngine *engine, const PopPlan *plan,
                             const PopComponent *component, const IndexList *picks,
                             const char *sample);
/**
 * Take the combinations nearest to what is expected, and of the columns with a few values each
 * value.
 *
 * @param passed  numbers within picks
 */
void pop_select_best(const PopEngine *engine, const PopPlan *plan, PopComponent *component,
                     const IndexList *picks, const IndexList *passed);
