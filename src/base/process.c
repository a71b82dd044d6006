#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/list.h"

#define OUTPUT_MAX_DEFAULT (1U << 20)
#define TICK_MS            20 /* how often an end is looked for where the kernel has no pidfd */

typedef struct Pipe {
    int ours, theirs;
} Pipe;

typedef struct Run {
    const ProcessSpec *spec;
    pid_t pid;
    int pidfd; /* readable once the process ended; -1: a kernel before 5.3 */
    Pipe in, out, err;
    size_t sent;
    Buf output;
    Tail errors;
} Run;

static const char *variable(char *const *environment, const char *name)
{
    size_t len = strlen(name);

    for (char *const *at = environment ? environment : environ; at && *at; at++)
        if (strncmp(*at, name, len) == 0 && (*at)[len] == '=')
            return *at + len + 1;
    return NULL;
}

static bool is_program(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

char *process_find(const char *name, char *const *environment)
{
    const char *path = variable(environment, "PATH");
    AUTO(str_list) StrList folders = {0};

    if (strchr(name, '/'))
        return is_program(name) ? xstrdup(name) : NULL;
    str_list_split(path ? path : "/usr/local/bin:/usr/bin:/bin", ':', &folders);
    for (size_t i = 0; i < folders.len; i++) {
        AUTO(str) char *file = NULL;

        if (folders.items[i][0] != '/') /* a relative entry would run what the checkout brings */
            continue;
        file = xasprintf("%s/%s", folders.items[i], name);
        if (is_program(file))
            return TAKE(file);
    }
    return NULL;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void close_pipes(Run *run)
{
    Pipe *pipes[] = {&run->in, &run->out, &run->err};

    for (size_t i = 0; i < COUNT_OF(pipes); i++) {
        close_end(&pipes[i]->ours);
        close_end(&pipes[i]->theirs);
    }
}

/* Our end does not block; neither survives an exec but as the child's 0, 1 or 2. */
static Error *open_pipe(bool to_child, Pipe *ret_pipe)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_errno("cannot open a pipe");
    *ret_pipe = to_child ? (Pipe){ends[1], ends[0]} : (Pipe){ends[0], ends[1]};
    if (fcntl(ret_pipe->ours, F_SETFL, O_NONBLOCK) != 0)
        return error_errno("cannot set up a pipe");
    return NULL;
}

static Error *open_pipes(Run *run)
{
    TRY(open_pipe(true, &run->in));
    TRY(open_pipe(false, &run->out));
    return run->spec->errors_max && !run->spec->sink ? open_pipe(false, &run->err) : NULL;
}

/* The child's three descriptors and its folder. @return 0 or an errno */
static int child_files(const Run *run, posix_spawn_file_actions_t *actions)
{
    int rc = posix_spawn_file_actions_adddup2(actions, run->in.theirs, 0);

    if (!rc)
        rc = posix_spawn_file_actions_adddup2(actions, run->out.theirs, 1);
    if (!rc && run->err.theirs >= 0)
        rc = posix_spawn_file_actions_adddup2(actions, run->err.theirs, 2);
    if (!rc && run->spec->sink)
        rc = posix_spawn_file_actions_adddup2(actions, run->out.theirs, 2);
    else if (!rc && run->err.theirs < 0)
        rc = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
    if (!rc && run->spec->folder)
        rc = posix_spawn_file_actions_addchdir_np(actions, run->spec->folder);
    return rc;
}

/* Own process group, so that a kill reaches its children too; signals as a fresh program expects
 * them, since we block SIGINT and SIGTERM and ignore SIGPIPE. @return 0 or an errno */
static int child_signals(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    int rc = posix_spawnattr_setpgroup(attributes, 0);

    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    if (!rc)
        rc = posix_spawnattr_setsigmask(attributes, &none);
    if (!rc)
        rc = posix_spawnattr_setsigdefault(attributes, &all);
    if (!rc)
        rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                      POSIX_SPAWN_SETSIGDEF);
    return rc;
}

