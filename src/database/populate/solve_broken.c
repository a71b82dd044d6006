/* Choices that the server cannot even compute. */

#include "base/buffer.h"
#include "database/populate/plan.h"

/* @param at  the only choice of the column to try; SIZE_MAX: all */
static void add_tries(const PopPlan *plan, size_t column, size_t at, Buf *out)
{
    const PopChoiceList *choices = &plan->fields[column].choices;

    for (size_t i = 0; i < choices->len; i++) {
        AUTO(str) char *value = NULL;

        if (choices->items[i].derived || (at != SIZE_MAX && at != i))
            continue;
        value = pop_cast(&plan->table->columns.items[column], choices->items[i].sql);
        buf_addf(out, ", length(CAST(%s AS text))", value);
    }
}

static Error *works(PopEngine *engine, const PopPlan *plan, const Buf *tries, bool *ret_works)
{
    AUTO(str) char *sample = pop_series(engine, 1, 2);
    AUTO(str) char *rows = pop_rows_sql(engine, plan, sample);
    AUTO(str) char *sql = xasprintf("SELECT 1%s %s", buf_text(tries), rows);
    AUTO(pop_cells) PopCells cells = {0};
    AUTO(error) Error *reason = NULL;

    TRY(pop_try_query(engine, sql, &cells, &reason));
    *ret_works = !reason;
    return NULL;
}

static Error *check_column(PopEngine *engine, const PopPlan *plan, size_t column)
{
    PopChoiceList *choices = &plan->fields[column].choices;
    AUTO(buf) Buf all = BUF_INIT(POP_SQL_MAX);
    bool fine;

    add_tries(plan, column, SIZE_MAX, &all);
    TRY(works(engine, plan, &all, &fine));
    for (size_t i = choices->len; !fine && i-- > 0 && choices->len > 1;) {
        AUTO(buf) Buf one = BUF_INIT(POP_SQL_MAX);
        bool this_works;

        add_tries(plan, column, i, &one);
        TRY(works(engine, plan, &one, &this_works));
        if (!this_works)
            pop_choice_drop(choices, i);
    }
    return NULL;
}

Error *pop_drop_broken(PopEngine *engine, const PopPlan *plan, const IndexList *columns)
{
    AUTO(buf) Buf all = BUF_INIT(POP_SQL_MAX);
    bool fine;

    for (size_t i = 0; i < columns->len; i++)
        add_tries(plan, columns->items[i], SIZE_MAX, &all);
    TRY(works(engine, plan, &all, &fine));
    for (size_t i = 0; !fine && i < columns->len; i++)
        TRY(check_column(engine, plan, columns->items[i]));
    return NULL;
}
