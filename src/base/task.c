#include "base/task.h"

static void *run(void *context)
{
    Task *task = context;

    task->err = task->work(task->context);
    return NULL;
}

void task_begin(Task *task, Error *(*work)(void *context), void *context)
{
    *task = (Task){.work = work, .context = context};
    task->beside = pthread_create(&task->thread, NULL, run, task) == 0;
    if (!task->beside)
        (void)run(task);
}

Error *task_end(Task *task)
{
    if (task->beside)
        (void)pthread_join(task->thread, NULL);
    task->beside = false;
    return TAKE(task->err);
}

void task_clear(Task *task)
{
    error_free(task_end(task));
}
