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

static Error *read_schema(PgDb *db, LedgerFinder ledgers_of, LedgerSpecList *specs,
                          Snapshot *snapshot)
{
    TRY(pg_schema_read(db, &snapshot->unseen, &snapshot->schema));
    if (ledgers_of)
        ledgers_of(&snapshot->schema, specs);
    return NULL;
}

static Error *read_parts(PgDb *db, LedgerFinder ledgers_of, Snapshot *snapshot)
{
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};

    TRY(read_size(db, snapshot));
    TRY(read_schema(db, ledgers_of, &specs, snapshot));
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

/* --- while it is in use
 * --------------------------------------------------------------------------------------------- */

/* A session that merely waits for its client's next statement is at rest, but who keeps all others
 * out of a table is not. */
static Error *count_busy(PgDb *db, bool *ret_busy)
{
    AUTO(pg_result) PGresult *result = NULL;

    TRY(pg_query(db,
                 "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() "
                 "AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> "
                 "'idle') OR EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = "
                 "l.database WHERE d.datname = current_database() AND l.granted AND l.locktype = "
                 "'relation' AND l.mode = 'AccessExclusiveLock')",
                 NULL, 0, &result));
    *ret_busy = pg_bool(result, 0, 0);
    return NULL;
}

static Error *peek_into(PgDb *db, LedgerFinder ledgers_of, Snapshot *snapshot, bool *ret_busy)
{
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};

    TRY(count_busy(db, ret_busy));
    if (*ret_busy)
        return NULL;
    TRY(pg_run(db, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    /* somebody who holds a table is at work: nobody is to queue up behind our waiting */
    TRY(pg_run(db, "SET LOCAL lock_timeout = '50ms'"));
    TRY(read_schema(db, ledgers_of, &specs, snapshot));
    TRY(pg_ledgers_read(db, &specs, &snapshot->unseen, &snapshot->ledgers));
    return pg_run(db, "COMMIT");
}

Error *pg_snapshot_peek(const PgTarget *target, LedgerFinder ledgers_of, const Cancel *cancel,
                        Deadline dl, Snapshot *ret_snapshot, bool *ret_busy)
{
    AUTO(snapshot) Snapshot snapshot = {.exists = true};
    AUTO(pg_db) PgDb db = {0};
    AUTO(error) Error *err = NULL;
    bool busy = false;

    TRY_CTX(pg_db_open(target, cancel, dl, &db), "looking into database %s", target->database);
    err = peek_into(&db, ledgers_of, &snapshot, &busy);
    if (err && !pg_error_is_local(err))
        return error_wrap(TAKE(err), "looking into database %s", target->database);
    *ret_busy = busy || err;
    if (*ret_busy)
        return NULL;
    *ret_snapshot = snapshot;
    snapshot = (Snapshot){0};
    return NULL;
}
