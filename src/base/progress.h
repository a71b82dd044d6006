#pragma once
/* What a run says while it goes on. Made below, shown by cli on stderr. */

#include <stdint.h>

typedef enum ProgressKind {
    PROGRESS_NOTE,     /* text: something worth saying */
    PROGRESS_WARN,     /* text: something that may be wrong */
    PROGRESS_BEGIN,    /* what: a step began */
    PROGRESS_TRANSFER, /* what: done of total bytes (total 0 when unknown) */
    PROGRESS_END,      /* what: a step ended after duration_ms; text: how, or NULL */
    PROGRESS_LOG,      /* what: the container; text: one line that it wrote, raw */
    PROGRESS_STEPS,    /* what: at step done of total, of a build */
} ProgressKind;

typedef struct ProgressEvent {
    ProgressKind kind;
    const char *what; /* a stable name: "pull ghcr.io/acme/notes:6", "6 -> 7: new migrate" */
    const char *text;
    int64_t done_bytes, total_bytes; /* of a transfer */
    int64_t done_steps, total_steps;
    int64_t duration_ms;
} ProgressEvent;

/* emit may be called from any thread; it must not block for long. */
typedef struct Progress {
    void (*emit)(void *context, const ProgressEvent *event);
    void *context;
} Progress;

/** NULL progress, or one without emit, is silent. */
static inline void progress_emit(const Progress *progress, ProgressEvent event)
{
    if (progress && progress->emit)
        progress->emit(progress->context, &event);
}
