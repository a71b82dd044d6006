#include "model/lock_trace.h"

#include <stdlib.h>

#include "base/text.h"

static const char *const MODES[LOCK_MODE_COUNT] = {
    [LOCK_MODE_SHARE] = "SHARE",
    [LOCK_MODE_SHARE_ROW_EXCLUSIVE] = "SHARE ROW EXCLUSIVE",
    [LOCK_MODE_EXCLUSIVE] = "EXCLUSIVE",
    [LOCK_MODE_ACCESS_EXCLUSIVE] = "ACCESS EXCLUSIVE",
};

const char *lock_mode_name(LockMode mode)
{
    return MODES[mode];
}

bool lock_mode_parse(const char *name, LockMode *ret_mode)
{
    for (size_t i = 0; i < LOCK_MODE_COUNT; i++) {
        if (!text_eq_nocase(MODES[i], name))
            continue;
        *ret_mode = (LockMode)i;
        return true;
    }
    return false;
}

void lock_trace_clear(LockTrace *trace)
{
    for (size_t i = 0; i < trace->len; i++) {
        free(trace->items[i].space);
        free(trace->items[i].table);
        free(trace->items[i].works.items);
    }
    free(trace->items);
    statement_list_clear(&trace->statements);
    *trace = (LockTrace){0};
}
