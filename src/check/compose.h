#pragma once
/* Findings from outside text: masked before it is cut, so that no half of a secret stays; cleaned;
 * capped. */

#include "check/evidence.h"

#define TITLE_MAX_BYTES  300
#define HINT_MAX_BYTES   600
#define DETAIL_MAX_BYTES 8192

/** Append a finding with this title; the pointer is good until the next call. */
Finding *finding_new(FindingList *list, const char *check, Level level, const char *fmt, ...)
    PRINTF(4, 5);
/** Set its detail; several lines. */
void finding_detail(Finding *finding, const char *fmt, ...) PRINTF(2, 3);
/** Set what to do next; one line. */
void finding_hint(Finding *finding, const char *fmt, ...) PRINTF(2, 3);
/** Set one of its one-line fields; NULL leaves it as it is. */
void finding_field(char **field, const char *text);

/** How a step ended: "exit status 1", "killed at the timeout of 10 min 0 s". Caller frees. */
MUST_USE char *step_fault(const Step *step, const Observation *seen);
/** True when the step exists and passed. */
bool step_passed(const Step *step);
/** Whether the database is as the release leaves it: its migrations passed, or it has none. */
bool old_is_ready(const Observation *seen);

/** What the log of a step says; resolved against the snapshots of the observation. */
void step_evidence(const Step *step, const Observation *seen, Evidence *ret_evidence);
/** Table, column and hint of the finding from the evidence, what is set already stays. */
void finding_evidence(Finding *finding, const Evidence *evidence, const Observation *seen);
/** The evidence of a step as detail: how it ended, and the end of its log. */
void finding_step(Finding *finding, const Step *step, const Evidence *evidence,
                  const Observation *seen, const char *note);

/** Set for a database that nobody can look into: "service mariadb:11 cannot be looked into"; else
 * NULL. The caller owns it. */
MUST_USE char *skip_opaque(const Observation *seen);
/** The reason why a check of what comes after the upgrade cannot judge; NULL when it can, with or
 * without a snapshot. The caller owns it. */
MUST_USE char *skip_unless_upgraded(const Observation *seen);
/** The reason why a check that needs the upgraded database cannot judge; NULL when it can. The
 * caller owns it. */
MUST_USE char *skip_without_upgrade(const Observation *seen);
