#pragma once
/* The document that a run ends in: SPEC section 5, format 1. Every rendering is made from it. */

#include <stdint.h>

#include "model/finding.h"

#define REPORT_FORMAT 1

typedef enum StepEnd {
    STEP_EXITED,    /* by itself: exit_code counts */
    STEP_TIMED_OUT, /* killed at the timeout */
    STEP_OUT_OF_MEMORY,
    STEP_KILLED,      /* by a signal that was not ours */
    STEP_NOT_STARTED, /* the engine could not start the command: reason says why */
    STEP_STOPPED,   /* an application that became ready, and was stopped: exit_code means nothing */
    STEP_NOT_READY, /* an application that did not become ready: reason says what was seen */
} StepEnd;

const char *step_end_name(StepEnd end); /* "exited", "timed-out", ... */
bool step_end_parse(const char *name, StepEnd *ret_end);

/* One container run. */
typedef struct Step {
    char *name;                      /* "old-migrate", "new-migrate", "rerun", "status" */
    char *image;                     /* reference */
    StrList command;                 /* what ran: entrypoint and arguments */
    int64_t started_ms, duration_ms; /* started_ms since the run began */
    int exit_code;                   /* -1 when it never started */
    StepEnd end;
    Outcome outcome;
    char *log_tail; /* cleaned of control characters; NULL when nothing was written */
    char *reason;   /* of STEP_NOT_STARTED and other ends; NULL otherwise */
} Step;

typedef struct StepList {
    Step *items;
    size_t len, cap;
} StepList;

typedef struct CheckResult {
    char *id;
    Level level;
    Outcome outcome;
    int64_t duration_ms;
    char *reason; /* of skipped and error; NULL otherwise */
} CheckResult;

typedef struct CheckResultList {
    CheckResult *items;
    size_t len, cap;
} CheckResultList;

typedef struct ImageFacts {
    char *tag;    /* release tag; NULL when there is none */
    char *image;  /* reference */
    char *digest; /* repository digest "sha256:..."; the image id when it has none; NULL unknown */
    char *id;     /* the engine's image id */
} ImageFacts;

typedef struct SkippedTable {
    char *table, *reason;
} SkippedTable;

typedef struct SkippedTableList {
    SkippedTable *items;
    size_t len, cap;
} SkippedTableList;

/* One thing in which the candidate's image is not as the old one. */
typedef struct ImageChange {
    char *what;           /* "user", "environment", "entrypoint", ... */
    char *name;           /* of the one of several: an environment variable; NULL otherwise */
    char *before, *after; /* NULL: it was not there, or is not any more */
} ImageChange;

typedef struct ImageChangeList {
    ImageChange *items;
    size_t len, cap;
} ImageChangeList;

/* A migration of the candidate that the released image does not know, for a reviewer to see what is
 * about to run. */
typedef struct NewMigration {
    char *name;     /* as its migrator calls it: "003_owner" */
    char *path;     /* in the image */
    char *sql;      /* first lines of its way up, which may be code; NULL: not at hand */
    int64_t lines;  /* of all of it; 0 where it is not at hand */
    bool truncated; /* sql is not all of it */
} NewMigration;

typedef struct NewMigrationList {
    NewMigration *items;
    size_t len, cap;
} NewMigrationList;

/* A statement of the upgrade that ran while a table was locked. */
typedef struct LockedStatement {
    char *sql;       /* its beginning, one line */
    char *migration; /* NULL: not known */
} LockedStatement;

typedef struct LockedStatementList {
    LockedStatement *items;
    size_t len, cap;
} LockedStatementList;

/* A lock on a table that held rows, for one transaction. */
typedef struct LockSpan {
    char *table;
    char *mode;           /* "ACCESS EXCLUSIVE" */
    int64_t from, to;     /* places in LockReport.statements: that took it, the last under it */
    bool reads, rewrites; /* a statement read all rows under it, or wrote them anew */
} LockSpan;

typedef struct LockSpanList {
    LockSpan *items;
    size_t len, cap;
} LockSpanList;

/* What the upgrade locked, in the order of its statements. */
typedef struct LockReport {
    LockedStatementList statements;
    LockSpanList spans;
    bool truncated; /* there were more */
} LockReport;

typedef struct PathReport {
    char *id; /* unique in the report: "6 -> 7", "6 -> 7 (postgres)" */
    ImageFacts from;
    StrList through; /* tags between, of walk: stepwise */
    char *database;  /* "sqlite /app/data/app.db" */
    Verdict verdict;
    char *verdict_reason; /* of nothing-to-verify and unknown */
    StepList steps;
    CheckResultList checks;
    FindingList findings;
    StrList schema_added, schema_removed, schema_changed;
    StrList migrations_applied, migrations_pending;
    StrList migrations_reworded; /* released ones of which only comments or white space changed */
    NewMigrationList migrations_new;        /* in the order in which they run */
    int64_t tables, tables_with_rows, rows; /* of the old database, before the upgrade;
                                               -1: nobody could look into it */
    int64_t rows_made;                      /* of rows: by us */
    char *seed; /* that makes the same ones again; NULL: none were made */
    SkippedTableList skipped;
    LockReport locks;              /* empty: none, or not known */
    ImageChangeList image_changes; /* between the old image and the candidate's */
} PathReport;

typedef struct PathReportList {
    PathReport *items;
    size_t len, cap;
} PathReportList;

typedef struct PassedOver {
    char *tag, *image, *reason;
} PassedOver;

typedef struct PassedOverList {
    PassedOver *items;
    size_t len, cap;
} PassedOverList;

typedef struct Report {
    char *tool_version;
    char *run_id;
    int64_t started_wall_ms, duration_ms;
    Verdict verdict;
    char *verdict_reason; /* of nothing-to-verify and unknown: said plainly */
    ImageFacts candidate;
    PassedOverList passed_over; /* releases without an image */
    PathReportList paths;
    StrList warnings;
    char *error; /* why the run could not be finished; NULL otherwise */
} Report;

/** Copies all. */
void image_change_add(ImageChangeList *list, const char *what, const char *name, const char *before,
                      const char *after);
/** Whether a change decides what runs and what it may touch, so that each rendering shows it. */
bool image_change_matters(const ImageChange *change);
void passed_over_add(PassedOverList *list, const char *tag, const char *image, const char *reason);
/** The worse of two: broken, then unknown, then sound, then nothing-to-verify. */
Verdict verdict_worse(Verdict a, Verdict b);
/** Worst of the paths: broken, then unknown, then sound; nothing-to-verify when there is no other.
 */
Verdict report_overall(const PathReportList *paths);
void image_facts_clear(ImageFacts *facts);
void image_facts_copy(const ImageFacts *from, ImageFacts *ret_to);
void step_clear(Step *step);
void path_report_clear(PathReport *path);
void report_clear(Report *report);
DEFINE_AUTO_VALUE(image_facts, ImageFacts, image_facts_clear)
DEFINE_AUTO_VALUE(step, Step, step_clear)
DEFINE_AUTO_VALUE(path_report, PathReport, path_report_clear)
DEFINE_AUTO_VALUE(report, Report, report_clear)
