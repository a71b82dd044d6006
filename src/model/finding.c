#include "model/finding.h"

static const char *const LEVELS[] = {"off", "warn", "error"};
static const char *const PROFILES[] = {"quick", "standard", "thorough"};
static const char *const OUTCOMES[] = {"passed", "failed", "warned", "skipped", "error"};
static const char *const VERDICTS[] = {"sound", "broken", "nothing-to-verify", "unknown"};

static bool find_name(const char *const *names, size_t count, const char *name, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++)
        if (text_eq(names[i], name)) {
            *ret_index = i;
            return true;
        }
    return false;
}

const char *level_name(Level level)
{
    return LEVELS[level];
}

const char *profile_name(Profile profile)
{
    return PROFILES[profile];
}

const char *outcome_name(Outcome outcome)
{
    return OUTCOMES[outcome];
}

const char *verdict_name(Verdict verdict)
{
    return VERDICTS[verdict];
}

bool level_parse(const char *name, Level *ret_level)
{
    size_t index;

    if (!find_name(LEVELS, COUNT_OF(LEVELS), name, &index))
        return false;
    *ret_level = (Level)index;
    return true;
}

bool profile_parse(const char *name, Profile *ret_profile)
{
    size_t index;

    if (!find_name(PROFILES, COUNT_OF(PROFILES), name, &index))
        return false;
    *ret_profile = (Profile)index;
    return true;
}

bool outcome_parse(const char *name, Outcome *ret_outcome)
{
    size_t index;

    if (!find_name(OUTCOMES, COUNT_OF(OUTCOMES), name, &index))
        return false;
    *ret_outcome = (Outcome)index;
    return true;
}

bool verdict_parse(const char *name, Verdict *ret_verdict)
{
    size_t index;

    if (!find_name(VERDICTS, COUNT_OF(VERDICTS), name, &index))
        return false;
    *ret_verdict = (Verdict)index;
    return true;
}

Finding *finding_list_add(FindingList *list, const char *check, Level level)
{
    LIST_PUSH(list, ((Finding){.check = xstrdup(check), .level = level}));
    return &list->items[list->len - 1];
}

void finding_clear(Finding *finding)
{
    free(finding->check);
    free(finding->title);
    free(finding->detail);
    free(finding->release);
    free(finding->table);
    free(finding->column);
    free(finding->migration);
    free(finding->hint);
    free(finding->allowed_reason);
    *finding = (Finding){0};
}

void finding_list_clear(FindingList *list)
{
    for (size_t i = 0; i < list->len; i++)
        finding_clear(&list->items[i]);
    free(list->items);
    *list = (FindingList){0};
}
