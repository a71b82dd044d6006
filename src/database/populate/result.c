#include "database/populate/populate.h"

void lesson_list_clear(LessonList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        Lesson *lesson = &list->items[i];

        free(lesson->space);
        free(lesson->table);
        free(lesson->column);
        free(lesson->of_table);
        free(lesson->of_column);
        str_list_clear(&lesson->texts);
    }
    free(list->items);
    *list = (LessonList){0};
}

void populate_result_clear(PopulateResult *result)
{
    for (size_t i = 0; i < result->skipped.len; i++) {
        free(result->skipped.items[i].table);
        free(result->skipped.items[i].reason);
    }
    for (size_t i = 0; i < result->per_table.len; i++) {
        free(result->per_table.items[i].space);
        free(result->per_table.items[i].table);
        free(result->per_table.items[i].note);
    }
    for (size_t i = 0; i < result->columns.len; i++) {
        free(result->columns.items[i].space);
        free(result->columns.items[i].table);
        free(result->columns.items[i].column);
        free(result->columns.items[i].generator);
    }
    free(result->skipped.items);
    free(result->per_table.items);
    free(result->columns.items);
    *result = (PopulateResult){0};
}
