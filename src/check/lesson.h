#pragma once
/* Whose fault it is that a candidate's migrations fail on rows that we made: the candidate's, or
 * that of a value which we invented and the real application may never have. */

#include "model/observation.h"

typedef enum Blame {
    BLAME_CANDIDATE, /* users have such rows, or nothing says that they do not */
    BLAME_INVENTED,  /* lessons say how to fill the column: run the upgrade again with them */
} Blame;

/**
 * Judge one failure. In doubt it is the candidate's: a true break is never learnt away.
 *
 * @param failed  the step with its log
 * @param statements  what ran, or the scripts that were to run; NULL: not known
 * @param columns  how every column was filled
 * @param before  the old database
 * @param known  what was learnt already; NULL: nothing. It is never taught again
 * @param[in,out] ret_lessons  of BLAME_INVENTED: at least one is appended
 * @param[out] ret_table  what the failure is about, of the old database; NULL where not told; and
 * so with the column and the value
 * @param[out] ret_why  one line: why it was judged so; never NULL. The caller frees all four
 */
Blame lesson_judge(const Step *failed, const StatementList *statements,
                   const PopulateColumnList *columns, const Snapshot *before,
                   const LessonList *known, LessonList *ret_lessons, char **ret_table,
                   char **ret_column, char **ret_value, char **ret_why);
