/* Values of domains within other types: an element of an array, a field. Of a column itself they
 * are checks of the table. */

#include "database/populate/pg_types.h"
#include "database/populate/plan.h"

static bool has_checks(const PgTypes *types, unsigned long id)
{
    const PgType *type = pg_type_find(types, id);

    for (int depth = 0; type && type->kind == 'd' && depth < 32; depth++) {
        if (type->checks.len > 0)
            return true;
        type = pg_type_find(types, type->base);
    }
    return false;
}

/* Of those that pass, one by number. NULL: none was found. */
static char *choice_of(const PopPlan *plan, unsigned n)
{
    const PopComponent *component = &plan->components.items[plan->fields[0].component];

    return component->count == 0
               ? NULL
               : xstrdup(plan->fields[0]
                             .choices.items[component->picks.items[n % component->count]]
                             .sql);
}

char *pg_domain_value(PopEngine *engine, const PgTypes *types, const char *name, unsigned long id,
                      unsigned n)
{
    PopTable table = {.space = xstrdup(""), .name = xstrdup(name), .place = xstrdup(name)};
    PopulateSpec spec = {.rows = engine->context.rows, .seed = engine->context.seed};
    PopulateKind kind = engine->context.kind;
    AUTO(pop_plan) PopPlan plan = {0};
    AUTO(str) char *reason = NULL;
    int modifier = -1;
    const PgType *type = pg_type_base(types, id, &modifier);
    PopColumn *column = pop_column_add(&table, name);
    char *value = NULL;

    if (type && has_checks(types, id)) {
        pg_column_settle(types, id, modifier, column);
        free(column->type);
        column->type = xstrdup(type->cast);
        pg_domain_apply(types, id, &table, 0);
        column->not_null = true;
        pg_functions_hint(&types->functions, &table);
        engine->context.kind = POPULATE_TYPICAL;
        /* a failure that is not the domain's own shows in the next question, too */
        error_ignore(pop_plan(engine, &spec, &table, &plan, &reason));
        engine->context.kind = kind;
        if (plan.fields && plan.components.len > 0)
            value = choice_of(&plan, n);
    }
    pop_plan_clear(&plan);
    pop_table_clear(&table);
    return value;
}
