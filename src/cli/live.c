#include "cli/live.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "cli/talk.h"

#define FRAME_MS    120
#define ROWS_MAX    8
#define BAR_COLUMNS 20
#define BAR_FROM    60 /* columns of the terminal, from which on a bar has room */

/* Up, back to the first column; the rest of the line; the rest of the screen. ECMA-48. */
#define UP         "\x1b[%zuA\r"
#define ERASE_LINE "\x1b[K"
#define ERASE_REST "\x1b[J"

typedef struct LiveRow {
    char *what, *text; /* text: NULL: nothing but its time is known */
    int64_t began_ms, done, total;
} LiveRow;

struct Live {
    FILE *out;
    pthread_t thread;
    bool ticking; /* the thread runs */
    pthread_mutex_t lock;
    pthread_cond_t change; /* only to end */
    bool ended;
    size_t drawn; /* lines that are on the screen */

    struct {
        LiveRow *items;
        size_t len, cap;
    } rows;
};

static void add_bar(Buf *frame, const LiveRow *row)
{
    int64_t filled = row->done >= row->total ? BAR_COLUMNS : row->done * BAR_COLUMNS / row->total;

    buf_adds(frame, "  [");
    for (int64_t i = 0; i < BAR_COLUMNS; i++)
        buf_adds(frame, i < filled ? "=" : i == filled ? ">" : " ");
    buf_adds(frame, "]");
}

static void add_row(Buf *frame, const LiveRow *row, size_t width)
{
    AUTO(str) char *took = format_duration_ms(clock_now_ms() - row->began_ms);
    AUTO(str)
    char *tail = xasprintf("  %s%s%s", row->text ? row->text : "", row->text ? "  " : "", took);
    bool bar = row->total > 0 && width >= BAR_FROM;
    size_t taken, columns, room = width - 1; /* the last column would wrap some terminals */
    AUTO(str) char *clipped_tail = text_clip(tail, room / 2, &taken);
    AUTO(str) char *what = NULL;

    taken += bar ? BAR_COLUMNS + 4 : 0;
    what = text_clip(row->what, room > taken ? room - taken : 0, &columns);
    buf_adds(frame, what);
    if (bar)
        add_bar(frame, row);
    buf_addf(frame, "%s" ERASE_LINE "\n", clipped_tail);
}

/* One write a frame, over what is there: nothing is blank in between. line: goes above; NULL none.
 */
static void draw(Live *live, const char *line)
{
    AUTO(buf) Buf frame = {0};
    int width = talk_width(live->out);
    size_t shown = live->rows.len < ROWS_MAX ? live->rows.len : ROWS_MAX;

    if (live->drawn > 0)
        buf_addf(&frame, UP, live->drawn);
    if (line)
        buf_addf(&frame, "%s" ERASE_LINE "\n", line);
    for (size_t i = 0; i < shown; i++)
        add_row(&frame, &live->rows.items[live->rows.len - shown + i],
                width > 20 ? (size_t)width : 20);
    buf_adds(&frame, ERASE_REST);
    (void)fwrite(buf_text(&frame), 1, frame.len, live->out);
    (void)fflush(live->out);
    live->drawn = shown;
}

static struct timespec frame_end(void)
{
    struct timespec end;

    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += FRAME_MS * 1000000L;
    if (end.tv_nsec >= 1000000000L) {
        end.tv_nsec -= 1000000000L;
        end.tv_sec++;
    }
    return end;
}

static void *tick(void *context)
{
    Live *live = context;

    (void)pthread_mutex_lock(&live->lock);
    while (!live->ended) {
        struct timespec end = frame_end();

        if (pthread_cond_timedwait(&live->change, &live->lock, &end) == ETIMEDOUT &&
            live->rows.len > 0)
            draw(live, NULL);
    }
    (void)pthread_mutex_unlock(&live->lock);
    return NULL;
}

Live *live_new(FILE *out)
{
    Live *live = xcalloc(1, sizeof *live);
    pthread_condattr_t clock;

    live->out = out;
    (void)pthread_mutex_init(&live->lock, NULL); /* default attributes: cannot fail */
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&live->change, &clock);
    (void)pthread_condattr_destroy(&clock);
    /* without it times stand still between events, no more */
    live->ticking = pthread_create(&live->thread, NULL, tick, live) == 0;
    return live;
}

static LiveRow *find(Live *live, const char *what)
{
    for (size_t i = 0; i < live->rows.len; i++)
        if (text_eq(live->rows.items[i].what, what))
            return &live->rows.items[i];
    return NULL;
}

void live_begin(Live *live, const char *what)
{
    LiveRow row = {.what = xstrdup(what), .began_ms = clock_now_ms()};

    (void)pthread_mutex_lock(&live->lock);
    LIST_PUSH(&live->rows, row);
    draw(live, NULL);
    (void)pthread_mutex_unlock(&live->lock);
}

void live_move(Live *live, const char *what, int64_t done, int64_t total, const char *text)
{
    LiveRow *row;

    (void)pthread_mutex_lock(&live->lock);
    row = find(live, what);
    if (row) {
        free(row->text);
        row->text = xstrdup(text);
        row->done = done;
        row->total = total;
    }
    (void)pthread_mutex_unlock(&live->lock);
}

void live_end(Live *live, const char *what)
{
    LiveRow *row;

    (void)pthread_mutex_lock(&live->lock);
    row = find(live, what);
    if (row) {
        size_t after = live->rows.len - (size_t)(row - live->rows.items) - 1;

        free(row->what);
        free(row->text);
        memmove(row, row + 1, after * sizeof *row);
        live->rows.len--;
    }
    (void)pthread_mutex_unlock(&live->lock);
}

void live_print(Live *live, const char *line)
{
    (void)pthread_mutex_lock(&live->lock);
    draw(live, line);
    (void)pthread_mutex_unlock(&live->lock);
}

void live_free(Live *live)
{
    if (!live)
        return;
    (void)pthread_mutex_lock(&live->lock);
    live->ended = true;
    (void)pthread_cond_signal(&live->change);
    (void)pthread_mutex_unlock(&live->lock);
    if (live->ticking)
        (void)pthread_join(live->thread, NULL);
    for (size_t i = 0; i < live->rows.len; i++) {
        free(live->rows.items[i].what);
        free(live->rows.items[i].text);
    }
    live->rows.len = 0;
    draw(live, NULL);
    free(live->rows.items);
    (void)pthread_cond_destroy(&live->change);
    (void)pthread_mutex_destroy(&live->lock);
    free(live);
}
