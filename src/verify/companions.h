#pragma once
/* Images beside the application's own: database servers, services, the one that is started. */

#include "verify/plan.h"

/** What the settings say of the start and the services that cannot be. @return NULL or ERR_INVALID
 */
MUST_USE Error *companions_check(const Config *config);
/**
 * Look for them, or get them, by the pull policy; plan->application is filled in.
 *
 * @return NULL, ERR_NOT_FOUND that says whose image it is, ERR_INVALID: nothing says when the
 * application is ready; errors of the engine
 */
MUST_USE Error *companions_obtain(Session *session, PlanImages how, Plan *plan);
