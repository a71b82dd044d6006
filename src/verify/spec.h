#pragma once
/* Parts of the settings as database/ and engine/ want them. */

#include "config/config.h"
#include "database/database.h"
#include "engine/ready.h"

/** Texts and maps are borrowed from the settings. */
DatabaseSpec database_spec_of(const DatabaseSettings *settings);
/** How a container shows that it is ready; borrows. Without a way: by its health check. */
ReadySpec ready_spec_of(const ReadySettings *settings);
