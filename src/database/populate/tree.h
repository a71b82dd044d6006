#pragma once
/* The expression of a check as a tree, as far as its values can be sought by its shape. What is not
 * understood is a node without kids: its text can be asked of the database all the same. */

#include "database/populate/model.h"

typedef enum PopNodeKind {
    NODE_OTHER,   /* not understood, or of no interest; text alone */
    NODE_LITERAL, /* 'text', 5, DATE '2024-01-01', true */
    NODE_COLUMN,
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_COMPARE, /* of two; op is the operator */
    NODE_IS,      /* op "null", "true", "false": negated for IS NOT; of one */
    NODE_IN,      /* the first kid, in the others */
    NODE_BETWEEN, /* the first kid, from the second to the third */
    NODE_LIKE,    /* op "like", "ilike", "glob", "similar", "~", ...: of two */
    NODE_ANY,     /* a op ANY (b), and ALL where all */
    NODE_CASE,    /* condition, result, condition, result, ..., else; of "CASE x WHEN y" x first */
    NODE_BINARY,  /* any other operator of two */
    NODE_MINUS,   /* of one */
    NODE_CALL,    /* op is the name, without its schema, in lower case */
    NODE_CAST,    /* op is the type */
    NODE_ARRAY,   /* ARRAY[...] */
    NODE_ROW,     /* (a, b) */
    NODE_ELEMENT, /* a[i] */
    NODE_FIELD,   /* (a).op */
} PopNodeKind;

typedef struct PopNode {
    PopNodeKind kind;
    char *op;  /* NULL where the kind needs none */
    char *sql; /* the source of all of it */
    size_t column;
    bool negated; /* NOT IN, IS NOT: part of the source */
    bool all, simple_case;
    struct PopNode **items; /* its kids */
    size_t len, cap;
} PopNode;

/** Never NULL. */
MUST_USE PopNode *pop_tree_read(const PopTable *table, const char *sql);
void pop_node_free(PopNode *node);
/** Whether it can only be true, false or NULL. */
bool pop_node_is_condition(const PopNode *node);
/** Whether some column is within. */
bool pop_node_has_column(const PopNode *node);
DEFINE_AUTO(pop_node, PopNode *, pop_node_free)

/**
 * The text with names replaced by expressions: columns, or a function's parameters. What only looks
 * like a name (a function, a type, a field of EXTRACT) stays. Caller frees.
 *
 * @param names  matched without case
 * @param with  one for each name; NULL: that name stays
 */
MUST_USE char *pop_names_replace(const char *sql, const StrList *names, char *const *with);
