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
/**
 * What an image's migrations make of an empty database: nothing is judged.
 *
 * @param plan  whose candidate it is
 * @param path  of that plan
 * @param[out] ret_snapshot  untouched on error
 * @return NULL; ERR_CONFLICT: the migrations fail, with the end of their log; else as trial_run
 */
MUST_USE Error *trial_install(Session *session, const Plan *plan, const PlannedPath *path,
                              Snapshot *ret_snapshot);
