/* Asks the database which combinations of choices pass the checks. */

#include "database/populate/solve_parts.h"

enum { PARTS_MAX = 100 }; /* questions when one cannot be answered */

/* Numbers of combinations: whose rows pass, and of which only some do (what they take from rows
 * that they refer to differs). */
typedef struct Answer {
    IndexList always, sometimes;
} Answer;

/* @param[out] answer  numbers within picks, from on */
static Error *ask(PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                  const IndexList *picks, size_t from, size_t to, Answer *answer, bool *ret_failed)
{
    size_t width = component->columns.len;
    IndexList part = {.items = picks->items + from * width, .len = (to - from) * width};
    AUTO(str) char *sql = pop_probe_sql(engine, plan, component, &part);
    AUTO(pop_cells) PopCells cells = {0};
    AUTO(error) Error *reason = NULL;

    TRY(pop_try_query(engine, sql, &cells, &reason));
    *ret_failed = reason != NULL;
    for (size_t i = 0; i < pop_cells_rows(&cells); i++) {
        uint64_t n = 0;

        TRY(parse_u64(pop_cell(&cells, i, 0), 0, 2 * POP_TRIED_MAX, &n));
        if (text_eq(pop_cell(&cells, i, 1), "1"))
            LIST_PUSH(&answer->always, from + (size_t)n);
        else
            LIST_PUSH(&answer->sometimes, from + (size_t)n);
    }
    return NULL;
}

/* One combination that overflows spoils the answer about all of them: ever smaller parts are asked
 * about. */
static Error *ask_parts(PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                        const IndexList *picks, size_t from, size_t to, int *left, Answer *answer)
{
    size_t middle = from + (to - from) / 2;
    bool failed = false;

    if (from >= to || --*left < 0)
        return NULL;
    TRY(ask(engine, plan, component, picks, from, to, answer, &failed));
    if (!failed || to - from == 1)
        return NULL;
    TRY(ask_parts(engine, plan, component, picks, from, middle, left, answer));
    return ask_parts(engine, plan, component, picks, middle, to, left, answer);
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

Error *pop_solve(PopEngine *engine, const PopPlan *plan, PopComponent *component)
{
    IndexList picks = {0};
    Answer answer = {0};
    size_t width = component->columns.len;
    bool failed = false;
    int left = PARTS_MAX;
    Error *err;

    pop_combine(engine, plan, component, &picks);
    err = ask(engine, plan, component, &picks, 0, picks.len / width, &answer, &failed);
    if (!err && failed) {
        picks.len = answer.always.len = answer.sometimes.len = 0;
        err = pop_drop_broken(engine, plan, &component->columns);
        drop_extremes(plan, component);
        if (!err) {
            pop_combine(engine, plan, component, &picks);
            err = ask_parts(engine, plan, component, &picks, 0, picks.len / width, &left, &answer);
        }
    }
    for (size_t i = 0; i < answer.always.len && width == 1; i++)
        index_list_put(&component->passed, picks.items[answer.always.items[i]]);
    if (!err)
        pop_select_best(engine, plan, component, &picks,
                        answer.always.len > 0 ? &answer.always : &answer.sometimes);
    free(picks.items);
    free(answer.always.items);
    free(answer.sometimes.items);
    return err;
}
