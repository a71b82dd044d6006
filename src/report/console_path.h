#pragma once
/* The part of the console report that is about one upgrade path. */

#include "report/screen.h"

void console_path(Screen *screen, const Report *report, const PathReport *path);
