#include "database/populate/search.h"

#include <stdlib.h>
#include <string.h>

#include "database/populate/search_parts.h"

enum {
    BEAM = 6,         /* states that are changed in a round */
    ALIKE_MAX = 2,    /* of these, that are as far from the same checks */
    PASSED_MAX = 150, /* combinations to select from */
    STALE_MAX = 3,    /* rounds that brought nothing nearer */
    SCANNED = 32,     /* states of which many rows are asked about in the end */
    SCAN_ROWS = 600,
};

/* --- rounds -------------------------------------------------------------------------------------
 */

static int compare_states(const void *a, const void *b)
{
    const PopState *first = a, *second = b;

    return first->total < second->total ? -1 : first->total > second->total;
}

static bool are_alike(const PopSearch *search, const PopState *a, const PopState *b)
{
    for (size_t i = 0; i < search->goal_count; i++)
        if ((a->parts[i] > POP_PASSES) != (b->parts[i] > POP_PASSES))
            return false;
    return true;
}

/* The nearest, and of those that fail in the same checks only a few. States are sorted. */
static void choose_beam(const PopSearch *search, IndexList *beam)
{
    for (size_t i = 0; i < search->states.len && beam->len < BEAM; i++) {
        size_t alike = 0;

        for (size_t b = 0; b < beam->len; b++)
            alike +=
                are_alike(search, &search->states.items[i], &search->states.items[beam->items[b]]);
        if (alike < ALIKE_MAX)
            LIST_PUSH(beam, i);
    }
}

/* A part of them, spread over all, where they are more than can be asked about; and none that
 * cannot be computed. */
static void thin_out(PopSearch *search, IndexList *picks)
{
    size_t width = search->component->columns.len, kept = 0, left = 0;
    size_t count = picks->len / width;

    for (size_t n = 0; n < count; n++) {
        bool fine = true;

        for (size_t at = 0; at < width; at++)
            fine &= !pop_choice_is_broken(search, at, picks->items[n * width + at]);
        if (fine)
            memmove(&picks->items[kept++ * width], &picks->items[n * width],
                    width * sizeof(size_t));
    }
    count = kept;
    for (size_t n = 0; n < count && count > POP_SEARCH_ROUND_MAX; n++)
        if (n * POP_SEARCH_ROUND_MAX / count != (n + 1) * POP_SEARCH_ROUND_MAX / count)
            memmove(&picks->items[left++ * width], &picks->items[n * width],
                    width * sizeof(size_t));
    picks->len = (count > POP_SEARCH_ROUND_MAX ? left : kept) * width;
}

static Error *ask(PopSearch *search, IndexList *picks)
{
    TRY(pop_made_check(search));
    thin_out(search, picks);
    if (picks->len == 0)
        return NULL;
    TRY(pop_search_ask(search, picks));
    qsort(search->states.items, search->states.len, sizeof *search->states.items, compare_states);
    return NULL;
}

static Error *go_round(PopSearch *search, int stale)
{
    IndexList beam = {0}, picks = {0};
    Error *err;

    choose_beam(search, &beam);
    for (size_t b = 0; b < beam.len; b++) {
        const PopState *state = &search->states.items[beam.items[b]];

        for (size_t goal = 0; goal < search->goal_count; goal++)
            if (state->parts[goal] > POP_PASSES) {
                pop_change_one(search, state, goal, &picks);
                pop_change_all_but(search, state, goal, &picks);
                if (stale > 0)
                    pop_change_two(search, state, goal, 150, &picks);
            }
    }
    if (stale > 0)
        pop_change_any(search, 200, &picks);
    err = ask(search, &picks);
    free(beam.items);
    free(picks.items);
    return err;
}

static bool has_passing(const PopSearch *search)
{
    for (size_t i = 0; i < search->states.len; i++)
        if (search->states.items[i].worst <= POP_PASSES)
            return true;
    return false;
}

static Error *begin(PopSearch *search)
{
    IndexList picks = {0};
    size_t *base = xcalloc(search->component->columns.len + 1, sizeof *base);
    Error *err;

    pop_propose(search, base, &picks);
    for (size_t goal = 0; goal < search->goal_count; goal++)
        pop_change_all_but(search, &(PopState){.picks = base}, goal, &picks);
    pop_change_any(search, 300, &picks);
    err = ask(search, &picks);
    free(base);
    free(picks.items);
    return err;
}

