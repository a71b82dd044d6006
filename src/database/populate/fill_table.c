/* One table's rows: ways to put them in, from the plain one to the last resort. */

#include "database/populate/fill.h"

enum {
    ROUNDS = 6,       /* of more rows in place of those that were left out */
    SINGLE_MAX = 100, /* rows that are tried one by one */
    FAILURES_MAX = 40,
    SCANNED_MAX = 20000, /* rows of which the checks let a few pass */
};

/* How rows are put in, from the plain way to the last resort. */
typedef enum Way { WAY_PLAIN, WAY_LENIENT, WAY_FILTERED, WAY_SINGLE, WAY_COUNT } Way;

typedef struct Turn {
    PopFiller *filler;
    PopTable *table;
    const PopPlan *plan;
    int64_t first, wanted;
    bool swallowed; /* rows that nothing refused did not stay */
    Error *reason;  /* the first refusal */
} Turn;

static void remember(Turn *turn, Error *reason)
{
    if (turn->reason)
        error_free(reason);
    else
        turn->reason = reason;
}

static Error *insert_rows(Turn *turn, int64_t first, int64_t last, Way way, int64_t *ret_changed,
                          bool *ret_refused)
{
    PopEngine *engine = turn->filler->engine;
    AUTO(str)
    char *sql = pop_insert_sql(
        engine, turn->plan, first, last, way == WAY_LENIENT || way == WAY_FILTERED,
        way == WAY_FILTERED || way == WAY_SINGLE, last - first >= SCANNED_MAX ? turn->wanted : 0);
    Error *reason = NULL;
    int64_t changed = 0;

    TRY(pop_try(engine, sql, &changed, &reason));
    *ret_refused = reason != NULL;
    *ret_changed = reason ? 0 : changed;
    if (reason)
        remember(turn, reason);
    return NULL;
}

/* Rows of ever higher numbers until enough are in. */
static Error *insert_set(Turn *turn, Way way, int64_t *ret_made)
{
    int64_t made = 0, next = turn->first;
    int barren = 0;
    bool refused = false;

    for (int round = 0; round < ROUNDS && made < turn->wanted && barren < 2; round++) {
        int64_t n = turn->wanted - made, changed = 0;

        if (round > 0 && n < 20)
            n = 20; /* a few more to choose from */
        if (n > turn->wanted)
            n = turn->wanted;
        TRY(insert_rows(turn, next, next + n - 1, way, &changed, &refused));
        next += n;
        made += changed;
        barren = changed == 0 ? barren + 1 : 0;
        if (refused || (way == WAY_PLAIN && changed > 0 && made < turn->wanted &&
                        turn->plan->filters.len == 0))
            break;
    }
    if (way == WAY_PLAIN)
        turn->swallowed = made == 0 && !refused && turn->plan->filters.len == 0;
    /* one in a hundred, say; but a trigger that lets none of a few pass is no matter of checks */
    if (made == 0 && way == WAY_FILTERED && !refused && !turn->swallowed &&
        turn->wanted < SCANNED_MAX)
        TRY(insert_rows(turn, turn->first, turn->first + SCANNED_MAX, way, &made, &refused));
    *ret_made = made;
    return NULL;
}

static Error *insert_single(Turn *turn, int64_t *ret_made)
{
    int64_t wanted = turn->wanted < SINGLE_MAX ? turn->wanted : SINGLE_MAX, made = 0;
    int failures = 0;

    for (int64_t i = 0; i < wanted * 3 && made < wanted && failures < FAILURES_MAX; i++) {
        int64_t changed = 0;
        bool refused, orphans = false;

        TRY(turn->filler->engine->run(turn->filler->engine, "SAVEPOINT seatrial_single", NULL));
        TRY(insert_rows(turn, turn->first + i, turn->first + i, WAY_SINGLE, &changed, &refused));
        if (turn->filler->unchecked && changed > 0)
            TRY(pop_has_orphans(turn->filler, turn->table, false, &orphans));
        if (orphans)
            TRY(turn->filler->engine->run(turn->filler->engine,
                                          "ROLLBACK TO SAVEPOINT seatrial_single", NULL));
        TRY(turn->filler->engine->run(turn->filler->engine, "RELEASE SAVEPOINT seatrial_single",
                                      NULL));
        made += orphans ? 0 : changed;
        failures = changed > 0 && !orphans ? 0 : failures + 1;
    }
    *ret_made = made;
    return NULL;
}

