/* Combinations beside one that was tried. */

#include <stdlib.h>
#include <string.h>

#include "database/populate/search_parts.h"

enum { TOGETHER_MAX = 3 /* ways to change all columns of a check at once */ };

/* --- combinations that were not tried yet -------------------------------------------------------
 */

static bool is_new(PopSearch *search, const size_t *picks)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t at = 0; at < search->component->columns.len; at++)
        hash = (hash ^ (picks[at] + 1)) * 0x100000001b3u;
    hash |= 1;
    for (size_t slot = hash % POP_SEARCH_KNOWN;; slot = (slot + 1) % POP_SEARCH_KNOWN) {
        if (search->known[slot] == hash)
            return false;
        if (search->known[slot] == 0) {
            search->known[slot] = hash;
            return true;
        }
    }
}

static size_t draw(PopSearch *search, size_t n)
{
    search->random = search->random * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(search->random >> 33) % n;
}

void pop_propose(PopSearch *search, const size_t *picks, IndexList *out)
{
    size_t width = search->component->columns.len;

    if (!is_new(search, picks))
        return;
    for (size_t at = 0; at < width; at++)
        LIST_PUSH(out, picks[at]);
}

static void propose_with(PopSearch *search, const PopState *state, size_t at, size_t choice,
                         IndexList *out)
{
    size_t before = state->picks[at];

    state->picks[at] = choice;
    pop_propose(search, state->picks, out);
    state->picks[at] = before;
}

/* --- neighbours ---------------------------------------------------------------------------------
 */

static size_t place_of(const PopComponent *component, size_t column)
{
    size_t at = 0;

    while (component->columns.items[at] != column)
        at++;
    return at;
}

static bool may_be_tried(const PopSearch *search, size_t at, size_t choice)
{
    return !pop_choice_of(search->plan, search->component, at, choice)->derived &&
           !pop_choice_is_broken(search, at, choice);
}

/* One column of a check that does not pass becomes something else. */
void pop_change_one(PopSearch *search, const PopState *state, size_t goal, IndexList *out)
{
    const IndexList *columns = search->goals[goal].columns;

    for (size_t i = 0; i < search->goals[goal].tries.len; i++) {
        size_t at = 0,
               choice = pop_move_make(search, state, &search->goals[goal].tries.items[i], &at);

        if (choice != SIZE_MAX)
            propose_with(search, state, at, choice, out);
    }
    for (size_t i = 0; i < columns->len; i++) {
        size_t at = place_of(search->component, columns->items[i]);

        for (size_t choice = 0; choice < search->pool[at]; choice++)
            if (may_be_tried(search, at, choice))
                propose_with(search, state, at, choice, out);
    }
}

/* The move of that number among those of the column; NULL: it has fewer. */
static PopTry *try_of(PopGoal *goal, size_t column, size_t number)
{
    for (size_t i = 0; i < goal->tries.len; i++)
        if (goal->tries.items[i].move.column == column && number-- == 0)
            return &goal->tries.items[i];
    return NULL;
}

/* What follows from one column, as the parts of a date do, changes together; the one stays. */
void pop_change_all_but(PopSearch *search, const PopState *state, size_t goal, IndexList *out)
{
    const IndexList *columns = search->goals[goal].columns;
    size_t width = search->component->columns.len;
    size_t *picks = xcalloc(width + 1, sizeof *picks);

    for (size_t n = 0; n < TOGETHER_MAX * columns->len && columns->len > 2; n++) {
        memcpy(picks, state->picks, width * sizeof *picks);
        for (size_t i = 0; i < columns->len; i++) {
            PopTry *by = try_of(&search->goals[goal], columns->items[i], n / columns->len);
            size_t at = 0, choice = by && i != n % columns->len
                                        ? pop_move_make(search, state, by, &at)
                                        : SIZE_MAX;

            if (choice != SIZE_MAX)
                picks[at] = choice;
        }
        pop_propose(search, picks, out);
    }
    free(picks);
}

/* What a part of the check asks for comes first in its list, what is only another value last. */
static PopTry *draw_try(PopSearch *search, PopGoal *goal)
{
    size_t one = draw(search, goal->tries.len), two = draw(search, goal->tries.len);

    return &goal->tries.items[one < two ? one : two];
}

/* Two changes at once, where one alone brings nothing nearer. */
void pop_change_two(PopSearch *search, const PopState *state, size_t goal, size_t count,
                    IndexList *out)
{
    size_t width = search->component->columns.len;
    PopState between = {.picks = xcalloc(width + 1, sizeof(size_t))};

    for (size_t n = 0; n < count && search->goals[goal].tries.len > 0; n++) {
        memcpy(between.picks, state->picks, width * sizeof(size_t));
        for (int step = 0; step < 2; step++) {
            /* what follows the first is as often the same check's as another's */
            size_t other = step == 0 || n % 2 == 0 ? goal : draw(search, search->goal_count);
            size_t at = 0, choice;

            if (search->goals[other].tries.len == 0)
                continue;
            choice = pop_move_make(search, &between, draw_try(search, &search->goals[other]), &at);
            if (choice != SIZE_MAX)
                between.picks[at] = choice;
        }
        pop_propose(search, between.picks, out);
    }
    free(between.picks);
}

void pop_change_any(PopSearch *search, size_t count, IndexList *out)
{
    size_t width = search->component->columns.len;
    size_t *picks = xcalloc(width + 1, sizeof *picks);

    for (size_t n = 0; n < count; n++) {
        for (size_t at = 0; at < width; at++) {
            picks[at] = draw(search, search->pool[at]);
            if (!may_be_tried(search, at, picks[at]))
                picks[at] = 0;
        }
        pop_propose(search, picks, out);
    }
    free(picks);
}
