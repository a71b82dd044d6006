#include "model/reference.h"

void reference_list_clear(ReferenceList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        ReferenceTable *table = &list->items[i];

        free(table->space);
        free(table->table);
        str_list_clear(&table->identity);
        str_list_clear(&table->values);
        str_list_clear(&table->upgraded_rows);
        str_list_clear(&table->fresh_rows);
        str_list_clear(&table->differences);
    }
    free(list->items);
    str_list_clear(&list->unseen);
    *list = (ReferenceList){0};
}
