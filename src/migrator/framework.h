#pragma once
/* Which framework migrates an image's database, and by which commands: from the image's files
 * alone. */

#include "model/image_files.h"

typedef struct Detection {
    char *framework;          /* as in the ledger: "Knex"; NULL when it is none we know */
    StrList migrate;          /* words; empty: the image's own command */
    StrList status, rollback; /* words; empty when there is none */
    char *workdir;            /* where the commands have to start; NULL: where the image's do */
    char *migrations;         /* folder of the migration files; NULL when none was seen */
    char *found;              /* one line: why */
} Detection;

/**
 * What detection wants to know of an image beside what is known: absolute paths of files and
 * folders. Ask again once they were looked up; nothing more when the list stays empty. What is
 * asked for next depends on what was there, so that few paths are looked up in all.
 */
void framework_probes(const ImageFiles *known, StrList *ret_paths);

/**
 * Find the commands. In this order: the image's own command when it is one that migrates; the
 * project's own script; the best framework whose command is in the image (framework_matches). When
 * the application's folder has none, one folder of a monorepo that has.
 *
 * @param[out] ret_detection  when false, only found is set: what was there but does not suffice,
 * NULL for nothing at all
 */
bool framework_detect(const ImageFiles *files, Detection *ret_detection);

/**
 * Judge the text of a status command.
 *
 * @param framework  NULL: by the wording of any
 * @param[out] ret_line  the line that says that a migration is pending, dirty or not the one that
 * was applied; untouched when false. Caller frees.
 */
bool framework_status_pending(const char *framework, const char *log, char **ret_line);
void detection_clear(Detection *detection);
DEFINE_AUTO_VALUE(detection, Detection, detection_clear)
