#pragma once
/* Rows of the framework table held against one folder of an image. */

#include "migrator/framework_table.h"
#include "model/image_files.h"

typedef struct FrameworkMatch {
    const Framework *framework;
    const ImageFile *sign;       /* borrowed; NULL when only a dependency names it */
    const char *package;         /* the dependency; NULL when none */
    const FrameworkRun *run;     /* whose tool is in the image; NULL when none is */
    char *tool;                  /* as a command names it; NULL when none */
    const ImageFile *migrations; /* folder of its migration files; NULL when none was seen */
} FrameworkMatch;

typedef struct FrameworkMatchList {
    FrameworkMatch *items; /* best first */
    size_t len, cap;
} FrameworkMatchList;

/** The frameworks that files or manifests of a folder reveal, best first: those whose command is in
 * the image, then those with migration files, with files of their own, by the table. */
void framework_matches(const ImageFiles *files, const char *folder,
                       FrameworkMatchList *ret_matches);
/** Its command can be run as the image is. */
bool framework_match_runs(const FrameworkMatch *match);
/** Every place of every tool of a row, as the table has them; appended. */
void framework_tools(const Framework *row, StrList *ret_tools);
/** Words of a run's command; NULL text adds none; appended. */
void framework_words(const FrameworkMatch *match, const char *text, StrList *ret_words);
void framework_match_list_clear(FrameworkMatchList *list);
DEFINE_AUTO_VALUE(framework_match_list, FrameworkMatchList, framework_match_list_clear)

/** Where a tool may be: path to look at -> how a command names it. @param alternatives
 * FrameworkRun.tool */
void tool_places(const ImageFiles *files, const char *folder, const char *alternatives,
                 StrMap *ret_places);
/** How a command names the first that is there; NULL when none is. Caller frees. */
MUST_USE char *tool_find(const ImageFiles *files, const char *folder, const char *alternatives);
/** Absolute patterns of a path of the table, its {a,b} expanded; appended. */
void table_paths(const char *folder, const char *path, StrList *patterns);
