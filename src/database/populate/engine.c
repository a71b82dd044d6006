#include "database/populate/engine.h"

void pop_cells_clear(PopCells *cells)
{
    str_list_clear(&cells->cells);
    cells->columns = 0;
}

const char *pop_cell(const PopCells *cells, size_t row, size_t column)
{
    return cells->cells.items[row * cells->columns + column];
}

size_t pop_cells_rows(const PopCells *cells)
{
    return cells->columns > 0 ? cells->cells.len / cells->columns : 0;
}

Error *pop_number(PopEngine *engine, const char *sql, int64_t *ret_number)
{
    AUTO(pop_cells) PopCells cells = {0};
    uint64_t number = 0;

    TRY(engine->query(engine, sql, &cells));
    if (pop_cells_rows(&cells) > 0 && pop_cell(&cells, 0, 0))
        TRY(parse_u64(pop_cell(&cells, 0, 0), 0, INT64_MAX, &number));
    *ret_number = (int64_t)number;
    return NULL;
}

/* A savepoint is undone after a failure of the statement alone. */
static Error *settle(PopEngine *engine, Error *err, Error **ret_reason)
{
    if (!err)
        return engine->run(engine, "RELEASE SAVEPOINT seatrial_row", NULL);
    if (!engine->is_local(err))
        return err;
    *ret_reason = err;
    TRY(engine->run(engine, "ROLLBACK TO SAVEPOINT seatrial_row", NULL));
    return engine->run(engine, "RELEASE SAVEPOINT seatrial_row", NULL);
}

Error *pop_try(PopEngine *engine, const char *sql, int64_t *ret_changed, Error **ret_reason)
{
    TRY(engine->run(engine, "SAVEPOINT seatrial_row", NULL));
    return settle(engine, engine->run(engine, sql, ret_changed), ret_reason);
}

Error *pop_try_query(PopEngine *engine, const char *sql, PopCells *ret_cells, Error **ret_reason)
{
    TRY(engine->run(engine, "SAVEPOINT seatrial_row", NULL));
    return settle(engine, engine->query(engine, sql, ret_cells), ret_reason);
}

char *pop_quote_place(const char *space, const char *name)
{
    return text_is_empty(space) ? pg_quote(name) : pg_quote_in(space, name);
}
