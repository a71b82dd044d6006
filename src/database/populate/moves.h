#pragma once
/* What may bring a row nearer to a check: for each part of it, columns and the values that they are
 * to take for that part to come true, computed back from its other side. Nobody promises that they
 * do: whoever asked tries them. */

#include "database/populate/expr.h"
#include "database/populate/tree.h"

typedef struct PopMove {
    size_t column;
    char *sql; /* its value, over the row as it is: columns by their names, r.i */
} PopMove;

typedef struct PopMoveList {
    PopMove *items;
    size_t len, cap;
} PopMoveList;

/** @param both  it may have to be false as well: a condition within a function */
void pop_moves_find(const PopContext *context, const PopTable *table, const PopNode *check,
                    bool both, PopMoveList *moves);
void pop_moves_clear(PopMoveList *moves);
DEFINE_AUTO_VALUE(pop_moves, PopMoveList, pop_moves_clear)
