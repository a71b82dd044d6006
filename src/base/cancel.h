#pragma once
/* One flag that every wait watches: an eventfd that a signal makes readable, for good. */

#include <stdbool.h>

#include "base/error.h"

typedef struct Cancel Cancel;

MUST_USE Error *cancel_new(Cancel **ret_cancel);
/** Raise the flag; from any thread or a signal handler. signo is kept: the first one wins. */
void cancel_raise(Cancel *cancel, int signo);
/** True once raised. NULL is never raised. */
bool cancel_is_raised(const Cancel *cancel);
/** The signal that raised it, 0 when none did. */
int cancel_signal(const Cancel *cancel);
/** The eventfd, to poll for POLLIN beside other descriptors; -1 for NULL. Borrowed. */
int cancel_fd(const Cancel *cancel);
/** Sleep for ms unless raised. @return NULL or ERR_CANCELLED */
MUST_USE Error *cancel_sleep(const Cancel *cancel, int ms);
/** ERR_CANCELLED when raised, else NULL. */
MUST_USE Error *cancel_check(const Cancel *cancel);
void cancel_free(Cancel *cancel);
DEFINE_AUTO(cancel, Cancel *, cancel_free)
