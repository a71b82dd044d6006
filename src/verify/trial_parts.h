#pragma once
/* A trial under way: what its parts share. The main path and every experiment are lanes; what lanes
 * put down they put down under the trial's lock, and it is read once all have ended. */

#include <pthread.h>

#include "database/database.h"
#include "engine/ready.h"
#include "model/migration_set.h"
#include "verify/trial.h"

/* A container run, and the database after it. */
typedef struct Attempt {
    int step; /* index into report->steps; -1 did not run */
    Snapshot snapshot;
    bool taken; /* snapshot is filled */
} Attempt;

typedef struct Trial {
    Session *session;
    const Plan *plan;
    const PlannedPath *path;
    const CheckPolicy *policy;
    PathReport *report; /* its steps in the order in which they ended */
    pthread_mutex_t lock;
    char *name;                           /* prefix of object names: "seatrial-<run>-1" */
    char *network;                        /* id, or ENGINE_NO_NETWORK */
    RunSettings run, old_run;             /* as the settings have them, and what services add */
    RunSettings start_run, old_start_run; /* with what the settings say of the start */
    DatabaseSpec spec;
    Database *database;
    Database *first; /* the same until other rows are made in a second one; stays to the end */
    DatabaseCopy *bare_copy;           /* after the old migrations; NULL: no rows were made */
    DatabaseCopy *old_copy, *new_copy; /* before and after the new migrations */
    DatabaseCopy *fresh_copy;          /* after those on an empty database */
    ReferenceList references;          /* of the upgraded database against the fresh one */
    PopulateResult rows;               /* that were made before the upgrade */
    bool has_rows;
    LessonList lessons;           /* for the next rows */
    LearntList learnt;            /* the same, with what taught them */
    const PlannedImage *last_old; /* the released image that ran last */
    ReadySpec ready;              /* of the application, where the settings start it */
    Attempt old, new, rerun, rerun_again, together, rollback, again;
    Attempt fresh, fresh_again; /* on a database that was empty: once, and once more */
    /* further steps: indices into report->steps; -1 did not run */
    int status, old_status, together_steps[2], start, old_again, edge, smoke, old_smoke, traced;
    StrList old_strays, new_strays;
    char *mark;               /* in the server's log, before the new migrations; NULL none */
    StatementList statements; /* of the new migrations */
    DataChanges data;         /* from old to new */
    bool statements_known, has_data;
    StrList reached; /* migrations that were through when the upgrade failed, rolled back or not */
    bool reached_known;
    MigrationSet old_files, new_files;
    char *files_unknown; /* why there are none; NULL when there are, or they were not looked for */
    /* below the volume's mount path: in the first image, in the candidate's, in the volume */
    FileTree old_tree, new_tree, volume_tree;
    bool trees_known, volume_tree_known;
    char *tree_unknown; /* why the images' are not known; NULL when they are, or nobody asked */
    LockTrace locks;    /* of the new migrations, on a copy */
    bool locks_known;
    StrMap could_not; /* check id -> why its experiment could not be made */
} Trial;

/* One line of work: what it does happens one thing after another. */
typedef struct Lane {
    Trial *trial;
    char *name;      /* prefix of object names */
    int runs;        /* containers so far, for their names */
    Session session; /* the trial's, with an engine connection of its own; borrows the rest */
    DatabaseContext context; /* for databases that it makes */
} Lane;

/** @param name  of an experiment: "rerun"; NULL for the main path. @return NULL, or the engine's */
MUST_USE Error *lane_open(Trial *trial, const char *name, Lane *ret_lane);
void lane_close(Lane *lane);
DEFINE_AUTO_VALUE(lane, Lane, lane_close)

