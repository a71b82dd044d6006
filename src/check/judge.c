#include <stdlib.h>

#include "base/clock.h"
#include "check/compose.h"
#include "check/table.h"

static bool runs_in_profile(const Check *check, const CheckPolicy *policy)
{
    if (check->key)
        return policy->keys && str_list_has(policy->keys, check->key);
    return check->profile <= policy->profile;
}

Level check_level(const Check *check, const CheckPolicy *policy)
{
    const char *name = policy->levels ? str_map_get(policy->levels, check->id) : NULL;
    Level level;

    if (name && level_parse(name, &level))
        return level;
    return runs_in_profile(check, policy) ? check->level : LEVEL_OFF;
}

static Outcome outcome_of(const FindingList *findings, const char *check)
{
    Outcome outcome = OUTCOME_PASSED;

    for (size_t i = 0; i < findings->len; i++) {
        const Finding *finding = &findings->items[i];

        if (!text_eq(finding->check, check))
            continue;
        if (finding->level == LEVEL_ERROR && !finding->allowed_reason)
            return OUTCOME_FAILED;
        outcome = OUTCOME_WARNED;
    }
    return outcome;
}

const char *check_could_not(const Check *check, const Observation *seen)
{
    return seen->could_not ? str_map_get(seen->could_not, check->id) : NULL;
}

static void run_check(const Check *check, Level level, const Observation *seen, PathReport *path)
{
    int64_t began_ms = clock_now_ms();
    size_t first = path->findings.len;
    char *failure = check->blind ? check->blind(seen) : xstrdup_null(check_could_not(check, seen));
    CheckResult result = {.id = xstrdup(check->id), .level = level};

    if (!failure || check->blind)
        check->judge(seen, &path->findings, &result.reason);
    if (failure) {
        free(result.reason);
        result.reason = failure;
    }
    for (size_t i = first; i < path->findings.len; i++) {
        Finding *finding = &path->findings.items[i];

        if (finding->level > level)
            finding->level = level;
        finding_field(&finding->release, seen->path_id);
    }
    result.outcome = failure         ? OUTCOME_ERROR
                     : result.reason ? OUTCOME_SKIPPED
                                     : outcome_of(&path->findings, check->id);
    result.duration_ms = clock_now_ms() - began_ms;
    LIST_PUSH(&path->checks, result);
}

void check_judge(const Observation *seen, const CheckPolicy *policy, PathReport *path)
{
    size_t count;
    const Check *const *table = check_table(&count);

    for (size_t i = 0; i < count; i++) {
        Level level = check_level(table[i], policy);

        if (level != LEVEL_OFF)
            run_check(table[i], level, seen, path);
    }
}

void check_outcomes(PathReport *path)
{
    for (size_t i = 0; i < path->checks.len; i++) {
        CheckResult *result = &path->checks.items[i];

        if (result->outcome != OUTCOME_SKIPPED && result->outcome != OUTCOME_ERROR)
            result->outcome = outcome_of(&path->findings, result->id);
    }
}

/* --- the verdict --- */

static const CheckResult *result_of(const PathReport *path, const char *id)
{
    for (size_t i = 0; i < path->checks.len; i++)
        if (text_eq(path->checks.items[i].id, id))
            return &path->checks.items[i];
    return NULL;
}

static const Finding *finding_of(const PathReport *path, const char *check, bool unaccepted_errors)
{
    for (size_t i = 0; i < path->findings.len; i++) {
        const Finding *finding = &path->findings.items[i];
        bool counts = finding->level == LEVEL_ERROR && !finding->allowed_reason;

        if ((!check || text_eq(finding->check, check)) && (!unaccepted_errors || counts))
            return finding;
    }
    return NULL;
}

static const CheckResult *erred(const PathReport *path)
{
    for (size_t i = 0; i < path->checks.len; i++)
        if (path->checks.items[i].outcome == OUTCOME_ERROR)
            return &path->checks.items[i];
    return NULL;
}

/* Did any check look at the upgrade, and not only at what came before it? */
static bool upgrade_was_judged(const PathReport *path)
{
    const CheckResult *upgrade = result_of(path, "new-migrate");

    if (upgrade)
        return upgrade->outcome != OUTCOME_SKIPPED;
    for (size_t i = 0; i < path->checks.len; i++) {
        const CheckResult *result = &path->checks.items[i];

        if (result->outcome != OUTCOME_SKIPPED && !text_eq(result->id, "old-migrate") &&
            !text_eq(result->id, "vacuous"))
            return true;
    }
    return false;
}

Verdict check_verdict(const PathReport *path)
{
    if (finding_of(path, "vacuous", true))
        return VERDICT_UNKNOWN;
    if (finding_of(path, NULL, true))
        return VERDICT_BROKEN;
    if (erred(path))
        return VERDICT_UNKNOWN;
    /* a path whose beginning is accepted as broken was never walked: that is not sound */
    if (finding_of(path, "old-migrate", false))
        return VERDICT_NOTHING_TO_VERIFY;
    return upgrade_was_judged(path) ? VERDICT_SOUND : VERDICT_UNKNOWN;
}

static char *unknown_reason(const PathReport *path)
{
    const Finding *finding = finding_of(path, "vacuous", true);
    const CheckResult *result = erred(path);

    if (finding)
        return xasprintf("nothing was tested: %s", finding->title);
    if (!result)
        result = result_of(path, "new-migrate");
    if (result)
        return xasprintf("%s: %s", result->id, result->reason ? result->reason : "no reason given");
    return xstrdup("no check looked at the upgrade");
}

char *check_verdict_reason(const PathReport *path)
{
    const Finding *beginning = finding_of(path, "old-migrate", false);

    switch (check_verdict(path)) {
    case VERDICT_SOUND:
    case VERDICT_BROKEN:
        break;
    case VERDICT_NOTHING_TO_VERIFY:
        if (!beginning)
            break;
        return xasprintf("%s%s%s", beginning->title,
                         beginning->allowed_reason ? "; accepted: " : "",
                         beginning->allowed_reason ? beginning->allowed_reason : "");
    case VERDICT_UNKNOWN:
        return unknown_reason(path);
    }
    return NULL;
}
