/* Columns whose values are those of another table's rows. */

#include "database/populate/plan_parts.h"

/* "SELECT count(*) ..." of the rows to choose from. @param only  conditions, over s; NULL: none */
static char *count_sql(const PopPlanner *planner, const PopReference *reference,
                       const StrList *only)
{
    AUTO(str) char *place = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList names = {0}, set = {0};
    AUTO(str) char *name_text = NULL, *set_text = NULL;
    int64_t most = pop_parents_max(planner->engine, planner->table, reference);

    for (size_t i = 0; i < reference->targets.len; i++) {
        str_list_add_owned(&names, pg_quote(reference->targets.items[i]));
        str_list_addf(&set, "%s IS NOT NULL", names.items[i]);
    }
    for (size_t i = 0; only && i < only->len; i++)
        str_list_add(&set, only->items[i]);
    name_text = str_list_join(&names, ", ");
    set_text = str_list_join(&set, " AND ");
    return xasprintf("SELECT count(*) FROM (SELECT DISTINCT %s FROM %s s WHERE %s LIMIT %lld) q",
                     name_text, place, set_text, (long long)most);
}

static Error *count_choices(PopPlanner *planner, const PopReference *reference, const StrList *only,
                            int64_t *ret_n)
{
    AUTO(str) char *sql = count_sql(planner, reference, only);

    return pop_number(planner->engine, sql, ret_n);
}

/* The row exists that columns which other references own point at. */
static void filter_exists(PopPlanner *planner, const PopReference *reference)
{
    AUTO(str) char *place = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList on = {0}, null = {0};
    AUTO(str) char *on_text = NULL, *null_text = NULL;

    for (size_t i = 0; i < reference->columns.len; i++) {
        AUTO(str)
        char *column = pg_quote(planner->table->columns.items[reference->columns.items[i]].name);
        AUTO(str) char *target = pg_quote(reference->targets.items[i]);

        str_list_addf(&on, "p.%s = y.%s", target, column);
        str_list_addf(&null, "y.%s IS NULL", column);
    }
    on_text = str_list_join(&on, " AND ");
    null_text = str_list_join(&null, " OR ");
    str_list_addf(&planner->plan->filters, "(%s OR EXISTS (SELECT 1 FROM %s p WHERE %s))",
                  null_text, place, on_text);
}

static bool may_be_null(const PopTable *table, const PopReference *reference)
{
    for (size_t i = 0; i < reference->columns.len; i++)
        if (!table->columns.items[reference->columns.items[i]].not_null)
            return true;
    return false;
}

/* Some rows are referred to by none. */
static void choose_pick(const PopPlanner *planner, PopJoin *join)
{
    const PopReference *reference = &planner->table->references.items[join->reference];
    uint64_t salt = pop_planner_salt(
        planner, planner->table->columns.items[reference->columns.items[0]].name, 1);

    free(join->pick);
    join->pick = pop_pick(salt, join->n > 3 ? join->n - (join->n + 3) / 4 : join->n);
    if (planner->edge) { /* what an application makes once for a row, it has twice */
        AUTO(str) char *later = TAKE(join->pick);

        join->pick =
            xasprintf("(CASE WHEN (r.i - 1) %% 8 < 4 AND r.i <= 16 THEN 0 ELSE %s END)", later);
    }
}

/* What an earlier join may choose when a later key has to find rows of its own by the same columns:
 * "EXISTS (SELECT 1 FROM entries x WHERE x.company_id = s.company_id)". NULL: they share nothing.
 */
