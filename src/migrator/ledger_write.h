#pragma once
/* Statements that write to a ledger, and the migration that they speak of. */

#include "model/snapshot.h"
#include "model/sql_scan.h"
#include "model/statements.h"

typedef struct LedgerWrite {
    size_t at; /* index of the statement */
    const LedgerSpec *spec;
    char *id;     /* NULL: of several, or it cannot be told */
    bool updates; /* a row that is there already */
} LedgerWrite;

typedef struct LedgerWriteList {
    LedgerWrite *items;
    size_t len, cap;
} LedgerWriteList;

/** @param snapshot  after them: it has the ledgers that specs are of
 * @param[out] ret_writes  in order; borrow from specs */
void ledger_writes_read(const Snapshot *snapshot, const LedgerSpecList *specs,
                        const StatementList *statements, LedgerWriteList *ret_writes);
void ledger_writes_clear(LedgerWriteList *writes);
DEFINE_AUTO_VALUE(ledger_writes, LedgerWriteList, ledger_writes_clear)
