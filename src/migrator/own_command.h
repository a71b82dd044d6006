#pragma once
/* Whether the command that an image runs by itself is one that migrates and ends. */

#include "base/list.h"

/** Both as a container would run them; either may be empty. */
bool own_command_migrates(const StrList *entrypoint, const StrList *command);
