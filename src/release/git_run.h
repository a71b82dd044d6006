#pragma once
/* The git program, for one repository. */

#include "base/process.h"
#include "release/release_source.h"

typedef struct Git {
    const ReleaseQuery *query; /* borrowed */
    const char *folder;        /* borrowed; NULL: where we are */
    const char *purpose;       /* for errors, borrowed; NULL: "tags of REPOSITORY" */
    StrList environment;
} Git;

/** @param folder  of the repository; NULL: the current one, or a URL's */
void git_init(Git *git, const ReleaseQuery *query, const char *folder);
/** Set a variable of its environment: "K=V"; not one that is there already. */
void git_set(Git *git, const char *key, const char *value);
void git_clear(Git *git);
DEFINE_AUTO_VALUE(git, Git, git_clear)

/**
 * Run git with arguments, argv[0] being "git".
 *
 * @return NULL when it succeeded; ERR_INVALID (no repository), ERR_NOT_FOUND, ERR_DENIED,
 * ERR_SYSTEM (git's own words, or it is not installed), ERR_LIMIT, ERR_TIMEOUT, ERR_CANCELLED
 */
MUST_USE Error *git_run(const Git *git, const char *const *argv, Deadline dl,
                        ProcessResult *ret_result);
