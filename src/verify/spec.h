#pragma once
/* A database of the settings as database/ wants it. */

#include "config/config.h"
#include "database/database.h"

/** Texts and maps are borrowed from the settings. */
DatabaseSpec database_spec_of(const DatabaseSettings *settings);