/* Rows of the state differ in what keeps it from passing. */
static bool varies(const PopSearch *search, const PopState *state)
{
    for (size_t goal = 0; goal < search->goal_count; goal++)
        for (size_t i = 0; state->parts[goal] > POP_PASSES && i < search->goals[goal].columns->len;
             i++)
            for (size_t at = 0; at < search->component->columns.len; at++)
                if (search->component->columns.items[at] == search->goals[goal].columns->items[i] &&
                    strstr(
                        pop_choice_of(search->plan, search->component, at, state->picks[at])->sql,
                        "r."))
                    return true;
    return false;
}

/* What a function of the application's own lets pass, as check digits, is one row in many. */
static Error *scan(PopSearch *search)
{
    IndexList picks = {0};
    size_t width = search->component->columns.len, before = search->states.len;
    Error *err;

    for (size_t i = 0; i < before && picks.len < SCANNED * width; i++)
        if (search->states.items[i].best <= POP_PASSES) { /* some are known already */
            free(picks.items);
            return NULL;
        } else if (search->states.items[i].total < POP_FAR &&
                   varies(search, &search->states.items[i])) {
            for (size_t at = 0; at < width; at++)
                LIST_PUSH(&picks, search->states.items[i].picks[at]);
        }
    free(search->sample);
    search->sample = pop_series(search->engine, 1, SCAN_ROWS);
    err = picks.len > 0 ? pop_search_ask(search, &picks) : NULL;
    free(picks.items);
    return err;
}

static Error *run(PopSearch *search)
{
    int stale = 0;
    double nearest = POP_FAR;

    TRY(begin(search));
    for (int round = 0; round < POP_SEARCH_ROUNDS && stale < STALE_MAX &&
                        search->tried < POP_SEARCH_TRIED_MAX && !has_passing(search);
         round++) {
        TRY(go_round(search, stale));
        if (search->states.len == 0)
            break;
        stale = search->states.items[0].total < nearest - POP_PASSES ? 0 : stale + 1;
        nearest = search->states.items[0].total;
    }
    return has_passing(search) || search->component->count > 0 ? NULL : scan(search);
}

/* --- what was found -----------------------------------------------------------------------------
 */

static void take(PopSearch *search)
{
    bool always = has_passing(search);
    size_t width = search->component->columns.len;
    IndexList picks = {0}, passed = {0};

    if (search->component->count > 0 && !always)
        return; /* what there is passes in some rows, too */
    search->component->picks.len = search->component->count = 0;
    for (size_t i = 0; i < search->states.len && passed.len < PASSED_MAX; i++) {
        const PopState *state = &search->states.items[i];

        if ((always ? state->worst : state->best) > POP_PASSES)
            continue;
        {
            size_t number = passed.len;

            LIST_PUSH(&passed, number);
        }
        for (size_t at = 0; at < width; at++)
            LIST_PUSH(&picks, state->picks[at]);
    }
    pop_select_best(search->engine, search->plan, search->component, &picks, &passed);
    free(picks.items);
    free(passed.items);
}

static void search_clear(PopSearch *search)
{
    for (size_t i = 0; i < search->states.len; i++) {
        free(search->states.items[i].picks);
        free(search->states.items[i].parts);
    }
    for (size_t at = 0; at < COUNT_OF(search->broken); at++)
        free(search->broken[at]);
    pop_goals_clear(search);
    free(search->states.items);
    free(search->made.items);
    free(search->known);
    free(search->pool);
    free(search->sample);
}

Error *pop_search(PopEngine *engine, const PopPlan *plan, PopComponent *component)
{
    PopSearch search = {.engine = engine,
                        .plan = plan,
                        .component = component,
                        .random = pop_salt(&engine->context, plan->table->place, "", 21),
                        .known = xcalloc(POP_SEARCH_KNOWN, sizeof *search.known)};
    size_t width = component->columns.len;
    Error *err = NULL;

    search.sample = pop_sample(engine, plan, component);
    search.pool = xcalloc(width + 1, sizeof *search.pool);
    for (size_t at = 0; at < width; at++)
        search.pool[at] = pop_choices_of(plan, component, at);
    /* which rows a key refers to decides as well: what passes in some of them is as good */
    if (width <= COUNT_OF(search.broken) &&
        (component->count == 0 || !pop_has_join(plan, component))) {
        pop_goals_read(&search);
        err = run(&search);
        if (!err)
            take(&search);
    }
    search_clear(&search);
    return err;
}
