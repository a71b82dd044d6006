#pragma once
/* A report as test cases, which is what JUnit and TAP know: one a check of each path, and one more
 * where a verdict would not show otherwise. */

#include "model/report.h"

typedef enum CaseResult { CASE_PASSED, CASE_FAILED, CASE_ERROR, CASE_SKIPPED } CaseResult;

typedef struct Case {
    const PathReport *path; /* borrowed; NULL: of the run as a whole */
    const char *name;       /* check id, "verdict" or "run"; borrowed */
    CaseResult result;
    int64_t duration_ms;
    char *message; /* one line: what is wrong, or why it was skipped; NULL: nothing to say */
    char *detail;  /* findings with place, evidence and hint, several lines; NULL: none */
} Case;

typedef struct CaseList {
    Case *items;
    size_t len, cap;
} CaseList;

/** At least one. @param report  masked, and outlives the cases */
void cases_of(const Report *report, CaseList *ret_cases);
void case_list_clear(CaseList *cases);
DEFINE_AUTO_VALUE(case_list, CaseList, case_list_clear)
