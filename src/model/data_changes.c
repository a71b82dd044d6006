#include "model/data_changes.h"

TableChange *data_changes_add(DataChanges *changes, const char *space, const char *table)
{
    LIST_PUSH(changes, ((TableChange){.space = xstrdup(space), .table = xstrdup(table)}));
    return &changes->items[changes->len - 1];
}

ColumnChange *table_change_add(TableChange *change, const char *column)
{
    LIST_PUSH(&change->columns, ((ColumnChange){.column = xstrdup(column)}));
    return &change->columns.items[change->columns.len - 1];
}

static void column_clear(ColumnChange *column)
{
    free(column->column);
    free(column->after_column);
    free(column->key);
    free(column->was);
    free(column->is);
    free(column->added_alike);
}

static void table_clear(TableChange *change)
{
    free(change->space);
    free(change->table);
    free(change->after_space);
    free(change->after_table);
    free(change->key);
    free(change->row);
    str_list_clear(&change->parents);
    for (size_t i = 0; i < change->columns.len; i++)
        column_clear(&change->columns.items[i]);
    free(change->columns.items);
}

void data_changes_drop_last(DataChanges *changes)
{
    table_clear(&changes->items[--changes->len]);
}

void data_changes_clear(DataChanges *changes)
{
    for (size_t i = 0; i < changes->len; i++)
        table_clear(&changes->items[i]);
    free(changes->items);
    str_list_clear(&changes->unseen);
    str_list_clear(&changes->aside);
    *changes = (DataChanges){0};
}
