#pragma once
/* Objects of runs on the engine, told from one another by labels, and which of those runs are
 * alive. */

#include "engine/engine.h"

#define LABEL_RUN     "seatrial.run"     /* run id */
#define LABEL_STARTED "seatrial.started" /* seconds since 1970 */
#define LABEL_EXPIRES "seatrial.expires" /* seconds since 1970: no run lives longer */
#define LABEL_OWNER   "seatrial.owner"   /* boot id / pid namespace / pid / start time */
#define LABEL_KEPT    "seatrial.kept"    /* left for inspection on purpose */

/* Repository of the local tags that built and loaded candidates get: "seatrial-candidate:<run>". */
#define CANDIDATE_REPOSITORY "seatrial-candidate"
/* Of those that releases get that are built from their git trees:
 * "seatrial-release:<run>-<commit>".
 */
#define RELEASE_REPOSITORY "seatrial-release"

/** Labels for the objects of a run of this process. @param lifetime_ms longest that it can take */
void sweep_labels(const char *run_id, bool keep, int64_t lifetime_ms, StrMap *labels);

typedef enum RunLife {
    RUN_ENDED,  /* its process is gone, or its time is up */
    RUN_ALIVE,  /* its process runs on this machine */
    RUN_UNSEEN, /* another machine or container made it, and its time is not up */
} RunLife;

typedef struct Leftover {
    const char *kind; /* "container", "database", "volume", "network", "image": static */
    char *id, *name, *run;
    char *url; /* of a database's server, a secret; else NULL */
    int64_t started_s;
    RunLife life;
    bool kept;
} Leftover;

typedef struct LeftoverList {
    Leftover *items;
    size_t len, cap;
} LeftoverList;

/** Everything on the engine that carries LABEL_RUN, containers first. */
MUST_USE Error *sweep_find(Engine *engine, Deadline dl, LeftoverList *ret_leftovers);
/** Databases of runs on an existing Postgres server, appended. @param url  a secret */
MUST_USE Error *sweep_find_databases(const char *url, const Cancel *cancel, Deadline dl,
                                     LeftoverList *leftovers);
MUST_USE Error *sweep_remove(Engine *engine, const Leftover *leftover, Deadline dl);
/**
 * Remove what ended runs left, but not what was kept on purpose. For the start of a run: failures
 * become warnings.
 */
void sweep_quietly(Engine *engine, const char *own_run, Deadline dl, StrList *warnings);
/** The same on the server of a database.url. One that does not answer is left to those who use it.
 */
void sweep_databases_quietly(const char *url, const char *own_run, const Cancel *cancel,
                             Deadline dl, StrList *warnings);
/** What is known of a run by its labels; for tests. now_s: seconds since 1970 */
RunLife sweep_life(const char *owner, int64_t expires_s, int64_t now_s);
void leftover_list_clear(LeftoverList *list);
DEFINE_AUTO_VALUE(leftover_list, LeftoverList, leftover_list_clear)
