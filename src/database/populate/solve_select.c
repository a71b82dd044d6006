/* Which of the combinations that pass are taken. */

#include <string.h>

#include "database/populate/solve_parts.h"

enum { KEPT_MAX = 24 }; /* combinations of those that pass */

/* The combinations that pass. */
typedef struct Passing {
    const IndexList *picks, *passed; /* passed: numbers within picks */
    bool edge;
    int best; /* rank of what is nearest to the expected */
} Passing;

static const size_t *passing_tuple(const Passing *passing, const PopComponent *component, size_t i)
{
    return &passing->picks->items[passing->passed->items[i] * component->columns.len];
}

static int rank_of(const PopPlan *plan, const PopComponent *component, const size_t *picks)
{
    int rank = 0;

    for (size_t at = 0; at < component->columns.len; at++) {
        const PopChoice *choice = pop_choice_of(plan, component, at, picks[at]);
        const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];

        rank += choice->rank * 2 + (choice->null ? 1 : 0);
        if ((column->distinct || column->wide) && !choice->distinct)
            rank += 100; /* a key wants it */
        if ((column->distinct || column->wide) && choice->null)
            rank += 100;
    }
    return rank;
}

static bool taken(const PopComponent *component, size_t at, size_t pick)
{
    for (size_t n = 0; n < component->count; n++)
        if (component->picks.items[n * component->columns.len + at] == pick)
            return true;
    return false;
}

static void take(PopComponent *component, const size_t *picks)
{
    for (size_t at = 0; at < component->columns.len; at++)
        LIST_PUSH(&component->picks, picks[at]);
    component->count++;
}

static bool has_taken(const PopComponent *component, const size_t *picks)
{
    size_t width = component->columns.len;

    for (size_t n = 0; n < component->count; n++)
        if (memcmp(&component->picks.items[n * width], picks, width * sizeof *picks) == 0)
            return true;
    return false;
}

/* A column that a key wants distinct is computed in one way: two could meet. */
static bool agrees(const PopPlan *plan, const PopComponent *component, const size_t *picks)
{
    for (size_t at = 0; at < component->columns.len && component->count > 0; at++) {
        const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];
        size_t first = component->picks.items[at];

        if ((column->distinct || column->wide) && picks[at] != first &&
            pop_choice_of(plan, component, at, first)->distinct)
            return false;
    }
    return true;
}

/* The nearest combination in which a column takes that choice; NULL: none within reach. */
static const size_t *nearest_with(const PopPlan *plan, const PopComponent *component,
                                  const Passing *passing, size_t at, size_t pick)
{
    const size_t *chosen = NULL;
    int least = passing->best + (passing->edge ? 90 : 12);

    for (size_t i = 0; i < passing->passed->len; i++) {
        const size_t *tuple = passing_tuple(passing, component, i);
        int rank = rank_of(plan, component, tuple);

        if (tuple[at] == pick && rank < least &&
            (passing->edge || agrees(plan, component, tuple))) {
            least = rank;
            chosen = tuple;
        }
    }
    return chosen;
}

/* Of a column with a few values each value, of the others what is NULL. */
static void take_values(const PopPlan *plan, PopComponent *component, const Passing *passing,
                        size_t at)
{
    bool listed = passing->edge || !taken(component, at, 0) ||
                  pop_choice_of(plan, component, at, 0)->rank > 0;

    for (size_t pick = 0; pick < pop_choices_of(plan, component, at); pick++) {
        const PopChoice *choice = pop_choice_of(plan, component, at, pick);
        const size_t *chosen;

        if (taken(component, at, pick) || (!listed && !choice->null) ||
            (!passing->edge && choice->rank > 2))
            continue;
        chosen = nearest_with(plan, component, passing, at, pick);
        if (chosen && component->count < KEPT_MAX && !has_taken(component, chosen))
            take(component, chosen);
    }
}

void pop_select_best(const PopEngine *engine, const PopPlan *plan, PopComponent *component,
                     const IndexList *picks, const IndexList *passed)
{
    Passing passing = {.picks = picks,
                       .passed = passed,
                       .edge = engine->context.kind == POPULATE_EDGE,
                       .best = INT32_MAX};

    if (passed->len == 0)
        return;
    for (size_t i = 0; i < passed->len; i++) {
        int rank = rank_of(plan, component, passing_tuple(&passing, component, i));

        passing.best = rank < passing.best ? rank : passing.best;
    }
    for (size_t i = 0; i < passed->len && component->count < KEPT_MAX; i++) {
        const size_t *tuple = passing_tuple(&passing, component, i);

        if (rank_of(plan, component, tuple) == passing.best &&
            (passing.edge || agrees(plan, component, tuple)))
            take(component, tuple);
    }
    for (size_t at = 0; at < component->columns.len; at++)
        take_values(plan, component, &passing, at);
}
