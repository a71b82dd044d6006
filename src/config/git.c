#include "config/git.h"

#include <ctype.h>
#include <string.h>

#include "base/process.h"

#define GIT_WAIT_MS 5000

/* One line of a git command's output; NULL when it fails in any way. */
static char *git_line(char *const *environment, const char *const *argv)
{
    AUTO(process_result) ProcessResult result = {0};
    ProcessSpec spec = {.argv = argv, .environment = environment, .output_max = 64 << 10};
    Error *err = process_run(&spec, deadline_in(GIT_WAIT_MS), &result);
    AUTO(str) char *line = NULL;

    if (err) {
        error_ignore(err); /* no git, or one that hangs: the user can give the value himself */
        return NULL;
    }
    if (result.status != 0)
        return NULL;
    line = text_trim(result.output);
    return *line && !strchr(line, '\n') ? TAKE(line) : NULL;
}

/* core.fsmonitor names a program that git may run: not one that a checkout brings. */
char *git_exact_tag(char *const *environment)
{
    static const char *const ARGV[] = {
        "git", "-c", "core.fsmonitor=false", "describe", "--exact-match", "--tags", "HEAD", NULL};

    return git_line(environment, ARGV);
}

char *git_remote_url(char *const *environment)
{
    static const char *const ARGV[] = {"git",    "-c", "core.fsmonitor=false", "remote", "get-url",
                                       "origin", NULL};

    return git_line(environment, ARGV);
}

/* "host/path" or "host:22/path" or "user@host/path", the path up to .git and slashes. */
static bool split(const char *authority, size_t len, const char *path, char **ret_host,
                  char **ret_path)
{
    const char *at = memrchr(authority, '@', len);
    const char *host = at ? at + 1 : authority;
    size_t host_len = (size_t)(authority + len - host);
    size_t path_len;

    path += strspn(path, "/");
    path_len = strlen(path);
    while (path_len > 0 && path[path_len - 1] == '/')
        path_len--;
    if (path_len > 4 && memcmp(path + path_len - 4, ".git", 4) == 0)
        path_len -= 4;
    if (host_len == 0 || !memchr(path, '/', path_len))
        return false;
    *ret_host = xstrndup(host, host_len);
    for (char *letter = *ret_host; *letter; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    *ret_path = xstrndup(path, path_len);
    return true;
}

bool git_remote_parse(const char *url, char **ret_host, char **ret_path)
{
    const char *scheme = strstr(url, "://");
    size_t len;

    if (text_starts(url, "file:"))
        return false;
    if (scheme) {
        const char *authority = scheme + 3, *at, *colon;

        len = strcspn(authority, "/");
        at = memrchr(authority, '@', len);
        colon =
            memrchr(at ? at : authority, ':', len - (size_t)((at ? at : authority) - authority));
        return split(authority, colon ? (size_t)(colon - authority) : len, authority + len,
                     ret_host, ret_path);
    }
    len = strcspn(url, ":/"); /* scp form: a colon before any slash, as git decides it */
    return url[len] == ':' && split(url, len, url + len + 1, ret_host, ret_path);
}
