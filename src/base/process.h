#pragma once
/* Other programs, run without a shell: git, credential helpers, the docker command. */

#include "base/buffer.h"
#include "base/cancel.h"
#include "base/clock.h"

typedef struct ProcessSpec {
    const char *const *argv; /* NULL-terminated; argv[0] without a slash is looked up in PATH */
    char *const
        *environment;   /* "K=V", NULL-terminated; NULL: our own. Its PATH is the one that counts */
    const char *folder; /* where it runs; NULL: where we do */
    const char *input;  /* its standard input; NULL: empty */
    size_t input_len;
    size_t output_max;    /* bytes of standard output that are accepted; 0: one MiB */
    size_t errors_max;    /* last bytes of standard error that are kept; 0: all are dropped */
    const Cancel *cancel; /* NULL: cannot be cancelled */
    /* Takes standard output and standard error, in the order written, as they come, instead of the
     * result; its error ends the program and comes back as it is. NULL: none */
    Error *(*sink)(void *context, const char *bytes, size_t len);
    void *sink_context;
    int grace_ms; /* from SIGTERM to SIGKILL, when it is to end early; 0: SIGKILL at once */
} ProcessSpec;

typedef struct ProcessResult {
    int status;   /* 0..255, or 128+N when signal N ended it */
    char *output; /* standard output, NUL-terminated; may hold NUL bytes of its own */
    size_t output_len;
    char *errors; /* raw tail of standard error; "" when dropped */
} ProcessResult;

/**
 * Run a program to its end. It gets a process group of its own, an empty signal mask and default
 * signal actions; the group is killed when the deadline, the cancel flag or the cap says so.
 *
 * @param[out] ret_result  owned by the caller: process_result_clear; untouched on error
 * @return NULL (also when the status is not 0), or ERR_NOT_FOUND: no such program in PATH;
 *         ERR_SYSTEM: it cannot be started; ERR_LIMIT: it wrote more than output_max; ERR_TIMEOUT;
 *         ERR_CANCELLED
 */
MUST_USE Error *process_run(const ProcessSpec *spec, Deadline dl, ProcessResult *ret_result);

/**
 * Where a program is: name itself when it holds a slash, else the first executable file of that
 * name in PATH; caller frees.
 *
 * @param environment  as of ProcessSpec
 * @return NULL when there is none
 */
MUST_USE char *process_find(const char *name, char *const *environment);

void process_result_clear(ProcessResult *result);
DEFINE_AUTO_VALUE(process_result, ProcessResult, process_result_clear)
