/* Container output: frames cut anywhere, a TTY's raw bytes, what is no frame. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "engine/internal.h"
#include "engine/logs.h"

typedef struct Streams {
    Buf of[4]; /* by stream */
    Error *fail_with;
} Streams;

static Error *collect(void *context, LogStream stream, const char *bytes, size_t len)
{
    Streams *streams = context;

    if (streams->fail_with)
        return TAKE(streams->fail_with);
    return buf_append(&streams->of[stream], bytes, len);
}

static void streams_clear(Streams *streams)
{
    for (size_t i = 0; i < COUNT_OF(streams->of); i++)
        buf_clear(&streams->of[i]);
}

/* Two streams, the daemon's own, an empty frame, and a payload that looks like a header. */
static const char FRAMES[] = "\1\0\0\0\0\0\0\4out\n"
                             "\2\0\0\0\0\0\0\5err 1"
                             "\1\0\0\0\0\0\0\0"
                             "\1\0\0\0\0\0\0\10\2\0\0\0\0\0\0\1"
                             "\3\0\0\0\0\0\0\1!"
                             "\2\0\0\0\0\0\0\1\n";

#define FRAMES_LEN (sizeof FRAMES - 1)

static void expect_all(const Streams *streams)
{
    assert_int_equal(streams->of[LOG_STDOUT].len, 12);
    assert_memory_equal(streams->of[LOG_STDOUT].data, "out\n\2\0\0\0\0\0\0\1", 12);
    assert_string_equal(buf_text(&streams->of[LOG_STDERR]), "err 1\n");
    assert_string_equal(buf_text(&streams->of[LOG_DAEMON]), "!");
}

static void any_two_splits_give_the_same(void **state)
{
    (void)state;
    for (size_t first = 0; first <= FRAMES_LEN; first++) {
        for (size_t second = first; second <= FRAMES_LEN; second++) {
            Streams streams = {0};
            LogDemux demux;

            log_demux_init(&demux, false, collect, &streams);
            assert_null(log_demux_feed(&demux, FRAMES, first));
            assert_null(log_demux_feed(&demux, FRAMES + first, second - first));
            assert_null(log_demux_feed(&demux, FRAMES + second, FRAMES_LEN - second));
            expect_all(&streams);
            streams_clear(&streams);
        }
    }
}

static void byte_by_byte(void **state)
{
    Streams streams = {0};
    LogDemux demux;

    (void)state;
    log_demux_init(&demux, false, collect, &streams);
    for (size_t i = 0; i < FRAMES_LEN; i++)
        assert_null(log_demux_feed(&demux, FRAMES + i, 1));
    expect_all(&streams);
    streams_clear(&streams);
}

static void raw_is_passed_on(void **state)
{
    Streams streams = {0};
    LogDemux demux;

    (void)state;
    log_demux_init(&demux, true, collect, &streams);
    assert_null(log_demux_feed(&demux, "no ", 3));
    assert_null(log_demux_feed(&demux, "", 0));
    assert_null(log_demux_feed(&demux, "frame", 5));
    assert_string_equal(buf_text(&streams.of[LOG_STDOUT]), "no frame");
    streams_clear(&streams);
}

