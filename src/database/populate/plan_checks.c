/* Columns that checks tie together, and the combinations of their choices that pass. */

#include "database/populate/mine.h"
#include "database/populate/plan_parts.h"
#include "database/populate/search.h"

static bool touches(const PopComponent *component, const PopCheck *check)
{
    for (size_t i = 0; i < check->columns.len; i++)
        if (index_list_has(&component->columns, check->columns.items[i]))
            return true;
    return false;
}

bool pop_check_is_ours(const PopTable *table, const PopCheck *check)
{
    for (size_t i = 0; i < check->columns.len; i++)
        if (table->columns.items[check->columns.items[i]].left)
            return false;
    return check->columns.len > 0;
}

/* Everything that checks tie to this column, directly or not. */
static void gather(const PopTable *table, PopComponent *component)
{
    bool more = true;

    while (more) {
        more = false;
        for (size_t i = 0; i < table->checks.len; i++) {
            const PopCheck *check = &table->checks.items[i];

            if (index_list_has(&component->checks, i) || !touches(component, check) ||
                !pop_check_is_ours(table, check))
                continue;
            LIST_PUSH(&component->checks, i);
            for (size_t c = 0; c < check->columns.len; c++)
                index_list_put(&component->columns, check->columns.items[c]);
            more = true;
        }
    }
}

void pop_component_clear(PopComponent *component)
{
    free(component->columns.items);
    free(component->checks.items);
    free(component->picks.items);
    free(component->passed.items);
    free(component->pick);
}

/* Without checks: every choice of the best rank; all of them for edge rows. */
static void take_all(const PopPlanner *planner, PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        const PopChoiceList *choices = &planner->plan->fields[component->columns.items[at]].choices;

        if (component->columns.len > 1) { /* unsolved: what is expected, and the insert will tell */
            LIST_PUSH(&component->picks, 0);
            component->count = 1;
            continue;
        }
        for (size_t i = 0; i < choices->len; i++) {
            const PopColumn *column = &planner->table->columns.items[component->columns.items[at]];
            bool must = (column->distinct || column->wide) && choices->items[0].distinct;

            if (must && !choices->items[i].distinct && !planner->edge)
                continue;
            if (!planner->edge && choices->items[i].rank > choices->items[0].rank)
                continue;
            LIST_PUSH(&component->picks, i);
            component->count++;
        }
    }
}

static PopChoiceList split_choices(PopChoiceList *choices, bool derived)
{
    PopChoiceList part = {0};

    for (size_t i = 0; i < choices->len; i++)
        if (choices->items[i].derived == derived)
            LIST_PUSH(&part, choices->items[i]);
    return part;
}

/* What passes a column's own checks, of the choices that need no other column. */
static Error *narrow_column(PopPlanner *planner, const PopComponent *whole, size_t column)
{
    PopChoiceList *choices = &planner->plan->fields[column].choices;
    PopChoiceList own = split_choices(choices, false), other = split_choices(choices, true);
    PopComponent alone = {0};
    Error *err = NULL;

    LIST_PUSH(&alone.columns, column);
    for (size_t i = 0; i < whole->checks.len; i++) {
        const PopCheck *check = &planner->table->checks.items[whole->checks.items[i]];

        if (check->columns.len == 1 && check->columns.items[0] == column)
            LIST_PUSH(&alone.checks, whole->checks.items[i]);
    }
    free(choices->items);
    own.generator = choices->generator;
    own.freedom = choices->freedom;
    *choices = own;
    if (alone.checks.len > 0)
        err = pop_solve(planner->engine, planner->plan, &alone);
    for (size_t n = choices->len; n-- > 0 && alone.count > 0 && alone.passed.len > 0;)
        if (!index_list_has(&alone.passed, n) && !choices->items[n].null)
            pop_choice_drop(choices, n);
    for (size_t i = 0; i < other.len; i++)
        LIST_PUSH(choices, other.items[i]);
    free(other.items);
    pop_component_clear(&alone);
    return err;
}

/* So that the combinations of several columns stay few. */
static Error *narrow(PopPlanner *planner, const PopComponent *whole)
{
    for (size_t at = 0; whole->columns.len > 1 && at < whole->columns.len; at++)
        TRY(narrow_column(planner, whole, whole->columns.items[at]));
    return NULL;
}

