#pragma once
/* One table while it is planned: what the parts of plan.c share. */

#include "database/populate/plan.h"

typedef struct PopPlanner {
    PopEngine *engine;
    const PopulateSpec *spec;
    PopTable *table;
    PopPlan *plan;
    PopChoiceList **choices; /* of the plan's fields */
    bool edge;
} PopPlanner;

uint64_t pop_planner_salt(const PopPlanner *planner, const char *name, unsigned n);

/* --- plan_references.c */

/**
 * Join the rows that references choose from, and give their columns to them. Long keys first:
 * (tenant, user) decides what tenant may be. Declared ones before others.
 *
 * @param[in,out] ret_reason  why the table cannot be filled; NULL before, and where it can
 */
MUST_USE Error *pop_add_references(PopPlanner *planner, char **ret_reason);

/* --- plan_selves.c */

/** References of the table to itself that no other row is needed for. */
void pop_add_selves(PopPlanner *planner);

/* --- plan_choices.c */

bool pop_has_lesson(const PopPlanner *planner, const PopColumn *column, LessonKind kind);
/** A lesson says what values the column has. */
bool pop_is_taught(const PopPlanner *planner, const PopColumn *column);
/** The user's own expression for the column, borrowed; NULL none. */
const char *pop_given(const PopPlanner *planner, const PopColumn *column);
/** Where the values of the column come from that no reference owns. */
void pop_add_choices(PopPlanner *planner, size_t at);

/* --- plan_checks.c */

/** The column, and all that checks tie to it, with the combinations that pass. */
MUST_USE Error *pop_add_component(PopPlanner *planner, size_t column);
void pop_component_clear(PopComponent *component);

/* --- plan_keys.c */

/** Before values are chosen: in every key one column is to differ from row to row. */
void pop_mark_distinct(PopPlanner *planner);
/** After: keys without such a column count the rows by the choices of their columns. */
void pop_place_keys(PopPlanner *planner);
