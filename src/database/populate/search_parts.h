#pragma once
/* A search while it goes on: what the parts of search.c share. */

#include "database/populate/distance.h"
#include "database/populate/moves.h"
#include "database/populate/search.h"
#include "database/populate/solve_parts.h"

enum {
    POP_SEARCH_TRIED_MAX = 16000,  /* combinations in all */
    POP_SEARCH_ROUND_MAX = 1200,   /* combinations asked about at once */
    POP_SEARCH_CHOICES_MAX = 1500, /* of a column */
    POP_SEARCH_ROUNDS = 28,
    POP_SEARCH_KNOWN = 65536, /* room for the hashes of what was tried */
};

#define POP_PASSES  1e-9 /* no further than this */
#define POP_UNKNOWN 5.0  /* how far from a goal that cannot be computed */
#define POP_FAR     1e6  /* of a combination that the server cannot compute */

/* A move and how it does: one that only makes values that cannot be computed is left. */
typedef struct PopTry {
    PopMove move;
    int failures;
    bool worked;
} PopTry;

/* One check, or that a column is not NULL: what is far from it, and what brings nearer. */
typedef struct PopGoal {
    const IndexList *columns; /* that it reads */
    IndexList own;            /* where nobody else has that list */
    char *distance;

    struct {
        PopTry *items;
        size_t len, cap;
    } tries;
} PopGoal;

/* A combination that was tried. */
typedef struct PopState {
    size_t *picks;             /* a choice's index for every column of the component */
    double *parts;             /* how far from each goal, on the average of the rows asked about */
    double total, best, worst; /* best and worst: of one of these rows */
} PopState;

typedef struct PopStateList {
    PopState *items;
    size_t len, cap;
} PopStateList;

/* Which choice a column got by which move. */
typedef struct PopMade {
    size_t at, choice;
    PopTry *by;
} PopMade;

typedef struct PopSearch {
    PopEngine *engine;
    const PopPlan *plan;
    PopComponent *component;
    PopGoal *goals;
    size_t goal_count;
    PopStateList states;
    size_t *pool;     /* how many choices each column had in the beginning */
    bool *broken[64]; /* unused slots NULL: by column, choices that cannot be computed */
    uint64_t *known;  /* hashes of the combinations that were tried */
    size_t tried;
    uint64_t random;
    char *sample; /* the rows asked about */

    struct {
        PopMade *items;
        size_t len, cap;
    } made; /* in this round */
} PopSearch;

/* --- search_change.c: combinations to ask about, into out, where they are new */

void pop_propose(PopSearch *search, const size_t *picks, IndexList *out);
/** One column of a check that does not pass becomes something else. */
void pop_change_one(PopSearch *search, const PopState *state, size_t goal, IndexList *out);
/** All columns of a check but one. */
void pop_change_all_but(PopSearch *search, const PopState *state, size_t goal, IndexList *out);
/** Two changes at once, where one alone brings nothing nearer. */
void pop_change_two(PopSearch *search, const PopState *state, size_t goal, size_t count,
                    IndexList *out);
/** Whatever there was in the beginning. */
void pop_change_any(PopSearch *search, size_t count, IndexList *out);

/* --- search_moves.c */

void pop_goals_read(PopSearch *search);
void pop_goals_clear(PopSearch *search);
/** The choice that the move makes of the column in that state; SIZE_MAX: none. */
size_t pop_move_make(PopSearch *search, const PopState *state, PopTry *by, size_t *ret_at);
/** New choices that the server cannot compute are taken back. */
MUST_USE Error *pop_made_check(PopSearch *search);
bool pop_choice_is_broken(const PopSearch *search, size_t at, size_t choice);

/* --- search_probe.c */

/** Append the combinations as states, with how far each is.
 * @param picks  combination by combination */
MUST_USE Error *pop_search_ask(PopSearch *search, const IndexList *picks);
