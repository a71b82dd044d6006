#include "migrator/absent.h"

#include <string.h>

#include "base/json.h"
#include "migrator/framework_folders.h"
#include "migrator/framework_match.h"
#include "migrator/own_command.h"
#include "migrator/project.h"

/* Where code and SQL stand, when dependencies fill the listing of the whole. */
static const char *const FOLDERS[] = {"src",     "dist",     "build",   "lib",    "app",
                                      "server",  "database", "db",      "sql",    "bin",
                                      "scripts", "prisma",   "drizzle", "schema", "migrations"};

/* Clients of databases: who has one may make tables without a migrator that we know. */
static const char *const CLIENTS[] = {
    "npm:pg",
    "npm:postgres",
    "npm:sqlite3",
    "npm:better-sqlite3",
    "npm:mysql",
    "npm:mysql2",
    "npm:mariadb",
    "npm:@libsql/client",
    "npm:slonik",
    "npm:pg-promise",
    "npm:@neondatabase/serverless",
    "pip:psycopg",
    "pip:psycopg2",
    "pip:psycopg2-binary",
    "pip:asyncpg",
    "pip:aiosqlite",
    "pip:pymysql",
    "pip:mysqlclient",
    "pip:sqlalchemy",
    "gem:pg",
    "gem:sqlite3",
    "gem:mysql2",
    "gem:sequel",
    "composer:doctrine/dbal",
    "composer:ext-pdo",
    "go:github.com/lib/pq",
    "go:github.com/jackc/pgx",
    "go:github.com/mattn/go-sqlite3",
    "go:modernc.org/sqlite",
    "go:gorm.io/gorm",
    "go:github.com/go-sql-driver/mysql",
};

static bool speaks_of_migrations(const char *text)
{
    return text_contains_nocase(text, "migrat") || text_contains_nocase(text, "db push") ||
           text_contains_nocase(text, "db:push") || text_contains_nocase(text, "schema");
}

static bool words_speak(const StrList *words)
{
    for (size_t i = 0; i < words->len; i++)
        if (speaks_of_migrations(words->items[i]))
            return true;
    return false;
}

/* package.json's scripts; a package.json that is none speaks of everything. */
static bool scripts_speak(const char *text)
{
    AUTO(json) cJSON *root = NULL;
    AUTO(error) Error *err = json_parse(text, strlen(text), "package.json", &root);
    const cJSON *script;

    if (err || !cJSON_IsObject(root))
        return true;
    cJSON_ArrayForEach(script, json_member(root, "scripts"))
    {
        const char *command = cJSON_GetStringValue(script);

        if (speaks_of_migrations(script->string) || (command && speaks_of_migrations(command)))
            return true;
    }
    return false;
}

/* The manifest of a folder that was read and has nothing of migrations; NULL when there is none, or
 * one that could not be read, or one that has. Borrowed. */
static const ImageFile *silent_manifest(const ImageFiles *files, const char *folder)
{
    AUTO(str_list) StrList paths = {0};
    const ImageFile *found = NULL;

    project_manifests(folder, &paths);
    for (size_t i = 0; i < paths.len; i++) {
        const ImageFile *file = image_files_find(files, paths.items[i]);
        bool is_npm = text_ends(paths.items[i], "/package.json");

        if (!file || file->type == IMAGE_ABSENT)
            continue;
        if (text_is_empty(file->text) ||
            (is_npm ? scripts_speak(file->text) : text_contains_nocase(file->text, "migrat")))
            return NULL;
        if (!found)
            found = file;
    }
    return found;
}

static bool is_of_others(const char *path)
{
    static const char *const PARTS[] = {"/node_modules", "/vendor/", "/site-packages/", "/.venv/",
                                        "/.git/"};

    for (size_t i = 0; i < COUNT_OF(PARTS); i++)
        if (strstr(path, PARTS[i]))
            return true;
    return false;
}

/* Nothing that was seen below the folder is named like migrations, and enough was seen. */
static bool files_are_silent(const ImageFiles *files, const char *folder)
{
    const ImageFile *whole = image_files_find(files, folder);
    AUTO(str) char *prefix = image_path_join(folder, "");

    if (!whole || whole->type < IMAGE_FOLDER)
        return false;
    for (size_t i = 0; i < COUNT_OF(FOLDERS) && whole->type != IMAGE_FOLDER_ALL; i++) {
        AUTO(str) char *path = image_path_join(folder, FOLDERS[i]);
        const ImageFile *part = image_files_find(files, path);

        if (!part || (part->type != IMAGE_ABSENT && part->type != IMAGE_FOLDER_ALL &&
                      part->type != IMAGE_FILE))
            return false;
    }
    for (size_t i = 0; i < files->len; i++) {
        const ImageFile *file = &files->items[i];

        if (file->type == IMAGE_ABSENT || !text_starts(file->path, prefix) ||
            is_of_others(file->path))
            continue;
        if (text_contains_nocase(file->path + strlen(prefix), "migrat") ||
            text_ends(file->path, ".sql"))
            return false;
    }
    return true;
}

/* Neither a file nor a dependency is a framework's. */
static bool folder_is_silent(const ImageFiles *files, const char *folder)
{
    AUTO(framework_match_list) FrameworkMatchList matches = {0};

    framework_matches(files, folder, &matches);
    return matches.len == 0;
}

static bool all_are_silent(const ImageFiles *files, const StrList *folders)
{
    for (size_t i = 0; i < folders->len; i++)
        if (!folder_is_silent(files, folders->items[i]))
            return false;
    return true;
}

