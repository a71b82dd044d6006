#pragma once
/* An expression while it is read: what the parts of tree_read.c share. */

#include "database/populate/tree.h"
#include "database/sql_text.h"

typedef struct PopReader {
    const PopTable *table;
    const char *sql;
    char *text; /* as long as sql, brackets as parentheses */
    SqlTokens tokens;
    size_t at;
    int depth;
    bool failed;
} PopReader;

/* --- tree_tokens.c */

void pop_reader_open(PopReader *reader); /* sql is set */
void pop_reader_close(PopReader *reader);
/** Whether the token that far ahead is that word or sign. */
bool pop_reader_is(const PopReader *reader, size_t ahead, const char *text);
/** The same of the next one, which is passed then. */
bool pop_reader_take(PopReader *reader, const char *text);
/** The operator that begins here, of signs that touch. Caller frees; NULL: none.
 * @param[out] ret_width  tokens */
MUST_USE char *pop_reader_operator(const PopReader *reader, size_t *ret_width);
MUST_USE PopNode *pop_node_new(PopNodeKind kind, const char *op);
/** It has been read from that token to here. */
void pop_node_settle(const PopReader *reader, PopNode *node, size_t from);
/* --- tree_values.c */

/** A value with what is behind it: casts, elements. */
MUST_USE PopNode *pop_read_value(PopReader *reader);
MUST_USE PopNode *pop_read_not(PopReader *reader, int bind);
/** "(a, b, c)", as kids of the node. */
void pop_read_list(PopReader *reader, PopNode *node);

/* --- tree_read.c */

/** An expression of operators that bind at least so. */
MUST_USE PopNode *pop_read_bound(PopReader *reader, int least);