static char *partner_condition(const PopPlanner *planner, const PopJoin *join, size_t at,
                               const PopReference *reference)
{
    const PopReference *earlier = &planner->table->references.items[join->reference];
    AUTO(str) char *place = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList same = {0};
    AUTO(str) char *same_text = NULL;

    for (size_t i = 0; i < reference->columns.len; i++)
        for (size_t e = 0; e < earlier->columns.len; e++)
            if (earlier->columns.items[e] == reference->columns.items[i] &&
                planner->plan->fields[reference->columns.items[i]].join == at) {
                AUTO(str) char *target = pg_quote(reference->targets.items[i]);
                AUTO(str) char *own = pg_quote(earlier->targets.items[e]);

                str_list_addf(&same, "x.%s = s.%s", target, own);
            }
    same_text = str_list_join(&same, " AND ");
    return same.len > 0 ? xasprintf("EXISTS (SELECT 1 FROM %s x WHERE %s)", place, same_text)
                        : NULL;
}

/* Keys that share a column find rows that belong together: (company, account) and (company, year).
 */
static Error *restrict_earlier(PopPlanner *planner, const PopReference *reference,
                               char **ret_reason)
{
    for (size_t at = 0; at < planner->plan->joins.len && !*ret_reason; at++) {
        PopJoin *join = &planner->plan->joins.items[at];
        char *condition = partner_condition(planner, join, at, reference);

        if (!condition)
            continue;
        str_list_add_owned(&join->only, condition);
        TRY(count_choices(planner, &planner->table->references.items[join->reference], &join->only,
                          &join->n));
        if (join->n == 0 && join->required)
            *ret_reason =
                xasprintf("no row of %s belongs to one of %s",
                          planner->table->references.items[join->reference].root, reference->root);
        choose_pick(planner, join);
    }
    return NULL;
}

static void own(PopPlanner *planner, const PopReference *reference, size_t at)
{
    size_t join = planner->plan->joins.len;
    PopJoin joined = {.reference = at,
                      .n = reference->choices,
                      .required = !may_be_null(planner->table, reference)};
    AUTO(str)
    char *generator =
        xasprintf("%s of %s", reference->declared ? "key" : "values", reference->root);

    for (size_t i = 0; i < reference->columns.len; i++) {
        PopField *field = &planner->plan->fields[reference->columns.items[i]];

        if (field->choices.len > 0) { /* owned by another reference already */
            LIST_PUSH(&joined.shared, i);
            continue;
        }
        field->join = join;
        pop_choice_add(&field->choices, xasprintf("r.j%zu_k%zu", join, i), false, 0);
        pop_choice_name(&field->choices, generator,
                        reference->learnt     ? POPULATE_GIVEN
                        : reference->declared ? POPULATE_REFERENCE
                                              : POPULATE_RESEMBLING);
    }
    choose_pick(planner, &joined);
    LIST_PUSH(&planner->plan->joins, joined);
}

/* "EXISTS (SELECT 1 FROM (SELECT s.kind AS kind) t WHERE (kind = 'carrier') IS NOT FALSE)". NULL:
 * the check reads more than the columns of this join. */
static char *check_condition(const PopPlanner *planner, size_t at, const PopCheck *check)
{
    const PopReference *reference =
        &planner->table->references.items[planner->plan->joins.items[at].reference];
    AUTO(str) char *name = pg_quote(planner->table->name), *text = NULL;
    AUTO(str_list) StrList values = {0};

    for (size_t i = 0; i < reference->columns.len; i++) {
        size_t column = reference->columns.items[i];

        if (planner->plan->fields[column].join == at && index_list_has(&check->columns, column)) {
            AUTO(str) char *own = pg_quote(planner->table->columns.items[column].name);
            AUTO(str) char *target = pg_quote(reference->targets.items[i]);

            str_list_addf(&values, "s.%s AS %s", target, own);
        }
    }
    if (values.len == 0 || values.len < check->columns.len)
        return NULL;
    text = str_list_join(&values, ", ");
    return xasprintf("EXISTS (SELECT 1 FROM (SELECT %s) %s WHERE (%s) IS NOT FALSE)", text, name,
                     check->sql);
}

/* Checks on the key's own columns hold for the rows it chooses: (id, kind) with kind = 'carrier'.
 * Where none does, all stay: the database says what is wrong. */
