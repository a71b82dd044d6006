#include "database/data_trace.h"

#include <stdlib.h>
#include <string.h>

#include "model/value.h"

enum { SET_SLOTS = 1 << 14, SET_MAX = SET_SLOTS / 2, ROW_SHOWN = 4 };

size_t view_column(const TableView *view, const char *name)
{
    for (size_t i = 0; i < view->columns.len; i++)
        if (text_eq(view->columns.items[i], name))
            return i;
    return NO_COLUMN;
}

/* --- sets ------------------------------------------------------------------------------------ */

static void set_add(HashSet *set, const char *value)
{
    uint64_t hash = value_hash(value) | 1;
    size_t at = (hash >> 16) % SET_SLOTS;

    if (!set->slots)
        set->slots = xcalloc(SET_SLOTS, sizeof *set->slots);
    while (set->slots[at] && set->slots[at] != hash)
        at = (at + 1) % SET_SLOTS;
    if (set->slots[at])
        return;
    set->full |= set->len == SET_MAX;
    if (set->full)
        return;
    set->slots[at] = hash;
    set->len++;
}

/* --- one row --------------------------------------------------------------------------------- */

/* "id 3", "note_id 3, tag 'x'" */
static char *key_text(const Trace *trace)
{
    AUTO(str_list) StrList parts = {0};

    for (size_t i = 0; i < trace->key.len; i++) {
        const char *name = trace->key.items[i];
        const char *value = trace->before->side->values[view_column(trace->before, name)];
        AUTO(str) char *shown = value_shown(name, value);

        str_list_addf(&parts, "%s %s", name, shown);
    }
    return str_list_join(&parts, ", ");
}

static char *row_text(const Trace *trace)
{
    AUTO(str_list) StrList parts = {0};
    const StrList *names = &trace->before->columns;

    for (size_t i = 0; i < names->len && parts.len < ROW_SHOWN; i++) {
        const char *value = trace->before->side->values[i];
        AUTO(str) char *shown = value_shown(names->items[i], value);

        if (value && !(trace->keyed && trace->is_key[i]))
            str_list_addf(&parts, "%s %s", names->items[i], shown);
    }
    return str_list_join(&parts, ", ");
}

static void on_gone(Trace *trace)
{
    const char *const *values = trace->before->side->values;

    for (size_t i = 0; i < trace->before->columns.len; i++) {
        trace->columns[i].values += values[i] != NULL;
        trace->wanted[i] = true;
    }
    lost_add(&trace->gone_sample, values, trace->wanted);
    if (trace->gone++ > 0)
        return;
    trace->gone_key = trace->keyed ? key_text(trace) : NULL;
    trace->gone_row = row_text(trace);
}

/* A column that is new, or that held nothing in this row: its value may have come from another. One
 * that held something itself may have been mixed up with it. */
static bool is_free(const Trace *trace, size_t at)
{
    const char *value = trace->after->side->values[at];
    size_t from = view_column(trace->before, trace->after->columns.items[at]);

    return value && (from == NO_COLUMN || !trace->before->side->values[from]);
}

/* Whether every atom of a value stands in the free columns of the row; counts where all do. */
static bool find_inside(Trace *trace, ColumnTrace *column, const char *value)
{
    AUTO(str_list) StrList atoms = {0};
    size_t count = trace->after->columns.len;
    uint64_t all = 0, seen = 0;
    bool telling = true;

    value_atoms(value, &atoms);
    for (size_t k = 0; k < atoms.len && k < 64; k++) {
        all |= UINT64_C(1) << k;
        telling &= value_is_telling(atoms.items[k]);
    }
    for (size_t at = 0; at < count; at++) {
        AUTO(str_list) StrList there = {0};
        uint64_t here = 0;

        if (at == column->to || !is_free(trace, at))
            continue;
        value_atoms(trace->after->side->values[at], &there);
        for (size_t k = 0; k < atoms.len && k < 64; k++)
            if (str_list_has(&there, atoms.items[k]))
                here |= UINT64_C(1) << k;
        column->moved[at] += here == all;
        seen |= here;
    }
    column->moved[count] += seen == all;
    return seen == all && telling;
}

static void on_changed(Trace *trace, size_t i, const char *was, const char *is)
{
    ColumnTrace *column = &trace->columns[i];

    column->changed++;
    column->nulled += !is && column->to != NO_COLUMN;
    if (find_inside(trace, column, was))
        column->inside++;
    else
        trace->wanted[i] = true;
    if (column->value_was)
        return;
    column->key = trace->keyed ? key_text(trace) : NULL;
    column->value_was = xstrdup(was);
    column->value_is = xstrdup_null(is);
}

