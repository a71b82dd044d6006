#pragma once
/* How far a row is from passing a check: a number that shrinks with every part that comes true, so
 * that a search sees which way is better where the check itself only says no. */

#include "database/populate/expr.h"
#include "database/populate/tree.h"

/**
 * SQL of a number over the columns by their names: 0 where the check lets the row pass, as the
 * database judges it.
 *
 * @param tree  of the check, or of the same with its functions written out
 * @return owned
 */
MUST_USE char *pop_distance(const PopContext *context, const PopTable *table, const PopNode *tree,
                            const char *check);
/** Whether its value is a plain number, as far as the text alone tells. */
bool pop_node_is_number(const PopTable *table, const PopNode *node);