static Error *restrict_by_checks(PopPlanner *planner, size_t at)
{
    PopJoin *join = &planner->plan->joins.items[at];
    const PopReference *reference = &planner->table->references.items[join->reference];

    for (size_t i = 0; i < planner->table->checks.len; i++) {
        char *condition = check_condition(planner, at, &planner->table->checks.items[i]);
        AUTO(pop_cells) PopCells cells = {0};
        AUTO(error) Error *reason = NULL;
        AUTO(str) char *sql = NULL;
        uint64_t n = 0;

        if (!condition)
            continue;
        str_list_add_owned(&join->only, condition);
        sql = count_sql(planner, reference, &join->only);
        TRY(pop_try_query(planner->engine, sql, &cells, &reason));
        if (!reason && pop_cells_rows(&cells) > 0)
            TRY(parse_u64(pop_cell(&cells, 0, 0), 0, INT64_MAX, &n));
        if (n > 0)
            join->n = (int64_t)n;
        else
            free(join->only.items[--join->only.len]);
    }
    choose_pick(planner, join);
    return NULL;
}

static size_t owned_columns(const PopPlanner *planner, const PopReference *reference)
{
    size_t owned = 0;

    for (size_t i = 0; i < reference->columns.len; i++)
        owned += planner->plan->fields[reference->columns.items[i]].choices.len > 0;
    return owned;
}

/* Its columns that may be NULL, and that no other reference owns. */
static void leave_null(PopPlanner *planner, const PopReference *reference, const char *generator)
{
    for (size_t i = 0; i < reference->columns.len; i++) {
        size_t column = reference->columns.items[i];
        PopField *field = &planner->plan->fields[column];

        if (field->choices.len > 0 || planner->table->columns.items[column].not_null)
            continue;
        pop_choice_null(&field->choices, 0);
        pop_choice_name(&field->choices, generator, POPULATE_REFERENCE);
    }
}

static Error *add_reference(PopPlanner *planner, size_t at, char **ret_reason)
{
    PopTable *table = planner->table;
    PopReference reference =
        table->references.items[at]; /* a view of it, with a count of its own */
    size_t owned = owned_columns(planner, &reference);

    if (reference.set && !reference.later && text_eq(reference.root, table->place))
        return NULL; /* each row refers to itself */
    if (owned == reference.columns.len) {
        if (reference.declared &&
            planner->plan->fields[reference.columns.items[0]].join != SIZE_MAX)
            filter_exists(planner, &reference);
        return reference.declared && !may_be_null(table, &reference)
                   ? restrict_earlier(planner, &reference, ret_reason)
                   : NULL;
    }
    if (reference.later) {
        if (reference.declared && !reference.hold)
            leave_null(planner, &reference, "key, set later");
        return NULL;
    }
    if (!reference.declared && !reference.learnt &&
        (planner->edge ||
         pop_is_taught(planner, &table->columns.items[reference.columns.items[0]])))
        return NULL;
    TRY(count_choices(planner, &reference, NULL, &reference.choices));
    table->references.items[at].choices = reference.choices;
    if (reference.choices > 0) {
        if (reference.declared && !may_be_null(table, &reference))
            TRY(restrict_earlier(planner, &reference, ret_reason));
        own(planner, &reference, at);
        return reference.declared ? restrict_by_checks(planner, planner->plan->joins.len - 1)
                                  : NULL;
    }
    if (!reference.declared)
        return NULL;
    if (!may_be_null(table, &reference)) {
        *ret_reason = xasprintf("its key refers to %s, which has no rows", reference.root);
        return NULL;
    }
    leave_null(planner, &reference, "nothing to refer to");
    return NULL;
}

Error *pop_add_references(PopPlanner *planner, char **ret_reason)
{
    const PopTable *table = planner->table;

    for (int declared = 1; declared >= 0; declared--)
        for (size_t width = 32; width > 0; width--)
            for (size_t i = 0; i < table->references.len && !*ret_reason; i++)
                if (table->references.items[i].columns.len == width &&
                    table->references.items[i].declared == declared)
                    TRY(add_reference(planner, i, ret_reason));
    return NULL;
}
