#pragma once
/* The frameworks' ledger tables, recognised by their columns in any schema; home-made ones by
 * shape. */

#include "model/ledger.h"
#include "model/schema.h"

/** A LedgerFinder (database/database.h): every ledger that the schema contains. */
void ledger_specs_find(const Schema *schema, LedgerSpecList *ret_specs);
