/* Asks the database how far combinations are from passing. */

#include <stdlib.h>
#include <string.h>

#include "database/populate/search_parts.h"

enum { PARTS_MAX = 400 /* questions when one cannot be answered */ };

static void add_column(const PopSearch *search, size_t at, const IndexList *picks, Buf *out)
{
    const PopComponent *component = search->component;
    const PopColumn *column = &search->plan->table->columns.items[component->columns.items[at]];
    size_t width = component->columns.len, count = pop_choices_of(search->plan, component, at);
    AUTO(str) char *name = pg_quote(column->name);
    AUTO(str) char *none = pop_cast(column, "NULL");
    bool *used = xcalloc(count + 1, sizeof *used);

    for (size_t n = 0; n * width < picks->len; n++)
        used[picks->items[n * width + at]] = true;
    buf_addf(out, ", CASE n.column%zu", at + 2);
    for (size_t i = 0; i < count; i++) {
        AUTO(str)
        char *value =
            used[i] ? pop_cast(column, pop_choice_of(search->plan, component, at, i)->sql) : NULL;

        if (value)
            buf_addf(out, " WHEN %zu THEN %s", i, value);
    }
    buf_addf(out, " ELSE %s END AS %s", none, name);
    free(used);
}

/* "SELECT z.n, min(...), max(...), avg(z.d0), ..." of the goals from first on. */
static char *probe_sql(const PopSearch *search, const IndexList *picks, size_t first, size_t count)
{
    AUTO(buf) Buf out = BUF_INIT(POP_SQL_MAX);
    AUTO(str) char *rows = pop_rows_sql(search->engine, search->plan, search->sample);
    AUTO(str) char *name = pg_quote(search->plan->table->name);
    AUTO(str_list) StrList all = {0}, sums = {0};
    AUTO(str) char *sum = NULL, *averages = NULL;

    for (size_t i = first; i < first + count; i++) {
        str_list_addf(&sums, "z.d%zu", i);
        str_list_addf(&all, "avg(z.d%zu)", i);
    }
    sum = str_list_join(&sums, " + ");
    averages = str_list_join(&all, ", ");
    buf_addf(&out, "SELECT z.n, min(%s), max(%s), %s FROM (SELECT seatrial_n AS n", sum, sum,
             averages);
    for (size_t i = first; i < first + count; i++)
        buf_addf(&out, ", %s AS d%zu", search->goals[i].distance, i);
    buf_adds(&out, " FROM (SELECT n.column1 AS seatrial_n");
    for (size_t at = 0; at < search->component->columns.len; at++)
        add_column(search, at, picks, &out);
    buf_addf(&out, " %s CROSS JOIN ", rows);
    pop_picks_add(picks, search->component->columns.len, &out);
    buf_addf(&out, "%s) AS %s%s) z GROUP BY z.n ORDER BY z.n", pop_fence(search->engine), name,
             pop_fence(search->engine));
    return buf_take(&out);
}

static void add_state(PopSearch *search, const size_t *picks)
{
    size_t width = search->component->columns.len;
    PopState state = {.picks = xcalloc(width + 1, sizeof *state.picks),
                      .parts = xcalloc(search->goal_count + 1, sizeof *state.parts),
                      .total = POP_FAR,
                      .best = POP_FAR,
                      .worst = POP_FAR};

    memcpy(state.picks, picks, width * sizeof *picks);
    for (size_t i = 0; i < search->goal_count; i++)
        state.parts[i] = POP_UNKNOWN;
    LIST_PUSH(&search->states, state);
}

/* Some goals of a batch of states. */
typedef struct Batch {
    const IndexList *picks;
    size_t base; /* the state of the first combination */
    size_t first, count;
    int *left; /* questions */
} Batch;

static void read_states(PopSearch *search, const Batch *batch, const PopCells *cells, size_t from)
{
    for (size_t row = 0; row < pop_cells_rows(cells); row++) {
        PopState *state = &search->states.items[batch->base + from + row];

        if (batch->count == search->goal_count) {
            state->best = strtod(pop_cell(cells, row, 1), NULL);
            state->worst = strtod(pop_cell(cells, row, 2), NULL);
        }
        for (size_t i = 0; i < batch->count; i++)
            state->parts[batch->first + i] = strtod(pop_cell(cells, row, 3 + i), NULL);
    }
}

/* What one goal cannot compute spoils the answer about all of them, and one combination that about
 * all others: each goal is asked about alone then, and halves of the combinations. */
static Error *ask_part(PopSearch *search, const Batch *batch, size_t from, size_t to)
{
    size_t width = search->component->columns.len;
    IndexList part = {.items = batch->picks->items + from * width, .len = (to - from) * width};
    AUTO(pop_cells) PopCells cells = {0};
    AUTO(error) Error *reason = NULL;
    AUTO(str) char *sql = NULL;

    if (from >= to || --*batch->left < 0)
        return NULL;
    sql = probe_sql(search, &part, batch->first, batch->count);
    TRY(pop_try_query(search->engine, sql, &cells, &reason));
    if (!reason) {
        read_states(search, batch, &cells, from);
        return NULL;
    }
    for (size_t i = 0; i < batch->count && batch->count > 1; i++) {
        Batch one = *batch;

        one.first = batch->first + i;
        one.count = 1;
        TRY(ask_part(search, &one, from, to));
    }
    if (batch->count > 1 || to - from == 1)
        return NULL;
    TRY(ask_part(search, batch, from, from + (to - from) / 2));
    return ask_part(search, batch, from + (to - from) / 2, to);
}

Error *pop_search_ask(PopSearch *search, const IndexList *picks)
{
    int left = PARTS_MAX;
    size_t width = search->component->columns.len, count = picks->len / width;
    Batch batch = {
        .picks = picks, .base = search->states.len, .count = search->goal_count, .left = &left};

    search->tried += count;
    for (size_t n = 0; n < count; n++)
        add_state(search, picks->items + n * width);
    TRY(ask_part(search, &batch, 0, count));
    for (size_t n = 0; n < count; n++) {
        PopState *state = &search->states.items[batch.base + n];

        state->total = 0;
        for (size_t i = 0; i < search->goal_count; i++)
            state->total += state->parts[i];
        if (state->worst == POP_FAR && state->total <= POP_PASSES) /* goal by goal */
            state->worst = state->best = 0;
    }
    return NULL;
}
