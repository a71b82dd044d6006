#include "cli/talk.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/clock.h"
#include "cli/live.h"
#include "report/safe.h"

#define TRANSFER_EVERY_MS 5000

struct Talk {
    Progress progress;
    pthread_mutex_t lock;
    int64_t began_ms, transfer_ms; /* monotonic; of the last transfer line */
    bool quiet, verbose;
    Live *live; /* NULL: no terminal, or -q */
};

bool talk_color(const char *color, FILE *stream)
{
    const char *off = getenv("NO_COLOR"), *term = getenv("TERM");

    if (text_eq(color, "always") || text_eq(color, "never"))
        return text_eq(color, "always");
    return isatty(fileno(stream)) && text_is_empty(off) && !text_eq(term, "dumb");
}

int talk_width(FILE *stream)
{
    struct winsize size = {0};

    if (!isatty(fileno(stream)) || ioctl(fileno(stream), TIOCGWINSZ, &size) != 0)
        return 0;
    return size.ws_col;
}

/* One line; foreign text in it is masked and cleaned, so that it can neither move the cursor nor
 * command a CI runner: every line begins with our own time column. */
static void say(Talk *talk, const char *fmt, ...) PRINTF(2, 3);

static void say(Talk *talk, const char *fmt, ...)
{
    AUTO(str) char *raw = NULL;
    AUTO(str) char *safe = NULL;
    AUTO(str) char *line = NULL;
    va_list args;

    va_start(args, fmt);
    raw = xvasprintf(fmt, args);
    va_end(args);
    safe = safe_line(raw);
    line = xasprintf("[%6.1f s] %s", (double)(clock_now_ms() - talk->began_ms) / 1000.0, safe);
    if (talk->live)
        live_print(talk->live, line);
    else
        (void)fprintf(stderr, "%s\n", line);
}

static void show_move(const Talk *talk, const ProgressEvent *event, const char *text)
{
    AUTO(str) char *what = safe_line(event->what);
    bool steps = event->kind == PROGRESS_STEPS;

    live_move(talk->live, what, steps ? event->done_steps : event->done_bytes,
              steps ? event->total_steps : event->total_bytes, text);
}

static void show_steps(const Talk *talk, const ProgressEvent *event)
{
    AUTO(str)
    char *text = xasprintf("step %" PRId64 " of %" PRId64, event->done_steps, event->total_steps);

    if (talk->live)
        show_move(talk, event, text);
}

static void say_transfer(Talk *talk, const ProgressEvent *event)
{
    AUTO(str) char *done = format_size_bytes(event->done_bytes);
    AUTO(str) char *total = format_size_bytes(event->total_bytes);
    AUTO(str)
    char *text = event->total_bytes > 0 ? xasprintf("%s of %s", done, total) : xstrdup(done);

    if (talk->live) {
        show_move(talk, event, text);
        return;
    }
    if (clock_now_ms() - talk->transfer_ms < TRANSFER_EVERY_MS)
        return;
    talk->transfer_ms = clock_now_ms();
    say(talk, "%s: %s", event->what, text);
}

static void say_begin(Talk *talk, const ProgressEvent *event)
{
    AUTO(str) char *what = safe_line(event->what);

    talk->transfer_ms = clock_now_ms();
    if (talk->verbose)
        say(talk, "%s ...", event->what);
    if (talk->live)
        live_begin(talk->live, what);
}

static void say_end(Talk *talk, const ProgressEvent *event)
{
    AUTO(str) char *took = format_duration_ms(event->duration_ms);
    AUTO(str) char *what = safe_line(event->what);

    if (talk->live)
        live_end(talk->live, what);
    if (event->text)
        say(talk, "%s: %s after %s", event->what, event->text, took);
    else
        say(talk, "%s: %s", event->what, took);
}

static void on_event(void *context, const ProgressEvent *event)
{
    Talk *talk = context;

    if (talk->quiet)
        return;
    (void)pthread_mutex_lock(&talk->lock);
    switch (event->kind) {
    case PROGRESS_NOTE:
        say(talk, "%s", event->text);
        break;
    case PROGRESS_WARN:
        say(talk, "warning: %s", event->text);
        break;
    case PROGRESS_BEGIN:
        say_begin(talk, event);
        break;
    case PROGRESS_TRANSFER:
        say_transfer(talk, event);
        break;
    case PROGRESS_STEPS:
        show_steps(talk, event);
        break;
    case PROGRESS_END:
        say_end(talk, event);
        break;
    case PROGRESS_LOG:
        if (talk->verbose)
            say(talk, "%s | %s", event->what, event->text);
        break;
    }
    (void)pthread_mutex_unlock(&talk->lock);
}

Talk *talk_new(const Config *config)
{
    Talk *talk = xcalloc(1, sizeof *talk);

    talk->progress = (Progress){.emit = on_event, .context = talk};
    (void)pthread_mutex_init(&talk->lock, NULL); /* default attributes: cannot fail */
    talk->began_ms = clock_now_ms();
    talk->quiet = config->quiet;
    talk->verbose = config->verbose > 0;
    if (!talk->quiet && isatty(STDERR_FILENO) && !text_eq(getenv("TERM"), "dumb"))
        talk->live = live_new(stderr);
    return talk;
}

const Progress *talk_progress(const Talk *talk)
{
    return &talk->progress;
}

void talk_warn(Talk *talk, const char *text)
{
    (void)pthread_mutex_lock(&talk->lock);
    say(talk, "warning: %s", text);
    (void)pthread_mutex_unlock(&talk->lock);
}

void talk_rest(Talk *talk)
{
    (void)pthread_mutex_lock(&talk->lock);
    live_free(TAKE(talk->live));
    (void)pthread_mutex_unlock(&talk->lock);
}

void talk_free(Talk *talk)
{
    if (!talk)
        return;
    live_free(talk->live);
    (void)pthread_mutex_destroy(&talk->lock);
    free(talk);
}
