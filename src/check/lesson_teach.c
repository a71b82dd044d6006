/* What a column may be taught. */

#include "check/lesson_judge.h"

static bool may_teach(LessonJudge *judge, const PopulateColumn *column, LessonKind kind)
{
    static const char *const REASONS[] = {
        [POPULATE_LEFT] = "the database itself fills the column",
        [POPULATE_GIVEN] = "the values of the column are given",
        [POPULATE_REFERENCE] = "the values of the column are those of a key that is declared",
        [POPULATE_RESEMBLING] = NULL,
        [POPULATE_BOUND] = "its type or a check of the old schema decides the values of the column",
        [POPULATE_NAMED] = NULL,
        [POPULATE_FREE] = NULL,
    };
    bool learnt = column->freedom == POPULATE_GIVEN && !text_eq(column->generator, "expression");

    if (!judge->about)
        judge->about = column;
    if (lesson_find(judge->known, column->table, column->column, kind)) {
        judge->why = "the rows have learnt that of the column already, and it fails again";
        return false;
    }
    if (text_eq(column->generator, "default") && kind != LESSON_DISTINCT) {
        judge->why = "the value is the column's own default";
        return false;
    }
    if (learnt && (kind == LESSON_KEY_OF || kind == LESSON_DISTINCT))
        return true;
    judge->why = REASONS[column->freedom];
    return !judge->why;
}

bool lesson_teach(LessonJudge *judge, const PopulateColumn *column, LessonKind kind, StrList *texts,
                  const SqlUse *key)
{
    Lesson lesson = {.kind = kind};
    LessonList ours = {.items = judge->lessons->items + judge->first,
                       .len = judge->lessons->len - judge->first};

    if (!may_teach(judge, column, kind)) {
        if (texts)
            str_list_clear(texts);
        return false;
    }
    judge->about = column;
    if (lesson_find(&ours, column->table, column->column, kind)) {
        if (texts)
            str_list_clear(texts);
        return true;
    }
    lesson.space = xstrdup_null(column->space);
    lesson.table = xstrdup(column->table);
    lesson.column = xstrdup(column->column);
    if (key) {
        lesson.of_table = lesson_old_table(judge, key->of_table);
        lesson.of_column = xstrdup_null(key->of_column);
    }
    if (texts) {
        lesson.texts = *texts;
        *texts = (StrList){0};
    }
    LIST_PUSH(judge->lessons, lesson);
    return true;
}
