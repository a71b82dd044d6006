#pragma once
/* What a CI system is told beside the reports: on GitHub Actions annotations, the job's summary and
 * the step's outputs. */

#include "config/config.h"
#include "report/render.h"

/** The log that this run writes to. @param ci  the setting; NULL: it is not known, the variable is
 * asked */
CiLog ci_log(const char *ci);

/**
 * Tell all that there is to tell: annotations on standard error; the summary is appended to the
 * file $GITHUB_STEP_SUMMARY below its limit, verdict, report, from and findings to $GITHUB_OUTPUT.
 *
 * @return NULL, or the first of what could not be written, the rest being written all the same
 */
MUST_USE Error *ci_output(const Config *config, const Report *report);
/** The same for a run that ended before there was a report. @param config  may be empty */
MUST_USE Error *ci_output_error(const Config *config, const Error *failure);
