#include <string.h>

#include "base/buffer.h"
#include "database/populate/plan.h"

enum {
    TRIED_MAX = 4000, /* combinations of one component */
    KEPT_MAX = 24,    /* of those that pass */
    PARTS_MAX = 100,  /* questions when one cannot be answered */
};

static size_t choices_of(const PopPlan *plan, const PopComponent *component, size_t at)
{
    return plan->fields[component->columns.items[at]].choices.len;
}

static const PopChoice *choice_of(const PopPlan *plan, const PopComponent *component, size_t at,
                                  size_t pick)
{
    return &plan->fields[component->columns.items[at]].choices.items[pick];
}

/* How many choices of each column are tried all with all: what is unexpected goes first. */
static size_t trim(const PopPlan *plan, const PopComponent *component, IndexList *widths)
{
    size_t product;

    for (size_t at = 0; at < component->columns.len; at++)
        LIST_PUSH(widths, choices_of(plan, component, at));
    for (;;) {
        size_t widest = 0;

        product = 1;
        for (size_t at = 0; at < widths->len; at++) {
            product = product > TRIED_MAX ? product : product * widths->items[at];
            if (widths->items[at] > widths->items[widest])
                widest = at;
        }
        if (product <= TRIED_MAX || widths->items[widest] == 1)
            return product <= TRIED_MAX ? product : 1;
        widths->items[widest]--;
    }
}

static int compare_choices(const void *a, const void *b)
{
    const PopChoice *first = a, *second = b;

    return first->rank != second->rank ? first->rank - second->rank : first->order - second->order;
}

/* What is expected first, so that the choices that are left out are the others. */
static void sort_choices(const PopPlan *plan, const PopComponent *component)
{
    for (size_t at = 0; at < component->columns.len; at++) {
        PopChoiceList *list = &plan->fields[component->columns.items[at]].choices;

        for (size_t i = 0; i < list->len; i++)
            list->items[i].order = (int)i;
        if (list->len > 1) /* the first stays: others start from it */
            qsort(list->items + 1, list->len - 1, sizeof *list->items, compare_choices);
    }
}

/* All combinations where they are few; else those of the expected choices, and a sample of the
 * rest. */
static void combine(const PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                    IndexList *picks)
{
    IndexList widths = {0};
    size_t product, n, all = 1;
    uint64_t state = pop_salt(&engine->context, plan->table->place, "", 11);

    sort_choices(plan, component);
    product = trim(plan, component, &widths);
    for (size_t at = 0; at < component->columns.len && all <= TRIED_MAX; at++)
        all *= choices_of(plan, component, at);
    n = all == product ? product : product + TRIED_MAX / 2;
    for (size_t combination = 0; combination < n; combination++) {
        size_t rest = combination;

        for (size_t at = 0; at < component->columns.len; at++) {
            if (combination < product) {
                LIST_PUSH(picks, rest % widths.items[at]);
                rest /= widths.items[at];
                continue;
            }
            state = state * 6364136223846793005u + 1442695040888963407u;
            LIST_PUSH(picks, (size_t)(state >> 33) % choices_of(plan, component, at));
        }
    }
    free(widths.items);
}

static void add_values(const PopComponent *component, const IndexList *picks, Buf *out)
{
    size_t width = component->columns.len;

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
    AUTO(str) char *first = pop_cast(column, choice_of(plan, component, at, 0)->sql);

    buf_adds(out, ", CASE");
    for (size_t i = 0; i < choices_of(plan, component, at); i++) {
        const PopChoice *choice = choice_of(plan, component, at, i);
        AUTO(str) char *value = pop_cast(column, choice->sql);

        if (!choice->derived)
            buf_addf(out, " WHEN n.column%zu = %zu THEN %s", at + 2, i, value);
    }
    buf_addf(out, " WHEN n.column1 >= 0 THEN %s END AS %s, n.column%zu AS seatrial_p%zu",
             choice_of(plan, component, at, 0)->derived ? none : first, name, at + 2, at);
}