static const char *client_of(const ImageFiles *files, const char *folder)
{
    for (size_t i = 0; i < COUNT_OF(CLIENTS); i++)
        if (project_depends(files, folder, CLIENTS[i]))
            return strchr(CLIENTS[i], ':') + 1;
    return NULL;
}

bool migrations_absent(const ImageFiles *files, char **ret_evidence, const char **ret_client)
{
    AUTO(str_list) StrList roots = {0};
    AUTO(str_list) StrList members = {0};

    if (own_command_migrates(&files->entrypoint, &files->command) ||
        words_speak(&files->entrypoint) || words_speak(&files->command))
        return false;
    framework_roots(files, &roots);
    if (!all_are_silent(files, &roots))
        return false;
    for (size_t i = 0; i < roots.len; i++)
        framework_members(files, roots.items[i], &members);
    if (!all_are_silent(files, &members))
        return false;
    for (size_t i = 0; i < roots.len; i++) {
        const ImageFile *manifest = silent_manifest(files, roots.items[i]);

        if (!manifest || !files_are_silent(files, roots.items[i]))
            continue;
        *ret_client = client_of(files, roots.items[i]);
        *ret_evidence = xasprintf("%s names no migration and no framework that migrates, no file "
                                  "beside it does, and the image's own command does not migrate",
                                  manifest->path);
        return true;
    }
    return false;
}

void absent_probes(const ImageFiles *known, const char *root, StrList *paths)
{
    const ImageFile *whole = image_files_find(known, root);
    AUTO(str_list) StrList manifests = {0};
    bool has_manifest = false;

    if (!whole || whole->type != IMAGE_FOLDER_PART)
        return;
    project_manifests(root, &manifests);
    for (size_t i = 0; i < manifests.len; i++) {
        const ImageFile *file = image_files_find(known, manifests.items[i]);

        has_manifest |= file && file->type != IMAGE_ABSENT;
    }
    for (size_t i = 0; has_manifest && i < COUNT_OF(FOLDERS); i++) {
        AUTO(str) char *path = image_path_join(root, FOLDERS[i]);

        if (!image_files_knows(known, path))
            str_list_add(paths, path);
    }
}

/* --- a script that is given ------------------------------------------------------------------ */

static const struct {
    const char *tool;
    bool scripts_only; /* else it runs programs of the packages and files, too */
    bool run_optional; /* `yarn X` is `yarn run X` */
} RUNNERS[] = {
    {"npm", true, false}, {"yarn", false, true}, {"pnpm", false, true}, {"bun", false, false}};

/* The script that words run; NULL when they run none, or have options of which we cannot tell.
 * Borrowed. */
static const char *script_of(const StrList *words, bool *ret_scripts_only)
{
    const char *slash = words->len > 0 ? strrchr(words->items[0], '/') : NULL;
    size_t at = 1;

    for (size_t i = 0; i < COUNT_OF(RUNNERS) && words->len > 1; i++) {
        if (!text_eq(slash ? slash + 1 : words->items[0], RUNNERS[i].tool))
            continue;
        if (text_eq(words->items[1], "run") || text_eq(words->items[1], "run-script"))
            at = 2;
        else if (!RUNNERS[i].run_optional)
            return NULL;
        while (at < words->len &&
               (text_eq(words->items[at], "--silent") || text_eq(words->items[at], "-s") ||
                text_eq(words->items[at], "--if-present")))
            at++;
        *ret_scripts_only = RUNNERS[i].scripts_only;
        return at < words->len && !strpbrk(words->items[at], "./") && *words->items[at] != '-'
                   ? words->items[at]
                   : NULL;
    }
    return NULL;
}

bool script_is_run(const StrList *words)
{
    bool scripts_only;

    return script_of(words, &scripts_only) != NULL;
}

/* A program of a package or a file that a runner takes for a script of that name. */
static bool may_be_a_program(const ImageFiles *files, const char *name)
{
    const ImageFile *root = image_files_find(files, files->workdir);
    AUTO(str) char *bin = xasprintf("/.bin/%s", name);
    AUTO(str) char *file = image_path_join(files->workdir, name);

    if (!root || root->type != IMAGE_FOLDER_ALL)
        return true;
    for (size_t i = 0; i < files->len; i++) {
        const char *path = files->items[i].path;

        if (files->items[i].type == IMAGE_ABSENT)
            continue;
        if (text_ends(path, bin) ||
            (text_starts(path, file) && (!path[strlen(file)] || path[strlen(file)] == '.')))
            return true;
    }
    return false;
}

bool script_absent(const ImageFiles *files, const StrList *words, char **ret_evidence)
{
    bool scripts_only = false;
    const char *name = script_of(words, &scripts_only);
    AUTO(str) char *path = image_path_join(files->workdir, "package.json");
    const ImageFile *file = name ? image_files_find(files, path) : NULL;
    AUTO(json) cJSON *root = NULL;
    AUTO(error) Error *err = NULL;
    const cJSON *scripts;

    if (!file || !file->text || (!scripts_only && may_be_a_program(files, name)))
        return false;
    err = json_parse(file->text, strlen(file->text), path, &root);
    scripts = json_member(root, "scripts");
    if (err || !cJSON_IsObject(root) || (scripts && !cJSON_IsObject(scripts)) ||
        json_member(scripts, name))
        return false;
    *ret_evidence = xasprintf("%s has no script \"%s\"", path, name);
    return true;
}
