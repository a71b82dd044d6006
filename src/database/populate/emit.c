#include "base/buffer.h"
#include "database/populate/plan.h"

enum {
    PARENTS_MAX = 10000
}; /* rows of a table that others refer to, where a key does not want more */

int64_t pop_parents_max(const PopEngine *engine, const PopTable *table,
                        const PopReference *reference)
{
    if (engine->context.rows > PARENTS_MAX)
        for (size_t k = 0; k < table->keys.len; k++)
            for (size_t i = 0; i < reference->columns.len; i++)
                if (index_list_has(&table->keys.items[k].columns, reference->columns.items[i]))
                    return engine->context.rows;
    return PARENTS_MAX;
}

const char *pop_fence(const PopEngine *engine)
{
    return engine->context.postgres ? " OFFSET 0" : " LIMIT -1 OFFSET 0";
}

char *pop_series(const PopEngine *engine, int64_t first, int64_t last)
{
    if (engine->context.postgres)
        return xasprintf(
            "(SELECT g.i FROM generate_series(CAST(%lld AS bigint), CAST(%lld AS bigint)) AS g(i))",
            (long long)first, (long long)last);
    return xasprintf("(WITH RECURSIVE g(i) AS (SELECT %lld UNION ALL SELECT i + 1 FROM g "
                     "WHERE i < %lld) SELECT i FROM g)",
                     (long long)first, (long long)last);
}

char *pop_cast(const PopColumn *column, const char *sql)
{
    if (text_is_empty(column->type))
        return xasprintf("(%s)", sql);
    return xasprintf("CAST(%s AS %s)", sql, column->type);
}

/* What an earlier join says of a column, among the joins. */
static char *owner_sql(const PopPlan *plan, size_t column)
{
    const PopField *field = &plan->fields[column];
    const IndexList *columns;
    size_t at = 0;

    if (field->join == SIZE_MAX)
        return xstrdup(field->choices.items[0].sql);
    columns = &plan->table->references.items[plan->joins.items[field->join].reference].columns;
    while (columns->items[at] != column)
        at++;
    return xasprintf("j%zu.k%zu", field->join, at);
}

/* "(SELECT row_number() ... ) j0": the rows that can be referred to, in their own order. */
static void add_join(const PopEngine *engine, const PopPlan *plan, size_t at, Buf *out)
{
    const PopJoin *join = &plan->joins.items[at];
    const PopReference *reference = &plan->table->references.items[join->reference];
    AUTO(str) char *place = pop_quote_place(reference->space, reference->table);
    AUTO(str_list) StrList keys = {0}, named = {0}, set = {0}, shared = {0}, on = {0};
    AUTO(str)
    char *key_text = NULL, *named_text = NULL, *set_text = NULL, *partition = NULL, *on_text = NULL;

    for (size_t i = 0; i < reference->targets.len; i++) {
        AUTO(str) char *name = pg_quote(reference->targets.items[i]);

        str_list_addf(&named, "%s AS k%zu", name, i);
        str_list_addf(&set, "%s IS NOT NULL", name);
        str_list_addf(&keys, "k%zu", i);
    }
    for (size_t i = 0; i < join->only.len; i++)
        str_list_add(&set, join->only.items[i]);
    for (size_t i = 0; i < join->shared.len; i++) {
        size_t position = join->shared.items[i];
        AUTO(str) char *owner = owner_sql(plan, reference->columns.items[position]);

        str_list_addf(&shared, "k%zu", position);
        str_list_addf(&on, "j%zu.k%zu = %s", at, position, owner);
    }
    key_text = str_list_join(&keys, ", ");
    named_text = str_list_join(&named, ", ");
    set_text = str_list_join(&set, " AND ");
    partition = str_list_join(&shared, ", ");
    if (shared.len > 0)
        str_list_addf(&on, "j%zu.rn = (%s) %% j%zu.n", at, join->pick, at);
    else
        str_list_addf(&on, "j%zu.rn = (%s)", at, join->pick);
    on_text = str_list_join(&on, " AND ");
    buf_addf(out, " %sJOIN (SELECT row_number() OVER (%s%s%s ORDER BY %s) - 1 AS rn, ",
             join->required ? "" : "LEFT ", shared.len > 0 ? "PARTITION BY " : "", partition, "",
             key_text);
    if (shared.len > 0)
        buf_addf(out, "count(*) OVER (PARTITION BY %s) AS n, ", partition);
    buf_addf(
        out,
        "q.* FROM (SELECT DISTINCT %s FROM %s s WHERE %s ORDER BY %s LIMIT %lld) q) j%zu ON %s",
        named_text, place, set_text, key_text,
        (long long)pop_parents_max(engine, plan->table, reference), at, on_text);
}

char *pop_rows_sql(const PopEngine *engine, const PopPlan *plan, const char *series)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);

    if (plan->joins.len == 0)
        return xasprintf("FROM %s AS r", series);
    buf_adds(&out, "FROM (SELECT r.i");
    for (size_t at = 0; at < plan->joins.len; at++) {
        const PopReference *reference =
            &plan->table->references.items[plan->joins.items[at].reference];

        for (size_t i = 0; i < reference->targets.len; i++)
            buf_addf(&out, ", j%zu.k%zu AS j%zu_k%zu", at, i, at, i);
    }
    buf_addf(&out, " FROM %s AS r", series);
    for (size_t at = 0; at < plan->joins.len; at++)
        add_join(engine, plan, at, &out);
    buf_adds(&out, " ORDER BY r.i) AS r");
    return buf_take(&out);
}

