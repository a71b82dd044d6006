#include <string.h>

#include "migrator/absent.h"
#include "migrator/framework.h"
#include "migrator/framework_folders.h"
#include "migrator/framework_match.h"
#include "migrator/own_command.h"
#include "migrator/project.h"
#include "migrator/script_run.h"

static void want(const ImageFiles *known, const char *path, StrList *paths)
{
    if (!image_files_knows(known, path) && !str_list_has(paths, path))
        str_list_add(paths, path);
}

/* The path itself; of a pattern the folder that has to be listed. */
static void want_pattern(const ImageFiles *known, const char *pattern, StrList *paths)
{
    AUTO(str) char *path = xstrndup(pattern, strcspn(pattern, "*"));
    char *slash = strrchr(path, '/');

    if (strchr(pattern, '*') || text_ends(path, "/"))
        *slash = '\0';
    if (*path) /* "/" itself is never listed */
        want(known, path, paths);
}

static void want_row_path(const ImageFiles *known, const char *folder, const char *row_path,
                          StrList *paths)
{
    AUTO(str_list) StrList patterns = {0};

    table_paths(folder, row_path, &patterns);
    for (size_t i = 0; i < patterns.len; i++)
        want_pattern(known, patterns.items[i], paths);
}

static void want_tool(const ImageFiles *known, const char *folder, const char *alternatives,
                      StrList *paths)
{
    AUTO(str_map) StrMap places = {0};
    AUTO(str) char *found = tool_find(known, folder, alternatives);

    if (found)
        return;
    tool_places(known, folder, alternatives, &places);
    for (size_t i = 0; i < places.len; i++)
        want(known, places.items[i].key, paths);
}

static void want_signs(const ImageFiles *known, const char *folder, StrList *paths)
{
    AUTO(str_list) StrList manifests = {0};
    size_t count;
    const Framework *table = framework_table(&count);

    project_manifests(folder, &manifests);
    for (size_t i = 0; i < manifests.len; i++)
        want(known, manifests.items[i], paths);
    for (size_t row = 0; row < count; row++)
        for (size_t i = 0; i < COUNT_OF(table[row].signs) && table[row].signs[i].path; i++)
            want_row_path(known, folder, table[row].signs[i].path, paths);
}

/* The commands of what was revealed, and whether there are migrations to run. */
static void want_commands(const ImageFiles *known, const char *folder, StrList *paths)
{
    AUTO(framework_match_list) FrameworkMatchList matches = {0};

    framework_matches(known, folder, &matches);
    for (size_t i = 0; i < matches.len; i++) {
        const Framework *row = matches.items[i].framework;

        for (size_t k = 0; k < COUNT_OF(row->runs) && row->runs[k].tool; k++)
            want_tool(known, folder, row->runs[k].tool, paths);
        for (size_t k = 0; k < COUNT_OF(row->migrations) && row->migrations[k]; k++)
            if (!matches.items[i].migrations)
                want_row_path(known, folder, row->migrations[k], paths);
    }
}

static void want_scripts(const ImageFiles *known, const char *folder, StrList *paths)
{
    AUTO(script_list) ScriptList scripts = {0};

    for (int purpose = SCRIPT_MIGRATE; purpose <= SCRIPT_ROLLBACK; purpose++)
        project_scripts(known, folder, (ScriptPurpose)purpose, &scripts);
    for (size_t i = 0; i < scripts.len; i++) {
        AUTO(str) char *program = script_program(scripts.items[i].text);
        AUTO(str) char *places = program ? script_tool(program) : NULL;

        if (places)
            want_tool(known, folder, places, paths);
    }
    for (size_t i = 0; scripts.len > 0 && i < script_runner_count; i++) {
        want_row_path(known, folder, script_runners[i].lock, paths);
        want_tool(known, folder, script_runners[i].tool, paths);
    }
}

static void want_folder(const ImageFiles *known, const char *folder, StrList *paths)
{
    want_signs(known, folder, paths);
    want_commands(known, folder, paths);
    want_scripts(known, folder, paths);
}

static void want_members(const ImageFiles *known, const char *root, StrList *paths)
{
    AUTO(str_list) StrList members = {0};

    framework_member_parents(root, &members);
    for (size_t i = 0; i < members.len; i++)
        want(known, members.items[i], paths);
    str_list_clear(&members);
    framework_members(known, root, &members);
    for (size_t i = 0; i < members.len; i++)
        want_folder(known, members.items[i], paths);
}

/* Members of a monorepo do not matter when a root has its own migrations. */
static bool found_in(const ImageFiles *known, const StrList *roots)
{
    AUTO(detection) Detection detection = {0};

    return framework_detect(known, &detection) &&
           (!detection.workdir || str_list_has(roots, detection.workdir));
}

void framework_probes(const ImageFiles *known, StrList *ret_paths)
{
    AUTO(str_list) StrList roots = {0};

    if (own_command_migrates(&known->entrypoint, &known->command))
        return;
    framework_roots(known, &roots);
    for (size_t i = 0; i < roots.len; i++)
        if (!text_eq(roots.items[i], "/"))
            want(known, roots.items[i], ret_paths);
    if (ret_paths->len > 0)
        return;
    for (size_t i = 0; i < roots.len; i++)
        want_folder(known, roots.items[i], ret_paths);
    if (ret_paths->len > 0 || found_in(known, &roots))
        return;
    for (size_t i = 0; i < roots.len; i++) {
        want_members(known, roots.items[i], ret_paths);
        absent_probes(known, roots.items[i], ret_paths);
    }
}
