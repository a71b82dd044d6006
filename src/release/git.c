#include <string.h>
#include <sys/stat.h>

#include "base/secret.h"
#include "release/git_run.h"
#include "release/retry.h"
#include "release/sources.h"

#define REMOTE_RETRIES  2
#define TAGS_PREFIX     "refs/tags/"
#define FIELDS_OF_A_TAG 6

/* The fields of one line of for-each-ref: name, type, id, type and id of what an annotated tag
 * points to, time. */
static Error *take_local_tag(char *const *fields, ReleaseList *releases, bool *any_nested)
{
    const char *type = *fields[3] ? fields[3] : fields[1];
    const char *sha = *fields[4] ? fields[4] : fields[2];
    uint64_t seconds = 0;
    Release release = {.tag = fields[0], .sha = (char *)(uintptr_t)sha, .published_ms = -1};

    *any_nested |= text_eq(type, "tag");
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
static Error *take_local_tags(const ProcessResult *result, ReleaseList *releases, bool *any_nested)
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
            return error_new(ERR_PROTOCOL, 0,
                             "git for-each-ref: a line with other fields than asked");
        TRY(take_local_tag(fields, releases, any_nested));
    }
    return NULL;
}

/* Continuous integration checks out one commit and no other tags than the one that it runs for. */
static Error *check_shallow(const Git *git, const ReleaseList *releases, Deadline dl,
                            StrList *warnings)
{
    static const char HINT[] =
        "fetch all tags: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 in "
        "GitLab, git fetch --unshallow --tags by hand";
    static const char *const ARGV[] = {"git", "rev-parse", "--is-shallow-repository", NULL};
    AUTO(process_result) ProcessResult result = {0};
    const char *folder = git->query->repository ? git->query->repository : "this folder";

    TRY(git_run(git, ARGV, dl, &result));
    if (!text_starts(result.output, "true"))
        return NULL;
    if (releases->len == 0)
        return error_new(
            ERR_CONFLICT, 0,
            "tags of %s: it is a shallow clone without tags, so earlier releases cannot "
            "be seen; %s",
            folder, HINT);
    str_list_addf(warnings, "%s is a shallow clone: it may lack tags; %s", folder, HINT);
    return NULL;
}

static void set_commit(ReleaseList *releases, const char *tag, const char *sha)
{
    for (size_t i = 0; i < releases->len; i++) {
        Release *release = &releases->items[i];

        if (strcmp(release->tag, tag) != 0)
            continue;
        free(release->sha);
        release->sha = xstrdup(sha);
    }
}

/* for-each-ref follows a tag of a tag by one step only (git before 2.45), show-ref to its end:
 * "<id> refs/tags/v1.0.0^{}". */
static Error *follow_nested_tags(const Git *git, Deadline dl, ReleaseList *releases)
{
    static const char *const ARGV[] = {"git", "show-ref", "--tags", "--dereference", NULL};
    AUTO(process_result) ProcessResult result = {0};
    AUTO(str_list) StrList lines = {0};

    TRY(git_run(git, ARGV, dl, &result));
    str_list_split(result.output, '\n', &lines);
    for (size_t i = 0; i < lines.len; i++) {
        char *sha = lines.items[i], *tag = strchr(sha, ' ');

        if (!tag || !text_ends(tag, "^{}") || !text_starts(tag + 1, TAGS_PREFIX))
            continue;
        *tag = '\0';
        tag++;
        tag[strlen(tag) - 3] = '\0';
        set_commit(releases, tag + strlen(TAGS_PREFIX), sha);
    }
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
    bool any_nested = false;

    TRY(git_run(git, ARGV, dl, &result));
    TRY(take_local_tags(&result, releases, &any_nested));
    if (any_nested)
        TRY(follow_nested_tags(git, dl, releases));
    return check_shallow(git, releases, dl, warnings);
}

static void set_last_commit(ReleaseList *releases, const char *tag, const char *sha)
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
            set_last_commit(releases, tag, sha);
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
        AUTO(error) Error *err = git_run(git, argv, dl, &result);

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
    AUTO(git) Git git = {0};
    const char *repository = query->repository;

    if (!repository || is_folder(repository)) {
        git_init(&git, query, repository);
        return list_folder(&git, dl, releases, warnings);
    }
    if (!is_url(repository))
        return error_new(
            ERR_INVALID, 0,
            "releases.repository: wanted a folder or a URL for source git, found '%s', "
            "which is neither",
            repository);
    hide_user(repository);
    git_init(&git, query, NULL);
    return list_remote(&git, dl, releases);
}
