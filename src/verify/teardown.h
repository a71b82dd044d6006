#pragma once
/* What a run made, on the engine and on the servers of database.url, and must take away again,
 * whatever happens. */

#include "engine/engine.h"

typedef struct Teardown Teardown;

typedef enum TeardownKind {
    TEARDOWN_CONNECTION, /* "network/container": this process's own container joined it */
    TEARDOWN_CONTAINER,
    TEARDOWN_DATABASE, /* "name url", on an existing server */
    TEARDOWN_VOLUME,
    TEARDOWN_NETWORK,
    TEARDOWN_IMAGE,
} TeardownKind;

MUST_USE Teardown *teardown_new(void);
/** Remember an object; from any thread. id: an engine id or name; copied. */
void teardown_add(Teardown *teardown, TeardownKind kind, const char *id);
/** As DatabaseContext.made: kind is "connection", "container", "database", "volume", "network" or
 * "image". */
void teardown_made(void *teardown, const char *kind, const char *id);
/** How many are remembered: a mark for teardown_run as well. */
size_t teardown_count(const Teardown *teardown);
/** Names of those of one kind, oldest first; of a database without its URL. */
void teardown_names(const Teardown *teardown, TeardownKind kind, StrList *ret_names);
/** Forget an object that is gone already. */
void teardown_forget(Teardown *teardown, TeardownKind kind, const char *id);
/**
 * Nobody needs an object any more: it is removed while the run goes on, and forgotten then. What
 * stays is left to teardown_run. From any thread.
 *
 * @param engine  to clone
 */
void teardown_release(Teardown *teardown, const Engine *engine, TeardownKind kind, const char *id);
/**
 * Remove what was added since a mark, some at once, containers before what they use; forgets it. No
 * other thread may be adding.
 *
 * @param mark  teardown_count of the moment; 0: all. Nothing older is forgotten in between.
 * @param engine  one that no cancel flag stops (engine_clone_uncancelled)
 * @param warnings  appended to: what could not be removed, with the engine's words
 */
void teardown_run(Teardown *teardown, size_t mark, Engine *engine, Deadline dl, StrList *warnings);
void teardown_free(Teardown *teardown);
DEFINE_AUTO(teardown, Teardown *, teardown_free)
