#pragma once
/* What a CHECK says about the values that pass it. */

#include "database/populate/values.h"

/** Add to each column's choices (choices[i] is column i's) what the check's text suggests: its
 * literals, numbers and their neighbours, texts for its patterns and lengths, the other side of its
 * comparisons. Whoever asked tries them. */
void pop_mine(const PopContext *context, const PopTable *table, const PopCheck *check,
              PopChoiceList *const *choices);