/* The same row with what depends on its other columns. */
static void add_outer(const PopPlan *plan, const PopComponent *component, size_t at, Buf *out)
{
    const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];
    AUTO(str) char *name = pg_quote(column->name);

    buf_addf(out, ", seatrial_p%zu, CASE WHEN seatrial_n < 0 THEN %s", at, name);
    for (size_t i = 0; i < choices_of(plan, component, at); i++) {
        const PopChoice *choice = choice_of(plan, component, at, i);
        AUTO(str) char *value = pop_cast(column, choice->sql);

        if (choice->derived)
            buf_addf(out, " WHEN seatrial_p%zu = %zu THEN %s", at, i, value);
    }
    buf_addf(out, " ELSE %s END AS %s", name, name);
}

static char *probe_sql(const PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                       const IndexList *picks)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    AUTO(str)
    char *sample =
        engine->context.postgres
            ? xasprintf(
                  "(SELECT CAST(column1 AS bigint) AS i FROM (VALUES (1), (2), (7), (%lld)) v)",
                  (long long)engine->context.rows + 8)
            : xasprintf("(SELECT column1 AS i FROM (VALUES (1), (2), (7), (%lld)))",
                        (long long)engine->context.rows + 8);
    AUTO(str) char *rows = pop_rows_sql(engine, plan, sample);

    buf_adds(&out, "SELECT z.n FROM (SELECT y.seatrial_n AS n, CASE WHEN true");
    for (size_t i = 0; i < component->checks.len; i++)
        buf_addf(&out, " AND (%s) IS NOT FALSE",
                 plan->table->checks.items[component->checks.items[i]].sql);
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
    add_values(component, picks, &out);
    buf_addf(&out, "%s) x", pop_fence(engine));
    for (int layer = 0; layer < POP_LAYERS; layer++)
        buf_addf(&out, "%s) y%s", pop_fence(engine), layer + 1 < POP_LAYERS ? "0" : "");
    buf_adds(&out, ") z GROUP BY z.n HAVING min(z.ok) = 1 ORDER BY z.n");
    return buf_take(&out);
}

/* --- which of those that pass
 * ------------------------------------------------------------------------ */

static int rank_of(const PopPlan *plan, const PopComponent *component, const size_t *picks)
{
    int rank = 0;

    for (size_t at = 0; at < component->columns.len; at++) {
        const PopChoice *choice = choice_of(plan, component, at, picks[at]);
        const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];

        rank += choice->rank * 2 + (choice->null ? 1 : 0);
        if ((column->distinct || column->wide) && !choice->distinct)
            rank += 100; /* a key wants it */
        if ((column->distinct || column->wide) && choice->null)
            rank += 100;
    }
    return rank;
}

static bool taken(const PopComponent *component, size_t at, size_t pick)
{
    for (size_t n = 0; n < component->count; n++)
        if (component->picks.items[n * component->columns.len + at] == pick)
            return true;
    return false;
}

static void take(PopComponent *component, const size_t *picks)
{
    for (size_t at = 0; at < component->columns.len; at++)
        LIST_PUSH(&component->picks, picks[at]);
    component->count++;
}

static bool has_taken(const PopComponent *component, const size_t *picks)
{
    size_t width = component->columns.len;

    for (size_t n = 0; n < component->count; n++)
        if (memcmp(&component->picks.items[n * width], picks, width * sizeof *picks) == 0)
            return true;
    return false;
}

/* A column that a key wants distinct is computed in one way: two could meet. */
static bool agrees(const PopPlan *plan, const PopComponent *component, const size_t *picks)
{
    for (size_t at = 0; at < component->columns.len && component->count > 0; at++) {
        const PopColumn *column = &plan->table->columns.items[component->columns.items[at]];
        size_t first = component->picks.items[at];

        if ((column->distinct || column->wide) && picks[at] != first &&
            choice_of(plan, component, at, first)->distinct)
            return false;
    }
    return true;
}

