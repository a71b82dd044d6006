#include <stdlib.h>
#include <string.h>

#include "database/data_view.h"
#include "model/value.h"

typedef struct Compare {
    ViewList befores, afters;
    const DataSide *after_side;
    DataChanges *changes;
} Compare;

/* --- what a trace says ----------------------------------------------------------------------- */

/* Of a sample to all: what was not found, rounded up. */
static int64_t missing(int64_t all, int64_t wanted, int64_t found)
{
    if (wanted == 0 || found == 0)
        return all;
    if (found == wanted)
        return 0;
    return (all * (wanted - found) + wanted - 1) / wanted;
}

/* Every value that changed here stands in one other column of its row, or spread over several. */
static bool moved_inside(const Trace *trace, const ColumnTrace *column)
{
    size_t count = trace->after ? trace->after->columns.len : 0;

    for (size_t i = 0; i <= count && column->changed > 0; i++)
        if (column->moved[i] == column->changed)
            return true;
    return false;
}

/* A new column of the same type without a value of its own: what a rename would have filled. */
static char *added_alike(const Trace *trace, size_t at)
{
    const TableView *before = trace->before, *after = trace->after;
    const SchemaObject *gone =
        schema_find(&before->side->snapshot->schema, SCHEMA_COLUMN, before->data->space,
                    before->data->table, before->columns.items[at]);

    for (size_t i = 0; gone && after && i < after->columns.len; i++) {
        const char *name = after->columns.items[i];
        const SchemaObject *object = schema_find(&after->side->snapshot->schema, SCHEMA_COLUMN,
                                                 after->data->space, after->data->table, name);

        if (view_column(before, name) == NO_COLUMN && object && after->summaries[i].constant &&
            text_eq(str_map_get(&object->attributes, "type"),
                    str_map_get(&gone->attributes, "type")))
            return xstrdup(name);
    }
    return NULL;
}

static int64_t column_lost(const Trace *trace, size_t at)
{
    const ColumnTrace *column = &trace->columns[at];
    int64_t wanted, found;

    if (moved_inside(trace, column))
        return 0;
    lost_count(&trace->changed_sample, at, &wanted, &found);
    return missing(column->changed - column->inside, wanted, found);
}

static void add_column(const Trace *trace, size_t at, int64_t lost, TableChange *change)
{
    const ColumnTrace *column = &trace->columns[at];
    const char *name = trace->before->columns.items[at];
    ColumnChange *to = table_change_add(change, name);

    if (column->to != NO_COLUMN)
        to->after_column = xstrdup(trace->after->columns.items[column->to]);
    else
        to->added_alike = added_alike(trace, at);
    to->retyped = column->retyped;
    to->values = trace->before->summaries[at].values;
    to->lost = lost;
    to->nulled = column->nulled;
    to->emptied = column->matched > 0 && column->nulled == column->matched;
    to->levelled = column->nulled == 0 && column->level_seen && !column->level_broken &&
                   column->was.len > 1 && column->changed > 0;
    to->merged = !column->was.full && !column->is.full && column->is.len < column->was.len;
    to->key = xstrdup_null(column->key);
    to->was = column->value_was ? value_shown(name, column->value_was) : NULL;
    to->is =
        column->value_was && column->to != NO_COLUMN ? value_shown(name, column->value_is) : NULL;
}

/* Rows that are gone as such: not those that stand elsewhere, nor those of which only some columns
 * do not, which is these columns' loss. */
static int64_t rows_gone(const Trace *trace)
{
    int64_t rows = (int64_t)trace->gone_sample.len;

    if (trace->gone == 0)
        return 0;
    return missing(trace->gone, rows, lost_rows_found(&trace->gone_sample));
}

/* The rows have other keys now, or lost the values of some columns: their other columns were all
 * found among the rows that are new. */
static bool partly_found(const Trace *trace)
{
    bool whole = false;

    if (!trace->after || trace->fresh < trace->gone)
        return false;
    for (size_t i = 0; i < trace->before->columns.len; i++) {
        int64_t wanted, found;

        lost_count(&trace->gone_sample, i, &wanted, &found);
        whole |= wanted > 0 && found == wanted;
    }
    return whole;
}

/* A table without a key whose rows are as many as before lost no rows, but values. */
static bool rows_stayed(const Trace *trace)
{
    return trace->after && !trace->keyed && trace->fresh >= trace->gone;
}

static void add_gone_columns(const Trace *trace, TableChange *change)
{
    for (size_t i = 0; i < trace->before->columns.len; i++) {
        int64_t wanted, found;

        lost_count(&trace->gone_sample, i, &wanted, &found);
        if (wanted > 0 && found < wanted && trace->columns[i].suspect)
            add_column(trace, i, missing(trace->gone, wanted, found), change);
    }
}