static void what_is_no_frame(void **state)
{
    static const struct {
        const char *bytes;
        const char *message;
    } ROWS[] = {
        {"hello world", "log stream: no frame header: 68 65 6c 6c"},
        {"\0\0\0\0\0\0\0\1x", "log stream: no frame header: 00 00 00 00"},
        {"\4\0\0\0\0\0\0\1x", "log stream: no frame header: 04 00 00 00"},
        {"\1\0\1\0\0\0\0\1x", "log stream: no frame header: 01 00 01 00"},
        {"\1\0\0\0\4\0\0\1x", "log stream: a frame of 67108865 bytes"},
        {"\1\0\0\0\377\377\377\377x", "log stream: a frame of 4294967295 bytes"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        for (size_t cut = 0; cut <= 8; cut++) {
            Streams streams = {0};
            LogDemux demux;
            AUTO(error) Error *err = NULL;

            log_demux_init(&demux, false, collect, &streams);
            err = log_demux_feed(&demux, ROWS[i].bytes, cut);
            if (!err)
                err = log_demux_feed(&demux, ROWS[i].bytes + cut, 9 - cut);
            assert_non_null(err);
            assert_int_equal(err->code, ERR_PROTOCOL);
            assert_string_equal(err->msg, ROWS[i].message);
            for (size_t stream = 0; stream < COUNT_OF(streams.of); stream++)
                assert_int_equal(streams.of[stream].len, 0);
        }
    }
}

static void the_sinks_error_comes_back(void **state)
{
    Streams streams = {.fail_with = error_new(ERR_LIMIT, 0, "enough")};
    LogDemux demux;
    AUTO(error) Error *err = NULL;

    (void)state;
    log_demux_init(&demux, false, collect, &streams);
    err = log_demux_feed(&demux, FRAMES, FRAMES_LEN);
    assert_non_null(err);
    assert_string_equal(err->msg, "enough");
    streams_clear(&streams);
}

/* --- lines ----------------------------------------------------------------------------------- */

static void take_line(void *context, const ProgressEvent *event)
{
    assert_int_equal(event->kind, PROGRESS_LOG);
    assert_string_equal(event->what, "6 -> 7");
    buf_addf(context, "[%s]", event->text);
}

static void lines_are_cut(void **state)
{
    Buf shown = {0};
    Progress progress = {.emit = take_line, .context = &shown};
    static const char TEXT[] = "one\n\ntwo\0x\nlast";
    Lines lines;

    (void)state;
    for (size_t cut = 0; cut < sizeof TEXT; cut++) {
        lines_init(&lines, &progress, "6 -> 7");
        lines_feed(&lines, TEXT, cut);
        lines_feed(&lines, TEXT + cut, sizeof TEXT - 1 - cut);
        lines_end(&lines);
        lines_end(&lines);
        assert_string_equal(buf_text(&shown), "[one][][two x][last]");
        buf_clear(&shown);
    }
}

static void a_long_line_comes_in_pieces(void **state)
{
    Buf shown = {0};
    Progress progress = {.emit = take_line, .context = &shown};
    char text[10000];
    Lines lines;

    (void)state;
    memset(text, 'x', sizeof text);
    lines_init(&lines, &progress, "6 -> 7");
    lines_feed(&lines, text, sizeof text);
    lines_end(&lines);
    assert_int_equal(shown.len, sizeof text + 3 * 2);
    buf_clear(&shown);
}

static void keep_line(void *context, const ProgressEvent *event)
{
    Buf *out = context;

    buf_addf(out, "<%s>", event->text);
}

/* Fed whole and byte by byte. */
static void lines_are_cut_and_redrawn(void **state)
{
    static const char *const ROWS[][2] = {
        {"a\nb\n", "<a><b>"}, {"a\r\nb\r\r\n", "<a><b>"}, {"10 %\r20 %\r100 %\n", "<100 %>"},
        {"10 %\r", "<10 %>"}, {"a\n\r\nb", "<a><><b>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        for (size_t piece = 1; piece < 100; piece += 98) {
            AUTO(buf) Buf out = {0};
            Progress progress = {.emit = keep_line, .context = &out};
            Lines lines;
            size_t len = strlen(ROWS[i][0]);

            lines_init(&lines, &progress, "build");
            for (size_t at = 0; at < len; at += piece)
                lines_feed(&lines, ROWS[i][0] + at, len - at < piece ? len - at : piece);
            lines_end(&lines);
            assert_string_equal(buf_text(&out), ROWS[i][1]);
        }
    }
}

static void builders_tell_their_steps(void **state)
{
    static const struct {
        const char *line;
        int64_t done, total; /* 0: tells none */
    } ROWS[] = {
        {"Step 3/7 : RUN make", 3, 7},
        {"STEP 2/4: COPY . .", 2, 4},
        {"#9 [3/7] RUN make", 3, 7},
        {"#12 [build 10/12] RUN make", 10, 12},
        {"#9 CACHED", 0, 0},
        {"#9 [internal] load build definition", 0, 0},
        {"Step 8/7 : RUN make", 0, 0},
        {"Step 0/7 : RUN make", 0, 0},
        {"Step -1/7 : RUN make", 0, 0},
        {"Step 99999999999999999999/7 : RUN make", 0, 0},
        {" ---> Running in 3c2", 0, 0},
        {"", 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        int64_t done = 0, total = 0;

        assert_int_equal(build_step_of(ROWS[i].line, &done, &total), ROWS[i].total > 0);
        assert_int_equal(done, ROWS[i].done);
        assert_int_equal(total, ROWS[i].total);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_two_splits_give_the_same),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(raw_is_passed_on),
        cmocka_unit_test(what_is_no_frame),
        cmocka_unit_test(the_sinks_error_comes_back),
        cmocka_unit_test(lines_are_cut),
        cmocka_unit_test(a_long_line_comes_in_pieces),
        cmocka_unit_test(builders_tell_their_steps),
        cmocka_unit_test(lines_are_cut_and_redrawn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
