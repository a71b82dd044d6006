#pragma once
/* The tree of a tag as a folder of ours: what a release was built from. */

#include "base/cancel.h"
#include "base/clock.h"
#include "base/list.h"

typedef struct GitTreeQuery {
    const char *tag;        /* of the release */
    const char *sha;        /* its commit, where the release source told; NULL */
    const char *context;    /* build context in the user's work tree: says which repository */
    const char *dockerfile; /* within the context, else from where we are; NULL: Dockerfile */
    const Cancel *cancel;
} GitTreeQuery;

/* Clear it with git_tree_clear. */
typedef struct GitTree {
    char *folder; /* a temporary one; NULL until git_tree_export */
    char *commit;
    char *context, *dockerfile; /* within the repository: "" is its top */
    char *top, *git_dir;        /* of the user's clone */
    bool has_submodules;        /* the context has some, and they are empty folders here */
} GitTree;

/**
 * Find the release in the clone; nothing is written.
 *
 * @return NULL; ERR_NOT_FOUND when the clone lacks the tag, or the tag the context or the
 * Dockerfile; ERR_INVALID when the context is in no repository; errors of git
 */
MUST_USE Error *git_tree_find(const GitTreeQuery *query, Deadline dl, GitTree *ret_tree);

/**
 * Write the context and the Dockerfile of a tree that was found into a temporary folder, as a
 * checkout has them: links, executable bits, line ends and filters. The user's work tree, index and
 * HEAD stay as they are, and no hook runs.
 */
MUST_USE Error *git_tree_export(const GitTreeQuery *query, Deadline dl, GitTree *tree);

/** Absolute paths in the temporary folder; caller frees. */
MUST_USE char *git_tree_context(const GitTree *tree);
MUST_USE char *git_tree_dockerfile(const GitTree *tree);
/** Forget it, and remove the temporary folder. */
void git_tree_clear(GitTree *tree);
DEFINE_AUTO_VALUE(git_tree, GitTree, git_tree_clear)
