#include <string.h>
#include <sys/stat.h>

#include "base/process.h"
#include "base/secret.h"
#include "release/retry.h"
#include "release/sources.h"

#define OUTPUT_MAX      (16U << 20) /* a hundred thousand tags */
#define ERRORS_MAX      4096U
#define REMOTE_RETRIES  2
#define TAGS_PREFIX     "refs/tags/"
#define FIELDS_OF_A_TAG 6

typedef struct Git {
    const ReleaseQuery *query;
    const char *folder; /* borrowed; NULL for a URL */
    StrList environment;
} Git;

static void git_clear(Git *git)
{
    str_list_clear(&git->environment);
}

DEFINE_AUTO_VALUE(git, Git, git_clear)

/* Our environment, but git neither asks for a password nor speaks another language, and variables that
 * a hook sets do not lead away from the folder that is configured. */
static void make_environment(bool has_folder, StrList *environment)
{
    static const char *const SET[] = {"GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never", "LC_ALL=C",
                                      "GIT_OPTIONAL_LOCKS=0"};
    static const char *const OF_A_REPOSITORY[] = {"GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=",
                                                  "GIT_NAMESPACE=", "GIT_COMMON_DIR="};
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

    if (code == ERR_INVALID)
        hint = "; set releases.repository to the folder of a clone or to a URL";
    else if (code == ERR_NOT_FOUND || code == ERR_DENIED)
        hint = "; it is private or misspelt: see that git can read it without asking for a password";
    return error_new(code, status, "tags of %s: git ends with %d: %s%s",
                     git->query->repository ? git->query->repository : "this folder", status,
                     *words ? words : "it does not say why", hint);
}

static Error *run_once(const Git *git, const char *const *argv, Deadline dl,
                       ProcessResult *ret_result)
{
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {.argv = argv,
                        .environment = git->environment.items,
                        .folder = git->folder,
                        .output_max = OUTPUT_MAX,
                        .errors_max = ERRORS_MAX,
                        .cancel = git->query->cancel};
    Error *err = process_run(&spec, dl, &result);

    if (err && err->code == ERR_NOT_FOUND) {
        error_free(err);
        return error_new(ERR_SYSTEM, 0, "tags of a git repository: git is not installed");
    }
    if (err)
        return error_wrap(err, "reading tags with git");
    if (result.status != 0)
        return failure(git, result.status, result.errors);
    *ret_result = result;
    result = (ProcessResult){0};
    return NULL;
}

/* The fields of one line of for-each-ref: name, type, id, type and id of what an annotated tag points
 * to, time. */
static Error *take_local_tag(char *const *fields, ReleaseList *releases)
{
    const char *type = *fields[3] ? fields[3] : fields[1];
    const char *sha = *fields[4] ? fields[4] : fields[2];
    uint64_t seconds = 0;
    Release release = {.tag = fields[0], .sha = (char *)(uintptr_t)sha, .published_ms = -1};

    if (text_eq(type, "blob") || text_eq(type, "tree")) /* such as junio-gpg-pub: no release */
        return NULL;
    if (*fields[5]) {
        TRY_CTX(parse_u64(fields[5], 0, INT64_MAX / 1000, &seconds), "git: time of tag '%s'",
                fields[0]);
        release.published_ms = (int64_t)seconds * 1000;
    }
    release_list_add(releases, &release);
    return NULL;
}

/* A tag's name holds neither NUL nor line feed. Source: git-check-ref-format(1) */
static Error *take_local_tags(const ProcessResult *result, ReleaseList *releases)
{
    char *at = result->output, *end = result->output + result->output_len;

    while (at < end) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));
        char *fields[FIELDS_OF_A_TAG];
        size_t count = 0;

        if (!line_end)
            break;
        *line_end = '\0';
        while (at <= line_end && count < FIELDS_OF_A_TAG) {
            fields[count++] = at;
            at += strlen(at) + 1;
        }
        if (count != FIELDS_OF_A_TAG || at != line_end + 1)
            return error_new(ERR_PROTOCOL, 0, "git for-each-ref: a line with other fields than asked");
        TRY(take_local_tag(fields, releases));
    }
    return NULL;
}

