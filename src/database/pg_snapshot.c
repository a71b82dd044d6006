#include "database/pg_snapshot.h"

#include "database/pg_parts.h"
#include "database/pg_schema.h"

static Error *give_up(PgDb *db, Error *err, const char *what, const char *name, StrList *unseen)
{
    if (!pg_error_is_local(err))
        return err;
    str_list_addf(unseen, "%s %s: %s", what, name, err->msg);
    error_free(err);
    return pg_run(db, "ROLLBACK TO SAVEPOINT part");
}

Error *pg_try(PgDb *db, const char *sql, const char *what, const char *name, StrList *unseen,
              PGresult **ret_result)
{
    AUTO(pg_result) PGresult *result = NULL;
    Error *err;

    TRY(pg_run(db, "SAVEPOINT part"));
    err = pg_query(db, sql, NULL, 0, &result);
    if (err)
        TRY_CTX(give_up(db, err, what, name, unseen), "%s %s", what, name);
    TRY(pg_run(db, "RELEASE SAVEPOINT part"));
    *ret_result = TAKE(result);
    return NULL;
}

char *pg_place(const char *space, const char *name)
{
    return xasprintf("%s%s%s", space, *space ? "." : "", name);
}

static Error *read_size(PgDb *db, Snapshot *snapshot)
{
    AUTO(pg_result) PGresult *result = NULL;

    TRY(pg_try(db, "SELECT pg_database_size(current_database()), current_database()", "size of",
               "the database", &snapshot->unseen, &result));
    if (!result)
        return NULL;
    snapshot->size_bytes = pg_i64(result, 0, 0);
    snapshot->location = xstrdup(pg_text(result, 0, 1));
    return NULL;
}

static Error *read_parts(PgDb *db, LedgerFinder ledgers_of, Snapshot *snapshot)
{
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};

    TRY(read_size(db, snapshot));
    TRY(pg_schema_read(db, &snapshot->unseen, &snapshot->schema));
    if (ledgers_of)
        ledgers_of(&snapshot->schema, &specs);
    TRY(pg_ledgers_read(db, &specs, &snapshot->unseen, &snapshot->ledgers));
    TRY(pg_data_read(db, &specs, snapshot));
    return pg_faults_read(db, snapshot);
}

static Error *read_database(const PgTarget *target, LedgerFinder ledgers_of, const Cancel *cancel,
                            Deadline dl, Snapshot *snapshot)
{
    AUTO(pg_db) PgDb db = {0};
    AUTO(error) Error *err = pg_db_open(target, cancel, dl, &db);

    if (err && err->code == ERR_NOT_FOUND)
        return NULL;
    if (err)
        return TAKE(err);
    snapshot->exists = true;
    TRY(pg_run(&db, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    TRY(read_parts(&db, ledgers_of, snapshot));
    return pg_run(&db, "COMMIT");
}

Error *pg_snapshot_read(const PgTarget *target, LedgerFinder ledgers_of, const Cancel *cancel,
                        Deadline dl, Snapshot *ret_snapshot)
{
    AUTO(snapshot) Snapshot snapshot = {0};
    const char *name = target->database ? target->database : "that the URL names";

    TRY_CTX(read_database(target, ledgers_of, cancel, dl, &snapshot), "reading database %s", name);
    if (!snapshot.location)
        snapshot.location = xstrdup_null(target->database);
    *ret_snapshot = snapshot;
    snapshot = (Snapshot){0};
    return NULL;
}
