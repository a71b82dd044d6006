#pragma once
/* The whole gate: from settings to a report. */

#include "base/cancel.h"
#include "base/json.h"
#include "base/progress.h"
#include "config/config.h"
#include "model/report.h"

/**
 * Run every upgrade path and judge.
 *
 * @param[out] ret_report  always filled, also beside an Error: then its verdict is unknown, or
 * broken when a path was found broken before; error says why; it holds what was seen until then
 * @return NULL, or Error: ERR_INVALID for the settings, ERR_CANCELLED, others: could not be told
 */
MUST_USE Error *verify_run(const Config *config, const Cancel *cancel, const Progress *progress,
                           Report *ret_report);