/* --- the columns
 * ------------------------------------------------------------------------------------ */

/* The position of a column in its component. */
static size_t place_of(const PopComponent *component, size_t column)
{
    size_t at = 0;

    while (component->columns.items[at] != column)
        at++;
    return at;
}

static bool is_derived(const PopPlan *plan, size_t column)
{
    const PopField *field = &plan->fields[column];
    const PopComponent *component = &plan->components.items[field->component];
    size_t at = place_of(component, column);

    for (size_t n = 0; n < component->count; n++)
        if (field->choices.items[component->picks.items[n * component->columns.len + at]].derived)
            return true;
    return false;
}

/* What a row's combination says of the column; derived: in the second layer, from x. */
static char *column_sql(const PopPlan *plan, size_t column, bool derived)
{
    const PopField *field = &plan->fields[column];
    const PopComponent *component = &plan->components.items[field->component];
    const PopColumn *about = &plan->table->columns.items[column];
    AUTO(str_list) StrList values = {0};
    AUTO(str) char *name = pg_quote(about->name);
    AUTO(str) char *value = NULL, *pick = NULL;
    size_t at = place_of(component, column);
    bool same = true;

    for (size_t n = 0; n < component->count; n++) {
        const PopChoice *choice =
            &field->choices.items[component->picks.items[n * component->columns.len + at]];
        const PopChoice *first = &field->choices.items[0];

        if (derived)
            str_list_add_owned(&values,
                               choice->derived ? pop_cast(about, choice->sql) : xstrdup(name));
        else
            str_list_add_owned(&values, pop_cast(about, !choice->derived ? choice->sql
                                                        : first->derived ? "NULL"
                                                                         : first->sql));
        same &= text_eq(values.items[n], values.items[0]);
    }
    if (same)
        values.len = 1 + 0 * values.len; /* the rest is freed below */
    pick = derived ? text_replace(component->pick, "r.i", "seatrial_i") : xstrdup(component->pick);
    value = pop_case(pick, &values);
    if (same)
        values.len = component->count;
    if (derived || !field->null_when)
        return TAKE(value);
    return xasprintf("CASE WHEN %s THEN NULL ELSE %s END", field->null_when, value);
}

char *pop_insert_sql(const PopEngine *engine, const PopPlan *plan, int64_t first, int64_t last,
                     bool lenient, bool filter, int64_t most)
{
    const PopTable *table = plan->table;
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    AUTO(str) char *place = pop_quote_place(table->space, table->name);
    AUTO(str) char *series = pop_series(engine, first, last);
    AUTO(str) char *rows = pop_rows_sql(engine, plan, series);
    AUTO(str_list) StrList names = {0}, inner = {0}, outer = {0}, where = {0};
    AUTO(str) char *name_text = NULL, *inner_text = NULL, *outer_text = NULL, *where_text = NULL;
    bool derived = false;

    for (size_t i = 0; i < table->columns.len; i++) {
        AUTO(str) char *name = NULL, *value = NULL;

        if (plan->fields[i].component == SIZE_MAX)
            continue;
        name = pg_quote(table->columns.items[i].name);
        value = column_sql(plan, i, false);
        str_list_addf(&inner, "%s AS %s", value, name);
        if (is_derived(plan, i)) {
            AUTO(str) char *second = column_sql(plan, i, true);

            str_list_addf(&outer, "%s AS %s", second, name);
            derived = true;
        } else {
            str_list_add(&outer, name);
        }
        str_list_add(&names, name);
    }
    for (size_t i = 0; i < plan->filters.len; i++)
        str_list_add(&where, plan->filters.items[i]);
    for (size_t i = 0; filter && i < table->checks.len; i++)
        if (pop_check_is_ours(table, &table->checks.items[i]))
            str_list_addf(&where, "(%s) IS NOT FALSE", table->checks.items[i].sql);
    name_text = str_list_join(&names, ", ");
    inner_text = str_list_join(&inner, ", ");
    outer_text = str_list_join(&outer, ", ");
    where_text = str_list_join(&where, " AND ");
    if (names.len == 0) { /* nothing but what the database fills */
        AUTO(str) char *name = pg_quote(table->columns.items[0].name);

        return engine->context.postgres
                   ? xasprintf("INSERT INTO %s SELECT %s", place, rows)
                   : xasprintf("INSERT INTO %s (%s) SELECT NULL %s", place, name, rows);
    }
    buf_addf(&out, "INSERT %sINTO %s (%s) SELECT %s FROM ",
             lenient && !engine->context.postgres ? "OR IGNORE " : "", place, name_text, name_text);
    for (int layer = 0; derived && layer < POP_LAYERS; layer++)
        buf_addf(&out, "(SELECT seatrial_i, %s FROM ", outer_text);
    buf_addf(&out, "(SELECT r.i AS seatrial_i, %s %s%s) AS %s", inner_text, rows,
             derived ? pop_fence(engine) : "", derived ? "x" : "y");
    for (int layer = 0; derived && layer < POP_LAYERS; layer++)
        buf_addf(&out, "%s) AS y%s", pop_fence(engine), layer + 1 < POP_LAYERS ? "0" : "");
    buf_addf(&out, "%s%s", where.len > 0 ? " WHERE " : "", where_text);
    if (most > 0)
        buf_addf(&out, " LIMIT %lld", (long long)most);
    buf_addf(&out, "%s", lenient && engine->context.postgres ? " ON CONFLICT DO NOTHING" : "");
    return buf_take(&out);
}
