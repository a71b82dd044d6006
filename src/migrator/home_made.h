#pragma once
/* Ledgers of no framework, by the shape of the table; and what reading a table's shape needs. */

#include "model/ledger.h"
#include "model/schema.h"

/* A table and its columns; borrowed from a sorted schema. */
typedef struct LedgerTable {
    const char *space, *name;
    const SchemaObject *columns;
    size_t count;
} LedgerTable;

LedgerTable ledger_table_of(const Schema *schema, const SchemaObject *table);
/** A table of that namespace, its name compared without case; NULL when absent. Borrowed. */
const SchemaObject *ledger_table_find(const Schema *schema, const char *space, const char *name);
/** A column, its name compared without case; NULL when absent. Borrowed. */
const SchemaObject *ledger_table_column(const LedgerTable *table, const char *name);
/** As an identifier in double quotes, which SQLite and Postgres share; caller frees. */
MUST_USE char *ledger_quote(const char *name);
/** "schema_migrations", "DbVersion", "change-log"; not the lock beside one. */
bool ledger_name_sounds_right(const char *name);

/**
 * Whether a table is a ledger that somebody wrote by hand: its name sounds like one and all its
 * columns are of the kind that ledgers have, or it is an (id, name, applied_at) under any name.
 *
 * @param[out] ret_spec  how to read it; untouched when false
 */
bool home_made_find(const Schema *schema, const LedgerTable *table, LedgerSpec *ret_spec);
