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

/* Lengths that the checks of a column name. */
typedef struct PopLengths {
    int64_t *items;
    size_t len, cap;
} PopLengths;

static inline void pop_lengths_clear(PopLengths *lengths)
{
    free(lengths->items);
}

DEFINE_AUTO_VALUE(pop_lengths, PopLengths, pop_lengths_clear)

/** Whole numbers in those checks of the column's table that are about its length; a few. */
void pop_mine_lengths(const PopMiner *miner, size_t at, PopLengths *lengths); /* mine_number.c */
/** A literal as an element of an array, or as how long a range of time is. @param at  the column,
 * of a family the engine knows */
void pop_mine_element(PopMiner *miner, size_t at, const char *value); /* mine_other.c */
/** A number as how many elements an array has, or how wide a range is. */
void pop_mine_extent(PopMiner *miner, size_t at, int64_t number); /* mine_other.c */
/** An array of all literals of the check. */
void pop_mine_elements(PopMiner *miner, size_t at); /* mine_other.c */
/** A literal as the beginning or the end of a text. */
void pop_mine_affix(PopMiner *miner, size_t at, const char *value); /* mine_other.c */
/** Text without blanks, in one case, of digits; and times as the check formats them. */
void pop_mine_plain(PopMiner *miner, size_t at); /* mine_other.c */

/** A literal, or the pattern that it is: what it says goes to all columns of the check. */
void pop_mine_string(PopMiner *miner, size_t token); /* mine_text.c */
/** Objects that have the check's texts as keys, and as values of one another; every shape there is.
 * @param at  the column */
void pop_mine_json(PopMiner *miner, size_t at); /* mine_json.c */
/** A number, and those beside it: as it is, or as a length. */
void pop_mine_number(PopMiner *miner, size_t token); /* mine_number.c */
/** Comparisons within the tokens from..to: a column follows from what it is compared with. */
void pop_mine_terms(PopMiner *miner, size_t from, size_t to, int depth); /* mine_compare.c */
