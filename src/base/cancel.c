#include "base/cancel.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "base/text.h"

struct Cancel {
    int fd;
    atomic_int signo; /* 0 until raised */
};

Error *cancel_new(Cancel **ret_cancel)
{
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    Cancel *cancel;

    if (fd < 0)
        return error_errno("making an eventfd");
    cancel = xcalloc(1, sizeof *cancel);
    cancel->fd = fd;
    *ret_cancel = cancel;
    return NULL;
}

void cancel_raise(Cancel *cancel, int signo)
{
    int none = 0;

    if (atomic_compare_exchange_strong(&cancel->signo, &none, signo))
        (void)eventfd_write(cancel->fd, 1); /* a first write of 1 cannot block or fail */
}

bool cancel_is_raised(const Cancel *cancel)
{
    return cancel && atomic_load(&cancel->signo) != 0;
}

int cancel_signal(const Cancel *cancel)
{
    return cancel ? atomic_load(&cancel->signo) : 0;
}

int cancel_fd(const Cancel *cancel)
{
    return cancel ? cancel->fd : -1;
}

Error *cancel_check(const Cancel *cancel)
{
    return cancel_is_raised(cancel) ? error_new(ERR_CANCELLED, 0, "stopped by a signal") : NULL;
}

Error *cancel_sleep(const Cancel *cancel, int ms)
{
    struct pollfd watch = {.fd = cancel_fd(cancel), .events = POLLIN};
    Deadline dl = deadline_in(ms);

    while (!cancel_is_raised(cancel) && deadline_left_ms(dl) > 0)
        if (poll(&watch, 1, deadline_left_ms(dl)) < 0 && errno != EINTR)
            return error_errno("waiting");
    return cancel_check(cancel);
}

void cancel_free(Cancel *cancel)
{
    if (!cancel)
        return;
    (void)close(cancel->fd);
    free(cancel);
}
