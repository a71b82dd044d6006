#pragma once
/* A plan as people and machines read it. */

#include "base/json.h"
#include "verify/plan.h"
#include "verify/policy.h"

/** The head of the report's document: SPEC section 5; what is not known is null. Caller owns it. */
MUST_USE cJSON *plan_to_json(const Config *config, const Plan *plan, const Policy *policy);
/** The same for people, to out. */
void plan_to_text(const Config *config, const Plan *plan, const Policy *policy, FILE *out);
/** {"include": [{"from", "path"}]}: a matrix of GitHub jobs, one a starting release, on one line.
 * Caller owns it. */
MUST_USE cJSON *plan_to_github_matrix(const Plan *plan);
/** A GitLab child pipeline with one job a starting release, to out. */
void plan_to_gitlab(const Plan *plan, FILE *out);
