#pragma once
/* What a trial saw: the only input of the checks. verify/ fills it, check/ judges it. Pointers are
 * borrowed from the trial; NULL means that the step or snapshot does not exist. */

#include "model/data_changes.h"
#include "model/file_tree.h"
#include "model/lock_trace.h"
#include "model/migration_set.h"
#include "model/reference.h"
#include "model/report.h"
#include "model/rows.h"
#include "model/snapshot.h"
#include "model/statements.h"

typedef struct Observation {
    const char *path_id; /* "6 -> 7" */
    const char *from_tag, *candidate_tag;
    const ImageFacts *from_image, *candidate_image;
    const char *image_user; /* of the candidate: "" is root */
    const char *database;   /* "sqlite /app/data/app.db" */
    const char *volume;     /* mount path of the volume; NULL when none */
    bool opaque; /* nobody can look into the database: no snapshot exists, and none is missing */
    int64_t timeout_ms, memory_bytes; /* limits that were in force; 0 none */

    const Step *old_migrate; /* of the releases before the candidate the last that ran */
    const char *old_lacks;   /* the old image has no migrations, so none ran: how that is known */
    const Step *new_migrate;
    const char *candidate_lacks; /* the candidate has none, although the old image has: how known */
    const StrList *reached;      /* ids that were recorded before new_migrate failed in the one that
                                    follows, rolled back or not; NULL: not known */
    const Step *status;          /* the status command after the upgrade */
    const char *status_pending;  /* the line of its log that shows a migration as pending, dirty or
                                    different, by the framework's own wording; NULL none */
    const Step *old_status;      /* the released image's own, before the upgrade */
    const char *old_status_pending;
    bool status_found;       /* it was detected, not given: its exit status may mean anything */
    const Step *rerun;       /* the candidate's migrations once more, on a copy */
    const Step *rerun_again; /* and once more, where that passed */
    /* the candidate on an empty database, and there once more */
    const Step *fresh, *fresh_again;
    bool restored; /* the old database began with a backup */

    /* two of the candidate's migrators started together, on a copy of the old database */
    const Step *together[2];
    const Step *together_again;     /* the candidate once more, where one of them failed */
    const Snapshot *after_together; /* when all is done */

    bool starts;       /* no command: the candidate migrates when it is started */
    const Step *start; /* the application, on a copy of the upgraded database */

    const Step *smoke;     /* the old image's smoke command, on a copy of the upgraded database */
    const Step *old_smoke; /* the same on a copy of the old one, before */

    /* on a copy of the upgraded database, one after another */
    const Step *rollback, *old_again, *new_again;
    const Snapshot *after_rollback, *after_again;

    const Snapshot *before; /* after old_migrate */
    const Snapshot *after;  /* after new_migrate */
    const Snapshot *after_rerun, *after_rerun_again;
    const Snapshot *after_fresh, *after_fresh_again;

    const ReferenceList *references; /* of the upgraded database against the fresh one; NULL: they
                                        were not compared */
    const DataChanges *data;         /* from before to after */
    const StatementList *statements; /* that the candidate ran; NULL: they are not known */

    const Step *edge; /* the candidate's migrations on rows that the old schema merely permits, on a
                         copy; NULL: none were made */
    const LearntList *learnt; /* what the main path's rows learnt before it went on; NULL: no rows
                                 were made */

    const Step *traced;     /* the candidate's migrations, their locks traced, on a copy of the old
                               database */
    const LockTrace *locks; /* what they locked; NULL: not known */
    const char *locks_untold; /* why nothing can be known of locks; NULL otherwise */

    /* check id -> why the experiment that it judges could not be made: it is an error then */
    const StrMap *could_not;

    /* migration files of the released image that ran last and of the candidate; NULL: it has none
     */
    const MigrationSet *old_files, *new_files;
    const char *files_unknown; /* why there are none; NULL when they were not looked for */

    /* below the mount path of the volume: in the image whose files filled it, in the candidate's,
     * and in the volume after the upgrade; NULL: not read */
    const FileTree *old_tree, *new_tree, *volume_tree;
    const char *tree_unknown;        /* why the images' were not read; NULL otherwise */
    const StrList *volumes_declared; /* by the candidate's image */

    /* SQLite files that a container wrote outside the volume */
    const StrList *old_strays, *new_strays;
} Observation;
