#pragma once
/* A database at one moment: schema, contents in brief, ledgers, and what the engine finds wrong. */

#include <stdint.h>

#include "model/ledger.h"
#include "model/schema.h"

/* A column in brief. */
typedef struct ColumnSummary {
    int64_t values;      /* rows in which it is not NULL */
    uint64_t all, keyed; /* sums of hashes: of its values, and of its values with their row's key */
    bool constant;       /* all its values are one */
} ColumnSummary;

DEFINE_AUTO(column_summaries, ColumnSummary *, free)

typedef struct TableData {
    char *space, *table;
    int64_t rows;
    char *fingerprint; /* of all rows, whatever their order; hex */
    /* of each column that is neither computed nor hidden, in the schema's order; NULL: not all rows
     * could be read. keyed is 0 in a table without a primary key */
    ColumnSummary *summaries;
    bool is_ledger; /* a ledger or lock table: its times and ids differ between runs */
} TableData;

typedef struct TableDataList {
    TableData *items;
    size_t len, cap;
} TableDataList;

typedef enum FaultKind {
    FAULT_CORRUPT,     /* integrity_check, broken index */
    FAULT_FOREIGN_KEY, /* a row refers to nothing */
    FAULT_SEQUENCE,    /* a sequence or AUTOINCREMENT lags behind its column */
    FAULT_LEFTOVER,    /* a temporary table that a migration left behind */
    FAULT_UNREADABLE,  /* the file is there but is no database, or cannot be read */
    FAULT_CONSTRAINT,  /* a constraint that is not validated, not enforced, or broken by rows */
    FAULT_HELD,        /* locks that outlive the migrator: of a prepared transaction or a session */
} FaultKind;

typedef struct Fault {
    FaultKind kind;
    char *table, *column; /* NULL when not known */
    char *detail;         /* the database's own words */
    int64_t count;        /* rows concerned; 0 when not counted */
} Fault;

typedef struct FaultList {
    Fault *items;
    size_t len, cap;
} FaultList;

typedef struct Snapshot {
    bool exists;    /* the database is where the configuration says */
    char *location; /* path in the container; of a server, the database's name */
    int64_t size_bytes;
    StrList other_databases; /* SQLite files found elsewhere, as paths in the container */
    Schema schema;
    TableDataList data;
    LedgerList ledgers;
    FaultList faults;
    StrList unseen; /* what could not be looked at, and why: "table notes: no such module: vec0" */
} Snapshot;

const TableData *snapshot_table(const Snapshot *snapshot, const char *space, const char *table);
/** Tables that are neither ledger nor lock. */
size_t snapshot_user_tables(const Snapshot *snapshot);
/** Whether two have the same schema, and ledgers with the same entries; sorted both. */
bool snapshot_same_shape(const Snapshot *a, const Snapshot *b);
int64_t snapshot_rows(const Snapshot *snapshot); /* in user tables */
void snapshot_clear(Snapshot *snapshot);
void snapshot_free(Snapshot *snapshot); /* heap object; NULL is fine */
void fault_list_add(FaultList *list, FaultKind kind, const char *table, const char *column,
                    const char *detail, int64_t count); /* copies */
DEFINE_AUTO_VALUE(snapshot, Snapshot, snapshot_clear)
