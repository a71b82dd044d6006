#include "database/populate/order.h"

#include <string.h>

typedef enum Weight { WEIGHT_LOOK, WEIGHT_NULL, WEIGHT_MUST } Weight;

static Weight weight_of(const PopTable *table, const PopReference *reference)
{
    if (!reference->declared)
        return WEIGHT_LOOK;
    for (size_t i = 0; i < reference->columns.len; i++)
        if (!table->columns.items[reference->columns.items[i]].not_null)
            return WEIGHT_NULL;
    return WEIGHT_MUST;
}

/* Still to be filled, so that a row cannot refer to its rows yet. */
static PopTable *open_target(PopModel *model, const PopReference *reference)
{
    PopTable *to = pop_model_place(model, reference->root);

    return to && !to->done ? to : NULL;
}

static bool reaches(PopModel *model, PopTable *from, const PopTable *goal, bool *seen)
{
    for (size_t i = 0; i < from->references.len; i++) {
        PopTable *to = open_target(model, &from->references.items[i]);

        if (!to || from->references.items[i].later)
            continue;
        if (to == goal)
            return true;
        if (seen[to - model->items])
            continue;
        seen[to - model->items] = true;
        if (reaches(model, to, goal, seen))
            return true;
    }
    return false;
}

static bool in_circle(PopModel *model, PopTable *table)
{
    bool *seen = xcalloc(model->len + 1, sizeof *seen);
    bool found = reaches(model, table, table, seen);

    free(seen);
    return found;
}

/* What would have to wait when the table came now: keys that may not be NULL weigh most. */
static size_t cost_of(PopModel *model, const PopTable *table)
{
    static const size_t costs[] = {[WEIGHT_LOOK] = 1, [WEIGHT_NULL] = 100, [WEIGHT_MUST] = 10000};
    size_t cost = 0;

    for (size_t i = 0; i < table->references.len; i++) {
        const PopReference *reference = &table->references.items[i];
        PopTable *to = open_target(model, reference);

        if (to && to != table && !reference->later)
            cost += costs[weight_of(table, reference)];
    }
    return cost;
}

static void postpone(PopModel *model, PopTable *table)
{
    for (size_t i = 0; i < table->references.len; i++) {
        PopReference *reference = &table->references.items[i];

        if (!open_target(model, reference))
            continue;
        reference->later = true;
        reference->hold = weight_of(table, reference) == WEIGHT_MUST;
    }
}

/* Rows that another table has to settle yet: what refers to them comes after that, so that it sees
 * their final keys. */
static bool is_unsettled(PopModel *model, const PopTable *table)
{
    for (size_t i = 0; table->done && i < table->references.len; i++) {
        const PopReference *reference = &table->references.items[i];

        if (reference->later && reference->declared && open_target(model, reference))
            return true;
    }
    return false;
}

static bool refers_to_unsettled(PopModel *model, const PopTable *table)
{
    for (size_t i = 0; i < table->references.len; i++) {
        PopTable *to = pop_model_place(model, table->references.items[i].root);

        if (table->references.items[i].declared && to && is_unsettled(model, to))
            return true;
    }
    return false;
}

/* Whether a table with rows waits for this one, itself or by way of others. */
static bool is_awaited(PopModel *model, PopTable *table)
{
    bool found = false;

    for (size_t t = 0; t < model->len && !found; t++)
        for (size_t i = 0; i < model->items[t].references.len && !found; i++) {
            const PopReference *reference = &model->items[t].references.items[i];
            PopTable *to = open_target(model, reference);
            bool *seen;

            if (!model->items[t].done || !reference->later || !reference->declared || !to)
                continue;
            seen = xcalloc(model->len + 1, sizeof *seen);
            found = to == table || reaches(model, to, table, seen);
            free(seen);
        }
    return found;
}

/* Of the tables whose turn it could be: first those that read nothing unsettled, then those that
 * settle it. */
static PopTable *choose_ready(PopModel *model)
{
    PopTable *awaited = NULL, *ready = NULL;

    for (size_t i = 0; i < model->len; i++) {
        PopTable *table = &model->items[i];

        if (table->done || cost_of(model, table) > 0)
            continue;
        if (!refers_to_unsettled(model, table))
            return table;
        if (!awaited && is_awaited(model, table))
            awaited = table;
        if (!ready)
            ready = table;
    }
    return awaited ? awaited : ready;
}

PopTable *pop_next(PopModel *model)
{
    PopTable *best = choose_ready(model);
    size_t best_cost = 0;

    for (size_t i = 0; i < model->len && (!best || best_cost > 0); i++) {
        PopTable *table = &model->items[i];
        size_t cost = table->done ? 0 : cost_of(model, table);

        if (table->done || (best && cost >= best_cost) || !in_circle(model, table))
            continue;
        best = table;
        best_cost = cost;
    }
    if (best)
        postpone(model, best);
    return best;
}
