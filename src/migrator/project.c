#include "migrator/project.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/words.h"

static const struct {
    const char *kind, *files[3];
} MANIFESTS[] = {
    {"npm:", {"package.json"}},
    {"composer:", {"composer.json"}},
    {"pip:", {"requirements.txt", "pyproject.toml"}},
    {"gem:", {"Gemfile.lock"}},
    {"go:", {"go.mod"}},
};

/* A manifest that cannot be parsed says nothing: what is wrong with it is not ours to judge. */
static cJSON *read_json(const ImageFiles *files, const char *folder, const char *name)
{
    AUTO(str) char *path = image_path_join(folder, name);
    const ImageFile *file = image_files_find(files, path);
    cJSON *root = NULL;

    if (file && file->text)
        error_ignore(json_parse(file->text, strlen(file->text), name, &root));
    return root;
}

static bool json_names(const ImageFiles *files, const char *folder, const char *manifest,
                       const char *name)
{
    static const char *const KEYS[] = {"dependencies", "devDependencies", "optionalDependencies",
                                       "require"};
    AUTO(json) cJSON *root = read_json(files, folder, manifest);

    for (size_t i = 0; i < COUNT_OF(KEYS); i++)
        if (json_member(json_member(root, KEYS[i]), name))
            return true;
    return false;
}

static bool is_name_character(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

/* Lists with an entry a line: "alembic==1.13", "  rails (7.1)", "\"Django>=5\",", "module v1.2". */
static bool a_line_names(const char *text, const char *name)
{
    size_t len = strlen(name);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += strspn(line, " \t\r\n\"'");
        if (strncasecmp(line, name, len) == 0 && !is_name_character(line[len]))
            return true;
    }
    return false;
}

bool project_depends(const ImageFiles *files, const char *folder, const char *package)
{
    const char *name = strchr(package, ':') + 1;
    size_t row = 0;

    while (!text_starts(package, MANIFESTS[row].kind))
        row++;
    for (size_t i = 0; MANIFESTS[row].files[i]; i++) {
        AUTO(str) char *path = image_path_join(folder, MANIFESTS[row].files[i]);
        const ImageFile *file = image_files_find(files, path);

        if (text_ends(path, ".json") ? json_names(files, folder, MANIFESTS[row].files[i], name)
                                     : file && file->text && a_line_names(file->text, name))
            return true;
    }
    return false;
}

void project_manifests(const char *folder, StrList *paths)
{
    for (size_t row = 0; row < COUNT_OF(MANIFESTS); row++)
        for (size_t i = 0; MANIFESTS[row].files[i]; i++)
            str_list_add_owned(paths, image_path_join(folder, MANIFESTS[row].files[i]));
}

/* --- scripts --------------------------------------------------------------------------------- */

static const char *const NAMES[][10] = {
    [SCRIPT_MIGRATE] = {"migrate", "db:migrate", "migrate:deploy", "migrations:run",
                        "migration:run", "migrate:up", "migrate:latest"},
    [SCRIPT_STATUS] = {"migrate:status", "db:migrate:status", "migration:status",
                       "migrations:status", "migration:show", "migrate:list"},
    [SCRIPT_ROLLBACK] = {"migrate:down", "migrate:rollback", "db:rollback", "migration:revert",
                         "migrations:revert", "db:migrate:undo"},
};

/* Scripts by those names that write new migrations, or wipe the database when they do not fit. */
static bool is_for_developers(const char *text)
{
    static const char *const MARKS[] = {
        "migrate dev",         "migrate reset",    "migrate diff",       "db push",
        "migrate:make",        "migration:create", "migration:generate", "drizzle-kit push",
        "drizzle-kit generate"};

    for (size_t i = 0; i < COUNT_OF(MARKS); i++)
        if (strstr(text, MARKS[i]))
            return true;
    return false;
}

void project_scripts(const ImageFiles *files, const char *folder, ScriptPurpose purpose,
                     ScriptList *ret_scripts)
{
    AUTO(json) cJSON *root = read_json(files, folder, "package.json");
    const cJSON *all = json_member(root, "scripts");

    for (size_t i = 0; NAMES[purpose][i]; i++) {
        const char *text = cJSON_GetStringValue(json_member(all, NAMES[purpose][i]));

        if (!text_is_empty(text) && !is_for_developers(text))
            LIST_PUSH(ret_scripts, ((Script){xstrdup(NAMES[purpose][i]), xstrdup(text)}));
    }
}

/* What every image with a package manager or a shell has. */
static bool is_at_hand(const char *word)
{
    static const char *const WORDS[] = {"node", "npm", "yarn", "pnpm", "bun", "sh",  "bash",
                                        "env",  "cd",  "exec", "echo", "set", "test"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq(word, WORDS[i]))
            return true;
    return strchr(word, '/') || strpbrk(word, "$`;&|<>()");
}

/* Words in front of the program: assignments, what sets some, and what looks into node_modules. */
static bool stands_in_front(const char *word)
{
    static const char *const WORDS[] = {"npx", "bunx", "cross-env", "dotenv", "--"};

    for (size_t i = 0; i < COUNT_OF(WORDS); i++)
        if (text_eq(word, WORDS[i]))
            return true;
    return *word == '-' || strchr(word, '=');
}

char *script_program(const char *text)
{
    AUTO(str_list) StrList words = {0};
    AUTO(error) Error *err = words_split(text, &words); /* odd quoting: the shell will tell */
    size_t i = 0;

    while (i < words.len && stands_in_front(words.items[i]))
        i++;
    return !err && i < words.len && !is_at_hand(words.items[i]) ? xstrdup(words.items[i]) : NULL;
}

void script_list_clear(ScriptList *list)
{
    for (size_t i = 0; i < list->len; i++) {
        free(list->items[i].name);
        free(list->items[i].text);
    }
    free(list->items);
    *list = (ScriptList){0};
}
