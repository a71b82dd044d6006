#include "verify/policy.h"

void policy_init(const Config *config, Policy *ret_policy)
{
    size_t count = config->allow.len;
    Policy policy = {
        .checks = {.levels = &config->checks, .keys = &config->keys, .profile = PROFILE_STANDARD},
        .allow = xcalloc(count, sizeof *policy.allow),
        .allow_used = xcalloc(count, sizeof *policy.allow_used),
        .allow_count = count,
    };

    (void)profile_parse(config->profile, &policy.checks.profile); /* checked when it was read */
    for (size_t i = 0; i < count; i++) {
        const AllowSettings *entry = &config->allow.items[i];

        policy.allow[i] = (CheckAllow){
            .check = entry->check,
            .table = entry->table,
            .column = entry->column,
            .from = entry->from,
            .until = entry->until,
            .reason = entry->reason,
        };
    }
    *ret_policy = policy;
}

void policy_warn_unused(const Policy *policy, StrList *warnings)
{
    for (size_t i = 0; i < policy->allow_count; i++) {
        const CheckAllow *entry = &policy->allow[i];

        if (policy->allow_used[i])
            continue;
        if (entry->until)
            str_list_addf(
                warnings,
                "the allow entry for %s (%s) accepted nothing; it holds until %s: remove or "
                "renew it",
                entry->check, entry->reason, entry->until);
        else
            str_list_addf(warnings, "the allow entry for %s (%s) accepted nothing: remove it",
                          entry->check, entry->reason);
    }
}

void policy_clear(Policy *policy)
{
    free(policy->allow);
    free(policy->allow_used);
    *policy = (Policy){0};
}
