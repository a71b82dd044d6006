#pragma once
/* What a candidate's migrations locked while they ran, statement by statement: table locks that
 * stop others from reading or writing. */

#include <stdint.h>

#include "model/statements.h"

/* The table locks that stop writes, weakest first; the last stops reads as well. Source:
 * postgresql.org, Explicit Locking */
typedef enum LockMode {
    LOCK_MODE_SHARE,
    LOCK_MODE_SHARE_ROW_EXCLUSIVE,
    LOCK_MODE_EXCLUSIVE,
    LOCK_MODE_ACCESS_EXCLUSIVE,
    LOCK_MODE_COUNT
} LockMode;

const char *lock_mode_name(LockMode mode); /* "SHARE", "ACCESS EXCLUSIVE" */
bool lock_mode_parse(const char *name, LockMode *ret_mode);

/* What one statement did to all rows of a table that it had locked. */
typedef struct LockedWork {
    size_t statement;
    bool rewrites; /* otherwise it only reads them */
} LockedWork;

typedef struct LockedWorkList {
    LockedWork *items;
    size_t len, cap;
} LockedWorkList;

/* One lock of one transaction. */
typedef struct TableLock {
    char *space, *table; /* as they were called before the upgrade */
    LockMode mode;       /* the strongest of its time */
    size_t from, to;     /* statements: that took it, and the last of its transaction */
    size_t session;
    LockedWorkList works;
} TableLock;

/* Of tables that were there before the upgrade, in the order in which they were taken. */
typedef struct LockTrace {
    TableLock *items;
    size_t len, cap;
    StatementList statements; /* that were sent, in order */
} LockTrace;

void lock_trace_clear(LockTrace *trace);
DEFINE_AUTO_VALUE(lock_trace, LockTrace, lock_trace_clear)
