#pragma once
/* A check while values are sought in its text: what the parts of mine.c share. */

#include "database/populate/mine.h"
#include "database/sql_text.h"

typedef struct PopMiner {
    const PopContext *context;
    const PopTable *table;
    const PopCheck *check;
    PopChoiceList *const *choices;
    char *text; /* the check's, as long as it */
    SqlTokens tokens;
    bool about_length; /* numbers are lengths of texts, too */
} PopMiner;

static inline bool pop_is_number(PopFamily family)
{
    return family == FAMILY_INT || family == FAMILY_DECIMAL;
}

/** A literal, or the pattern that it is: what it says goes to all columns of the check. */
void pop_mine_string(PopMiner *miner, size_t token); /* mine_text.c */
/** Objects that have the check's texts as keys, and as values of one another; every shape there is.
 * @param at  the column */
void pop_mine_json(PopMiner *miner, size_t at); /* mine_text.c */
/** A number, and those beside it: as it is, or as a length. */
void pop_mine_number(PopMiner *miner, size_t token); /* mine_number.c */
/** Comparisons within the tokens from..to: a column follows from what it is compared with. */
void pop_mine_terms(PopMiner *miner, size_t from, size_t to, int depth); /* mine_compare.c */
