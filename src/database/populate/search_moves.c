/* What changes a state: moves of the checks that it does not pass, put together with what its
 * columns are already. */

#include <string.h>

#include "base/buffer.h"
#include "database/populate/search_parts.h"

enum { CHOICE_LONGEST = 6000, FAILURES_MAX = 3, ASKED_MAX = 700 };

static size_t place_of(const PopSearch *search, size_t column)
{
    size_t at = 0;

    while (at < search->component->columns.len && search->component->columns.items[at] != column)
        at++;
    return at;
}

static void add_try(PopGoal *goal, size_t column, const char *sql)
{
    for (size_t i = 0; i < goal->tries.len; i++)
        if (goal->tries.items[i].move.column == column &&
            text_eq(goal->tries.items[i].move.sql, sql))
            return;
    LIST_PUSH(&goal->tries, ((PopTry){.move = {.column = column, .sql = xstrdup(sql)}}));
}

/* A choice that reads other columns is a move, too. */
static void add_derived(PopSearch *search, PopGoal *goal)
{
    for (size_t i = 0; i < goal->columns->len; i++) {
        const PopChoiceList *choices = &search->plan->fields[goal->columns->items[i]].choices;

        for (size_t c = 0; c < choices->len; c++)
            if (choices->items[c].derived)
                add_try(goal, goal->columns->items[i], choices->items[c].sql);
    }
}

static void add_moves(PopSearch *search, PopGoal *goal, const PopNode *tree, bool both)
{
    AUTO(pop_moves) PopMoveList moves = {0};

    pop_moves_find(&search->engine->context, search->plan->table, tree, both, &moves);
    for (size_t i = 0; i < moves.len; i++)
        if (place_of(search, moves.items[i].column) < search->component->columns.len &&
            !search->plan->fields[moves.items[i].column].given)
            add_try(goal, moves.items[i].column, moves.items[i].sql);
}

static void add_not_null(PopSearch *search, size_t column)
{
    PopGoal *goal = &search->goals[search->goal_count++];
    AUTO(str) char *name = pg_quote(search->plan->table->columns.items[column].name);

    LIST_PUSH(&goal->own, column);
    goal->columns = &goal->own;
    goal->distance = xasprintf("(CASE WHEN %s IS NULL THEN 3 ELSE 0 END)", name);
}

void pop_goals_read(PopSearch *search)
{
    size_t checks = search->component->checks.len;

    search->goals = xcalloc(checks + search->component->columns.len + 1, sizeof *search->goals);
    for (size_t i = 0; i < checks; i++) {
        PopGoal *goal = &search->goals[i];
        const PopCheck *check;
        AUTO(pop_node) PopNode *tree = NULL;

        check = &search->plan->table->checks.items[search->component->checks.items[i]];
        goal->columns = &check->columns;
        tree = pop_tree_read(search->plan->table, check->inlined ? check->inlined : check->sql);
        goal->distance =
            pop_distance(&search->engine->context, search->plan->table, tree, check->sql);
        add_moves(search, goal, tree, false);
        for (size_t h = 0; h < check->hints.len; h++) {
            AUTO(pop_node)
            PopNode *hint = pop_tree_read(search->plan->table, check->hints.items[h]);

            add_moves(search, goal, hint, true);
        }
        add_derived(search, goal);
    }
    search->goal_count = checks;
    for (size_t i = 0; i < search->component->columns.len; i++)
        if (search->plan->table->columns.items[search->component->columns.items[i]].not_null)
            add_not_null(search, search->component->columns.items[i]);
}

void pop_goals_clear(PopSearch *search)
{
    for (size_t i = 0; i < search->goal_count; i++) {
        for (size_t t = 0; t < search->goals[i].tries.len; t++)
            free(search->goals[i].tries.items[t].move.sql);
        free(search->goals[i].tries.items);
        free(search->goals[i].distance);
        free(search->goals[i].own.items);
    }
    free(search->goals);
}

bool pop_choice_is_broken(const PopSearch *search, size_t at, size_t choice)
{
    return search->broken[at] && choice < POP_SEARCH_CHOICES_MAX && search->broken[at][choice];
}

