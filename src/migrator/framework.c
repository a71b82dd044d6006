#include "migrator/framework.h"

#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "migrator/framework_folders.h"
#include "migrator/framework_match.h"
#include "migrator/framework_reason.h"
#include "migrator/own_command.h"
#include "migrator/script_run.h"

void detection_clear(Detection *detection)
{
    free(detection->framework);
    str_list_clear(&detection->migrate);
    str_list_clear(&detection->status);
    str_list_clear(&detection->rollback);
    free(detection->workdir);
    free(detection->migrations);
    free(detection->found);
    *detection = (Detection){0};
}

/* --- the image's entrypoint ------------------------------------------------------------------ */

static const char *last_name(const StrList *words)
{
    const char *word = words->len > 0 ? words->items[words->len - 1] : "";
    const char *slash = strrchr(word, '/');

    return slash ? slash + 1 : word;
}

/* Entrypoints that run the words given to them. */
static bool passes_on(const char *name)
{
    static const char *const NAMES[] = {"",     "tini",    "tini-static", "dumb-init", "catatonit",
                                        "init", "su-exec", "env",         "launcher",  "--"};

    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        if (text_eq(name, NAMES[i]))
            return true;
    return text_ends(name, ".sh") || strstr(name, "entrypoint");
}

/* The image's entrypoint stays in front of a command (SPEC 2). One that is the command's own tool
 * says its first word already. */
static bool fits_entrypoint(const StrList *entrypoint, StrList *words)
{
    const char *name = last_name(entrypoint);
    StrList first = {.items = words->items, .len = 1};

    if (passes_on(name))
        return true;
    if (words->len < 2 || !text_eq(name, last_name(&first)))
        return false;
    free(words->items[0]);
    words->len--;
    memmove(words->items, words->items + 1, words->len * sizeof *words->items);
    return true;
}

/* A command that the image's entrypoint would not run as it stands is none. */
static void fit_or_clear(const ImageFiles *files, StrList *words)
{
    if (words->len > 0 && !fits_entrypoint(&files->entrypoint, words))
        str_list_clear(words);
}

static bool finish(const ImageFiles *files, const char *folder, Detection *detection)
{
    AUTO(str) char *found = TAKE(detection->found);

    if (!fits_entrypoint(&files->entrypoint, &detection->migrate)) {
        AUTO(str) char *entrypoint = words_join(&files->entrypoint);
        AUTO(str) char *clean = reason_shown(entrypoint);
        AUTO(str) char *joined = words_join(&detection->migrate);
        AUTO(str) char *words = reason_shown(joined);

        detection_clear(detection);
        detection->found = xasprintf(
            "%s; but the image's entrypoint (%s) may not run the command `%s` that is given "
            "to it: if it does, name the command with migrate:, if not, set entrypoint: []",
            found, clean, words);
        return false;
    }
    fit_or_clear(files, &detection->status);
    fit_or_clear(files, &detection->rollback);
    if (!text_eq(folder, files->workdir))
        detection->workdir = xstrdup(folder);
    detection->found = TAKE(found);
    return true;
}

/* --- a framework's own command --------------------------------------------------------------- */

static void take_match(const FrameworkMatchList *matches, Detection *detection)
{
    const FrameworkMatch *best = &matches->items[0];
    AUTO(buf) Buf found = BUF_INIT(REASON_MAX);
    AUTO(str) char *said = reason_evidence(best);
    AUTO(str) char *tool = reason_shown(best->tool);

    detection->framework = xstrdup(best->framework->name);
    framework_words(best, best->run->migrate, &detection->migrate);
    framework_words(best, best->run->status, &detection->status);
    framework_words(best, best->run->rollback, &detection->rollback);
    detection->migrations = best->migrations ? xstrdup(best->migrations->path) : NULL;
    buf_addf(&found, "%s, and its command is in the image (%s)", said, tool);
    reason_add_context(matches, best, &found);
    detection->found = buf_take(&found);
}

/* --- the project's script -------------------------------------------------------------------- */

/* Whether a word of a script is the tool of a framework by its name in node_modules/.bin. */
static bool is_tool_of(const Framework *row, const char *word)
{
    AUTO(str) char *tool = xasprintf("node_modules/.bin/%s", word);
    AUTO(str_list) StrList tools = {0};

    framework_tools(row, &tools);
    return str_list_has(&tools, tool);
}

/* The framework that a script's text runs, else the best that has files of its own here. */
static const FrameworkMatch *match_of_script(const FrameworkMatchList *matches, const char *text)
{
    AUTO(str) char *program = script_program(text);
    const FrameworkMatch *best = NULL;

    for (size_t i = 0; i < matches->len; i++) {
        if (program && is_tool_of(matches->items[i].framework, program))
            return &matches->items[i];
        if (!best && matches->items[i].sign)
            best = &matches->items[i];
    }
    return best;
}

/* "migrate": "node-pg-migrate" is meant to be called as `npm run migrate up`. NULL when the text
 * says more than the tool; borrowed. */
static const char *missing_words(const FrameworkMatch *match, const char *text)
{
    if (!match || !match->run || !is_tool_of(match->framework, text) ||
        !text_starts(match->run->migrate, "{tool} "))
        return NULL;
    return match->run->migrate + strlen("{tool} ");
}

