#pragma once
/* What the readers of a compose file share. */

#include "config/compose.h"
#include "config/document.h"

/** "NAME:LINE:COLUMN: WHAT: wanted ..., found ..." */
MUST_USE Error *compose_bad(const char *name, const Node *node, const char *what,
                            const char *wanted);
/** @param service  zero but for its name; filled in part on error */
MUST_USE Error *compose_read_service(const Node *node, const char *name, ComposeService *service);
/** Values that stand under names that look secret, anywhere in the file. */
void compose_find_secrets(const Node *root, StrList *secrets);
