#pragma once
/* Scope-bound release of owned values: AUTO(noun) frees at scope end, TAKE hands the value over. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MUST_USE     __attribute__((warn_unused_result))
#define PRINTF(f, a) __attribute__((format(printf, f, a)))

#define AUTO(noun) __attribute__((cleanup(noun##_auto_release)))

/** Define what AUTO(noun) does to a variable of pointer type Type: nothing when it is NULL. */
#define DEFINE_AUTO(noun, Type, release)                                                           \
    static inline void noun##_auto_release(__typeof__(Type) *slot)                                 \
    {                                                                                              \
        if (*slot)                                                                                 \
            release(*slot);                                                                        \
    }

/** Define what AUTO(noun) does to a variable of struct type Type: its clear function, always. */
#define DEFINE_AUTO_VALUE(noun, Type, clear)                                                       \
    static inline void noun##_auto_release(Type *slot)                                             \
    {                                                                                              \
        clear(slot);                                                                               \
    }

/** Move a pointer out of its variable: yields it and leaves NULL behind. */
#define TAKE(ptr)                                                                                  \
    __extension__({                                                                                \
        __typeof__(ptr) t_ = (ptr);                                                                \
        (ptr) = NULL;                                                                              \
        t_;                                                                                        \
    })

DEFINE_AUTO(str, char *, free)

static inline void file_auto_release(FILE **slot)
{
    if (*slot)
        (void)fclose(*slot); /* failure path: nothing that was written counts */
}

static inline void fd_auto_release(int *slot)
{
    if (*slot >= 0)
        (void)close(*slot);
}
