#include "release/git_run.h"

#include <string.h>

#define OUTPUT_MAX (16U << 20) /* a hundred thousand tags */
#define ERRORS_MAX 4096U

/* Our environment, but git neither asks for a password nor speaks another language, and variables
 * that a hook sets do not lead away from the folder that is configured. */
static void make_environment(bool has_folder, StrList *environment)
{
    static const char *const SET[] = {"GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never", "LC_ALL=C",
                                      "GIT_OPTIONAL_LOCKS=0"};
    static const char *const OF_A_REPOSITORY[] = {
        "GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_NAMESPACE=", "GIT_COMMON_DIR="};
    bool has_ssh = false;

    for (char **at = environ; at && *at; at++) {
        bool dropped = false;

        for (size_t i = 0; i < COUNT_OF(SET); i++)
            dropped |= strncmp(*at, SET[i], strcspn(SET[i], "=") + 1) == 0;
        for (size_t i = 0; i < COUNT_OF(OF_A_REPOSITORY) && has_folder; i++)
            dropped |= text_starts(*at, OF_A_REPOSITORY[i]);
        has_ssh |= text_starts(*at, "GIT_SSH_COMMAND=") || text_starts(*at, "GIT_SSH=");
        if (!dropped)
            str_list_add(environment, *at);
    }
    for (size_t i = 0; i < COUNT_OF(SET); i++)
        str_list_add(environment, SET[i]);
    if (!has_ssh)
        str_list_add(environment, "GIT_SSH_COMMAND=ssh -oBatchMode=yes");
    str_list_add_owned(environment, NULL); /* the end, as execve wants it */
}

/* The last lines of what git says, in one: the cause comes last. */
static char *git_words(const char *errors)
{
    AUTO(str) char *trimmed = text_trim(errors);
    AUTO(str) char *line = text_clean_line(trimmed);
    size_t len = strlen(line);

    return xstrdup(line + (len > 600 ? len - 600 : 0));
}

static ErrCode failure_code(const char *words)
{
    if (strstr(words, "not a git repository"))
        return ERR_INVALID;
    if (strstr(words, "Authentication failed") || strstr(words, "could not read Username") ||
        strstr(words, "could not read Password") || strstr(words, "Permission denied"))
        return ERR_DENIED;
    if (strstr(words, "not found") || strstr(words, "does not appear to be a git repository"))
        return ERR_NOT_FOUND;
    return ERR_SYSTEM;
}

static Error *failure(const Git *git, int status, const char *errors)
{
    AUTO(str) char *words = git_words(errors);
    ErrCode code = failure_code(words);
    const char *hint = "";

    if (git->purpose)
        return error_new(code, status, "%s: git ends with %d: %s", git->purpose, status,
                         *words ? words : "it does not say why");
    if (code == ERR_INVALID)
        hint = "; set releases.repository to the folder of a clone or to a URL";
    else if (code == ERR_NOT_FOUND || code == ERR_DENIED)
        hint =
            "; it is private or misspelt: see that git can read it without asking for a password";
    return error_new(code, status, "tags of %s: git ends with %d: %s%s",
                     git->query->repository ? git->query->repository : "this folder", status,
                     *words ? words : "it does not say why", hint);
}

Error *git_run(const Git *git, const char *const *argv, Deadline dl, ProcessResult *ret_result)
{
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {.argv = argv,
                        .environment = git->environment.items,
                        .folder = git->folder,
                        .output_max = OUTPUT_MAX,
                        .errors_max = ERRORS_MAX,
                        .cancel = git->query->cancel};
    Error *err = NULL;

    TRY(cancel_check(git->query->cancel));
    err = process_run(&spec, dl, &result);
    if (err && err->code == ERR_NOT_FOUND) {
        error_free(err);
        return error_new(ERR_SYSTEM, 0, "%s: git is not installed",
                         git->purpose ? git->purpose : "tags of a git repository");
    }
    if (err)
        return error_wrap(err, "%s", git->purpose ? git->purpose : "reading tags with git");
    if (result.status != 0)
        return failure(git, result.status, result.errors);
    *ret_result = result;
    result = (ProcessResult){0};
    return NULL;
}

void git_init(Git *git, const ReleaseQuery *query, const char *folder)
{
    *git = (Git){.query = query, .folder = folder};
    make_environment(folder != NULL, &git->environment);
}

void git_set(Git *git, const char *key, const char *value)
{
    StrList *environment = &git->environment;

    environment->len--; /* the end */
    str_list_addf(environment, "%s=%s", key, value);
    str_list_add_owned(environment, NULL);
}

void git_clear(Git *git)
{
    str_list_clear(&git->environment);
}
