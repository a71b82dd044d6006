#pragma once
/* What a project's own manifests say: dependencies, and the scripts of package.json. */

#include "model/image_files.h"

/** Whether a manifest in the folder names a dependency.
 * @param package  "npm:knex", "pip:alembic", "gem:rails", "composer:laravel/framework",
 * "go:host/path" */
bool project_depends(const ImageFiles *files, const char *folder, const char *package);
/** Manifests that project_depends reads; paths in the folder are appended. */
void project_manifests(const char *folder, StrList *paths);

typedef struct Script {
    char *name; /* "migrate" */
    char *text; /* "knex migrate:latest" */
} Script;

typedef struct ScriptList {
    Script *items;
    size_t len, cap;
} ScriptList;

typedef enum ScriptPurpose { SCRIPT_MIGRATE, SCRIPT_STATUS, SCRIPT_ROLLBACK } ScriptPurpose;

/** Scripts of the folder's package.json that serve a purpose by their name, likeliest first; not
 * those that make migrations or reset a developer's database. */
void project_scripts(const ImageFiles *files, const char *folder, ScriptPurpose purpose,
                     ScriptList *ret_scripts);
/** What starts a script's text, when it is a program that has to be in node_modules/.bin or in
 * PATH: "knex" of "NODE_ENV=production knex migrate:latest". NULL otherwise; caller frees. */
MUST_USE char *script_program(const char *text);
void script_list_clear(ScriptList *list);
DEFINE_AUTO_VALUE(script_list, ScriptList, script_list_clear)
