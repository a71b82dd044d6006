#include "release/git_tree.h"

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "release/git_run.h"

#define FILES_OPEN_MAX 16
/* core.fsmonitor and hooks name programs: not those that a clone brings */
#define QUIETLY "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"

/* Git in a folder, with a purpose for its errors. */
static void tree_git(const ReleaseQuery *query, const char *folder, const char *purpose, Git *git)
{
    git_init(git, query, folder);
    git->purpose = purpose;
    git_set(git, "GIT_LITERAL_PATHSPECS", "1");
}

/* --- the clone ------------------------------------------------------------------------------- */

static Error *find_clone(const ReleaseQuery *query, const char *context, const char *purpose,
                         Deadline dl, GitTree *tree)
{
    static const char *const ARGV[] = {
        "git", QUIETLY, "rev-parse", "--show-toplevel", "--absolute-git-dir", NULL};
    AUTO(git) Git git = {0};
    AUTO(process_result) ProcessResult result = {0};
    AUTO(str_list) StrList lines = {0};
    AUTO(error) Error *err = NULL;

    tree_git(query, context, purpose, &git);
    err = git_run(&git, ARGV, dl, &result);
    if (err && err->code == ERR_INVALID)
        return error_new(ERR_INVALID, 0,
                         "image: not given, so the old images are built from the releases' git "
                         "trees, but the build context %s is in no git repository: name the "
                         "repository of the released images (image: in seatrial.yaml, or --image)",
                         context);
    if (err)
        return TAKE(err);
    str_list_split(result.output, '\n', &lines);
    if (lines.len < 2 || lines.items[0][0] != '/' || lines.items[1][0] != '/')
        return error_new(ERR_PROTOCOL, 0, "%s: git rev-parse names no folders", purpose);
    tree->top = xstrdup(lines.items[0]);
    tree->git_dir = xstrdup(lines.items[1]);
    return NULL;
}

/* A full id of a commit that the clone has; NULL when it has none by that name. */
static Error *resolve(const Git *git, const char *name, Deadline dl, char **ret_commit)
{
    AUTO(str) char *wanted = xasprintf("%s^{commit}", name);
    const char *const argv[] = {
        "git", QUIETLY, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted, NULL};
    AUTO(process_result) ProcessResult result = {0};
    AUTO(error) Error *err = git_run(git, argv, dl, &result);

    if (err && err->code == ERR_SYSTEM &&
        err->native == 1) /* what --quiet says of an unknown name */
        return NULL;
    if (err)
        return TAKE(err);
    *ret_commit = text_trim(result.output);
    return NULL;
}

static Error *find_commit(const Git *git, const GitTreeQuery *query, Deadline dl, GitTree *tree)
{
    AUTO(str) char *ref = xasprintf("refs/tags/%s", query->tag);

    TRY(resolve(git, ref, dl, &tree->commit));
    if (!tree->commit && query->sha && strspn(query->sha, "0123456789abcdef") >= 40)
        TRY(resolve(git, query->sha, dl, &tree->commit));
    if (tree->commit)
        return NULL;
    return error_new(ERR_NOT_FOUND, 0,
                     "the clone %s has no tag %s to build it from: fetch all tags with their "
                     "history (fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in GitLab, git "
                     "fetch --tags by hand)",
                     tree->top, query->tag);
}

/* --- what is in the tree --------------------------------------------------------------------- */

/* "a/./b/../c" -> "a/c"; NULL when it leads out of the top. */
static char *normalised(const char *path)
{
    AUTO(str_list) StrList parts = {0};
    AUTO(str_list) StrList kept = {0};

    str_list_split(path, '/', &parts);
    for (size_t i = 0; i < parts.len; i++) {
        if (!*parts.items[i] || text_eq(parts.items[i], "."))
            continue;
        if (!text_eq(parts.items[i], "..")) {
            str_list_add(&kept, parts.items[i]);
            continue;
        }
        if (kept.len == 0)
            return NULL;
        free(kept.items[--kept.len]);
    }
    return str_list_join(&kept, "/");
}

/* Path below the top of the clone; NULL when it is elsewhere. */
static char *within(const char *top, const char *path)
{
    size_t len = strlen(top);

    if (text_eq(top, "/"))
        return normalised(path);
    if (!text_starts(path, top) || (path[len] && path[len] != '/'))
        return NULL;
    return normalised(path + len);
}

