#pragma once
/* What every kind of database does; one table a kind, in files/server order. database.c asks the
 * table that the specification names. */

#include "database/data_side.h"

typedef struct DatabaseOps {
    const char *kind; /* "sqlite", "postgres", "service" */
    char *(*describe)(const DatabaseSpec *spec);
    Error *(*provision)(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                        Deadline dl, Database **ret_database);
    Error *(*fresh)(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                    Database *sibling, bool apart, Deadline dl, Database **ret_database);
    void (*attach)(const Database *database, const DatabaseSpec *spec, ContainerSpec *container,
                   StrMap *env);
    /* from here to copy_free NULL for one that is opaque */
    Error *(*copy)(Database *database, Deadline dl, DatabaseCopy **ret_copy);
    Error *(*view)(Database *database, Deadline dl, DatabaseCopy **ret_copy); /* NULL: copy */
    bool (*is_as_branch)(const DatabaseCopy *copy);                           /* NULL: it is */
    Error *(*branch)(const DatabaseContext *context, const DatabaseSpec *spec, const char *image,
                     DatabaseCopy *copy, Deadline dl, Database **ret_database);
    /* NULL: its copies have no files */
    Error *(*tree)(const DatabaseCopy *copy, const Cancel *cancel, Deadline dl, FileTree *ret_tree);
    Error *(*same)(const DatabaseCopy *one, const DatabaseCopy *other, const DatabaseSpec *spec,
                   const Cancel *cancel, Deadline dl, bool *ret_same); /* NULL: nobody can tell */
    Error *(*snapshot)(const DatabaseCopy *copy, const DatabaseSpec *spec, LedgerFinder ledgers_of,
                       const Cancel *cancel, Deadline dl, Snapshot *ret_snapshot);
    Error *(*peek)(Database *database, Engine *engine, const DatabaseSpec *spec,
                   LedgerFinder ledgers_of, const Cancel *cancel, Deadline dl,
                   Snapshot *ret_snapshot, bool *ret_busy);
    Error *(*compare)(const DatabaseCopy *before, const Snapshot *before_snapshot,
                      const DatabaseCopy *after, const Snapshot *after_snapshot,
                      const DatabaseSpec *spec, const Cancel *cancel, Deadline dl,
                      DataChanges *ret_changes);
    /* To read rows in order, of one table after another. */
    Error *(*side)(const DatabaseCopy *copy, const DatabaseSpec *spec, const Snapshot *snapshot,
                   const Cancel *cancel, Deadline dl, DataSide **ret_side);
    /* both NULL: the SQL of an application cannot be had from such a database */
    Error *(*mark)(Database *database, Deadline dl, char **ret_mark);
    Error *(*statements)(Database *database, Engine *engine, const char *mark, StatementScope scope,
                         Deadline dl, StatementList *ret_statements, bool *ret_known);
    /* both or none */
    Error *(*watch)(Database *database, Deadline dl, LockWatch *ret_watch);
    Error *(*locks)(Database *database, Engine *engine, const LockWatch *watch, Deadline dl,
                    LockTrace *ret_trace, bool *ret_known);
    Error *(*restore)(Database *database, const DatabaseContext *context, const DatabaseSpec *spec,
                      const char *image, const char *backup, Deadline dl);
    Error *(*fill)(Database *database, const DatabaseSpec *spec, const char *image,
                   const DatabaseCopy *copy, const FillSpec *fill_spec, LedgerFinder ledgers_of,
                   const Cancel *cancel, Deadline dl, PopulateResult *ret_result);
    Error *(*copy_drop)(DatabaseCopy *copy, Deadline dl); /* NULL: nothing of it disturbs */
    void (*copy_free)(DatabaseCopy *copy);
    void (*close)(Database *database);
} DatabaseOps;

/* The first member of every kind's own struct. */
struct Database {
    const DatabaseOps *ops;
};

struct DatabaseCopy {
    const DatabaseOps *ops;
};

extern const DatabaseOps SQLITE_OPS, POSTGRES_OPS, SERVICE_OPS;
