#include "base/file.h"
#include "database/links.h"
#include "database/sqlite.h"
#include "database/sqlite_file.h"
#include "database/sqlite_pack.h"
#include "database/sqlite_parts.h"
#include "database/sqlite_script.h"

#define SCRIPT_BYTES_MAX (16U << 20)

static Error *run_script(SqliteDb *db, const char *path)
{
    AUTO(str) char *script = NULL;
    size_t len;
    AUTO(error) Error *err = file_read(path, SCRIPT_BYTES_MAX, &script, &len);

    if (err) {
        err->code = ERR_INVALID; /* a file that the settings name */
        return error_wrap(TAKE(err), "data.seed");
    }
    return sqlite_script_run(db, path, script, 1);
}

/* All that was written goes into the file itself: beside it nothing is left to be kept. */
static Error *fill_file(const SqliteFile *file, const FillSpec *fill_spec, LedgerFinder ledgers_of,
                        const Cancel *cancel, Deadline dl, PopulateResult *ret_result)
{
    AUTO(sqlite_db) SqliteDb db = {0};
    AUTO(schema) Schema schema = {0};
    AUTO(str_list) StrList unseen = {0};
    AUTO(ledger_spec_list) LedgerSpecList ledgers = {0};
    AUTO(populate_result) PopulateResult result = {0};
    PopulateSpec rows = fill_spec->rows;

    TRY(sqlite_db_open(file->path, cancel, dl, &db));
    for (size_t i = 0; fill_spec->scripts && i < fill_spec->scripts->len; i++)
        TRY(run_script(&db, fill_spec->scripts->items[i]));
    TRY(sqlite_schema_read(&db, &unseen, &schema));
    ledgers_of(&schema, &ledgers);
    rows.ledgers = &ledgers;
    TRY(sqlite_populate(&db, &rows, &result));
    TRY(sqlite_run(&db, "PRAGMA wal_checkpoint(TRUNCATE)"));
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}

Error *sqlite_fill(const VolumeCopy *copy, const DatabaseSpec *spec, const FillSpec *fill_spec,
                   LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                   VolumeCopy **ret_changed, PopulateResult *ret_result)
{
    AUTO(sqlite_file) SqliteFile file = {0};
    AUTO(str) char *path = NULL;
    AUTO(populate_result) PopulateResult result = {0};

    TRY(path_clean("database.sqlite", spec->sqlite, &path));
    TRY_CTX(sqlite_file_extract(copy, path, cancel, dl, &file), "reading %s", path);
    if (file.path) {
        TRY_CTX(fill_file(&file, fill_spec, ledgers_of, cancel, dl, &result), "making rows in %s",
                path);
        TRY(sqlite_pack(copy, &file, cancel, dl, ret_changed));
    }
    *ret_result = result;
    result = (PopulateResult){0};
    return NULL;
}
