#include "database/outside.h"

#include <string.h>

#include "database/pg_db.h"
#include "database/pg_schema.h"
#include "database/sqlite.h"
#include "tar/tar.h"

/* Where the file is put in a volume that exists only in a spool. */
#define FOLDER    "/outside"
#define FILE_PATH FOLDER "/database"

static Error *empty_volume(VolumeCopy **ret_volume)
{
    static const TarEntry ROOT = {.path = ".", .type = TAR_DIRECTORY, .mode = 0700};
    AUTO(spool) Spool *spool = NULL;
    AUTO(tar_writer) TarWriter *writer = NULL;

    TRY(spool_new(1 << 20, &spool));
    TRY(tar_writer_open(tar_to_spool, spool, &writer));
    TRY(tar_writer_add(writer, &ROOT, NULL));
    TRY(tar_writer_finish(TAKE(writer)));
    *ret_volume = volume_copy_of(TAKE(spool), FOLDER);
    return NULL;
}

/* No setting names this file. */
static Error *without_key(Error *err)
{
    static const char KEY[] = "data.restore: ";

    if (err && text_starts(err->msg, KEY))
        memmove(err->msg, err->msg + strlen(KEY), strlen(err->msg) - strlen(KEY) + 1);
    return err;
}

Error *outside_read_file(const char *path, LedgerFinder ledgers_of, const Cancel *cancel,
                         Deadline dl, Snapshot *ret_snapshot)
{
    static const DatabaseSpec SPEC = {.sqlite = FILE_PATH};
    AUTO(volume_copy) VolumeCopy *empty = NULL;
    AUTO(volume_copy) VolumeCopy *filled = NULL;

    TRY(empty_volume(&empty));
    TRY(without_key(sqlite_restore(empty, &SPEC, path, cancel, dl, &filled)));
    TRY_CTX(sqlite_snapshot(filled, &SPEC, ledgers_of, cancel, dl, ret_snapshot), "reading %s",
            path);
    return NULL;
}

/* That a table is a ledger, or the lock of one. */
static void note_ledger(Snapshot *snapshot, const char *space, const char *table)
{
    if (table)
        LIST_PUSH(&snapshot->data, ((TableData){.space = xstrdup(space ? space : ""),
                                                .table = xstrdup(table),
                                                .is_ledger = true}));
}

static Error *read_schema(PgDb *db, LedgerFinder ledgers_of, Snapshot *snapshot)
{
    AUTO(ledger_spec_list) LedgerSpecList specs = {0};

    TRY(pg_run(db, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    TRY(pg_schema_read(db, &snapshot->unseen, &snapshot->schema));
    TRY(pg_run(db, "COMMIT"));
    ledgers_of(&snapshot->schema, &specs);
    for (size_t i = 0; i < specs.len; i++) {
        note_ledger(snapshot, specs.items[i].space, specs.items[i].table);
        note_ledger(snapshot, specs.items[i].lock_space, specs.items[i].lock_table);
    }
    return NULL;
}

Error *outside_read_url(const char *url, LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                        Snapshot *ret_snapshot)
{
    AUTO(pg_target) PgTarget target = {.url = xstrdup(url)};
    AUTO(pg_db) PgDb db = {0};
    AUTO(snapshot) Snapshot snapshot = {.exists = true};

    TRY(pg_db_open(&target, cancel, dl, &db));
    snapshot.location = xstrdup(PQdb(db.conn));
    TRY_CTX(read_schema(&db, ledgers_of, &snapshot), "reading database %s", snapshot.location);
    *ret_snapshot = snapshot;
    snapshot = (Snapshot){0};
    return NULL;
}
