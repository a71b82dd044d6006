#pragma once
/* Moves while they are sought: what the parts of moves.c share. */

#include "database/populate/distance.h"
#include "database/populate/moves.h"

enum { POP_MOVES_MAX = 600, POP_MOVE_LONGEST = 2000 /* characters */ };

typedef struct PopMover {
    const PopContext *context;
    const PopTable *table;
    PopMoveList *moves;
    int depth;
} PopMover;

/** The column is to be that. */
void pop_move_add(PopMover *mover, size_t column, const char *sql);
/** Columns within the node so that its value is that. */
void pop_move_reach(PopMover *mover, const PopNode *node, const char *value); /* moves_reach.c */
/** The same for a condition, and what functions and operators of it want.
 * @param yes  what it is to be */
void pop_move_condition(PopMover *mover, const PopNode *node, bool yes); /* moves.c */
/** What the operator between the two wants: JSON, arrays, ranges, networks. */
void pop_move_operator(PopMover *mover, const PopNode *node, bool yes); /* moves_operator.c */
/** What a call that is a condition wants. */
void pop_move_call(PopMover *mover, const PopNode *node, bool yes); /* moves_operator.c */
/** JSON within the column has that value where the node reads it. false: the node reads none. */
bool pop_move_json(PopMover *mover, const PopNode *node, const char *value); /* moves_json.c */
/** The document is one in which the path of SQL/JSON finds something. */
void pop_move_path(PopMover *mover, const PopNode *document, const char *path); /* moves_path.c */
/** Texts that the pattern takes, as the node's value. */
void pop_move_pattern(PopMover *mover, const PopNode *node, bool yes); /* moves_pattern.c */
/** An end of a range within the node. false: the call asks for none. */
bool pop_move_range(PopMover *mover, const PopNode *call, const char *value); /* moves_operator.c */
/** Ways to change a value that no part of a check asks for. */
void pop_move_shapes(PopMover *mover, size_t column); /* moves_shapes.c */
/** The first text that is written within; NULL: none. Caller frees. */
MUST_USE char *pop_node_text(const PopNode *node);
/** A template: %r is the value, %x the argument that changes, %0 to %3 the call's. Caller frees. */
MUST_USE char *pop_template(const char *format, const char *value, const char *own,
                            const PopNode *call);
