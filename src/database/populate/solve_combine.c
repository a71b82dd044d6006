/* Which combinations of choices are tried. */

#include <stdlib.h>

#include "database/populate/solve_parts.h"

/* How many choices of each column are tried all with all: what is unexpected goes first. */
static size_t trim(const PopPlan *plan, const PopComponent *component, IndexList *widths)
{
    size_t product;

    for (size_t at = 0; at < component->columns.len; at++)
        LIST_PUSH(widths, pop_choices_of(plan, component, at));
    for (;;) {
        size_t widest = 0;

        product = 1;
        for (size_t at = 0; at < widths->len; at++) {
            product = product > POP_TRIED_MAX ? product : product * widths->items[at];
            if (widths->items[at] > widths->items[widest])
                widest = at;
        }
        if (product <= POP_TRIED_MAX || widths->items[widest] == 1)
            return product <= POP_TRIED_MAX ? product : 1;
        widths->items[widest]--;
    }
}

static int compare_choices(const void *a, const void *b)
{
    const PopChoice *first = a, *second = b;

    return first->rank != second->rank ? first->rank - second->rank : first->order - second->order;
}

/* What is expected first, so that the choices that are left out are the others. */
static void sort_choices(const PopPlan *plan, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        PopChoiceList *list = &plan->fields[component->columns.items[at]].choices;

        for (size_t i = 0; i < list->len; i++)
            list->items[i].order = (int)i;
        if (list->len > 1) /* the first stays: others start from it */
            qsort(list->items + 1, list->len - 1, sizeof *list->items, compare_choices);
    }
}

void pop_combine(const PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                 IndexList *picks)
{
    IndexList widths = {0};
    size_t product, n, all = 1;
    uint64_t state = pop_salt(&engine->context, plan->table->place, "", 11);

    sort_choices(plan, component);
    product = trim(plan, component, &widths);
    for (size_t at = 0; at < component->columns.len && all <= POP_TRIED_MAX; at++)
        all *= pop_choices_of(plan, component, at);
    n = all == product ? product : product + POP_TRIED_MAX / 2;
    for (size_t combination = 0; combination < n; combination++) {
        size_t rest = combination;

        for (size_t at = 0; at < component->columns.len; at++) {
            if (combination < product) {
                LIST_PUSH(picks, rest % widths.items[at]);
                rest /= widths.items[at];
                continue;
            }
            state = state * 6364136223846793005u + 1442695040888963407u;
            LIST_PUSH(picks, (size_t)(state >> 33) % pop_choices_of(plan, component, at));
        }
    }
    free(widths.items);
}
