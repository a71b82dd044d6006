/* The query that tries combinations: rows made of them, and the checks over those. */

#include "database/populate/solve_parts.h"

void pop_picks_add(const IndexList *picks, size_t width, Buf *out)
{
    buf_adds(out, "(VALUES ");
    for (size_t n = 0; n * width < picks->len; n++) {
        buf_addf(out, "%s(%zu", n > 0 ? ", " : "", n);
        for (size_t at = 0; at < width; at++)
            buf_addf(out, ", %zu", picks->items[n * width + at]);
        buf_adds(out, ")");
    }
    buf_adds(out, ") n");
}

/* The row that the choices make. A derived choice starts from what is expected. */
static void add_inner(const PopPlan *plan, const PopComponent *component, size_t at, Buf *out)
{
    const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];
    AUTO(str) char *name = pg_quote(column->name);
    AUTO(str) char *none = pop_cast(column, "NULL");
    AUTO(str) char *first = pop_cast(column, pop_choice_of(plan, component, at, 0)->sql);

    buf_adds(out, ", CASE");
    for (size_t i = 0; i < pop_choices_of(plan, component, at); i++) {
        const PopChoice *choice = pop_choice_of(plan, component, at, i);
        AUTO(str) char *value = pop_cast(column, choice->sql);

        if (!choice->derived)
            buf_addf(out, " WHEN n.column%zu = %zu THEN %s", at + 2, i, value);
    }
    buf_addf(out, " WHEN n.column1 >= 0 THEN %s END AS %s, n.column%zu AS seatrial_p%zu",
             pop_choice_of(plan, component, at, 0)->derived ? none : first, name, at + 2, at);
}

/* The same row with what depends on its other columns. */
static void add_outer(const PopPlan *plan, const PopComponent *component, size_t at, Buf *out)
{
    const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];
    AUTO(str) char *name = pg_quote(column->name);

    buf_addf(out, ", seatrial_p%zu, CASE WHEN seatrial_n < 0 THEN %s", at, name);
    for (size_t i = 0; i < pop_choices_of(plan, component, at); i++) {
        const PopChoice *choice = pop_choice_of(plan, component, at, i);
        AUTO(str) char *value = pop_cast(column, choice->sql);

        if (choice->derived)
            buf_addf(out, " WHEN seatrial_p%zu = %zu THEN %s", at, i, value);
    }
    buf_addf(out, " ELSE %s END AS %s", name, name);
}

enum { KEY_SAMPLE = 24 };

char *pop_sample_small(const PopEngine *engine)
{
    return engine->context.postgres
               ? xasprintf(
                     "(SELECT CAST(column1 AS bigint) AS i FROM (VALUES (1), (2), (7), (%lld)) v)",
                     (long long)engine->context.rows + 8)
               : xasprintf("(SELECT column1 AS i FROM (VALUES (1), (2), (7), (%lld)))",
                           (long long)engine->context.rows + 8);
}

bool pop_has_join(const PopPlan *plan, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++)
        if (plan->fields[component->columns.items[at]].join != SIZE_MAX)
            return true;
    return false;
}

/* What is taken from rows of another table differs more than what is computed. */
char *pop_sample(const PopEngine *engine, const PopPlan *plan, const PopComponent *component)
{
    return pop_has_join(plan, component) ? pop_series(engine, 1, KEY_SAMPLE)
                                         : pop_sample_small(engine);
}

char *pop_probe_sql(const PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                    const IndexList *picks, const char *sample)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    AUTO(str) char *rows = pop_rows_sql(engine, plan, sample);

    buf_adds(&out, "SELECT z.n, min(z.ok) FROM (SELECT y.seatrial_n AS n, CASE WHEN true");
    for (size_t i = 0; i < component->checks.len; i++)
        buf_addf(&out, " AND (%s) IS NOT FALSE",
                 plan->table->checks.items[component->checks.items[i]].sql);
    for (size_t at = 0; at < component->columns.len; at++) {
        const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];
        AUTO(str) char *name = pg_quote(column->name);

        if (column->not_null && component->columns.len > 1) /* what follows from NULL is NULL */
            buf_addf(&out, " AND %s IS NOT NULL", name);
    }
    buf_adds(&out, " THEN 1 ELSE 0 END AS ok FROM ");
    for (int layer = 0; layer < POP_LAYERS; layer++) {
        buf_adds(&out, "(SELECT seatrial_n");
        for (size_t at = 0; at < component->columns.len; at++)
            add_outer(plan, component, at, &out);
        buf_adds(&out, " FROM ");
    }
    buf_adds(&out, "(SELECT n.column1 AS seatrial_n");
    for (size_t at = 0; at < component->columns.len; at++)
        add_inner(plan, component, at, &out);
    buf_addf(&out, " %s CROSS JOIN ", rows);
    pop_picks_add(picks, component->columns.len, &out);
    buf_addf(&out, "%s) x", pop_fence(engine));
    for (int layer = 0; layer < POP_LAYERS; layer++)
        buf_addf(&out, "%s) y%s", pop_fence(engine), layer + 1 < POP_LAYERS ? "0" : "");
    buf_adds(&out, ") z GROUP BY z.n HAVING max(z.ok) = 1 ORDER BY z.n");
    return buf_take(&out);
}
