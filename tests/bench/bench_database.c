/* Single pieces of work on a database, for scripts/bench, which times whole runs of this program.
 */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "database/fingerprint.h"
#include "database/pg_snapshot.h"
#include "database/populate/populate.h"
#include "database/sqlite_parts.h"

#define WORK_MS 3600000

static bool is_server(const char *database)
{
    return text_starts(database, "postgres://");
}

static Error *snapshot(const char *database, const char *unused)
{
    AUTO(snapshot) Snapshot read = {0};
    AUTO(sqlite_db) SqliteDb db = {0};
    PgTarget target = {.url = (char *)(uintptr_t)database};

    (void)unused;
    if (is_server(database))
        return pg_snapshot_read(&target, NULL, NULL, deadline_in(WORK_MS), &read);
    TRY(sqlite_db_open(database, NULL, deadline_in(WORK_MS), &db));
    TRY(sqlite_schema_read(&db, &read.unseen, &read.schema));
    return sqlite_data_read(&db, &(LedgerSpecList){0}, &read);
}

static Error *make_rows(const char *database, const char *rows)
{
    PopulateSpec spec = {.kind = POPULATE_TYPICAL, .rows = strtoll(rows, NULL, 10), .seed = 1};
    AUTO(populate_result) PopulateResult result = {0};

    if (is_server(database)) {
        PgTarget target = {.url = (char *)(uintptr_t)database};
        AUTO(pg_db) PgDb db = {0};

        TRY(pg_db_open(&target, NULL, deadline_in(WORK_MS), &db));
        TRY(pg_populate(&db, &spec, &result));
    } else {
        AUTO(sqlite_db) SqliteDb db = {0};

        TRY(sqlite_db_open(database, NULL, deadline_in(WORK_MS), &db));
        TRY(sqlite_populate(&db, &spec, &result));
    }
    for (size_t i = 0; i < result.skipped.len; i++)
        (void)fprintf(stderr, "%s: %s\n", result.skipped.items[i].table,
                      result.skipped.items[i].reason);
    return result.filled == result.tables ? NULL
                                          : error_new(ERR_SYSTEM, 0, "not every table was filled");
}

/* What SQLite has no function of its own for. full_hash(a, b, ...): of all of a row; half of it, as
 * an integer. */
static void full_hash(sqlite3_context *context, int count, sqlite3_value **values)
{
    RowHash hash;
    uint64_t sum[2];

    row_hash_begin(&hash);
    for (int i = 0; i < count; i++) {
        const void *text = sqlite3_value_text(values[i]);

        row_hash_text(&hash, text, (size_t)sqlite3_value_bytes(values[i]));
    }
    row_hash_end(&hash, sum);
    sqlite3_result_int64(context, (int64_t)(sum[0] >> 24)); /* their sum fits */
}

static Error *run_sql(const char *database, const char *sql)
{
    AUTO(sqlite_db) SqliteDb db = {0};

    TRY(sqlite_db_open(database, NULL, deadline_in(WORK_MS), &db));
    if (sqlite3_create_function(db.db, "full_hash", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
                                full_hash, NULL, NULL) != SQLITE_OK)
        return sqlite_db_error(&db);
    return sqlite_run(&db, sql);
}

static const struct {
    const char *name;
    Error *(*run)(const char *database, const char *argument);
} WORK[] = {{"snapshot", snapshot}, {"rows", make_rows}, {"sql", run_sql}};

int main(int argc, char **argv)
{
    AUTO(error)
    Error *err = error_new(
        ERR_INVALID, 0, "usage: bench_database snapshot|rows|sql FILE|postgres://... [ROWS|SQL]");

    for (size_t i = 0; argc >= 3 && i < sizeof WORK / sizeof *WORK; i++)
        if (text_eq(argv[1], WORK[i].name)) {
            error_free(err);
            err = WORK[i].run(argv[2], argc > 3 ? argv[3] : "");
            break;
        }
    if (err)
        (void)fprintf(stderr, "bench_database: %s\n", err->msg);
    return err ? 1 : 0;
}
