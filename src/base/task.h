#pragma once
/* A piece of work beside the thread that wants it. */

#include <pthread.h>
#include <stdbool.h>

#include "base/error.h"

typedef struct Task {
    Error *(*work)(void *context);
    void *context;
    pthread_t thread;
    bool beside; /* a thread is at it, or was, and has not been joined */
    Error *err;  /* of work */
} Task;

/** Begin it; where there is no thread to be had, do it at once. context must live until task_end.
 */
void task_begin(Task *task, Error *(*work)(void *context), void *context);
/** Await it. @return NULL, or the Error of the work; NULL as well when it was not begun, or its end
 * is known */
MUST_USE Error *task_end(Task *task);
/** Await it, whatever becomes of it. */
void task_clear(Task *task);
DEFINE_AUTO_VALUE(task, Task, task_clear)
