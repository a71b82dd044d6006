#pragma once
/* The table of checks. A check is one file that exports one Check, and one row in table.c. */

#include "model/observation.h"

typedef struct Check {
    const char *id;
    Level level;         /* by default */
    Profile profile;     /* the smallest that runs it, unless key says so */
    const char *key;     /* configuration key that makes it run, in every profile; NULL none */
    const char *finds;   /* one line, for tables and help */
    const char *why;     /* explain: why it matters */
    const char *fix;     /* explain: what to do about a finding */
    const char *example; /* explain: a finding as it is printed, and what caused it */
    /**
     * Judge. Adds findings with level LEVEL_ERROR or LEVEL_WARN (capped by the configured level
     * afterwards). What could not be judged: sets *ret_skip to a reason (owned by the caller) and
     * adds nothing.
     */
    void (*judge)(const Observation *seen, FindingList *findings, char **ret_skip);
    /**
     * Of a check that finds something even where it did not see all: why it did not, or NULL. Its
     * findings stay then, and its outcome is an error. Caller frees. A NULL member: what could not
     * be observed is an error without any finding.
     */
    char *(*blind)(const Observation *seen);
} Check;

/** Why the experiment that a check judges could not be made; NULL when it was. Borrowed. */
const char *check_could_not(const Check *check, const Observation *seen);

/** All checks in the order of the contract. */
const Check *const *check_table(size_t *ret_count);
/** NULL when there is no such check. */
const Check *check_find(const char *id);

/* What the configuration says of one check; text is borrowed. */
typedef struct CheckPolicy {
    Profile profile;
    const StrMap *levels; /* check id -> "error" | "warn" | "off" */
    const StrList *keys;  /* configuration keys that are set: "status", "start"... */
} CheckPolicy;

/** Effective level of a check: what the configuration says, else its own when the profile or one of
 * the keys makes it run, else LEVEL_OFF. A level that is configured makes it run in every profile.
 */
Level check_level(const Check *check, const CheckPolicy *policy);

/**
 * Run every check that the policy asks for on one observation.
 *
 * Findings are appended to path->findings with release set, results to path->checks: passed,
 * failed, warned or skipped with its reason. A check at level off has no result.
 */
void check_judge(const Observation *seen, const CheckPolicy *policy, PathReport *path);

/* One accepted finding; text is borrowed, NULL narrows nothing. */
typedef struct CheckAllow {
    const char *check, *table, *column;
    const char *from;  /* range of release tags that it holds for: "<0.4", "v1.2.0" */
    const char *until; /* candidate tag from which on it no longer holds */
    const char *reason;
} CheckAllow;

/**
 * Mark the findings of a path that allow entries accept. Results follow: a check whose errors are
 * all accepted has warned. Names match whatever their case.
 *
 * @param used  count flags, set to true where an entry matched; never set to false
 */
void check_allow(const CheckAllow *allow, size_t count, const char *from_tag,
                 const char *candidate_tag, PathReport *path, bool *used);

/** Outcomes of the results anew, from the findings as they are now; skipped and error stay. */
void check_outcomes(PathReport *path);

/**
 * The path's verdict from its findings and results: an unaccepted error-level finding of `vacuous`,
 * or a check with outcome error, is unknown; any other unaccepted error-level finding is broken. A
 * path that could not begin, and whose `old-migrate` finding is accepted or a warning, is nothing
 * to verify: it was never walked. One whose upgrade was not judged for another reason is unknown.
 */
Verdict check_verdict(const PathReport *path);
/** Why the verdict is unknown or nothing-to-verify; NULL for the others. Caller frees. */
MUST_USE char *check_verdict_reason(const PathReport *path);
