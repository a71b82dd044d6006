#pragma once
/* One failure while it is judged: what the parts of lesson.c share. */

#include "check/lesson.h"
#include "check/lesson_parts.h"
#include "check/sql_use.h"

typedef struct LessonJudge {
    const StatementList *statements; /* never NULL */
    const PopulateColumnList *columns;
    const Snapshot *before;
    const LessonList *known;
    LessonList *lessons;
    size_t first; /* lesson of ours */
    SqlUseList uses;
    EffectList effects;
    Trouble trouble;
    const PopulateColumn *about; /* the column that the failure is about; NULL not told */
    const char *why;             /* not to teach it */
} LessonJudge;

/* --- lesson_names.c */

/** The table of old that a name stands for: it was renamed, or the name is that of a rebuild's
 * copy. Caller frees. */
MUST_USE char *lesson_old_table(const LessonJudge *judge, const char *table);
/** The column that was filled, by a name of now; names may be NULL. Borrowed; NULL none. */
const PopulateColumn *lesson_old_column(const LessonJudge *judge, const char *table,
                                        const char *column);
/** Whether its old type has one: varchar(20), numeric(5,2). */
bool lesson_has_length(const LessonJudge *judge, const PopulateColumn *column);
/** Whether two expressions differ in blanks, quotes and case only. */
bool lesson_same_text(const char *a, const char *b);
/**
 * Whether the old table has that constraint already: then our rows kept to it.
 *
 * @param texts  any of them is its name or an attribute of it
 * @param name  its name; NULL not told
 * @param kinds  count kinds that it may be of
 */
bool lesson_was_there(const LessonJudge *judge, const char *table, const StrList *texts,
                      const char *name, const SchemaKind *kinds, size_t count);
/** The same of a key, by its columns; the table may be called as it is now. */
bool lesson_columns_were(const LessonJudge *judge, const char *table, const StrList *columns,
                         const char *name, const SchemaKind *kinds, size_t count);
/** Scripts are read to their end, whatever failed: all of them are suspects. A server's log ends
 * with what failed. */
bool lesson_is_script(const LessonJudge *judge);

/* --- lesson_teach.c */

/**
 * Add a lesson, once.
 *
 * @param texts  taken; may be NULL
 * @param key  what LESSON_KEY_OF refers to; else NULL
 * @return false when the column may not be taught that: judge->why says why
 */
bool lesson_teach(LessonJudge *judge, const PopulateColumn *column, LessonKind kind, StrList *texts,
                  const SqlUse *key);

/* Each judges failures of its kinds; @return whether something was taught. */

bool lesson_judge_cast(LessonJudge *judge);   /* lesson_cast.c */
bool lesson_judge_check(LessonJudge *judge);  /* lesson_constraint.c */
bool lesson_judge_unique(LessonJudge *judge); /* lesson_constraint.c */
bool lesson_judge_key(LessonJudge *judge);    /* lesson_constraint.c */

/* --- lesson_untold.c: SQLite alone, where no statement that is known shows what failed */

bool lesson_untold_check(LessonJudge *judge);
bool lesson_untold_json(LessonJudge *judge);
