#include "model/rows.h"

#include <stdlib.h>

void lesson_copy(const Lesson *from, Lesson *ret_to)
{
    Lesson copy = {
        .kind = from->kind,
        .space = xstrdup_null(from->space),
        .table = xstrdup_null(from->table),
        .column = xstrdup_null(from->column),
        .of_table = xstrdup_null(from->of_table),
        .of_column = xstrdup_null(from->of_column),
    };

    str_list_copy(&from->texts, &copy.texts);
    *ret_to = copy;
}

void lesson_clear(Lesson *lesson)
{
    free(lesson->space);
    free(lesson->table);
    free(lesson->column);
    free(lesson->of_table);
    free(lesson->of_column);
    str_list_clear(&lesson->texts);
    *lesson = (Lesson){0};
}

const Lesson *lesson_find(const LessonList *list, const char *table, const char *column,
                          LessonKind kind)
{
    for (size_t i = 0; list && i < list->len; i++)
        if (list->items[i].kind == kind && text_eq_nocase(list->items[i].table, table) &&
            text_eq_nocase(list->items[i].column, column))
            return &list->items[i];
    return NULL;
}

void lesson_list_clear(LessonList *list)
{
    for (size_t i = 0; i < list->len; i++)
        lesson_clear(&list->items[i]);
    free(list->items);
    *list = (LessonList){0};
}

void populate_column_list_clear(PopulateColumnList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].space);
        free(list->items[i].table);
        free(list->items[i].column);
        free(list->items[i].generator);
    }
    free(list->items);
    *list = (PopulateColumnList){0};
}

void learnt_list_add(LearntList *list, const Lesson *lesson, const char *value, const char *words,
                     const char *migration)
{
    Learnt learnt = {
        .table = xstrdup_null(lesson->table),
        .column = xstrdup_null(lesson->column),
        .value = xstrdup_null(value),
        .words = xstrdup_null(words),
        .migration = xstrdup_null(migration),
    };

    lesson_copy(lesson, &learnt.lesson);
    LIST_PUSH(list, learnt);
}

void learnt_list_clear(LearntList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        Learnt *learnt = &list->items[i];

        lesson_clear(&learnt->lesson);
        free(learnt->table);
        free(learnt->column);
        free(learnt->value);
        free(learnt->words);
        free(learnt->migration);
    }
    free(list->items);
    *list = (LearntList){0};
}
