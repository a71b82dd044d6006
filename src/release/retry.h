#pragma once
/* What a reply means for trying again. Pure. */

#include <stdbool.h>
#include <stdint.h>

#include "net/http.h"

#define RETRY_FAILURES_MAX 3 /* further tries after a 5xx or a lost connection */

typedef enum RetryKind {
    RETRY_NO,      /* the reply stands */
    RETRY_FAILURE, /* the peer is in trouble: soon */
    RETRY_LIMIT,   /* the peer asked to come back later */
} RetryKind;

typedef struct Retry {
    RetryKind kind;
    int64_t wait_ms;
} Retry;

/**
 * @param tries  how often this very request has been answered in this way before
 * @param now_wall_ms  clock_wall_ms: rate limits are told as times of day
 */
Retry retry_advice(const HttpReply *reply, int tries, int64_t now_wall_ms);

/** Wait before try number tries + 1 after a failure: 0.5 s, doubled each time. */
int64_t retry_backoff_ms(int tries);
