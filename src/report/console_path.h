#pragma once
/* The part of the console report that is about one upgrade path. */

#include "report/screen.h"

void console_path(Screen *screen, const Report *report, const PathReport *path);
/** Error-level findings that nothing accepts: what breaks the path. */
bool finding_breaks(const Finding *finding);
/** "migration 003_owner, table notes, column owner", as far as known; caller frees. */
MUST_USE char *finding_place(const Finding *finding);
