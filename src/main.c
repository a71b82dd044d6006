/* Starts the libraries and the signal thread, parses, dispatches, maps the outcome to the exit
 * status. */

#ifdef SEATRIAL_STATIC
#include <nss.h>
#endif
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/cancel.h"
#include "base/secret.h"
#include "cli/command.h"

/* Blocked in every thread, taken by one: no handler ever runs in the middle of something. */
static void block_signals(sigset_t *ret_set)
{
    (void)sigemptyset(ret_set);
    (void)sigaddset(ret_set, SIGINT);
    (void)sigaddset(ret_set, SIGTERM);
    (void)sigaddset(ret_set, SIGHUP);
    (void)sigaddset(ret_set, SIGUSR1); /* our own: the thread's work is done */
    (void)pthread_sigmask(SIG_BLOCK, ret_set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
}

typedef struct SignalWatch {
    sigset_t set;
    Cancel *cancel;
    atomic_bool done;
} SignalWatch;

static void *watch_signals(void *context)
{
    SignalWatch *watch = context;
    int signo;

    while (sigwait(&watch->set, &signo) == 0 && !atomic_load(&watch->done))
        if (signo != SIGUSR1)                   /* somebody else's says nothing */
            cancel_raise(watch->cancel, signo); /* the first counts; teardown has a deadline */
    return NULL;
}

/* A static binary must not load name service modules that were made for another glibc: it looks
 * hosts up in /etc/hosts and DNS, and users in /etc/passwd, whatever /etc/nsswitch.conf says. */
static void keep_to_own_name_services(void)
{
#ifdef SEATRIAL_STATIC
    (void)__nss_configure_lookup("hosts", "files dns");
    (void)__nss_configure_lookup("passwd", "files");
    (void)__nss_configure_lookup("services", "files");
#endif
}

int main(int argc, char **argv)
{
    SignalWatch watch = {.cancel = NULL};
    pthread_t thread;
    AUTO(error) Error *err = NULL;
    int status;

    keep_to_own_name_services();
    block_signals(&watch.set);
    err = cancel_new(&watch.cancel);
    if (err || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        pthread_create(&thread, NULL, watch_signals, &watch) != 0) {
        (void)fprintf(stderr, "seatrial: cannot start: %s\n",
                      err ? err->msg : "libcurl or a thread");
        return EXIT_UNKNOWN;
    }
    status = cli_main(argc, argv, watch.cancel);
    atomic_store(&watch.done, true);
    (void)pthread_kill(thread, SIGUSR1);
    (void)pthread_join(thread, NULL);
    curl_global_cleanup();
    cancel_free(watch.cancel);
    secret_clear();
    return status;
}
