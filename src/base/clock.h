#pragma once
/* Time: monotonic deadlines for waiting, wall-clock time for reports. */

#include <stdint.h>

#include "base/cleanup.h"

/* Absolute, monotonic milliseconds; nested calls share one budget. */
typedef int64_t Deadline;
#define DEADLINE_NONE INT64_MAX

int64_t clock_now_ms(void);       /* monotonic */
int64_t clock_wall_ms(void);      /* since 1970-01-01T00:00:00Z */
Deadline deadline_in(int64_t ms); /* ms from now */
Deadline deadline_min(Deadline a, Deadline b);
/** Milliseconds until the deadline: 0 when past, INT32_MAX at most. */
int deadline_left_ms(Deadline dl);
/** "2026-08-01T12:00:00Z"; caller frees. */
MUST_USE char *clock_format_iso(int64_t wall_ms);
/** RFC 3339 as APIs write it, fraction and offset included. @return -1 when it is none. */
int64_t clock_parse_iso_ms(const char *text);
