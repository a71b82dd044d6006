#pragma once
/* What the application is told of its database: variables with templates. */

#include "base/list.h"

/** Add what is not there yet. */
void app_env_add_missing(const StrMap *from, StrMap *env);
/** Fill in templates, "{host}" to its value, wherever a value contains one. */
void app_env_fill(const StrMap *templates, StrMap *env);
