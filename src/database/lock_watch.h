#pragma once
/* The tables whose locks are watched in a database. */

#include <stdint.h>

#include "base/text.h"

typedef struct WatchedTable {
    uint32_t id; /* the server's */
    char *space, *name;
} WatchedTable;

/* Sorted by id. */
typedef struct LockWatch {
    char *mark; /* in the server's log, from which on it tells; NULL: nothing is watched */
    WatchedTable *items;
    size_t len, cap;
} LockWatch;

/** Index; watch->len: it is none of them. */
size_t lock_watch_find(const LockWatch *watch, uint32_t id);
void lock_watch_clear(LockWatch *watch);
DEFINE_AUTO_VALUE(lock_watch, LockWatch, lock_watch_clear)
