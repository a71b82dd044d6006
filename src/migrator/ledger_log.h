#pragma once
/* Which migration each statement of a server's log is of: what is written to the ledger tells. A
 * migrator writes a row before or after the statements of its migration; where it cannot be known
 * which, nothing is said. */

#include "model/snapshot.h"
#include "model/statements.h"

/**
 * Name the migration of the statements that took effect, where that can be told.
 *
 * @param snapshot  after them
 * @param statements  in the order in which they were sent; what has a migration keeps it
 */
void ledger_log_attribute(const Snapshot *snapshot, StatementList *statements);

/**
 * How far a migrator came, of a kind that records what is through.
 *
 * @param snapshot  with its ledger
 * @param sent  all statements, also those that failed or were rolled back
 * @param[out] ret_ids  that were recorded, in order, also where that was rolled back; untouched
 * when false
 * @return whether more was done behind the last of them: a migration that did not come through
 */
bool ledger_log_reached(const Snapshot *snapshot, const StatementList *sent, StrList *ret_ids);