/* The move's text with the columns as they are in the state. */
static char *compose(const PopSearch *search, const PopState *state, const char *sql)
{
    const PopComponent *component = search->component;
    AUTO(str_list) StrList names = {0}, values = {0};

    for (size_t at = 0; at < component->columns.len; at++) {
        const PopColumn *column = &search->plan->table->columns.items[component->columns.items[at]];

        str_list_add(&names, column->name);
        str_list_add_owned(
            &values,
            pop_cast(column, pop_choice_of(search->plan, component, at, state->picks[at])->sql));
    }
    return pop_names_replace(sql, &names, values.items);
}

size_t pop_move_make(PopSearch *search, const PopState *state, PopTry *by, size_t *ret_at)
{
    size_t at = place_of(search, by->move.column);
    PopChoiceList *choices = &search->plan->fields[by->move.column].choices;
    size_t before = choices->len;
    const PopChoice *old = pop_choice_of(search->plan, search->component, at, state->picks[at]);
    bool kept, numbered, null = text_eq(by->move.sql, "NULL");
    AUTO(str) char *sql = NULL;

    if ((by->failures >= FAILURES_MAX && !by->worked) || before >= POP_SEARCH_CHOICES_MAX)
        return SIZE_MAX;
    sql = compose(search, state, by->move.sql);
    if (strlen(sql) > CHOICE_LONGEST)
        return SIZE_MAX;
    *ret_at = at;
    for (size_t i = 0; i < before; i++)
        if (text_eq(choices->items[i].sql, sql))
            return pop_choice_is_broken(search, at, i) || choices->items[i].derived ? SIZE_MAX : i;
    numbered = strstr(by->move.sql, "r.i") != NULL;
    kept = old->distinct && strstr(sql, old->sql) != NULL;
    LIST_PUSH(
        choices,
        ((PopChoice){
            .sql = TAKE(sql), .distinct = kept || numbered, .null = null, .rank = null ? 1 : 2}));
    LIST_PUSH(&search->made, ((PopMade){.at = at, .choice = before, .by = by}));
    return before;
}

/* --- what the server can compute ----------------------------------------------------------------
 */

static Error *works(PopSearch *search, size_t from, size_t to, bool *ret_works)
{
    AUTO(str) char *rows = pop_rows_sql(search->engine, search->plan, search->sample);
    AUTO(buf) Buf sql = BUF_INIT(POP_SQL_MAX);
    AUTO(pop_cells) PopCells cells = {0};
    AUTO(error) Error *reason = NULL;

    buf_adds(&sql, "SELECT 1");
    for (size_t i = from; i < to; i++) {
        const PopMade *made = &search->made.items[i];
        const PopColumn *column =
            &search->plan->table->columns.items[search->component->columns.items[made->at]];
        AUTO(str)
        char *value = pop_cast(
            column, pop_choice_of(search->plan, search->component, made->at, made->choice)->sql);

        buf_addf(&sql, ", length(CAST(%s AS text))", value);
    }
    buf_addf(&sql, " %s", rows);
    TRY(pop_try_query(search->engine, buf_text(&sql), &cells, &reason));
    *ret_works = !reason;
    return NULL;
}

static void mark_broken(PopSearch *search, const PopMade *made)
{
    if (!search->broken[made->at])
        search->broken[made->at] = xcalloc(POP_SEARCH_CHOICES_MAX, sizeof(bool));
    search->broken[made->at][made->choice] = true;
    made->by->failures++;
}

/* Halves, until what does not work is alone. */
static Error *check_part(PopSearch *search, size_t from, size_t to, int *left)
{
    bool fine = false;

    if (from >= to)
        return NULL;
    if (--*left >= 0)
        TRY(works(search, from, to, &fine));
    if (fine) {
        for (size_t i = from; i < to; i++)
            search->made.items[i].by->worked = true;
        return NULL;
    }
    if (to - from == 1 || *left < 0) {
        for (size_t i = from; i < to; i++)
            mark_broken(search, &search->made.items[i]);
        return NULL;
    }
    TRY(check_part(search, from, from + (to - from) / 2, left));
    return check_part(search, from + (to - from) / 2, to, left);
}

Error *pop_made_check(PopSearch *search)
{
    int left = ASKED_MAX;

    /* targets of one query end at 1,664 on Postgres */
    for (size_t from = 0; from < search->made.len; from += 100) {
        size_t to = from + 100 < search->made.len ? from + 100 : search->made.len;

        TRY(check_part(search, from, to, &left));
    }
    search->made.len = 0;
    return NULL;
}