static char *joined(const char *folder, const char *name)
{
    return xasprintf("%s%s%s", folder, *folder ? "/" : "", name);
}

/* Which of these paths the commit has, each named as it was asked for. */
static Error *list_present(const Git *git, const char *commit, const StrList *paths, Deadline dl,
                           StrList *present)
{
    AUTO(str_list) StrList argv = {0};
    AUTO(process_result) ProcessResult result = {0};
    const char *const first[] = {"git", QUIETLY,       "ls-tree", "--full-tree",
                                 "-z",  "--name-only", commit,    "--"};

    for (size_t i = 0; i < COUNT_OF(first); i++)
        str_list_add(&argv, first[i]);
    for (size_t i = 0; i < paths->len; i++)
        str_list_add(&argv, paths->items[i]);
    str_list_add_owned(&argv, NULL);
    TRY(git_run(git, (const char *const *)argv.items, dl, &result));
    for (size_t at = 0; at < result.output_len; at += strlen(result.output + at) + 1)
        str_list_add(present, result.output + at);
    return NULL;
}

/* Where the Dockerfile may be: as engine_image_build looks for it in a work tree. */
static void dockerfile_places(const GitTreeQuery *query, const GitTree *tree, StrList *places)
{
    const char *name = query->dockerfile ? query->dockerfile : "Dockerfile";
    AUTO(str) char *inside = joined(tree->context, name);
    AUTO(str) char *first = *name == '/' ? NULL : normalised(inside);
    char here[PATH_MAX] = "";
    AUTO(str) char *absolute = NULL;
    AUTO(str) char *second = NULL;

    if (*name != '/' && !getcwd(here, sizeof here))
        *here = '\0';
    absolute = *name == '/' ? xstrdup(name) : xasprintf("%s/%s", here, name);
    second = within(tree->top, absolute);
    if (!text_is_empty(first))
        str_list_add(places, first);
    if (!text_is_empty(second))
        str_list_add(places, second);
}

static Error *find_parts(const Git *git, const GitTreeQuery *query, Deadline dl, GitTree *tree)
{
    const char *name = query->dockerfile ? query->dockerfile : "Dockerfile";
    AUTO(str_list) StrList places = {0};
    AUTO(str_list) StrList context = {0};
    AUTO(str_list) StrList present = {0};

    str_list_add(&context, tree->context);
    if (*tree->context) /* on its own: ls-tree does not name a folder that it looks into */
        TRY(list_present(git, tree->commit, &context, dl, &present));
    dockerfile_places(query, tree, &places);
    if (places.len > 0)
        TRY(list_present(git, tree->commit, &places, dl, &present));
    if (*tree->context && !str_list_has(&present, tree->context))
        return error_new(ERR_NOT_FOUND, 0, "the tree of %s has no folder %s to build it from",
                         query->tag, tree->context);
    for (size_t i = 0; i < places.len && !tree->dockerfile; i++)
        if (str_list_has(&present, places.items[i]))
            tree->dockerfile = xstrdup(places.items[i]);
    if (!tree->dockerfile)
        return error_new(ERR_NOT_FOUND, 0, "the tree of %s has no %s to build it by", query->tag,
                         places.len > 0 ? places.items[0] : name);
    return NULL;
}

Error *git_tree_find(const GitTreeQuery *query, Deadline dl, GitTree *ret_tree)
{
    ReleaseQuery release = {.cancel = query->cancel};
    AUTO(str) char *purpose = xasprintf("the git tree of %s", query->tag);
    AUTO(git_tree) GitTree tree = {0};
    AUTO(git) Git git = {0};
    char context[PATH_MAX];

    if (!realpath(query->context, context))
        return error_new(ERR_INVALID, errno, "build context %s: %m", query->context);
    TRY(find_clone(&release, context, purpose, dl, &tree));
    tree.context = within(tree.top, context);
    if (!tree.context)
        return error_new(ERR_INVALID, 0,
                         "build context %s: it is not below %s, the top of its git "
                         "repository",
                         context, tree.top);
    tree_git(&release, tree.top, purpose, &git);
    TRY(find_commit(&git, query, dl, &tree));
    TRY(find_parts(&git, query, dl, &tree));
    *ret_tree = tree;
    tree = (GitTree){0};
    return NULL;
}

/* --- the temporary folder -------------------------------------------------------------------- */

