#pragma once
/* Choices family by family: what the parts of values.c share.
 *
 * `plain` is the column's plain name. Choices come best first; edges, what is at the edge of the
 * family, behind them. */

#include "database/populate/values.h"

/* --- values_text.c */

/** A JSON document as text: "object" or "array". Caller frees. */
MUST_USE char *pop_json_text(const PopContext *context, const char *shape, uint64_t salt);
void pop_text_choices(const PopContext *context, const PopColumn *column, const char *plain,
                      uint64_t salt, PopChoiceList *list);
void pop_text_edges(const PopContext *context, const PopColumn *column, PopChoiceList *list);

/* --- values_number.c */

void pop_int_choices(const PopContext *context, const PopColumn *column, const char *plain,
                     uint64_t salt, PopChoiceList *list);
void pop_decimal_choices(const PopContext *context, const PopColumn *column, const char *plain,
                         uint64_t salt, PopChoiceList *list);
void pop_number_edges(const PopColumn *column, PopChoiceList *list);

/* --- values_time.c */

void pop_date_choices(const PopContext *context, const char *plain, PopChoiceList *list);
void pop_time_choices(const PopContext *context, const char *plain, PopChoiceList *list);
void pop_time_edges(const PopContext *context, const PopColumn *column, PopChoiceList *list);
