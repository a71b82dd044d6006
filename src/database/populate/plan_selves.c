/* Keys of a table to itself that may not be NULL: a row that refers to itself needs no other row,
 * and what a check asks of the key, it asks of what the key refers to. */

#include <string.h>

#include "database/populate/plan_parts.h"
#include "database/populate/tree.h"

static bool may_be_own(const PopTable *table, const PopReference *reference)
{
    for (size_t i = 0; i < reference->columns.len; i++) {
        size_t target = pop_column_find(table, reference->targets.items[i], true);

        if (target == table->columns.len || table->columns.items[target].left ||
            table->columns.items[reference->columns.items[i]].left)
            return false;
    }
    return reference->declared && reference->hold && text_eq(reference->root, table->place);
}

static void read_as_target(PopTable *table, const PopColumn *column, const char *target)
{
    AUTO(str_list) StrList names = {0}, with = {0};

    str_list_add(&names, column->name);
    str_list_add_owned(&with, pg_quote(target));
    for (size_t i = 0; i < table->checks.len; i++) {
        PopCheck *check = &table->checks.items[i];
        char *sql = pop_names_replace(check->sql, &names, with.items);

        free(check->sql);
        check->sql = sql;
        check->columns.len = 0;
        pop_columns_named(table, sql, &check->columns);
    }
}

static void refer_to_self(PopPlanner *planner, PopReference *reference)
{
    for (size_t i = 0; i < reference->columns.len; i++) {
        size_t column = reference->columns.items[i];
        size_t target = pop_column_find(planner->table, reference->targets.items[i], true);
        PopField *field = &planner->plan->fields[column];

        if (target == column || field->choices.len > 0)
            continue;
        pop_choice_add(&field->choices, pg_quote(planner->table->columns.items[target].name), false,
                       0);
        field->choices.items[0].derived = true;
        field->given = true;
        pop_choice_name(&field->choices, "its own key", POPULATE_REFERENCE);
        read_as_target(planner->table, &planner->table->columns.items[column],
                       planner->table->columns.items[target].name);
    }
    reference->hold = reference->later = false;
    reference->set = true;
}

/* Where a check wants another row, it says so of the row itself. */
static bool is_refused(const PopTable *table, const PopReference *reference)
{
    for (size_t i = 0; i < table->checks.len; i++)
        for (size_t c = 0; c < reference->columns.len; c++)
            if (index_list_has(&table->checks.items[i].columns, reference->columns.items[c]) &&
                (strstr(table->checks.items[i].sql, "<>") ||
                 strstr(table->checks.items[i].sql, "!=") ||
                 text_contains_nocase(table->checks.items[i].sql, "DISTINCT")))
                return true;
    return false;
}

void pop_add_selves(PopPlanner *planner)
{
    for (size_t i = 0; i < planner->table->references.len; i++) {
        PopReference *reference = &planner->table->references.items[i];

        if (may_be_own(planner->table, reference) && !is_refused(planner->table, reference))
            refer_to_self(planner, reference);
    }
}