/* Continuous integration checks out one commit and no other tags than the one that it runs for. */
static Error *check_shallow(const Git *git, const ReleaseList *releases, Deadline dl,
                            StrList *warnings)
{
    static const char HINT[] = "fetch all tags: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in "
                               "GitLab, git fetch --unshallow --tags by hand";
    static const char *const ARGV[] = {"git", "rev-parse", "--is-shallow-repository", NULL};
    AUTO(process_result) ProcessResult result = {0};
    const char *folder = git->query->repository ? git->query->repository : "this folder";

    TRY(run_once(git, ARGV, dl, &result));
    if (!text_starts(result.output, "true"))
        return NULL;
    if (releases->len == 0)
        return error_new(ERR_CONFLICT, 0,
                         "tags of %s: it is a shallow clone without tags, so earlier releases cannot "
                         "be seen; %s",
                         folder, HINT);
    str_list_addf(warnings, "%s is a shallow clone: it may lack tags; %s", folder, HINT);
    return NULL;
}

static Error *list_folder(const Git *git, Deadline dl, ReleaseList *releases, StrList *warnings)
{
    static const char *const ARGV[] = {
        "git", "for-each-ref",
        "--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00"
        "%(*objectname)%00%(creatordate:unix)",
        "refs/tags", NULL};
    AUTO(process_result) ProcessResult result = {0};

    TRY(run_once(git, ARGV, dl, &result));
    TRY(take_local_tags(&result, releases));
    return check_shallow(git, releases, dl, warnings);
}

static void set_commit(ReleaseList *releases, const char *tag, const char *sha)
{
    Release *last = releases->len > 0 ? &releases->items[releases->len - 1] : NULL;

    if (!last || strcmp(last->tag, tag) != 0) /* git lists it right behind its tag */
        return;
    free(last->sha);
    last->sha = xstrdup(sha);
}

/* "<id>\trefs/tags/v1.0.0", and for annotated tags "<id of the commit>\trefs/tags/v1.0.0^{}" */
static Error *take_remote_tags(const char *output, ReleaseList *releases)
{
    AUTO(str_list) StrList lines = {0};

    str_list_split(output, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++) {
        char *sha = lines.items[i], *tag = strchr(sha, '\t');

        if (!*sha)
            continue;
        if (!tag || !text_starts(tag + 1, TAGS_PREFIX))
            return error_new(ERR_PROTOCOL, 0, "git ls-remote: a line that is no tag");
        *tag = '\0';
        tag += 1 + strlen(TAGS_PREFIX);
        if (text_ends(tag, "^{}")) {
            tag[strlen(tag) - 3] = '\0';
            set_commit(releases, tag, sha);
        } else {
            release_list_add(releases, &(Release){.tag = tag, .sha = sha, .published_ms = -1});
        }
    }
    return NULL;
}

static Error *list_remote(const Git *git, Deadline dl, ReleaseList *releases)
{
    const char *const argv[] = {"git", "ls-remote", "--tags", "--", git->query->repository, NULL};
    AUTO(process_result) ProcessResult result = {0};

    for (int tries = 0;; tries++) {
        AUTO(error) Error *err = run_once(git, argv, dl, &result);

        if (!err)
            return take_remote_tags(result.output, releases);
        if (err->code != ERR_SYSTEM || tries == REMOTE_RETRIES ||
            deadline_left_ms(dl) <= retry_backoff_ms(tries))
            return TAKE(err);
        TRY(cancel_sleep(git->query->cancel, (int)retry_backoff_ms(tries)));
    }
}

static bool is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* https://host/path, or host:path as ssh has it */
static bool is_url(const char *text)
{
    size_t colon = strcspn(text, ":/");

    return strstr(text, "://") || (colon > 0 && text[colon] == ':');
}

/* A token that stands where a user's name does is no less secret for it. */
static void hide_user(const char *url)
{
    const char *user = strstr(url, "://");
    size_t len = user ? strcspn(user + 3, "/@") : 0;

    secret_add_url(url);
    if (user && text_starts(url, "http") && user[3 + len] == '@' && !memchr(user + 3, ':', len)) {
        AUTO(str) char *name = xstrndup(user + 3, len);

        secret_add(name);
    }
}

Error *git_list(const ReleaseQuery *query, Deadline dl, ReleaseList *releases, StrList *warnings)
{
    AUTO(git) Git git = {.query = query};
    const char *repository = query->repository ? query->repository : ".";

    if (is_folder(repository)) {
        git.folder = repository;
        make_environment(query->repository != NULL, &git.environment);
        return list_folder(&git, dl, releases, warnings);
    }
    if (!is_url(repository))
        return error_new(ERR_INVALID, 0,
                         "releases.repository: wanted a folder or a URL for source git, found '%s', "
                         "which is neither",
                         repository);
    hide_user(repository);
    make_environment(false, &git.environment);
    return list_remote(&git, dl, releases);
}
