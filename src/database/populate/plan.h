#pragma once
/* How one table is filled: for every column where its values come from. */

#include "database/populate/engine.h"

/* How often values are computed from a row's other columns: one may follow from another that does.
 */
enum { POP_LAYERS = 2 };

/* Columns that checks tie together (most are alone), and the combinations of their choices that
 * pass. */
typedef struct PopComponent {
    IndexList columns, checks;
    IndexList picks;  /* combination by combination, a choice's index for every column */
    size_t count;     /* of combinations */
    bool sure;        /* they pass in every row that was asked about */
    IndexList passed; /* of a column alone: its choices that pass, also those that no row takes */
    char *pick;       /* SQL: which one a row takes */
    bool placed;      /* the pick counts the rows, to keep a key distinct */
} PopComponent;

/* A reference whose rows are joined. */
typedef struct PopJoin {
    size_t reference;
    IndexList shared; /* positions whose column an earlier join owns */
    StrList only;     /* conditions on the rows to choose from, over s */
    int64_t n;        /* rows to choose from */
    char *pick;
    bool placed, required;
} PopJoin;

typedef struct PopField {
    PopChoiceList choices;
    size_t component; /* SIZE_MAX: the database fills it */
    size_t join;      /* SIZE_MAX: none */
    bool given;       /* by the user: as it is */
    bool distinct;    /* whatever combination a row takes */
    char *null_when;  /* SQL condition; NULL: never */
} PopField;

typedef struct PopPlan {
    const PopTable *table;
    PopField *fields; /* one a column */

    struct {
        PopComponent *items;
        size_t len, cap;
    } components;

    struct {
        PopJoin *items;
        size_t len, cap;
    } joins;

    StrList filters; /* conditions over the row's columns */
    int64_t rows;    /* at most, because a key has no more values */
} PopPlan;

/**
 * Plan a table whose turn has come: what it refers to is filled.
 *
 * @param[out] ret_reason  why it cannot be filled; NULL
 */
MUST_USE Error *pop_plan(PopEngine *engine, const PopulateSpec *spec, PopTable *table,
                         PopPlan *ret_plan, char **ret_reason);
/** Whether all that a check reads is ours to fill. */
bool pop_check_is_ours(const PopTable *table, const PopCheck *check);
void pop_plan_clear(PopPlan *plan);
DEFINE_AUTO_VALUE(pop_plan, PopPlan, pop_plan_clear)

/** The combinations of a component's choices that pass its checks; count 0 when none does or none
 * could be tried. */
MUST_USE Error *pop_solve(PopEngine *engine, const PopPlan *plan, PopComponent *component);

/** Choices of these columns that the server cannot compute or cast go, but for the last of a
 * column. */
MUST_USE Error *pop_drop_broken(PopEngine *engine, const PopPlan *plan, const IndexList *columns);
/** What keeps a subquery apart, so that its expressions are computed once. */
const char *pop_fence(const PopEngine *engine);
/** How many rows a reference chooses from at the most: more where a key wants them all different.
 */
int64_t pop_parents_max(const PopEngine *engine, const PopTable *table,
                        const PopReference *reference);

/** "FROM ... r" with the rows from to to, and what is joined. Caller frees. */
MUST_USE char *pop_rows_sql(const PopEngine *engine, const PopPlan *plan, const char *series);
/** The numbers first to last as a relation r(i). Caller frees. */
MUST_USE char *pop_series(const PopEngine *engine, int64_t first, int64_t last);
/** A choice, cast to its column's type. Caller frees. */
MUST_USE char *pop_cast(const PopColumn *column, const char *sql);
/**
 * INSERT of the rows first to last.
 *
 * @param lenient  rows that collide are left out
 * @param filter  rows that a check refuses are left out
 * @param most  of those that are left; 0: all of them
 */
MUST_USE char *pop_insert_sql(const PopEngine *engine, const PopPlan *plan, int64_t first,
                              int64_t last, bool lenient, bool filter, int64_t most);
