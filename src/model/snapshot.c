#include "model/snapshot.h"

#include <stdlib.h>

const TableData *snapshot_table(const Snapshot *snapshot, const char *space, const char *table)
{
    for (size_t i = 0; i < snapshot->data.len; i++) {
        const TableData *data = &snapshot->data.items[i];

        if (text_eq(data->space, space) && text_eq(data->table, table))
            return data;
    }
    return NULL;
}

size_t snapshot_user_tables(const Snapshot *snapshot)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->data.len; i++)
        count += !snapshot->data.items[i].is_ledger;
    return count;
}

int64_t snapshot_rows(const Snapshot *snapshot)
{
    int64_t rows = 0;

    for (size_t i = 0; i < snapshot->data.len; i++)
        if (!snapshot->data.items[i].is_ledger)
            rows += snapshot->data.items[i].rows;
    return rows;
}

static bool same_entries(const Ledger *a, const Ledger *b)
{
    if (!b || a->len != b->len || !text_eq(a->locked_by, b->locked_by))
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (!text_eq(a->items[i].id, b->items[i].id) || a->items[i].state != b->items[i].state)
            return false;
    return true;
}

bool snapshot_same_shape(const Snapshot *a, const Snapshot *b)
{
    AUTO(schema_diff) SchemaDiff diff = {0};

    if (a->exists != b->exists || a->ledgers.len != b->ledgers.len)
        return false;
    for (size_t i = 0; i < a->ledgers.len; i++) {
        const Ledger *ledger = &a->ledgers.items[i];

        if (!same_entries(ledger, ledger_find(&b->ledgers, ledger->space, ledger->table)))
            return false;
    }
    schema_diff(&a->schema, &b->schema, &diff);
    return diff.len == 0;
}

void fault_list_add(FaultList *list, FaultKind kind, const char *table, const char *column,
                    const char *detail, int64_t count)
{
    LIST_PUSH(list, ((Fault){.kind = kind,
                             .table = xstrdup_null(table),
                             .column = xstrdup_null(column),
                             .detail = xstrdup_null(detail),
                             .count = count}));
}

static void fault_list_clear(FaultList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].table);
        free(list->items[i].column);
        free(list->items[i].detail);
    }
    free(list->items);
    *list = (FaultList){0};
}

static void table_data_list_clear(TableDataList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].space);
        free(list->items[i].table);
        free(list->items[i].fingerprint);
        free(list->items[i].summaries);
    }
    free(list->items);
    *list = (TableDataList){0};
}

void snapshot_clear(Snapshot *snapshot)
{
    free(snapshot->location);
    str_list_clear(&snapshot->other_databases);
    schema_clear(&snapshot->schema);
    table_data_list_clear(&snapshot->data);
    ledger_list_clear(&snapshot->ledgers);
    fault_list_clear(&snapshot->faults);
    str_list_clear(&snapshot->unseen);
    *snapshot = (Snapshot){0};
}

void snapshot_free(Snapshot *snapshot)
{
    if (!snapshot)
        return;
    snapshot_clear(snapshot);
    free(snapshot);
}
