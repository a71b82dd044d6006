#include "database/populate/populate.h"

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
    free(result->skipped.items);
    free(result->per_table.items);
    populate_column_list_clear(&result->columns);
    *result = (PopulateResult){0};
}
