#include <string.h>

#include "database/populate/sqlite_functions.h"
#include "database/populate/sqlite_model.h"

static Error *run(PopEngine *engine, const char *sql, int64_t *ret_changed)
{
    SqliteDb *db = engine->connection;

    TRY(sqlite_run(db, sql));
    if (ret_changed)
        *ret_changed = sqlite3_changes64(db->db);
    return NULL;
}

static Error *query(PopEngine *engine, const char *sql, PopCells *ret_cells)
{
    SqliteDb *db = engine->connection;
    AUTO(stmt) sqlite3_stmt *stmt = NULL;
    AUTO(pop_cells) PopCells cells = {0};

    TRY(sqlite_prepare(db, sql, &stmt));
    cells.columns = (size_t)sqlite3_column_count(stmt);
    for (;;) {
        bool row;

        TRY(sqlite_step(db, stmt, &row));
        if (!row)
            break;
        for (int i = 0; i < sqlite3_column_count(stmt); i++)
            str_list_add_owned(&cells.cells,
                               xstrdup_null((const char *)sqlite3_column_text(stmt, i)));
    }
    *ret_cells = cells;
    cells = (PopCells){0};
    return NULL;
}

/* Foreign keys are off all the time, and checked by query. */
static Error *quiet(PopEngine *engine, bool on)
{
    SqliteDb *db = engine->connection;

    if (sqlite3_db_config(db->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, on ? 0 : 1, (int *)NULL) !=
        SQLITE_OK)
        return sqlite_db_error(db);
    return NULL;
}

static void choices(PopEngine *engine, const PopTable *table, const PopColumn *column,
                    PopChoiceList *list)
{
    pop_family_choices(&engine->context, table, column, list);
}

static Error *fill(PopEngine *engine, const PopulateSpec *spec, PopulateResult *ret_result)
{
    AUTO(pop_model) PopModel model = {0};

    TRY(sqlite_model_read(engine->connection, engine, &model));
    return pop_fill(engine, spec, &model, ret_result);
}

static Error *fill_whole(PopEngine *engine, const PopulateSpec *spec, PopulateResult *ret_result)
{
    Error *err;

    TRY(run(engine, "PRAGMA foreign_keys = OFF", NULL));
    TRY(run(engine, "BEGIN IMMEDIATE", NULL));
    err = fill(engine, spec, ret_result);
    if (!err)
        return run(engine, "COMMIT", NULL);
    error_ignore(run(engine, "ROLLBACK", NULL)); /* the first failure is the one to tell */
    return err;
}

/* Triggers and views work as in the application. A schema that is not trusted may use none of the
 * JSON functions in its checks; extensions stay off, and the file stays defended against writes to
 * what SQLite keeps for itself. */
static const int options[] = {
    SQLITE_DBCONFIG_ENABLE_TRIGGER,
    SQLITE_DBCONFIG_ENABLE_VIEW,
    SQLITE_DBCONFIG_TRUSTED_SCHEMA,
};

Error *sqlite_populate(SqliteDb *db, const PopulateSpec *spec, PopulateResult *ret_result)
{
    PopEngine engine = {.context = {false, spec->kind, spec->seed, spec->rows},
                        .connection = db,
                        .run = run,
                        .query = query,
                        .is_local = sqlite_error_is_local,
                        .choices = choices,
                        .quiet = quiet};
    AUTO(populate_result) PopulateResult result = {0};
    int before[COUNT_OF(options)];
    Error *err;

    TRY(sqlite_functions_add(db));
    for (size_t i = 0; i < COUNT_OF(options); i++) { /* neither can fail: the options are known */
        (void)sqlite3_db_config(db->db, options[i], -1, &before[i]);
        (void)sqlite3_db_config(db->db, options[i], 1, (int *)NULL);
    }
    err = fill_whole(&engine, spec, &result);
    for (size_t i = 0; i < COUNT_OF(options); i++)
        (void)sqlite3_db_config(db->db, options[i], before[i], (int *)NULL);
    TRY(err);
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}