/* One container run of a lane; all borrowed. */
typedef struct LaneRun {
    const char *step; /* its name in the report */
    const PlannedImage *image;
    const RunSettings *settings;
    const StrList *words; /* command; empty: the image's own */
    const char *workdir;  /* where the settings give none; NULL: the image's own */
    Database *database;
    const ReadySpec *ready; /* an application that goes on running; NULL: run to its end */
    StrList *strays;        /* NULL: not looked for */
} LaneRun;

/** How the migrations of an image run: its command, or its start. Borrows from the trial. */
LaneRun trial_migrator(const Trial *trial, const char *step, const PlannedImage *image,
                       Database *database);
/** Run it; the step joins the report. */
MUST_USE Error *lane_run(Lane *lane, const LaneRun *run, int *ret_step);
/** Run it, and when it passed take a snapshot of its database. */
MUST_USE Error *lane_attempt(Lane *lane, const LaneRun *run, Attempt *attempt);
/** The candidate's migrations on a database, as lane_attempt. */
MUST_USE Error *lane_migrate(Lane *lane, const char *step, Database *database, Attempt *attempt);
/** A snapshot of a copy. */
MUST_USE Error *lane_look(Lane *lane, const DatabaseCopy *copy, Attempt *attempt);
/** A further database with the content of a copy, to be spoilt by this lane. */
MUST_USE Error *lane_branch(Lane *lane, DatabaseCopy *copy, Database **ret_database);
/** One more of the same lane. @param name  what tells their objects apart */
MUST_USE Error *lane_branch_named(Lane *lane, const char *name, DatabaseCopy *copy,
                                  Database **ret_database);

#define TRIAL_CALL_MS 60000
#define TRIAL_COPY_MS (30 * INT64_C(60000))

/** False as well when it did not run. From any lane. */
bool trial_passed(Trial *trial, int step);
/** A step as it is in the report; its texts are borrowed. From any lane. */
Step trial_step(Trial *trial, int step);
/** What a check wants could not be had: it is an error then. From any lane. */
void trial_could_not(Trial *trial, const char *check, const Error *err);
/** Whether a check is on. */
bool trial_wants(const Trial *trial, const char *check);
/** Where its containers find each other and nothing else: none where nothing is to be found. */
MUST_USE Error *trial_network(Trial *trial);
/** A mark before the new migrations, and what became of rows and values after them. */
MUST_USE Error *trial_mark(Trial *trial);
MUST_USE Error *trial_follow(Lane *lane);
/** Why nothing can be known of a database's locks; NULL when it can. */
const char *locks_untold(const DatabaseSpec *spec);
/** The locks of the report. */
void trial_describe_locks(const Trial *trial);
/** How far the upgrade came that failed, where the server tells. */
void trial_reached(Lane *lane);
/** What migrations inserted, in the upgraded database and in the fresh one; once all lanes have
 * ended. */
MUST_USE Error *trial_references(Lane *lane);
/** The statements out of the migration files, where the database told none. */
void trial_scripts(Trial *trial);
/** What the old database holds beside what its migrations put there: by the seed command, by SQL
 * files, and rows that are made; then trial->old_copy and the snapshot before the upgrade. */
MUST_USE Error *rows_provide(Lane *lane);
/** Rows into a database that has the content of trial->bare_copy. */
MUST_USE Error *rows_make(Lane *lane, Database *database, PopulateKind kind,
                          PopulateResult *ret_result);
/**
 * After new migrations that failed: when they failed over a value that was invented, the rows
 * learn, and the trial is again as it was before the upgrade, with other rows.
 *
 * @param[out] ret_again  the upgrade is to be tried again
 */
MUST_USE Error *rows_learn(Lane *lane, bool *ret_again);
/** Findings and results from all that was seen. */
void trial_judge(const Trial *trial);
/** What a reader must know however it goes on: the containers are not isolated, for the server's
 * sake. */
void trial_warn(const Trial *trial, StrList *warnings);
/** Schema, migrations and data of the report; warnings are appended to. */
void trial_describe(const Trial *trial, StrList *warnings);
