#include "check/compose.h"
#include "check/table.h"
#include "model/version.h"

/* What a tag compared with a range; a range that cannot be read holds for nothing but itself. */
static bool in_range(const char *tag, const char *range)
{
    bool within = false;
    AUTO(error) Error *err = NULL;

    if (text_is_empty(tag))
        return false;
    err = version_in_range(tag, range, &within);
    return err ? text_eq(tag, range) : within;
}

/* An entry ends with the release that `until` names. A candidate without a version, as of a branch,
 * is not known to have reached it. */
static bool has_ended(const CheckAllow *allow, const char *candidate_tag)
{
    AUTO(str) char *range = NULL;

    if (text_is_empty(allow->until))
        return false;
    if (text_eq(allow->until, candidate_tag))
        return true;
    range = xasprintf(">=%s", allow->until);
    return in_range(candidate_tag, range);
}

static bool narrows_out(const char *wanted, const char *found)
{
    return !text_is_empty(wanted) && !text_eq_nocase(wanted, found);
}

static bool accepts(const CheckAllow *allow, const Finding *finding)
{
    return !narrows_out(allow->check, finding->check) &&
           !narrows_out(allow->table, finding->table) &&
           !narrows_out(allow->column, finding->column);
}

void check_allow(const CheckAllow *allow, size_t count, const char *from_tag,
                 const char *candidate_tag, PathReport *path, bool *used)
{
    for (size_t i = 0; i < count; i++) {
        if (has_ended(&allow[i], candidate_tag) ||
            (!text_is_empty(allow[i].from) && !in_range(from_tag, allow[i].from)))
            continue;
        for (size_t k = 0; k < path->findings.len; k++) {
            Finding *finding = &path->findings.items[k];

            if (!accepts(&allow[i], finding))
                continue;
            used[i] = true;
            if (!finding->allowed_reason) /* the first entry that fits gives the reason */
                finding_field(&finding->allowed_reason,
                              text_is_empty(allow[i].reason) ? "no reason given" : allow[i].reason);
        }
    }
    check_outcomes(path);
}