/* @return 0 or an errno */
static int spawn(Run *run, const char *file)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (!rc) {
        rc = child_files(run, &actions);
        if (!rc)
            rc = child_signals(&attributes);
        if (!rc) /* it takes char *const[] for historic reasons, and changes nothing */
            rc = posix_spawn(&run->pid, file, &actions, &attributes,
                             (char *const *)(uintptr_t)run->spec->argv,
                             run->spec->environment ? run->spec->environment : environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return rc;
}

static Error *start(Run *run)
{
    AUTO(str) char *file = process_find(run->spec->argv[0], run->spec->environment);
    int rc;

    if (!file)
        return error_new(ERR_NOT_FOUND, ENOENT, "there is no program %s in PATH",
                         run->spec->argv[0]);
    TRY(open_pipes(run));
    rc = spawn(run, file);
    close_end(&run->in.theirs);
    close_end(&run->out.theirs);
    close_end(&run->err.theirs);
    errno = rc;
    if (rc)
        return error_errno("cannot start %s", file);
    run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
    return NULL;
}

static void send_input(Run *run)
{
    while (run->in.ours >= 0 && run->sent < run->spec->input_len) {
        ssize_t n =
            write(run->in.ours, run->spec->input + run->sent, run->spec->input_len - run->sent);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        if (n < 0) /* EPIPE: it does not want to read the rest */
            break;
        run->sent += (size_t)n;
    }
    close_end(&run->in.ours);
}

/* What can be read now; the end is closed at its end of file. The rounds hold more than a pipe does
 * (64 KiB, 1 MiB at most for an unprivileged owner), and a flood cannot keep us here. */
static Error *receive(Run *run, Pipe *from)
{
    char bytes[16384];

    for (int round = 0; round < 66 && from->ours >= 0; round++) {
        ssize_t n = read(from->ours, bytes, sizeof bytes);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return NULL;
        if (n <= 0) {
            close_end(&from->ours);
        } else if (run->spec->sink) {
            TRY(run->spec->sink(run->spec->sink_context, bytes, (size_t)n));
        } else if (from == &run->err) {
            tail_append(&run->errors, bytes, (size_t)n);
        } else {
            TRY_CTX(buf_append(&run->output, bytes, (size_t)n), "output of %s", run->spec->argv[0]);
        }
    }
    return NULL;
}

static int wait_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Sleep until a pipe, the cancel flag or the next look at the process is due. */
static void wait_event(const Run *run, Deadline dl)
{
    struct pollfd fds[] = {{.fd = run->in.ours, .events = POLLOUT},
                           {.fd = run->out.ours, .events = POLLIN},
                           {.fd = run->err.ours, .events = POLLIN},
                           {.fd = run->pidfd, .events = POLLIN},
                           {.fd = cancel_fd(run->spec->cancel), .events = POLLIN}};
    int left = deadline_left_ms(dl);
    int tick = run->pidfd >= 0 ? INT32_MAX : TICK_MS;

    (void)poll(fds, COUNT_OF(fds), left < tick ? left : tick);
}

/* Move bytes until the process ends. Descendants that keep its pipes open are not waited for. */
static Error *converse(Run *run, Deadline dl, int *ret_status)
{
    send_input(run);
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(run->pid, &status, WNOHANG);

        if (ended < 0 && errno != EINTR)
            return error_errno("waiting for %s", run->spec->argv[0]);
        TRY(receive(run, &run->out));
        TRY(receive(run, &run->err));
        if (ended == run->pid) {
            run->pid = 0;
            *ret_status = wait_status(status);
            return NULL;
        }
        TRY(cancel_check(run->spec->cancel));
        if (deadline_left_ms(dl) == 0)
            return error_new(ERR_TIMEOUT, 0, "%s did not end in time", run->spec->argv[0]);
        wait_event(run, dl);
        send_input(run);
    }
}

/* Ask the group to end, and give it a while. @return true when the process did */
static bool ends_by_itself(const Run *run)
{
    Deadline dl = deadline_in(run->spec->grace_ms);

    (void)kill(-run->pid, SIGTERM);
    do {
        if (waitpid(run->pid, NULL, WNOHANG) == run->pid)
            return true;
        (void)poll(NULL, 0, TICK_MS);
    } while (deadline_left_ms(dl) > 0);
    return false;
}

/* End what still runs and collect it. */
static void stop(const Run *run)
{
    if (run->pid <= 0)
        return;
    if (run->spec->grace_ms > 0 && ends_by_itself(run)) {
        (void)kill(-run->pid, SIGKILL); /* the rest of its group */
        return;
    }
    (void)kill(-run->pid, SIGKILL);
    (void)kill(run->pid, SIGKILL); /* in case it left the group */
    while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

Error *process_run(const ProcessSpec *spec, Deadline dl, ProcessResult *ret_result)
{
    Run run = {.spec = spec,
               .pidfd = -1,
               .in = {-1, -1},
               .out = {-1, -1},
               .err = {-1, -1},
               .output = BUF_INIT(spec->output_max ? spec->output_max : OUTPUT_MAX_DEFAULT)};
    int status = 0;
    Error *err;

    tail_init(&run.errors, spec->errors_max ? spec->errors_max : 1);
    err = start(&run);
    if (!err)
        err = converse(&run, dl, &status);
    stop(&run);
    close_pipes(&run);
    close_end(&run.pidfd);
    if (!err) {
        ret_result->status = status;
        ret_result->output_len = run.output.len;
        ret_result->output = buf_take(&run.output);
        ret_result->errors = tail_text(&run.errors, NULL);
    }
    buf_clear(&run.output);
    tail_clear(&run.errors);
    return err;
}

void process_result_clear(ProcessResult *result)
{
    free(result->output);
    free(result->errors);
    *result = (ProcessResult){0};
}