static void name_change(const Trace *trace, TableChange *change)
{
    const Schema *schema = &trace->before->side->snapshot->schema;
    size_t count;
    const SchemaObject *keys =
        schema_parts(schema, SCHEMA_FOREIGN_KEY, change->space, change->table, &count);

    change->rows_before = trace->before->data->rows;
    if (trace->after) {
        change->after_space = xstrdup(trace->after->data->space);
        change->after_table = xstrdup(trace->after->data->table);
        change->rows_after = trace->after->data->rows;
    }
    for (size_t i = 0; i < count; i++) {
        const char *to = str_map_get(&keys[i].attributes, "references");
        const char *end = to ? strstr(to, " (") : NULL;

        if (to)
            str_list_add_owned(&change->parents,
                               end ? xstrndup(to, (size_t)(end - to)) : xstrdup(to));
    }
}

static void conclude(const Trace *trace, DataChanges *changes)
{
    TableChange change = {.space = xstrdup(trace->before->data->space),
                          .table = xstrdup(trace->before->data->table)};
    int64_t gone = rows_gone(trace);

    name_change(trace, &change);
    for (size_t i = 0; trace->after && i < trace->before->columns.len; i++) {
        int64_t lost = column_lost(trace, i);

        if (lost > 0)
            add_column(trace, i, lost, &change);
    }
    if (trace->gone > 0 && (trace->refound == (int64_t)trace->gone_sample.len ||
                            (gone > 0 && (rows_stayed(trace) || partly_found(trace))))) {
        add_gone_columns(trace, &change);
    } else if (gone > 0) {
        change.gone = gone;
        change.key = xstrdup_null(trace->gone_key);
        change.row = xstrdup_null(trace->gone_row);
    }
    for (size_t i = 0; !trace->after && i < trace->before->columns.len; i++)
        change.values += trace->columns[i].values;
    LIST_PUSH(changes, change);
    if (change.gone == 0 && change.columns.len == 0)
        data_changes_drop_last(changes);
}

/* --- a table --------------------------------------------------------------------------------- */

/* The primary key when all of it is there after as well; else every column that both have. */
static void choose_key(Trace *trace)
{
    const TableView *before = trace->before, *after = trace->after;

    trace->keyed = before->key.len > 0;
    for (size_t i = 0; i < before->key.len; i++)
        trace->keyed &=
            !after || trace->columns[view_column(before, before->key.items[i])].to != NO_COLUMN;
    for (size_t i = 0; i < before->columns.len; i++) {
        const char *name = before->columns.items[i];
        bool wanted = trace->keyed ? str_list_has(&before->key, name)
                                   : !after || trace->columns[i].to != NO_COLUMN;

        if (!wanted)
            continue;
        str_list_add(&trace->key, name);
        if (after)
            str_list_add(&trace->after_key, after->columns.items[trace->columns[i].to]);
    }
}

/* Other tables that gained something: new ones, and those whose content is another. */
static Error *search_others(Compare *compare, Trace *trace)
{
    LostSample *gone = &trace->gone_sample, *changed = &trace->changed_sample;

    for (size_t i = 0; i < compare->afters.len; i++) {
        const TableView *view = &compare->afters.items[i];
        const TableView *was = view_find(&compare->befores, view->data->space, view->data->table);

        if (view == trace->after || view->data->rows == 0 || (was && view_is_same(was, view)))
            continue;
        lost_table_begin(gone);
        lost_table_begin(changed);
        TRY(trace_search(view, gone, changed));
        lost_table_end(gone);
        lost_table_end(changed);
    }
    return NULL;
}

static bool has_lost_columns(const Trace *trace)
{
    for (size_t i = 0; i < trace->before->columns.len; i++)
        if (trace->columns[i].changed > trace->columns[i].inside &&
            !moved_inside(trace, &trace->columns[i]))
            return true;
    return false;
}

static Error *search(Compare *compare, Trace *trace)
{
    if (trace->gone == 0 && !has_lost_columns(trace))
        return NULL;
    lost_index(&trace->gone_sample);
    lost_index(&trace->changed_sample);
    if (trace->gone > 0 && trace->fresh > 0) {
        lost_table_begin(&trace->gone_sample);
        TRY(trace_fresh(trace, &trace->gone_sample));
        lost_table_end(&trace->gone_sample);
        trace->refound = lost_rows_found(&trace->gone_sample);
    }
    return search_others(compare, trace);
}

/* By the brief alone: no row less, and every value where it was or in a column that it moved to. */
static bool is_whole(const Trace *trace)
{
    for (size_t i = 0; i < trace->before->columns.len; i++)
        if (trace->columns[i].suspect)
            return false;
    return trace->after && trace->after->data->rows >= trace->before->data->rows;
}

/* The rows are the same but for their keys: they were numbered anew. */
static bool has_new_keys(const Trace *trace)
{
    const TableView *before = trace->before, *after = trace->after;
    bool any = false;

    if (!after || before->key.len == 0 || before->data->rows != after->data->rows)
        return false;
    for (size_t i = 0; i < before->columns.len; i++) {
        size_t to = view_column(after, before->columns.items[i]);
        bool same = to != NO_COLUMN && before->summaries[i].values == after->summaries[to].values &&
                    before->summaries[i].all == after->summaries[to].all;

        if (str_list_has(&before->key, before->columns.items[i]))
            any |=
                to != NO_COLUMN && !same && trace->columns[i].suspect && !trace->columns[i].retyped;
        else if (!same)
            return false;
    }
    return any && before->columns.len > before->key.len;
}

