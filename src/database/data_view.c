#include "database/data_view.h"

#include <stdlib.h>

#include "database/table_columns.h"

static void read_view(DataSide *side, const TableData *data, ViewList *views)
{
    TableView view = {.side = side, .data = data, .summaries = data->summaries};

    table_columns(&side->snapshot->schema, data->space, data->table, &view.columns, &view.key);
    LIST_PUSH(views, view);
}

void views_read(DataSide *side, ViewList *ret_views)
{
    const Snapshot *snapshot = side->snapshot;
    ViewList views = {0};

    for (size_t i = 0; i < snapshot->data.len; i++) {
        const TableData *data = &snapshot->data.items[i];
        size_t columns;

        (void)schema_parts(&snapshot->schema, SCHEMA_COLUMN, data->space, data->table, &columns);
        if (!data->is_ledger && columns > 0 &&
            schema_find(&snapshot->schema, SCHEMA_TABLE, data->space, "", data->table))
            read_view(side, data, &views);
    }
    *ret_views = views;
}

void views_add_computed(const ViewList *befores, ViewList *afters)
{
    for (size_t i = 0; i < afters->len; i++) {
        TableView *after = &afters->items[i];
        const TableView *before = view_find(befores, after->data->space, after->data->table);
        size_t count;
        const SchemaObject *columns = schema_parts(&after->side->snapshot->schema, SCHEMA_COLUMN,
                                                   after->data->space, after->data->table, &count);

        for (size_t k = 0; before && k < count; k++)
            if (str_map_has(&columns[k].attributes, "generated") &&
                view_column(before, columns[k].name) != NO_COLUMN)
                str_list_add(&after->columns, columns[k].name);
    }
}

void views_clear(ViewList *views)
{
    for (size_t i = 0; i < views->len; i++) {
        str_list_clear(&views->items[i].columns);
        str_list_clear(&views->items[i].key);
    }
    free(views->items);
    *views = (ViewList){0};
}

TableView *view_find(const ViewList *views, const char *space, const char *table)
{
    for (size_t i = 0; i < views->len; i++)
        if (text_eq(views->items[i].data->space, space) &&
            text_eq(views->items[i].data->table, table))
            return &views->items[i];
    return NULL;
}

bool view_is_missing(const DataSide *side, const char *space, const char *table)
{
    const SchemaObject *object =
        schema_find(&side->snapshot->schema, SCHEMA_TABLE, space, "", table);

    return object && !str_map_has(&object->attributes, "partition") &&
           !str_map_has(&object->attributes, "foreign") &&
           !snapshot_table(side->snapshot, space, table);
}

char *view_name(const TableView *view)
{
    const char *space = view->data->space;

    return xasprintf("%s%s%s", space, *space ? "." : "", view->data->table);
}

bool view_is_read(const TableView *view, StrList *unseen)
{
    AUTO(str) char *name = view_name(view);

    if (!view->summaries)
        str_list_addf(unseen, "values of %s: not all of them could be read", name);
    return view->summaries != NULL;
}

static bool same_names(const StrList *a, const StrList *b)
{
    for (size_t i = 0; i < a->len; i++)
        if (!str_list_has(b, a->items[i]))
            return false;
    return a->len == b->len;
}

bool view_is_same(const TableView *before, const TableView *after)
{
    return before->data->rows == after->data->rows && before->data->fingerprint &&
           text_eq(before->data->fingerprint, after->data->fingerprint) &&
           same_names(&before->columns, &after->columns);
}

/* --- what belongs together ------------------------------------------------------------------- */

static bool has_values_of(const TableView *view, const ColumnSummary *summary)
{
    for (size_t i = 0; i < view->columns.len; i++)
        if (view->summaries[i].values == summary->values && view->summaries[i].all == summary->all)
            return true;
    return false;
}

/* How many columns of before, of those that hold something, are in after. */
static size_t common_columns(const TableView *before, const TableView *after, size_t *ret_held)
{
    size_t common = 0;

    *ret_held = 0;
    for (size_t i = 0; i < before->columns.len; i++) {
        if (before->summaries[i].values == 0)
            continue;
        ++*ret_held;
        common += has_values_of(after, &before->summaries[i]);
    }
    return common;
}

TableView *view_renamed(const TableView *before, ViewList *afters, const ViewList *befores,
                        StrList *unseen)
{
    TableView *best = NULL;
    size_t most = 0;

    for (size_t i = 0; i < afters->len; i++) {
        TableView *after = &afters->items[i];
        size_t common, held;

        if (after->data->rows == 0 || view_find(befores, after->data->space, after->data->table) ||
            !view_is_read(after, unseen))
            continue;
        common = common_columns(before, after, &held);
        if (common * 2 > held && common > most) { /* ids from 1 are everywhere: not half */
            best = after;
            most = common;
        }
    }
    return best;
}

static const char *type_of(const TableView *view, size_t column)
{
    const SchemaObject *object =
        schema_find(&view->side->snapshot->schema, SCHEMA_COLUMN, view->data->space,
                    view->data->table, view->columns.items[column]);

    return object ? str_map_get(&object->attributes, "type") : NULL;
}

/* With one key the values stand in the same rows as well. */
static bool is_equal(const TableView *before, size_t from, const TableView *after, size_t to)
{
    const ColumnSummary *a = &before->summaries[from], *b = &after->summaries[to];
    bool keyed = same_names(&before->key, &after->key) && before->key.len > 0 &&
                 !str_list_has(&before->key, before->columns.items[from]);

    return a->values == b->values && a->all == b->all && (!keyed || a->keyed == b->keyed);
}

static size_t equal_column(const TableView *before, size_t from, const TableView *after)
{
    for (size_t to = 0; to < after->columns.len; to++)
        if (view_column(before, after->columns.items[to]) == NO_COLUMN &&
            is_equal(before, from, after, to))
            return to;
    return NO_COLUMN;
}

void view_map(const TableView *before, const TableView *after, ColumnTrace *columns)
{
    for (size_t i = 0; i < before->columns.len; i++) {
        ColumnTrace *column = &columns[i];
        size_t renamed;

        column->to = after ? view_column(after, before->columns.items[i]) : NO_COLUMN;
        column->suspect = before->summaries[i].values > 0;
        if (!after || !column->suspect)
            continue;
        renamed = equal_column(before, i, after);
        if (column->to != NO_COLUMN && is_equal(before, i, after, column->to))
            column->suspect = false;
        else if (renamed != NO_COLUMN) {
            column->suspect = false;
            column->to = renamed;
        }
        if (column->to != NO_COLUMN)
            column->retyped = !text_eq(type_of(before, i), type_of(after, column->to));
    }
}
