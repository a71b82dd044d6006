#pragma once
/* What the checkout knows: the tag of HEAD and the remote. Nothing is known when there is no git,
 * no repository, or git refuses. */

#include <stdbool.h>

#include "base/text.h"

/** The tag that HEAD is exactly; NULL when there is none. Caller frees. */
MUST_USE char *git_exact_tag(char *const *environment);

/** URL of the remote origin; NULL when there is none. Caller frees. */
MUST_USE char *git_remote_url(char *const *environment);

/**
 * Host and path of a remote: "https://host/a/b.git", "ssh://git@host:22/a/b", "git@host:a/b.git".
 *
 * @param[out] ret_host  lower case, without port; untouched when false
 * @param[out] ret_path  "a/b"; untouched when false
 * @return false for anything else: local folders, no path
 */
bool git_remote_parse(const char *url, char **ret_host, char **ret_path);