/* One way, undone when it leaves rows that refer to nothing. */
static Error *go(Turn *turn, Way way, int64_t *ret_made)
{
    PopEngine *engine = turn->filler->engine;
    int64_t made = 0;
    bool orphans = false;

    TRY(engine->run(engine, "SAVEPOINT seatrial_table", NULL));
    if (way == WAY_SINGLE)
        TRY(insert_single(turn, &made));
    else
        TRY(insert_set(turn, way, &made));
    if (turn->filler->unchecked && made > 0)
        TRY(pop_has_orphans(turn->filler, turn->table, false, &orphans));
    if (orphans) {
        TRY(engine->run(engine, "ROLLBACK TO SAVEPOINT seatrial_table", NULL));
        remember(turn, error_new(ERR_CONFLICT, 0, "rows would refer to nothing"));
        made = 0;
    }
    *ret_made = made;
    return engine->run(engine, "RELEASE SAVEPOINT seatrial_table", NULL);
}

static Error *go_all_ways(Turn *turn, int64_t *ret_made)
{
    bool edge = turn->filler->spec->kind == POPULATE_EDGE;

    for (int way = edge ? WAY_LENIENT : WAY_PLAIN; way < WAY_COUNT && *ret_made == 0; way++)
        TRY(go(turn, (Way)way, ret_made));
    /* a few collided, and the rest was undone with them: as many as asked for, if it can be */
    return NULL;
}

/* Triggers that raise or swallow, rules that go elsewhere: off, and the keys are checked by query.
 */
static Error *go_quietly(Turn *turn, bool held, int64_t *ret_made)
{
    PopEngine *engine = turn->filler->engine;
    bool before = turn->filler->unchecked;
    AUTO(error) Error *loud = turn->reason;

    TRY(engine->quiet(engine, true));
    turn->filler->unchecked = true;
    turn->swallowed = false;
    turn->reason = NULL;
    TRY(go_all_ways(turn, ret_made));
    turn->filler->unchecked = before;
    TRY(engine->quiet(engine, false));
    if (*ret_made > 0 && !held)
        turn->table->note = xasprintf("triggers and rules were off while its rows were made: %s",
                                      loud ? loud->msg : "they let no row through");
    if (!turn->reason) /* what is left when nothing of it interferes is what to tell */
        turn->reason = TAKE(loud);
    return NULL;
}

static bool is_held(const PopTable *table)
{
    for (size_t i = 0; i < table->references.len; i++)
        if (table->references.items[i].hold)
            return true;
    return false;
}

static void report_columns(PopFiller *filler, const PopPlan *plan)
{
    const PopTable *table = plan->table;

    for (size_t i = 0; i < table->columns.len; i++) {
        const PopField *field = &plan->fields[i];
        bool left = table->columns.items[i].left;

        LIST_PUSH(&filler->result->columns,
                  ((PopulateColumn){.space = xstrdup(table->space),
                                    .table = xstrdup(table->name),
                                    .column = xstrdup(table->columns.items[i].name),
                                    .generator = xstrdup(left ? "the database"
                                                         : field->choices.generator
                                                             ? field->choices.generator
                                                             : "value"),
                                    .freedom = left ? POPULATE_LEFT : field->choices.freedom}));
    }
}

static Error *fill_table(PopFiller *filler, PopTable *table)
{
    AUTO(pop_plan) PopPlan plan = {0};
    Turn turn = {.filler = filler, .table = table, .plan = &plan};
    int64_t before = 0;
    Error *err;

    TRY(pop_count_rows(filler, table, &before));
    TRY(pop_plan(filler->engine, filler->spec, table, &plan, &table->reason));
    if (table->reason)
        return NULL;
    turn.first = before + 1;
    turn.wanted = plan.rows < filler->spec->rows ? plan.rows : filler->spec->rows;
    if (turn.wanted < 1)
        turn.wanted = 1;
    err = is_held(table) ? NULL : go_all_ways(&turn, &table->made);
    if (!err && table->made == 0)
        err = go_quietly(&turn, is_held(table), &table->made);
    if (!err && table->made == 0 && before == 0)
        table->reason =
            xstrdup(turn.reason ? turn.reason->msg : "no row stayed, and nothing says why");
    else if (!err)
        report_columns(filler, &plan);
    error_free(turn.reason);
    return err;
}

Error *pop_fill_table(PopFiller *filler, PopTable *table)
{
    PopEngine *engine = filler->engine;
    Error *err;

    TRY(engine->run(engine, "SAVEPOINT seatrial_turn", NULL));
    err = fill_table(filler, table);
    if (err && engine->is_local(err)) {
        if (!table->reason)
            table->reason = xstrdup(err->msg);
        error_free(err);
        table->made = 0;
        TRY(engine->run(engine, "ROLLBACK TO SAVEPOINT seatrial_turn", NULL));
        TRY(engine->quiet(engine, false));
        err = NULL;
    }
    TRY(err);
    return engine->run(engine, "RELEASE SAVEPOINT seatrial_turn", NULL);
}
