/* The list of a column's choices. */

#include <string.h>

#include "database/populate/values.h"

void pop_choice_add(PopChoiceList *list, char *sql, bool distinct, int rank)
{
    for (size_t i = 0; i < list->len; i++)
        if (text_eq(list->items[i].sql, sql)) {
            free(sql);
            return;
        }
    LIST_PUSH(list, ((PopChoice){.sql = sql, .distinct = distinct, .rank = rank}));
}

void pop_choice_drop(PopChoiceList *list, size_t at)
{
    free(list->items[at].sql);
    memmove(&list->items[at], &list->items[at + 1], (list->len - at - 1) * sizeof list->items[0]);
    list->len--;
}

void pop_choice_null(PopChoiceList *list, int rank)
{
    pop_choice_add(list, xstrdup("NULL"), false, rank);
    for (size_t i = 0; i < list->len; i++)
        list->items[i].null |= text_eq(list->items[i].sql, "NULL");
}

void pop_choice_name(PopChoiceList *list, const char *generator, PopulateFreedom freedom)
{
    free(list->generator);
    list->generator = xstrdup(generator);
    list->freedom = freedom;
}

void pop_choices_clear(PopChoiceList *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i].sql);
    free(list->items);
    free(list->generator);
    *list = (PopChoiceList){0};
}
