#pragma once
/* Migration files held against the ledger that names them. */

#include "model/observation.h"

typedef struct MigrationView {
    const MigrationSet *old, *new; /* borrowed, and all below */
    const Ledger *before, *after;  /* the ledger after the old run and after the new one; the latter
                                      is NULL when there is none */
    MigrationName name;            /* how the ledger spells them */
    MigrationRecord record;
    bool numbered;     /* every migration begins with a number: what does not is none */
    const char *other; /* of the database: files for the other kind do not count */
} MigrationView;

/** Find the ledger and the spelling under which most files are known.
 * @param[out] ret_why  when false: why they cannot be compared; caller frees */
bool migration_view_open(const Observation *seen, MigrationView *ret_view, char **ret_why);
/** Without a ledger, or without files of the released image: by the files' own names. old is NULL
 * where that has none. */
void migration_view_plain(const Observation *seen, MigrationView *ret_view);
/** Whether a file is a migration of this database that is recorded once it ran. */
bool migration_view_counts(const MigrationView *view, const MigrationFile *file);
/** Whether a ledger says that a file of a set was applied; NULL ledger: no. */
bool migration_view_applied(const MigrationView *view, const MigrationSet *set,
                            const Ledger *ledger, const MigrationFile *file);
/** The file of the other set that is the same migration; NULL when there is none. */
const MigrationFile *migration_view_same(const MigrationView *view, const MigrationSet *set,
                                         const MigrationFile *file);
/** The applied file (after the old run) of the candidate that comes last, among those that come
 * behind this one; NULL when none does, or order is not known. */
const MigrationFile *migration_view_overtaken_by(const MigrationView *view,
                                                 const MigrationFile *file);
/** Of a graph: an applied file of the candidate that names this new one as what comes before it, so
 * that the new one counts as applied; NULL when there is none. */
const MigrationFile *migration_view_child(const MigrationView *view, const MigrationFile *file);
/** Whether an id of the ledger is a file of a set. */
bool migration_view_knows(const MigrationView *view, const MigrationSet *set, const char *id);
/** Its name for people. Borrowed. */
const char *migration_view_shown(const MigrationView *view, const MigrationFile *file);
