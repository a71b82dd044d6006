#pragma once
/* From the files of a folder to a framework's migrations. */

#include "model/migration_set.h"

/* A file as it was read. */
typedef struct FoundFile {
    char *path;      /* relative to the folder */
    char *text;      /* NULL when it was too large */
    uint64_t digest; /* of all its bytes */
} FoundFile;

typedef struct FoundFileList {
    FoundFile *items;
    size_t len, cap;
} FoundFileList;

/** Folders where migration files usually are, most likely first.
 * @param workdir  where the image's commands start
 * @param framework  as Ledger.framework; NULL: not known */
void migration_folders(const char *workdir, const char *framework, StrList *ret_folders);
/** A file beside the folder of migrations that says which of them count, in which order: its name;
 * NULL when the framework has none. Its FoundFile.path is "../" and the name. */
const char *migration_companion(const char *framework);
/** Whether a file below a folder of migrations is of use to anybody: not what undoes one, nor the
 * files of packages. */
bool migration_file_wanted(const char *path);
/**
 * The migrations among the files. A framework without a layout, and NULL, take every file by its
 * name.
 *
 * @param folder  absolute
 * @param[out] ret_set  sorted; without items when no file is a migration
 */
void migration_set_make(const char *framework, const char *folder, const FoundFileList *files,
                        MigrationSet *ret_set);
void found_file_list_clear(FoundFileList *list);
DEFINE_AUTO_VALUE(found_file_list, FoundFileList, found_file_list_clear)
