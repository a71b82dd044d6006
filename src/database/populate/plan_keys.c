/* Keys: what makes their rows differ. */

#include "database/populate/plan_parts.h"

/* How well a column serves to keep a key distinct; 0: not at all. */
static int aptness(const PopPlanner *planner, size_t at)
{
    static const int apt[] = {
        [FAMILY_BOOL] = 0, [FAMILY_INT] = 6,    [FAMILY_DECIMAL] = 2, [FAMILY_TEXT] = 8,
        [FAMILY_DATE] = 4, [FAMILY_MOMENT] = 5, [FAMILY_TIME] = 0,    [FAMILY_JSON] = 1,
        [FAMILY_UUID] = 7, [FAMILY_BYTES] = 3,  [FAMILY_OTHER] = 1,
    };
    const PopColumn *column = &planner->table->columns.items[at];

    if (column->labels.len > 0 || planner->plan->fields[at].choices.len > 0 ||
        pop_given(planner, column))
        return 0;
    return apt[column->family];
}

static bool key_is_safe(const PopPlanner *planner, const PopKey *key)
{
    for (size_t i = 0; i < key->columns.len; i++) {
        const PopColumn *column = &planner->table->columns.items[key->columns.items[i]];

        if (column->left || column->distinct)
            return true;
    }
    return false;
}

/* Edge rows meet in all keys but the first; where rows of a circle of tables meet, all of them go.
 */
static bool may_meet(const PopPlanner *planner, size_t key)
{
    for (size_t i = 0; i < planner->table->references.len; i++)
        if (planner->table->references.items[i].hold)
            return false;
    return planner->edge && (key > 0 || !planner->table->has_primary);
}

void pop_mark_distinct(PopPlanner *planner)
{
    for (size_t i = 0; i < planner->table->columns.len; i++) {
        PopColumn *column = &planner->table->columns.items[i];

        column->distinct = pop_has_lesson(planner, column, LESSON_DISTINCT);
        column->wide = false;
    }
    for (size_t k = 0; k < planner->table->keys.len; k++) {
        const PopKey *key = &planner->table->keys.items[k];
        int best = 0;
        size_t chosen = 0;

        if (key_is_safe(planner, key) || may_meet(planner, k))
            continue;
        for (size_t i = 0; i < key->columns.len; i++)
            if (aptness(planner, key->columns.items[i]) > best) {
                best = aptness(planner, key->columns.items[i]);
                chosen = key->columns.items[i];
            }
        if (best == 0 || key->exclusion)
            continue;
        planner->table->columns.items[chosen].wide = true;
        if (!key->partial && !key->expression)
            planner->table->columns.items[chosen].distinct = true;
    }
}

static bool is_distinct(const PopPlanner *planner, size_t column)
{
    const PopField *field = &planner->plan->fields[column];
    const PopComponent *component;
    size_t at = 0, width;

    if (field->component == SIZE_MAX)
        return true;
    component = &planner->plan->components.items[field->component];
    width = component->columns.len;
    while (component->columns.items[at] != column)
        at++;
    for (size_t n = 0; n < component->count; n++)
        if (component->picks.items[n * width + at] != component->picks.items[at])
            return false;
    return component->count > 0 && field->choices.items[component->picks.items[at]].distinct;
}

/* Digits of the row's number, each in its own base: no two rows have all of them alike. A digit is
 * turned by those before it, so that two lists of parents are not walked one by one. */
typedef struct Digits {
    int64_t place, capacity;
    uint64_t turn;
} Digits;

static void place_digit(Digits *digits, int64_t n, char **pick, bool *placed)
{
    if (n < 1)
        n = 1;
    if (digits->capacity < INT32_MAX)
        digits->capacity *= n;
    if (*placed) {
        digits->place *= n; /* it counts from the same row number already */
        return;
    }
    free(*pick);
    *pick = xasprintf("CAST(((r.i - 1) / %lld + (r.i - 1) %% %lld + %llu) %% %lld AS integer)",
                      (long long)digits->place, (long long)digits->place,
                      (unsigned long long)(digits->turn % (uint64_t)n), (long long)n);
    *placed = true;
    if (digits->place < INT32_MAX)
        digits->place *= n;
}

static void place_key(PopPlanner *planner, const PopKey *key, size_t index)
{
    PopPlan *plan = planner->plan;
    Digits digits = {
        .place = 1, .capacity = 1, .turn = pop_planner_salt(planner, "", (unsigned)index + 100)};
    IndexList components = {0}, joins = {0};

    for (size_t i = 0; i < key->columns.len; i++) {
        const PopField *field = &plan->fields[key->columns.items[i]];

        if (field->join != SIZE_MAX)
            index_list_put(&joins, field->join);
        index_list_put(&components, field->component);
    }
    for (size_t i = 0; i < joins.len; i++) {
        PopJoin *join = &plan->joins.items[joins.items[i]];
        int64_t n =
            joins.len == 1 && components.len == 1 && join->n > 4 ? join->n - join->n / 5 : join->n;

        place_digit(&digits, n, &join->pick, &join->placed);
    }
    for (size_t i = 0; i < components.len; i++) {
        PopComponent *component = &plan->components.items[components.items[i]];

        place_digit(&digits, (int64_t)component->count, &component->pick, &component->placed);
    }
    if (digits.capacity < plan->rows)
        plan->rows = digits.capacity;
    free(components.items);
    free(joins.items);
}

/* NULL in every row: a key that is set later, or to which there is nothing. */
static bool is_all_null(const PopPlanner *planner, size_t column)
{
    const PopField *field = &planner->plan->fields[column];

    return field->component != SIZE_MAX && field->choices.len == 1 && field->choices.items[0].null;
}

/* A key that is one smallint has no more values. */
static void keep_within(PopPlanner *planner, const PopKey *key)
{
    const PopColumn *column = &planner->table->columns.items[key->columns.items[0]];

    if (column->family == FAMILY_INT && !key->partial && !key->expression && !key->exclusion &&
        column->max > 0 && column->max < planner->plan->rows &&
        !planner->plan->fields[key->columns.items[0]].given)
        planner->plan->rows = column->max;
}

void pop_place_keys(PopPlanner *planner)
{
    for (size_t k = 0; k < planner->table->keys.len; k++) {
        const PopKey *key = &planner->table->keys.items[k];
        bool safe = key->partial || key->expression || key->exclusion || key->columns.len == 0;

        for (size_t i = 0; i < key->columns.len; i++)
            safe |= is_distinct(planner, key->columns.items[i]) ||
                    is_all_null(planner, key->columns.items[i]) ||
                    planner->plan->fields[key->columns.items[i]].given;
        if (!safe)
            place_key(planner, key, k);
        if (key->columns.len == 1)
            keep_within(planner, key);
    }
    for (size_t i = 0; i < planner->table->columns.len; i++) { /* as if it were a key */
        PopKey key = {0};

        if (!pop_has_lesson(planner, &planner->table->columns.items[i], LESSON_DISTINCT) ||
            is_distinct(planner, i) || planner->plan->fields[i].given)
            continue;
        LIST_PUSH(&key.columns, i);
        place_key(planner, &key, planner->table->keys.len + i);
        free(key.columns.items);
    }
}