static void purpose_words(const ImageFiles *files, const char *folder, ScriptPurpose purpose,
                          const FrameworkMatch *match, const char *text, StrList *words)
{
    AUTO(script_list) ScriptList scripts = {0};
    AUTO(str) char *missing = NULL;

    project_scripts(files, folder, purpose, &scripts);
    for (size_t i = 0; i < scripts.len && words->len == 0; i++)
        if (!script_words(files, folder, &scripts.items[i], NULL, words, &missing)) {
            free(missing);
            missing = NULL;
        }
    if (words->len == 0 && match && match->tool)
        framework_words(match, text, words);
}

static void take_script(const ImageFiles *files, const char *folder, const Script *script,
                        const FrameworkMatchList *matches, Detection *detection)
{
    const FrameworkMatch *match = match_of_script(matches, script->text);
    const FrameworkRun *run = match ? match->run : NULL;
    AUTO(buf) Buf found = BUF_INIT(REASON_MAX);
    AUTO(str) char *text = reason_shown(script->text);

    purpose_words(files, folder, SCRIPT_STATUS, match, run ? run->status : NULL,
                  &detection->status);
    purpose_words(files, folder, SCRIPT_ROLLBACK, match, run ? run->rollback : NULL,
                  &detection->rollback);
    buf_addf(&found, "package.json has scripts.%s (\"%s\")", script->name, text);
    if (match) {
        AUTO(str) char *said = reason_evidence(match);

        detection->framework = xstrdup(match->framework->name);
        detection->migrations = match->migrations ? xstrdup(match->migrations->path) : NULL;
        buf_addf(&found, ", and %s", said);
        reason_add_context(matches, match, &found);
    }
    detection->found = buf_take(&found);
}

static bool find_script(const ImageFiles *files, const char *folder,
                        const FrameworkMatchList *matches, Detection *detection, char **hint)
{
    AUTO(script_list) ScriptList scripts = {0};

    project_scripts(files, folder, SCRIPT_MIGRATE, &scripts);
    for (size_t i = 0; i < scripts.len; i++) {
        const Script *script = &scripts.items[i];
        const FrameworkMatch *match = match_of_script(matches, script->text);
        AUTO(str) char *missing = NULL;
        AUTO(str) char *clean = NULL;

        if (script_words(files, folder, script, missing_words(match, script->text),
                         &detection->migrate, &missing)) {
            take_script(files, folder, script, matches, detection);
            return true;
        }
        clean = reason_shown(missing);
        if (!*hint)
            *hint =
                xasprintf("package.json has scripts.%s, but %s that it needs is not in the image",
                          script->name, clean);
    }
    return false;
}

/* --- a folder, and all of them --------------------------------------------------------------- */

/* hint: set when something was there that does not suffice, and none was known before */
static bool detect_in(const ImageFiles *files, const char *folder, Detection *detection,
                      char **hint)
{
    AUTO(framework_match_list) FrameworkMatchList matches = {0};

    framework_matches(files, folder, &matches);
    if (!find_script(files, folder, &matches, detection, hint)) {
        if (matches.len > 0 && framework_match_runs(&matches.items[0])) {
            take_match(&matches, detection);
        } else {
            if (!*hint && matches.len > 0)
                *hint = reason_lacks(&matches.items[0]);
            return false;
        }
    }
    if (finish(files, folder, detection))
        return true;
    free(*hint);
    *hint = TAKE(detection->found);
    return false;
}

/* One member of a monorepo that migrates; of several nobody can tell which is meant. */
static bool detect_in_members(const ImageFiles *files, const char *root, Detection *detection,
                              char **hint)
{
    AUTO(str_list) StrList members = {0};
    AUTO(str_list) StrList found = {0};

    framework_members(files, root, &members);
    for (size_t i = 0; i < members.len; i++) {
        AUTO(detection) Detection one = {0};

        if (!detect_in(files, members.items[i], &one, hint))
            continue;
        str_list_add_owned(&found, reason_shown(members.items[i]));
        if (found.len == 1) {
            *detection = one;
            one = (Detection){0};
        }
    }
    if (found.len > 1) {
        AUTO(str) char *all = str_list_join(&found, ", ");

        detection_clear(detection);
        free(*hint);
        *hint = xasprintf("several folders have migrations of their own (%s): name the command and "
                          "its folder with migrate: and workdir:",
                          all);
    }
    return found.len == 1;
}

bool framework_detect(const ImageFiles *files, Detection *ret_detection)
{
    AUTO(str_list) StrList roots = {0};
    AUTO(str) char *hint = NULL;

    *ret_detection = (Detection){0};
    if (own_command_migrates(&files->entrypoint, &files->command)) {
        ret_detection->found = xstrdup("the image's own command");
        return true;
    }
    framework_roots(files, &roots);
    for (size_t i = 0; i < roots.len; i++)
        if (detect_in(files, roots.items[i], ret_detection, &hint))
            return true;
    for (size_t i = 0; i < roots.len; i++)
        if (detect_in_members(files, roots.items[i], ret_detection, &hint))
            return true;
    ret_detection->found = TAKE(hint);
    return false;
}
