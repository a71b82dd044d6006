#pragma once
/* How a script of package.json is run in an image: by a package manager, or without one. */

#include "migrator/framework_match.h"
#include "migrator/project.h"

typedef struct ScriptRunner {
    const char *lock; /* file that says that the project uses it */
    const char *tool;
} ScriptRunner;

extern const ScriptRunner script_runners[];
extern const size_t script_runner_count;

/** Where a script's program may be, as FrameworkRun.tool; caller frees. */
MUST_USE char *script_tool(const char *program);

/**
 * Words that run a script.
 *
 * @param more  words to add behind it, or NULL
 * @param[out] ret_words  appended to; untouched when false
 * @param[out] ret_lacks  when false: what is not in the image; caller frees
 */
bool script_words(const ImageFiles *files, const char *folder, const Script *script,
                  const char *more, StrList *ret_words, char **ret_lacks);
