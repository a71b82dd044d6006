#pragma once
/* Rows that were made for an upgrade: how freely every column was filled, and what an upgrade
 * taught about columns that were filled too freely. */

#include "base/list.h"

typedef enum LessonKind {
    LESSON_JSON,
    LESSON_DIGITS,
    LESSON_ISO_TIME,
    LESSON_UUID,
    LESSON_KEY_OF, /* holds the value of a column of another table */
    LESSON_DISTINCT,
    LESSON_ONE_OF,
    LESSON_NOT_NULL,
} LessonKind;

typedef struct Lesson {
    LessonKind kind;
    char *space, *table, *column; /* space "" or NULL: any */
    char *of_table, *of_column;   /* of LESSON_KEY_OF; of_column NULL: its primary key */
    StrList texts;                /* of LESSON_ONE_OF */
} Lesson;

typedef struct LessonList {
    Lesson *items;
    size_t len, cap;
} LessonList;

void lesson_copy(const Lesson *from, Lesson *ret_to);
void lesson_clear(Lesson *lesson);
/** NULL when there is none of that kind about the column; names match whatever their case. */
const Lesson *lesson_find(const LessonList *list, const char *table, const char *column,
                          LessonKind kind);
void lesson_list_clear(LessonList *list);
DEFINE_AUTO_VALUE(lesson, Lesson, lesson_clear)
DEFINE_AUTO_VALUE(lesson_list, LessonList, lesson_list_clear)

/* How freely a column's values were invented. */
typedef enum PopulateFreedom {
    POPULATE_LEFT,       /* the database fills it: sequence, generated, rowid */
    POPULATE_GIVEN,      /* an expression of the user's, or a lesson */
    POPULATE_REFERENCE,  /* values of a declared key */
    POPULATE_RESEMBLING, /* values of another table's column, because of the name */
    POPULATE_BOUND,      /* a type, a check or a list left few values */
    POPULATE_NAMED,      /* the name or the default suggested them */
    POPULATE_FREE,       /* only the type is known: what an application keeps there is not */
} PopulateFreedom;

typedef struct PopulateColumn {
    char *space, *table, *column;
    char *generator; /* "email", "word", "key of public.users" */
    PopulateFreedom freedom;
} PopulateColumn;

typedef struct PopulateColumnList {
    PopulateColumn *items;
    size_t len, cap;
} PopulateColumnList;

void populate_column_list_clear(PopulateColumnList *list);
DEFINE_AUTO_VALUE(populate_column_list, PopulateColumnList, populate_column_list_clear)

/* A lesson, and the failure that taught it. */
typedef struct Learnt {
    Lesson lesson;
    char *table, *column;
    char *value;     /* that the candidate's migrations did not take; NULL not told */
    char *words;     /* the database's */
    char *migration; /* NULL not known */
} Learnt;

typedef struct LearntList {
    Learnt *items;
    size_t len, cap;
} LearntList;

/** Append; copies all of it. */
void learnt_list_add(LearntList *list, const Lesson *lesson, const char *value, const char *words,
                     const char *migration);
void learnt_list_clear(LearntList *list);
DEFINE_AUTO_VALUE(learnt_list, LearntList, learnt_list_clear)
