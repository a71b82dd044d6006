#pragma once
/* Workflow commands of GitHub Actions, from texts that are safe already (report/safe.h). */

#include <stdio.h>

#include "base/buffer.h"

#define GITHUB_MESSAGE_MAX 4096 /* characters of an annotation that the runner keeps */

/**
 * Print "::name title=...::message", escaped, so that it stays one command whatever is in it. What
 * is longer than an annotation may be is cut, and "..." says so.
 *
 * @param name  "error", "warning", "notice", "group", ...
 * @param title  NULL: none
 */
void github_command(FILE *out, const char *name, const char *title, const char *message);