/* A check, not the name, decided. */
static void tell_bound(const PopPlanner *planner, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        PopChoiceList *choices = &planner->plan->fields[component->columns.items[at]].choices;

        if (choices->items[component->picks.items[at]].rank > 0 &&
            choices->freedom > POPULATE_BOUND)
            pop_choice_name(choices, "as its check wants", POPULATE_BOUND);
    }
}

/* A key's values are those of the rows it refers to, or NULL until it is set, whatever a check says
 * of them. */
static bool is_key(const PopPlanner *planner, size_t column)
{
    const PopField *field = &planner->plan->fields[column];

    for (size_t i = 0; i < planner->table->references.len; i++) {
        const PopReference *reference = &planner->table->references.items[i];

        if (reference->declared && index_list_has(&reference->columns, column) &&
            (field->join != SIZE_MAX || (field->choices.len > 0 && field->choices.items[0].null)))
            return !field->given;
    }
    return false;
}

static void keep_references(const PopPlanner *planner, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        PopChoiceList *choices = &planner->plan->fields[component->columns.items[at]].choices;

        for (size_t i = choices->len; i-- > 1 && is_key(planner, component->columns.items[at]);)
            if (!choices->items[i].null)
                pop_choice_drop(choices, i);
    }
}

/* The check's text, and what is written in functions that it calls. */
static void mine(PopPlanner *planner, const PopCheck *check)
{
    pop_mine(&planner->engine->context, planner->table, check, planner->choices);
    for (size_t i = 0; i < check->hints.len; i++) {
        PopCheck hint = {.sql = check->hints.items[i], .columns = check->columns};

        pop_mine(&planner->engine->context, planner->table, &hint, planner->choices);
    }
}

/* A default passes as a rule; one that is different every time makes other rows of the same seed.
 */
static void add_defaults(PopPlanner *planner, const PopComponent *component)
{
    static const char *const fleeting[] = {"nextval", "now(",       "random", "uuid", "current",
                                           "clock_",  "timestamp(", "local",  "'now'"};

    for (size_t i = 0; i < component->columns.len; i++) {
        const PopColumn *column = &planner->table->columns.items[component->columns.items[i]];
        PopField *field = &planner->plan->fields[component->columns.items[i]];
        bool steady = column->fallback && !field->given && field->join == SIZE_MAX;

        for (size_t f = 0; steady && f < COUNT_OF(fleeting); f++)
            steady = !text_contains_nocase(column->fallback, fleeting[f]);
        if (steady)
            pop_choice_add(&field->choices, xasprintf("(%s)", column->fallback), false, 2);
    }
}

Error *pop_add_component(PopPlanner *planner, size_t column)
{
    PopPlan *plan = planner->plan;
    PopComponent component = {0};
    Error *err = NULL;

    LIST_PUSH(&component.columns, column);
    gather(planner->table, &component);
    if (component.checks.len > 0) {
        for (size_t i = 0; i < component.columns.len; i++) {
            size_t at = component.columns.items[i];

            if (!planner->table->columns.items[at].not_null && !plan->fields[at].given)
                pop_choice_null(&plan->fields[at].choices, 1);
        }
        for (size_t i = 0; i < component.checks.len; i++)
            mine(planner, &planner->table->checks.items[component.checks.items[i]]);
        add_defaults(planner, &component);
        keep_references(planner, &component);
        err = narrow(planner, &component);
        if (!err)
            err = pop_solve(planner->engine, plan, &component);
        if (!err && !component.sure)
            err = pop_search(planner->engine, plan, &component);
    }
    if (!err && component.count == 0)
        take_all(planner, &component);
    else if (!err)
        tell_bound(planner, &component);
    component.pick =
        pop_pick(pop_planner_salt(planner, planner->table->columns.items[column].name, 2),
                 component.count > 0 ? (int64_t)component.count : 1);
    if (planner->edge && component.count > 1) { /* the first rows are all NULL, all typical... */
        AUTO(str) char *later = TAKE(component.pick);

        /* and so are the next: whatever is the same in every row is there twice */
        component.pick =
            xasprintf("(CASE WHEN r.i <= 16 THEN CAST((r.i - 1) %% 8 %% %zu AS integer) "
                      "ELSE %s END)",
                      component.count, later);
    }
    for (size_t i = 0; i < component.columns.len; i++)
        plan->fields[component.columns.items[i]].component = plan->components.len;
    LIST_PUSH(&plan->components, component);
    return err;
}
