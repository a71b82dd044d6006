#include "database/populate/pg_types.h"

static Error *run(PopEngine *engine, const char *sql, int64_t *ret_changed)
{
    AUTO(pg_result) PGresult *result = NULL;
    uint64_t changed = 0;

    TRY(pg_query(engine->connection, sql, NULL, 0, &result));
    if (!ret_changed)
        return NULL;
    if (PQcmdTuples(result)[0] != '\0')
        TRY(parse_u64(PQcmdTuples(result), 0, INT64_MAX, &changed));
    *ret_changed = (int64_t)changed;
    return NULL;
}

static Error *query(PopEngine *engine, const char *sql, PopCells *ret_cells)
{
    AUTO(pg_result) PGresult *result = NULL;
    PopCells cells = {0};

    TRY(pg_query(engine->connection, sql, NULL, 0, &result));
    cells.columns = (size_t)PQnfields(result);
    for (int row = 0; row < PQntuples(result); row++)
        for (int column = 0; column < PQnfields(result); column++)
            str_list_add_owned(&cells.cells, xstrdup_null(pg_text_null(result, row, column)));
    *ret_cells = cells;
    return NULL;
}

/* Triggers and rules of the ordinary kind do not fire then; foreign keys are triggers. Source:
 * postgresql.org, "session_replication_role" */
static Error *quiet(PopEngine *engine, bool on)
{
    return run(engine,
               on ? "SET LOCAL session_replication_role = replica"
                  : "SET LOCAL session_replication_role = origin",
               NULL);
}

static Error *fill(PopEngine *engine, const PopulateSpec *spec, PopulateResult *ret_result)
{
    AUTO(pg_types) PgTypes types = {0};
    AUTO(pop_model) PopModel model = {0};

    TRY(pg_types_read(engine, &types));
    engine->types = &types;
    TRY(pg_model_read(engine, &types, &model));
    /* ours is empty, so that the catalogs name everything in full; triggers find their tables by
     * the one that the application has */
    TRY(run(
        engine,
        "SELECT set_config('search_path', reset_val, true) FROM pg_settings WHERE name = 'search_path'",
        NULL));
    return pop_fill(engine, spec, &model, ret_result);
}

Error *pg_populate(PgDb *db, const PopulateSpec *spec, PopulateResult *ret_result)
{
    PopEngine engine = {.context = {true, spec->kind, spec->seed, spec->rows},
                        .connection = db,
                        .run = run,
                        .query = query,
                        .is_local = pg_error_is_local,
                        .choices = pg_choices,
                        .quiet = quiet};
    AUTO(populate_result) PopulateResult result = {0};
    Error *err;

    TRY(run(&engine, "BEGIN", NULL));
    /* what is deferred fails where it is made, not at the end, when nobody could tell which table
     */
    err = run(&engine, "SET CONSTRAINTS ALL IMMEDIATE", NULL);
    if (!err)
        err = fill(&engine, spec, &result);
    if (!err)
        err = run(&engine, "COMMIT", NULL);
    else
        error_ignore(run(&engine, "ROLLBACK", NULL)); /* the first failure is the one to tell */
    TRY(err);
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}
