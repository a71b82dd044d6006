#pragma once
/* What the settings say of checks and accepted findings, as check/ wants it. */

#include "check/check.h"
#include "config/config.h"

typedef struct Policy {
    CheckPolicy checks;
    CheckAllow *allow; /* owned array; texts borrowed from the settings */
    bool *allow_used;
    size_t allow_count;
} Policy;

/** The settings must outlive the policy. */
void policy_init(const Config *config, Policy *ret_policy);
/** An allow entry that accepted nothing is said. */
void policy_warn_unused(const Policy *policy, StrList *warnings);
void policy_clear(Policy *policy);
DEFINE_AUTO_VALUE(policy, Policy, policy_clear)
