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

PopTable *pop_next(PopModel *model)
{
    PopTable *best = NULL;
    size_t best_cost = 0;

    for (size_t i = 0; i < model->len; i++) {
        PopTable *table = &model->items[i];
        size_t cost = table->done ? 0 : cost_of(model, table);

        if (table->done)
            continue;
        if (cost == 0) {
            best = table;
            break;
        }
        if (best && cost >= best_cost)
            continue;
        if (in_circle(model, table)) {
            best = table;
            best_cost = cost;
        }
    }
    if (best)
        postpone(model, best);
    return best;
}