static void add_new_keys(const Trace *trace, DataChanges *changes)
{
    const TableView *before = trace->before;
    TableChange *change = data_changes_add(changes, before->data->space, before->data->table);

    name_change(trace, change);
    for (size_t i = 0; i < before->columns.len; i++)
        if (trace->columns[i].suspect && str_list_has(&before->key, before->columns.items[i]))
            add_column(trace, i, before->summaries[i].values, change);
}

static Error *follow(Compare *compare, TableView *before, TableView *after)
{
    AUTO(trace) Trace trace = {.before = before, .after = after};

    trace.columns = xcalloc(before->columns.len + 1, sizeof *trace.columns);
    view_map(before, after, trace.columns);
    if (is_whole(&trace))
        return NULL;
    if (has_new_keys(&trace)) {
        add_new_keys(&trace, compare->changes);
        return NULL;
    }
    choose_key(&trace);
    TRY(trace_run(&trace));
    TRY(search(compare, &trace));
    conclude(&trace, compare->changes);
    return NULL;
}

static void note(const SchemaObject *table, const char *before, const char *after, StrList *to)
{
    str_list_addf(to, "%s%s%s%s%s", before, table->space, *table->space ? "." : "", table->name,
                  after);
}

/* A new table that could not be read may be the one that is sought, unless another is. */
static TableView *find_renamed(Compare *compare, const TableView *before)
{
    AUTO(str_list) StrList unread = {0};
    const Snapshot *after = compare->after_side->snapshot;
    TableView *found = view_renamed(before, &compare->afters, &compare->befores, &unread);

    if (found)
        return found;
    for (size_t i = 0; i < after->schema.len; i++) {
        const SchemaObject *object = &after->schema.items[i];

        if (object->kind == SCHEMA_TABLE &&
            view_is_missing(compare->after_side, object->space, object->name) &&
            !view_find(&compare->befores, object->space, object->name))
            note(object, "rows of ", ": they could not be read after the upgrade", &unread);
    }
    for (size_t i = 0; i < unread.len; i++)
        if (!str_list_has(&compare->changes->unseen, unread.items[i]))
            str_list_add(&compare->changes->unseen, unread.items[i]);
    return NULL;
}

static Error *compare_table(Compare *compare, TableView *before)
{
    StrList *unseen = &compare->changes->unseen;
    TableView *after = view_find(&compare->afters, before->data->space, before->data->table);

    if (before->data->rows == 0 || (after && view_is_same(before, after)))
        return NULL;
    if (!after && view_is_missing(compare->after_side, before->data->space, before->data->table)) {
        AUTO(str) char *name = view_name(before);

        str_list_addf(unseen, "rows of %s: they could not be read after the upgrade", name);
        return NULL;
    }
    if (!view_is_read(before, unseen))
        return NULL;
    if (!after)
        after = find_renamed(compare, before);
    if (after && !view_is_read(after, unseen))
        return NULL;
    return follow(compare, before, after);
}

static Error *compare_or_note(Compare *compare, TableView *before)
{
    AUTO(str) char *name = view_name(before);
    AUTO(error) Error *err = compare_table(compare, before);

    if (!err || !before->side->ops->is_local(err))
        return TAKE(err);
    str_list_addf(&compare->changes->unseen, "rows of %s: %s", name, err->msg);
    return NULL;
}

/* Tables whose rows the first snapshot lacks, and what is never followed. */
static void note_left_out(const DataSide *before, DataChanges *changes)
{
    const Schema *schema = &before->snapshot->schema;

    for (size_t i = 0; i < schema->len; i++) {
        const SchemaObject *object = &schema->items[i];
        const TableData *data = snapshot_table(before->snapshot, object->space, object->name);

        if (object->kind == SCHEMA_VIRTUAL_TABLE && (!data || data->rows > 0))
            note(object, "virtual table ", "", &changes->aside);
        else if (object->kind == SCHEMA_TABLE && str_map_has(&object->attributes, "foreign"))
            note(object, "foreign table ", "", &changes->aside);
        else if (object->kind == SCHEMA_TABLE &&
                 view_is_missing(before, object->space, object->name))
            note(object, "rows of ", ": they could not be read before the upgrade",
                 &changes->unseen);
    }
}

Error *data_compare(DataSide *before, DataSide *after, DataChanges *ret_changes)
{
    AUTO(views) ViewList befores = {0}, afters = {0};
    AUTO(data_changes) DataChanges changes = {0};
    Compare compare;

    views_read(before, &befores);
    views_read(after, &afters);
    views_add_computed(&befores, &afters);
    compare =
        (Compare){.befores = befores, .afters = afters, .after_side = after, .changes = &changes};
    note_left_out(before, &changes);
    for (size_t i = 0; i < befores.len; i++)
        TRY(compare_or_note(&compare, &befores.items[i]));
    *ret_changes = changes;
    changes = (DataChanges){0};
    return NULL;
}

void data_side_close(DataSide *side)
{
    if (side)
        side->ops->close(side);
}
