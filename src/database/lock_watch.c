#include "database/lock_watch.h"

#include <stdlib.h>

size_t lock_watch_find(const LockWatch *watch, uint32_t id)
{
    size_t low = 0, high = watch->len;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (watch->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < watch->len && watch->items[low].id == id ? low : watch->len;
}

void lock_watch_clear(LockWatch *watch)
{
    for (size_t i = 0; i < watch->len; i++) {
        free(watch->items[i].space);
        free(watch->items[i].name);
    }
    free(watch->items);
    free(watch->mark);
    *watch = (LockWatch){0};
}
