#pragma once
/* Any other server: it is started and waited for, and nobody looks into it. */

#include "database/database.h"

#define SERVICE_ALIAS "database" /* its name on the trial's network */

/** Templates that cannot be filled in. @return NULL, or ERR_INVALID that names the key */
MUST_USE Error *service_check(const DatabaseSpec *spec);
/** As database_is_told. */
bool service_is_told(const StrMap *app_env, const StrMap *env);
