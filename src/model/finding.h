#pragma once
/* Something that is wrong with an upgrade: data for the report. */

#include <stdbool.h>

#include "base/list.h"

typedef enum Level { LEVEL_OFF, LEVEL_WARN, LEVEL_ERROR } Level;

typedef enum Profile { PROFILE_QUICK, PROFILE_STANDARD, PROFILE_THOROUGH } Profile;

typedef enum Outcome {
    OUTCOME_PASSED,
    OUTCOME_FAILED,
    OUTCOME_WARNED,
    OUTCOME_SKIPPED, /* with a reason */
    OUTCOME_ERROR,   /* could not be found out, with a reason */
} Outcome;

typedef enum Verdict {
    VERDICT_SOUND,
    VERDICT_BROKEN,
    VERDICT_NOTHING_TO_VERIFY,
    VERDICT_UNKNOWN,
} Verdict;

const char *level_name(Level level);       /* "off", "warn", "error" */
const char *profile_name(Profile profile); /* "quick", ... */
const char *outcome_name(Outcome outcome); /* "passed", ... */
const char *verdict_name(Verdict verdict); /* "sound", "broken", "nothing-to-verify", "unknown" */
/** False when no value has that name; ret untouched then. */
bool level_parse(const char *name, Level *ret_level);
bool profile_parse(const char *name, Profile *ret_profile);
bool outcome_parse(const char *name, Outcome *ret_outcome);
bool verdict_parse(const char *name, Verdict *ret_verdict);

/* All text owned; NULL where it does not apply. */
typedef struct Finding {
    char *check; /* check id */
    Level level;
    char *title;   /* one line: what is wrong, with the database's own words */
    char *detail;  /* evidence, several lines: SQL error, log tail, differences */
    char *release; /* the upgrade path: "6 -> 7" */
    char *table, *column, *migration;
    char *hint;           /* what to do next */
    char *allowed_reason; /* an allow entry accepts it */
} Finding;

typedef struct FindingList {
    Finding *items;
    size_t len, cap;
} FindingList;

/** Append an empty finding of that check; the pointer is good until the next call. */
Finding *finding_list_add(FindingList *list, const char *check, Level level);
void finding_clear(Finding *finding);
void finding_list_clear(FindingList *list);
DEFINE_AUTO_VALUE(finding_list, FindingList, finding_list_clear)