static void on_value(Trace *trace, size_t i)
{
    ColumnTrace *column = &trace->columns[i];
    const char *was = trace->before->side->values[i];
    const char *is = column->to == NO_COLUMN ? NULL : trace->after->side->values[column->to];

    column->values++;
    column->matched++;
    set_add(&column->was, was);
    if (is) {
        uint64_t hash = value_hash(is);

        set_add(&column->is, is);
        column->level_broken |= column->level_seen && column->level != hash;
        column->level = hash;
        column->level_seen = true;
    }
    if (!value_same(was, is, column->retyped))
        on_changed(trace, i, was, is);
}

static void on_both(Trace *trace)
{
    const char *const *values = trace->before->side->values;
    bool any = false;

    for (size_t i = 0; i < trace->before->columns.len; i++) {
        trace->wanted[i] = false;
        if (values[i] && trace->columns[i].suspect)
            on_value(trace, i);
        any |= trace->wanted[i];
    }
    if (any)
        lost_add(&trace->changed_sample, values, trace->wanted);
}

/* --- both sides ------------------------------------------------------------------------------ */

static Error *open_side(const TableView *view, const StrList *key)
{
    return view->side->ops->open(view->side, &(DataAsk){.space = view->data->space,
                                                        .table = view->data->table,
                                                        .columns = &view->columns,
                                                        .key = key});
}

/* Which of two rows comes first; without an order every row stands for itself. */
static int compare_keys(const DataSide *before, const DataSide *after)
{
    if (!before->keys || !after->keys)
        return -1;
    return strcmp(before->keys, after->keys);
}

static Error *merge(Trace *trace, LostSample *fresh)
{
    DataSide *before = trace->before->side, *after = trace->after ? trace->after->side : NULL;
    bool has_before, has_after = false;

    TRY(open_side(trace->before, &trace->key));
    if (after)
        TRY(open_side(trace->after, &trace->after_key));
    TRY(before->ops->next(before, &has_before));
    if (after)
        TRY(after->ops->next(after, &has_after));
    while (has_before || has_after) {
        int order = !has_after ? -1 : !has_before ? 1 : compare_keys(before, after);

        if (fresh && order > 0)
            lost_row(fresh, after->values, trace->after->columns.len);
        if (!fresh && order < 0)
            on_gone(trace);
        else if (!fresh && order == 0)
            on_both(trace);
        else if (!fresh)
            trace->fresh++;
        if (order >= 0)
            TRY(after->ops->next(after, &has_after));
        if (order <= 0)
            TRY(before->ops->next(before, &has_before));
    }
    return NULL;
}

static Error *merge_and_end(Trace *trace, LostSample *fresh)
{
    Error *err = merge(trace, fresh);

    trace->before->side->ops->end(trace->before->side);
    if (trace->after)
        trace->after->side->ops->end(trace->after->side);
    return err;
}

Error *trace_run(Trace *trace)
{
    size_t count = trace->before->columns.len;

    trace->is_key = xcalloc(count + 1, sizeof *trace->is_key);
    trace->wanted = xcalloc(count + 1, sizeof *trace->wanted);
    for (size_t i = 0; i < count; i++) {
        trace->is_key[i] = str_list_has(&trace->before->key, trace->before->columns.items[i]);
        trace->columns[i].moved = xcalloc((trace->after ? trace->after->columns.len : 0) + 1,
                                          sizeof *trace->columns[i].moved);
    }
    lost_init(&trace->gone_sample, count, trace->is_key);
    lost_init(&trace->changed_sample, count, trace->is_key);
    return merge_and_end(trace, NULL);
}

Error *trace_fresh(Trace *trace, LostSample *sample)
{
    return merge_and_end(trace, sample);
}

static Error *search(const TableView *view, LostSample *one, LostSample *other)
{
    DataSide *side = view->side;
    bool row;

    TRY(open_side(view, NULL));
    for (;;) {
        TRY(side->ops->next(side, &row));
        if (!row)
            return NULL;
        if (one->len > 0)
            lost_row(one, side->values, view->columns.len);
        if (other->len > 0)
            lost_row(other, side->values, view->columns.len);
    }
}

Error *trace_search(const TableView *view, LostSample *one, LostSample *other)
{
    Error *err = search(view, one, other);

    view->side->ops->end(view->side);
    return err;
}

void trace_clear(Trace *trace)
{
    for (size_t i = 0; trace->columns && i < trace->before->columns.len; i++) {
        ColumnTrace *column = &trace->columns[i];

        free(column->moved);
        free(column->was.slots);
        free(column->is.slots);
        free(column->key);
        free(column->value_was);
        free(column->value_is);
    }
    free(trace->columns);
    lost_clear(&trace->gone_sample);
    lost_clear(&trace->changed_sample);
    free(trace->is_key);
    free(trace->wanted);
    free(trace->gone_key);
    free(trace->gone_row);
    str_list_clear(&trace->key);
    str_list_clear(&trace->after_key);
    *trace = (Trace){0};
}