static Error *make_folder(GitTree *tree)
{
    const char *base = getenv("TMPDIR");
    AUTO(str)
    char *path = xasprintf("%s/seatrial-tree-XXXXXX", text_is_empty(base) ? "/tmp" : base);
    AUTO(str) char *inner = NULL;

    if (!mkdtemp(path))
        return error_errno("making a folder for the git tree in %s",
                           text_is_empty(base) ? "/tmp" : base);
    tree->folder = realpath(path, NULL);
    if (!tree->folder) {
        (void)rmdir(path);
        return error_errno("making a folder for the git tree: %s", path);
    }
    inner = xasprintf("%s/tree", tree->folder);
    return mkdir(inner, 0755) == 0 ? NULL : error_errno("making %s", inner);
}

/* What the checkout has to bring: the parts, the ignore file of a Dockerfile (BuildKit's
 * convention), and the attributes of the folders above, which say how files are written. */
static Error *list_paths(const Git *git, const GitTree *tree, Deadline dl, StrList *ret_paths)
{
    AUTO(str_list) StrList maybe = {0};

    if (!*tree->context) {
        str_list_add(ret_paths, ".");
        return NULL;
    }
    str_list_add(ret_paths, tree->context);
    str_list_add(ret_paths, tree->dockerfile);
    str_list_addf(&maybe, "%s.dockerignore", tree->dockerfile);
    str_list_add(&maybe, ".gitattributes");
    for (const char *at = strchr(tree->context, '/'); at; at = strchr(at + 1, '/'))
        str_list_addf(&maybe, "%.*s/.gitattributes", (int)(at - tree->context), tree->context);
    return list_present(git, tree->commit, &maybe, dl, ret_paths);
}

static Error *check_out(const Git *git, const GitTree *tree, Deadline dl)
{
    AUTO(str_list) StrList argv = {0};
    AUTO(process_result) ProcessResult result = {0};
    const char *const first[] = {"git", QUIETLY, "checkout", "--quiet", tree->commit, "--"};

    for (size_t i = 0; i < COUNT_OF(first); i++)
        str_list_add(&argv, first[i]);
    TRY(list_paths(git, tree, dl, &argv));
    str_list_add_owned(&argv, NULL);
    return git_run(git, (const char *const *)argv.items, dl, &result);
}

/* "160000 <id> 0\t<path>" is a submodule; the index holds nothing but what was checked out. */
static Error *look_for_submodules(const Git *git, Deadline dl, GitTree *tree)
{
    static const char *const ARGV[] = {"git", QUIETLY, "ls-files", "--stage", NULL};
    AUTO(process_result) ProcessResult result = {0};

    TRY(git_run(git, ARGV, dl, &result));
    tree->has_submodules =
        text_starts(result.output, "160000 ") || strstr(result.output, "\n160000 ");
    return NULL;
}

Error *git_tree_export(const GitTreeQuery *query, Deadline dl, GitTree *tree)
{
    ReleaseQuery release = {.cancel = query->cancel};
    AUTO(str) char *purpose = xasprintf("the git tree of %s", query->tag);
    AUTO(str) char *inner = NULL;
    AUTO(str) char *index = NULL;
    AUTO(git) Git git = {0};

    TRY(make_folder(tree));
    inner = xasprintf("%s/tree", tree->folder);
    index = xasprintf("%s/index", tree->folder);
    tree_git(&release, inner, purpose, &git);
    git_set(&git, "GIT_DIR", tree->git_dir);
    git_set(&git, "GIT_WORK_TREE", inner);
    git_set(&git, "GIT_INDEX_FILE", index);
    TRY(check_out(&git, tree, dl));
    return look_for_submodules(&git, dl, tree);
}

char *git_tree_context(const GitTree *tree)
{
    return xasprintf("%s/tree%s%s", tree->folder, *tree->context ? "/" : "", tree->context);
}

char *git_tree_dockerfile(const GitTree *tree)
{
    return xasprintf("%s/tree/%s", tree->folder, tree->dockerfile);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

void git_tree_clear(GitTree *tree)
{
    if (tree->folder)
        (void)nftw(tree->folder, remove_entry, FILES_OPEN_MAX, FTW_DEPTH | FTW_PHYS);
    free(tree->folder);
    free(tree->commit);
    free(tree->context);
    free(tree->dockerfile);
    free(tree->top);
    free(tree->git_dir);
    *tree = (GitTree){0};
}
