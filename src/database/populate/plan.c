#include "database/populate/plan.h"

#include "database/populate/plan_parts.h"

uint64_t pop_planner_salt(const PopPlanner *planner, const char *name, unsigned n)
{
    return pop_salt(&planner->engine->context, planner->table->place, name, n);
}

static bool in_a_key(const PopTable *table, size_t column)
{
    for (size_t i = 0; i < table->keys.len; i++)
        if (index_list_has(&table->keys.items[i].columns, column))
            return true;
    return false;
}

static void sprinkle_null(PopPlanner *planner, size_t at)
{
    const PopColumn *column = &planner->table->columns.items[at];
    PopField *field = &planner->plan->fields[at];
    AUTO(str) char *plain = pop_plain_name(column->name);
    const char *name = column->name;
    uint64_t salt;

    if (column->not_null || field->given || field->component == SIZE_MAX ||
        planner->plan->components.items[field->component].checks.len > 0 ||
        pop_has_lesson(planner, column, LESSON_NOT_NULL))
        return;
    if (planner->edge) { /* a row that is NULL wherever it may be */
        field->null_when = xstrdup(field->join == SIZE_MAX ? "r.i % 8 = 1" : "r.i % 8 IN (1, 4)");
        return;
    }
    if (in_a_key(planner->table, at))
        return;
    if (field->join != SIZE_MAX) { /* the columns of a key together */
        const PopReference *reference =
            &planner->table->references.items[planner->plan->joins.items[field->join].reference];

        name = planner->table->columns.items[reference->columns.items[0]].name;
    }
    salt = pop_planner_salt(planner, name, 3);
    /* most rows are not deleted */
    if (column->family == FAMILY_MOMENT && pop_moment_rank(plain) == MOMENT_DELETED)
        field->null_when = xasprintf("(r.i + %llu) %% 4 <> 0", (unsigned long long)(salt % 4));
    else
        field->null_when = xasprintf("(r.i + %llu) %% 6 = 0", (unsigned long long)(salt % 6));
}

/* Types that we only guess at, and what is at the edge of the others. */
static Error *drop_broken(PopPlanner *planner)
{
    IndexList columns = {0};
    Error *err = NULL;

    for (size_t i = 0; planner->engine->context.postgres && i < planner->table->columns.len; i++) {
        const PopColumn *column = &planner->table->columns.items[i];

        if (!column->left && !planner->plan->fields[i].given &&
            (planner->edge || column->family == FAMILY_OTHER))
            LIST_PUSH(&columns, i);
    }
    if (columns.len > 0)
        err = pop_drop_broken(planner->engine, planner->plan, &columns);
    free(columns.items);
    return err;
}

static Error *add_fields(PopPlanner *planner)
{
    for (size_t i = 0; i < planner->table->columns.len; i++)
        if (!planner->table->columns.items[i].left)
            pop_add_choices(planner, i);
    TRY(drop_broken(planner));
    for (size_t i = 0; i < planner->table->columns.len; i++)
        if (!planner->table->columns.items[i].left &&
            planner->plan->fields[i].component == SIZE_MAX)
            TRY(pop_add_component(planner, i));
    return NULL;
}

Error *pop_plan(PopEngine *engine, const PopulateSpec *spec, PopTable *table, PopPlan *ret_plan,
                char **ret_reason)
{
    AUTO(pop_plan) PopPlan plan = {.table = table, .rows = spec->rows};
    PopPlanner planner = {.engine = engine,
                          .spec = spec,
                          .table = table,
                          .plan = &plan,
                          .edge = spec->kind == POPULATE_EDGE};
    char *reason = NULL;
    Error *err = NULL;

    plan.fields = xcalloc(table->columns.len + 1, sizeof *plan.fields);
    planner.choices = xcalloc(table->columns.len + 1, sizeof(PopChoiceList *));
    for (size_t i = 0; i < table->columns.len; i++) {
        plan.fields[i].component = plan.fields[i].join = SIZE_MAX;
        planner.choices[i] = &plan.fields[i].choices;
    }
    pop_add_selves(&planner);
    err = pop_add_references(&planner, &reason);
    if (!err && !reason) {
        pop_mark_distinct(&planner);
        err = add_fields(&planner);
    }
    free(planner.choices);
    if (err) {
        free(reason);
        return err;
    }
    if (!reason) {
        if (!planner.edge)
            pop_place_keys(&planner);
        for (size_t i = 0; i < table->columns.len; i++)
            sprinkle_null(&planner, i);
    }
    *ret_plan = plan;
    plan = (PopPlan){0};
    *ret_reason = reason;
    return NULL;
}

void pop_plan_clear(PopPlan *plan)
{
    for (size_t i = 0; plan->fields && i < plan->table->columns.len; i++) {
        pop_choices_clear(&plan->fields[i].choices);
        free(plan->fields[i].null_when);
    }
    free(plan->fields);
    for (size_t i = 0; i < plan->components.len; i++)
        pop_component_clear(&plan->components.items[i]);
    for (size_t i = 0; i < plan->joins.len; i++) {
        free(plan->joins.items[i].shared.items);
        free(plan->joins.items[i].pick);
        str_list_clear(&plan->joins.items[i].only);
    }
    free(plan->components.items);
    free(plan->joins.items);
    str_list_clear(&plan->filters);
    *plan = (PopPlan){0};
}
