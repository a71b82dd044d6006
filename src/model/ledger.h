#pragma once
/* The table in which a migrator keeps what it has applied. */

#include <stdbool.h>

#include "base/list.h"

/* When a migrator writes a migration's row. */
typedef enum LedgerMoment {
    LEDGER_MOMENT_UNKNOWN,
    LEDGER_AFTER,  /* it is through */
    LEDGER_BEFORE, /* it begins */
    LEDGER_AROUND, /* it begins, and again when it is through */
} LedgerMoment;

/* Where a ledger is and how its rows are read: from migrator/ to database/. SQL is of the common
 * subset of SQLite and Postgres; identifiers in it are quoted. NULL: the framework has no such
 * thing. */
typedef struct LedgerSpec {
    char *framework; /* "Prisma", "golang-migrate", "home-made" */
    char *space, *table;
    char *id;       /* expression for the migration's id or name */
    char *checksum; /* expression */
    char *order;    /* expression to order by */
    char *failed;   /* predicate: the row stands for a migration that failed or is dirty */
    char *pending;  /* predicate: the row stands for a migration that is yet to run */
    char *lock_space, *lock_table; /* of a lock beside the ledger */
    char *locked;                  /* predicate on the lock table: somebody still holds the lock */
    LedgerMoment moment;
    bool apart; /* it writes them by another session than that which migrates */
} LedgerSpec;

typedef struct LedgerSpecList {
    LedgerSpec *items;
    size_t len, cap;
} LedgerSpecList;

void ledger_spec_clear(LedgerSpec *spec);
void ledger_spec_list_clear(LedgerSpecList *list);

typedef enum LedgerState { LEDGER_APPLIED, LEDGER_FAILED, LEDGER_PENDING } LedgerState;

typedef struct LedgerEntry {
    char *id;       /* "003_owner", "20260801120000" */
    char *checksum; /* NULL when the framework stores none */
    LedgerState state;
} LedgerEntry;

typedef struct Ledger {
    char *framework, *space, *table;
    LedgerEntry *items;
    size_t len, cap;
    char *locked_by; /* what the lock row says while somebody holds it; NULL when free */
} Ledger;

typedef struct LedgerList {
    Ledger *items;
    size_t len, cap;
} LedgerList;

/** Append an entry, or replace the one of the same id: of several rows of one migration (rolled
 * back, then applied) the last counts. Copies text. */
void ledger_put(Ledger *ledger, const char *id, const char *checksum, LedgerState state);
/** NULL when no ledger has such a table. Borrowed. */
const Ledger *ledger_find(const LedgerList *list, const char *space, const char *table);
const LedgerEntry *ledger_entry_find(const Ledger *ledger, const char *id);
/** Ids that are applied in after and are not in before, over all ledgers: what ran in between. */
void ledger_added(const LedgerList *before, const LedgerList *after, StrList *ret_ids);
void ledger_clear(Ledger *ledger);
void ledger_list_clear(LedgerList *list);
DEFINE_AUTO_VALUE(ledger_spec_list, LedgerSpecList, ledger_spec_list_clear)
DEFINE_AUTO_VALUE(ledger, Ledger, ledger_clear)
DEFINE_AUTO_VALUE(ledger_list, LedgerList, ledger_list_clear)
