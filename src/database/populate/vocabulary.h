#pragma once
/* What columns are called, and what an application keeps in them. */

#include "database/populate/expr.h"

/* One name of text columns. */
typedef struct PopTextRow {
    const char
        *names; /* between blanks: "email mail"; a column is called so, or begins or ends so */
    const char *pattern; /* of pop_expand */
    int width;           /* characters at most, without the row's number */
    bool distinct;       /* the pattern holds {i} or {hex} */
    const char *generator;
} PopTextRow;

/* One name of columns with numbers. */
typedef struct PopNumberRow {
    const char *names;
    int64_t low, high; /* low > high: the row's number */
    const char *generator;
} PopNumberRow;

/* A row's moments in the order in which they come. */
typedef enum PopMoment {
    MOMENT_BORN,
    MOMENT_CREATED,
    MOMENT_STARTED,
    MOMENT_UPDATED,
    MOMENT_PLAIN, /* "at", "date": nothing is said of the order */
    MOMENT_HANDLED,
    MOMENT_DELETED,
    MOMENT_ENDED,
    MOMENT_DUE,
    MOMENT_EXPIRES,
} PopMoment;

/** "first_name" of firstName, FirstName and first-name. Caller frees. */
MUST_USE char *pop_plain_name(const char *name);
/** Whether a plain name is, begins or ends with one of the names, word by word. */
bool pop_name_is(const char *plain, const char *names);
/** NULL when the name says nothing. */
const PopTextRow *pop_text_row(const char *plain);
const PopNumberRow *pop_number_row(const char *plain);
/** All of them, so that others can be kept in step. */
const PopTextRow *pop_text_rows(size_t *ret_count);
const PopNumberRow *pop_number_rows(size_t *ret_count);
/** Which of a row's moments comes first: a PopMoment; -1: the name is no moment's. */
int pop_moment_rank(const char *plain);
/** Whether text that is called so is JSON: "object", "array", or NULL. */
const char *pop_json_shape(const char *plain, const char *fallback);
