#pragma once
/* One upgrade path on one database: run, observe, judge. */

#include "check/check.h"
#include "verify/plan.h"

/**
 * Run one path.
 *
 * @param policy  which checks run
 * @param[in,out] report  id and from are set; steps, checks, findings and the rest are filled in,
 * also as far as it came when an Error comes back
 * @param warnings  appended to: what of the database could not be looked at
 * @return NULL, or Error when it could not be told; ERR_CANCELLED
 */
MUST_USE Error *trial_run(Session *session, const Plan *plan, const PlannedPath *path,
                          const CheckPolicy *policy, PathReport *report, StrList *warnings);
