#pragma once
/* A pattern while it is read: what the parts of pattern.c share. */

#include "database/populate/pattern.h"

enum { PATTERN_SET_MAX = 96 };

/* One character class and how often it comes. */
typedef struct PatternAtom {
    char set[PATTERN_SET_MAX];
    int low, high; /* high -1: no limit */
    bool whole;    /* the set is one character of several bytes */
} PatternAtom;

typedef struct PatternAtomList {
    PatternAtom *items;
    size_t len, cap;
} PatternAtomList;

typedef struct PatternParser {
    const char *at;
    int depth;
    bool failed;     /* the pattern is beyond us */
    size_t branch;   /* of several the one to take, from the first again where there are fewer */
    size_t branches; /* the most that some place has */
    bool generous;   /* what may be left out is there once */
} PatternParser;

/* --- pattern_set.c; a set has PATTERN_SET_MAX bytes, and each character once */

void pattern_set_add(char *set, char c);
void pattern_set_add_all(char *set, const char *chars);
/** The characters of the class that a backslash and the letter stand for; NULL when it is none. */
const char *pattern_class(char c);
/** Read [...] where the parser is. */
void pattern_read_set(PatternParser *parser, char *set);

/* --- pattern_read.c */

/** A regular expression. */
void pattern_read_branches(PatternParser *parser, PatternAtomList *atoms);
/** LIKE's and GLOB's wild cards; GLOB has sets, too. */
void pattern_read_wild(PatternParser *parser, PopPatternKind kind, PatternAtomList *atoms);
