#pragma once
/* Fills an old database with rows that its schema permits, so that an upgrade has something to
 * lose. Nothing is left behind but the rows: no function, no table, no setting. */

#include "database/pg_db.h"
#include "database/sqlite_db.h"
#include "model/ledger.h"
#include "model/report.h"
#include "model/rows.h"

typedef enum PopulateKind {
    POPULATE_TYPICAL, /* plausible rows, as an application would make them */
    POPULATE_EDGE,    /* what the schema permits and an application may not expect */
} PopulateKind;

/* Everything borrowed; NULL: none. */
typedef struct PopulateSpec {
    PopulateKind kind;
    int64_t rows;                  /* wanted in every table; 0 makes none */
    uint64_t seed;                 /* the same seed makes the same rows again */
    const StrMap *columns;         /* "table.column" or "space.table.column" -> SQL expression */
    const StrList *skip;           /* tables, "notes" or "app.notes" */
    const LedgerSpecList *ledgers; /* left alone, and their lock tables */
    const LessonList *lessons;
    const StrList *reference; /* tables that are only referred to, "space.table" as PopulateResult
                                 names them; NULL: every table that has rows */
} PopulateSpec;

typedef struct PopulateTable {
    char *space, *table; /* space "" in SQLite */
    int64_t rows;        /* that were made */
    bool kept;           /* reference data: it has rows of its own */
    char *note;          /* "its triggers were switched off: ..."; NULL */
} PopulateTable;

typedef struct PopulateTableList {
    PopulateTable *items;
    size_t len, cap;
} PopulateTableList;

typedef struct PopulateResult {
    uint64_t seed;
    int64_t tables; /* that rows are wanted for: neither ledger nor skipped by the user nor kept */
    int64_t filled; /* of these, have rows now */
    int64_t rows;   /* made */
    SkippedTableList skipped; /* the database's reason */
    PopulateTableList per_table;
    PopulateColumnList columns; /* of the tables that were filled */
} PopulateResult;

void populate_result_clear(PopulateResult *result);
DEFINE_AUTO_VALUE(populate_result, PopulateResult, populate_result_clear)

/**
 * Fill a Postgres database.
 *
 * @param db  of a superuser, outside a transaction; its settings are as before afterwards
 * @param[out] ret_result  untouched on error
 * @return NULL, also when tables could not be filled; as pg_query what is not local
 */
MUST_USE Error *pg_populate(PgDb *db, const PopulateSpec *spec, PopulateResult *ret_result);

/**
 * Fill an SQLite database. Triggers of its schema fire.
 *
 * @param db  opened by sqlite_db_open, outside a transaction; the file is written to
 * @param[out] ret_result  untouched on error
 * @return NULL, also when tables could not be filled; as sqlite_db_error what is not local
 */
MUST_USE Error *sqlite_populate(SqliteDb *db, const PopulateSpec *spec, PopulateResult *ret_result);
