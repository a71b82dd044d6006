/* Asks the database which combinations of choices pass the checks. */

#include <string.h>

#include "database/populate/solve_parts.h"

enum { PARTS_MAX = 100 }; /* questions when one cannot be answered */

/* Numbers of combinations: whose rows pass, and of which only some do (what they take from rows
 * that they refer to differs). */
typedef struct Answer {
    IndexList always, sometimes;
} Answer;

typedef struct Solver {
    PopEngine *engine;
    const PopPlan *plan;
    const PopComponent *component;
    IndexList picks;
    const char *sample; /* the rows asked about */
    int left;           /* questions */
    Answer answer;      /* numbers within picks */
} Solver;

static Error *ask(Solver *solver, size_t from, size_t to, bool *ret_failed)
{
    size_t width = solver->component->columns.len;
    IndexList part = {.items = solver->picks.items + from * width, .len = (to - from) * width};
    AUTO(str)
    char *sql =
        pop_probe_sql(solver->engine, solver->plan, solver->component, &part, solver->sample);
    AUTO(pop_cells) PopCells cells = {0};
    AUTO(error) Error *reason = NULL;

    TRY(pop_try_query(solver->engine, sql, &cells, &reason));
    *ret_failed = reason != NULL;
    for (size_t i = 0; i < pop_cells_rows(&cells); i++) {
        uint64_t n = 0;

        TRY(parse_u64(pop_cell(&cells, i, 0), 0, 2 * POP_TRIED_MAX, &n));
        if (text_eq(pop_cell(&cells, i, 1), "1"))
            LIST_PUSH(&solver->answer.always, from + (size_t)n);
        else
            LIST_PUSH(&solver->answer.sometimes, from + (size_t)n);
    }
    return NULL;
}

/* One combination that overflows spoils the answer about all of them: ever smaller parts are asked
 * about. */
static Error *ask_parts(Solver *solver, size_t from, size_t to)
{
    size_t middle = from + (to - from) / 2;
    bool failed = false;

    if (from >= to || --solver->left < 0)
        return NULL;
    TRY(ask(solver, from, to, &failed));
    if (!failed || to - from == 1)
        return NULL;
    TRY(ask_parts(solver, from, middle));
    return ask_parts(solver, middle, to);
}

static void answer_clear(Answer *answer)
{
    free(answer->always.items);
    free(answer->sometimes.items);
    *answer = (Answer){0};
}

/* Only what passes in each of a few rows is asked about in many. */
static void keep_always(Solver *solver)
{
    size_t width = solver->component->columns.len, kept = 0;

    for (size_t i = 0; i < solver->answer.always.len; i++) /* ascending */
        memmove(&solver->picks.items[kept++ * width],
                &solver->picks.items[solver->answer.always.items[i] * width],
                width * sizeof(size_t));
    if (kept > 0)
        solver->picks.len = kept * width;
}

static Error *ask_all(Solver *solver, const char *sample, bool *ret_failed)
{
    size_t width = solver->component->columns.len;

    *ret_failed = false;
    if (pop_has_join(solver->plan, solver->component)) {
        AUTO(str) char *few = pop_sample_small(solver->engine);

        solver->sample = few;
        TRY(ask(solver, 0, solver->picks.len / width, ret_failed));
        if (*ret_failed)
            return NULL;
        keep_always(solver);
        answer_clear(&solver->answer);
    }
    solver->sample = sample;
    return ask(solver, 0, solver->picks.len / width, ret_failed);
}

/* What is at the edge of the numbers overflows where it is computed with. */
static void drop_extremes(const PopPlan *plan, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        size_t column = component->columns.items[at];
        PopChoiceList *choices = &plan->fields[column].choices;

        for (size_t i = choices->len; i-- > 1;)
            if (choices->items[i].rank >= 4 &&
                plan->table->columns.items[column].family != FAMILY_TEXT)
                pop_choice_drop(choices, i);
    }
}

static Error *solve(Solver *solver)
{
    AUTO(str) char *sample = pop_sample(solver->engine, solver->plan, solver->component);
    bool failed = false;

    pop_combine(solver->engine, solver->plan, solver->component, &solver->picks);
    TRY(ask_all(solver, sample, &failed));
    if (!failed)
        return NULL;
    answer_clear(&solver->answer);
    solver->picks.len = 0;
    solver->sample = sample;
    TRY(pop_drop_broken(solver->engine, solver->plan, &solver->component->columns));
    drop_extremes(solver->plan, solver->component);
    pop_combine(solver->engine, solver->plan, solver->component, &solver->picks);
    return ask_parts(solver, 0, solver->picks.len / solver->component->columns.len);
}

Error *pop_solve(PopEngine *engine, const PopPlan *plan, PopComponent *component)
{
    Solver solver = {.engine = engine, .plan = plan, .component = component, .left = PARTS_MAX};
    const Answer *answer = &solver.answer;
    Error *err = solve(&solver);

    for (size_t i = 0; i < answer->always.len && component->columns.len == 1; i++)
        index_list_put(&component->passed, solver.picks.items[answer->always.items[i]]);
    component->sure = answer->always.len > 0;
    if (!err)
        pop_select_best(engine, plan, component, &solver.picks,
                        component->sure ? &answer->always : &answer->sometimes);
    free(solver.picks.items);
    answer_clear(&solver.answer);
    return err;
}
