#include "migrator/script_run.h"

#include <string.h>

#include "base/words.h"

/* The one whose lock is there is tried first; npm comes with Node. */
const ScriptRunner script_runners[] = {
    {"pnpm-lock.yaml", "pnpm"}, {"yarn.lock", "yarn"},        {"bun.lock", "bun"},
    {"bun.lockb", "bun"},       {"package-lock.json", "npm"},
};
const size_t script_runner_count = COUNT_OF(script_runners);

char *script_tool(const char *program)
{
    return xasprintf("node_modules/.bin/%s|%s", program, program);
}

static const char *find_runner(const ImageFiles *files, const char *folder)
{
    const char *other = NULL;

    for (size_t i = script_runner_count; i-- > 0;) {
        AUTO(str) char *lock = image_path_join(folder, script_runners[i].lock);
        AUTO(str) char *tool = tool_find(files, folder, script_runners[i].tool);

        if (tool && image_files_match(files, lock))
            return script_runners[i].tool;
        if (tool && !other)
            other = script_runners[i].tool;
    }
    return other;
}

/* As the package manager's shell would, when the text is plain words. */
static bool run_directly(const ImageFiles *files, const char *folder, const char *text,
                         StrList *words)
{
    AUTO(str) char *program = script_program(text);
    AUTO(str) char *places = program ? script_tool(program) : NULL;
    AUTO(str) char *tool = places ? tool_find(files, folder, places) : NULL;
    AUTO(str_list) StrList own = {0};

    if (strpbrk(text, "&|;<>$`(){}*?!~#\n"))
        return false;
    error_ignore(words_split(text, &own)); /* then there are no words */
    if (own.len == 0 || !(program ? text_eq(own.items[0], program) : text_eq(own.items[0], "node")))
        return false;
    for (size_t i = 0; i < own.len; i++)
        str_list_add(words, i == 0 && tool ? tool : own.items[i]);
    return true;
}

bool script_words(const ImageFiles *files, const char *folder, const Script *script,
                  const char *more, StrList *ret_words, char **ret_lacks)
{
    const char *runner = find_runner(files, folder);
    AUTO(str) char *program = script_program(script->text);
    AUTO(str) char *places = program ? script_tool(program) : NULL;
    AUTO(str) char *tool = places ? tool_find(files, folder, places) : NULL;
    AUTO(str_list) StrList further = {0};

    if (program && !tool) {
        *ret_lacks = TAKE(program);
        return false;
    }
    if (runner) {
        str_list_add(ret_words, runner);
        str_list_add(ret_words, "run");
        str_list_add(ret_words, script->name);
    } else if (!run_directly(files, folder, script->text, ret_words)) {
        *ret_lacks = xstrdup("npm");
        return false;
    }
    if (more)
        str_list_split(more, ' ', &further);
    for (size_t i = 0; i < further.len; i++)
        str_list_add(ret_words, further.items[i]);
    return true;
}
