#pragma once
/* What else an application needs to start: a container each, found under its name on the trial's
 * network. */

#include "verify/trial_parts.h"

/** Create and start all. @return NULL, or the engine's error with the service's name */
MUST_USE Error *services_start(Lane *lane);
/** Wait until each is ready. @return NULL, or ERR_TIMEOUT and ERR_SYSTEM with the end of its log */
MUST_USE Error *services_await(Lane *lane);
/** What the services have to say to the application: what env has already stays. */
void services_tell(const ServiceSettingsList *services, StrMap *env);