/* The combinations nearest to what is expected, and of the columns with a few values each value. */
static void select_best(const PopEngine *engine, const PopPlan *plan, PopComponent *component,
                        const IndexList *picks, const IndexList *passed)
{
    size_t width = component->columns.len;
    bool edge = engine->context.kind == POPULATE_EDGE;
    int best = INT32_MAX;

    if (passed->len == 0)
        return;
    for (size_t i = 0; i < passed->len; i++) {
        int rank = rank_of(plan, component, &picks->items[passed->items[i] * width]);

        best = rank < best ? rank : best;
    }
    for (size_t i = 0; i < passed->len && component->count < KEPT_MAX; i++)
        if (rank_of(plan, component, &picks->items[passed->items[i] * width]) == best &&
            (edge || agrees(plan, component, &picks->items[passed->items[i] * width])))
            take(component, &picks->items[passed->items[i] * width]);
    for (size_t at = 0; at < width; at++) {
        bool listed = edge || !taken(component, at, 0);

        for (size_t pick = 0; pick < choices_of(plan, component, at); pick++) {
            const size_t *chosen = NULL;
            int least = best + (edge ? 90 : 12);
            const PopChoice *choice = choice_of(plan, component, at, pick);

            if (taken(component, at, pick) || (!listed && !choice->null) ||
                (!edge && choice->rank > 2))
                continue;
            for (size_t i = 0; i < passed->len; i++) {
                const size_t *tuple = &picks->items[passed->items[i] * width];
                int rank = rank_of(plan, component, tuple);

                if (tuple[at] == pick && rank < least && (edge || agrees(plan, component, tuple))) {
                    least = rank;
                    chosen = tuple;
                }
            }
            if (chosen && component->count < KEPT_MAX && !has_taken(component, chosen))
                take(component, chosen);
        }
    }
}

/* --- choices that the server cannot even compute
 * ------------------------------------------------------- */

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

/* --- asking
 * --------------------------------------------------------------------------------------------- */

/* @param[out] passed  numbers within picks, from on */
static Error *ask(PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                  const IndexList *picks, size_t from, size_t to, IndexList *passed,
                  bool *ret_failed)
{
    size_t width = component->columns.len;
    IndexList part = {.items = picks->items + from * width, .len = (to - from) * width};
    AUTO(str) char *sql = probe_sql(engine, plan, component, &part);
    AUTO(pop_cells) PopCells cells = {0};
    AUTO(error) Error *reason = NULL;

    TRY(pop_try_query(engine, sql, &cells, &reason));
    *ret_failed = reason != NULL;
    for (size_t i = 0; i < pop_cells_rows(&cells); i++) {
        uint64_t n = 0;

        TRY(parse_u64(pop_cell(&cells, i, 0), 0, 2 * TRIED_MAX, &n));
        LIST_PUSH(passed, from + (size_t)n);
    }
    return NULL;
}

/* One combination that overflows spoils the answer about all of them: ever smaller parts are asked
 * about. */
static Error *ask_parts(PopEngine *engine, const PopPlan *plan, const PopComponent *component,
                        const IndexList *picks, size_t from, size_t to, int *left,
                        IndexList *passed)
{
    size_t middle = from + (to - from) / 2;
    bool failed = false;

    if (from >= to || --*left < 0)
        return NULL;
    TRY(ask(engine, plan, component, picks, from, to, passed, &failed));
    if (!failed || to - from == 1)
        return NULL;
    TRY(ask_parts(engine, plan, component, picks, from, middle, left, passed));
    return ask_parts(engine, plan, component, picks, middle, to, left, passed);
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
    IndexList picks = {0}, passed = {0};
    size_t width = component->columns.len;
    bool failed = false;
    int left = PARTS_MAX;
    Error *err;

    combine(engine, plan, component, &picks);
    err = ask(engine, plan, component, &picks, 0, picks.len / width, &passed, &failed);
    if (!err && failed) {
        picks.len = passed.len = 0;
        err = pop_drop_broken(engine, plan, &component->columns);
        drop_extremes(plan, component);
        if (!err) {
            combine(engine, plan, component, &picks);
            err = ask_parts(engine, plan, component, &picks, 0, picks.len / width, &left, &passed);
        }
    }
    for (size_t i = 0; i < passed.len && width == 1; i++)
        index_list_put(&component->passed, picks.items[passed.items[i]]);
    if (!err)
        select_best(engine, plan, component, &picks, &passed);
    free(picks.items);
    free(passed.items);
    return err;
}
