/* The engine client: commands in a container, and waiting until one is ready. */

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/exec.h"
#include "engine/ready.h"
#include "engine/ready_parts.h"
#include "engine_replay.h"

/* --- commands ------------------------------------------------------------------------------- */

static void runs_a_command(void **state)
{
    AUTO(str_list) StrList words = {0};
    AUTO(str) char *text = NULL;
    Talk talk;
    int status = -1;

    (void)state;
    str_list_add(&words, "check");
    str_list_add(&words, "a b");
    talk_begin(&talk, STORY("exec"));
    works(engine_exec_text(talk.engine, "c1", &words, 100, soon(), &status, &text));
    assert_int_equal(status, 3);
    assert_string_equal(text, "one oops");
    free(TAKE(text));
    works(engine_exec_text(talk.engine, "c1", &words, 200, soon(), &status, &text));
    assert_int_equal(status, EXEC_NOT_RUN);
    assert_string_equal(text, "engine: OCI runtime exec failed: exec failed: exec: \"nothing\": "
                              "executable file not found in $PATH");
    free(TAKE(text));
    status = -1;
    fails(engine_exec_text(talk.engine, "c1", &words, 100, soon(), &status, &text), ERR_CONFLICT,
          "engine: Container c1 is not running");
    fails(engine_exec_text(talk.engine, "c1", &words, 100, soon(), &status, &text), ERR_NOT_FOUND,
          "engine: No such container: c1");
    assert_int_equal(status, -1);
    assert_null(text);
    works(engine_exec_text(talk.engine, "c1", &words, 4, soon(), &status, &text));
    assert_string_equal(text, "this");
    talk_end(&talk);
}

/* --- a text in a log ------------------------------------------------------------------------- */

static void a_text_is_found_wherever_it_is_cut(void **state)
{
    static const char TEXT[] = "xx\nlisten listening on 80\n";

    (void)state;
    for (size_t first = 0; first < sizeof TEXT; first++) {
        for (size_t second = first; second < sizeof TEXT; second++) {
            LineFinder finder = {.wanted = "listening on"};
            LineFinder never = {.wanted = "listening in"};
            LineFinder *const both[] = {&finder, &never};

            for (size_t i = 0; i < COUNT_OF(both); i++) {
                line_finder_feed(both[i], TEXT, first);
                line_finder_feed(both[i], TEXT + first, second - first);
                line_finder_feed(both[i], TEXT + second, strlen(TEXT) - second);
            }
            assert_true(finder.found);
            assert_false(never.found);
            line_finder_clear(&finder);
            line_finder_clear(&never);
        }
    }
}

static void byte_by_byte(void **state)
{
    static const char TEXT[] = "aaab";
    LineFinder finder = {.wanted = "aab"};
    LineFinder one = {.wanted = "b"};

    (void)state;
    for (size_t i = 0; i + 1 < sizeof TEXT; i++) {
        assert_false(finder.found);
        line_finder_feed(&finder, TEXT + i, 1);
        line_finder_feed(&one, TEXT + i, 1);
        assert_true(finder.carry_len < strlen("aab"));
    }
    assert_true(finder.found);
    assert_true(one.found);
    line_finder_clear(&finder);
    line_finder_clear(&one);
}

/* --- ready ----------------------------------------------------------------------------------- */

typedef struct Row {
    const char *story;
    ReadySpec spec;
    bool ready, ended;
    int exit_code;
    const char *seen;
} Row;

static void ready_or_ended(void **state)
{
    static const Row ROWS[] = {
        {STORY("ready-log"),
         {.how = READY_LOG, .log = "server listening on"},
         true,
         false,
         0,
         NULL},
        {STORY("ready-log-ended"),
         {.how = READY_LOG, .log = "other"},
         false,
         true,
         4,
         "its log ends: start oops"},
        {STORY("ready-health"),
         {.how = READY_HEALTHCHECK},
         true,
         false,
         0,
         "the health check exits with 1: too soon"},
        {STORY("ready-exit"), {.how = READY_EXIT, .exit_code = 4}, true, true, 4, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        AUTO(readiness) Readiness found = {0};
        Talk talk;

        talk_begin(&talk, ROWS[i].story);
        works(engine_ready_wait(talk.engine, "c1", "net", &ROWS[i].spec, soon(), &found));
        assert_int_equal(found.ready, ROWS[i].ready);
        assert_int_equal(found.ended, ROWS[i].ended);
        assert_int_equal(found.exit_code, ROWS[i].exit_code);
        if (ROWS[i].seen)
            assert_string_equal(found.seen, ROWS[i].seen);
        else
            assert_null(found.seen);
        talk_end(&talk);
    }
}

static void without_a_health_check(void **state)
{
    ReadySpec spec = {.how = READY_HEALTHCHECK};
    Readiness found = {.exit_code = 77};
    Talk talk;

    (void)state;
    talk_begin(&talk, STORY("ready-no-health"));
    fails(engine_ready_wait(talk.engine, "c1", "net", &spec, soon(), &found), ERR_INVALID,
          "its image has no HEALTHCHECK");
    assert_int_equal(found.exit_code, 77);
    talk_end(&talk);
}

/* --- a port ---------------------------------------------------------------------------------- */

static int listener(int *ret_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *ret_port = ntohs(address.sin_port);
    return fd;
}

static void tries(const ReadySpec *spec, WayKind kind, int port, bool ready, const char *seen)
{
    AUTO(ways) Ways ways = {0};
    AUTO(str) char *text = NULL;
    bool answers = !ready;

    ways.items[kind].host = xstrdup("127.0.0.1");
    ways.items[kind].port = port;
    works(ready_try_port(NULL, spec, &ways, soon(), &answers, &text));
    assert_int_equal(answers, ready);
    if (seen)
        assert_string_equal(text, seen);
    else
        assert_null(text);
}

/* The kernel accepts for a listener: a server that says nothing is a server. */
static void a_port(void **state)
{
    ReadySpec spec = {.how = READY_TCP};
    int port;
    int fd = listener(&port);

    (void)state;
    tries(&spec, WAY_ADDRESS, port, true, NULL);
    tries(&spec, WAY_PUBLISHED, port, true, NULL);
    assert_int_equal(close(fd), 0);
    tries(&spec, WAY_ADDRESS, port, false, "Connection refused");
}

static void http_answers(void **state)
{
    static const struct {
        const char *path;
        int status;
        bool ready;
        const char *seen;
    } ROWS[] = {
        {"/up", 200, true, "HTTP 200: fine"},
        {"/up", 204, false, "HTTP 200: fine"},
        {"/wait?full=1", 200, false, "HTTP 503: not yet"},
        {"/wait?full=1", 503, true, "HTTP 503: not yet"},
        {"/old", 200, false, "redirect to /login (302)"},
        {"/old", 302, true, "redirect to /login (302)"},
    };

    Peer *peer = peer_start(STORY("ready-http"), true);
    uint64_t port;

    (void)state;
    works(parse_u64(strrchr(peer_url(peer), ':') + 1, 1, 65535, &port));
    for (size_t i = 0; i < COUNT_OF(ROWS); i++) {
        ReadySpec spec = {
            .how = READY_HTTP, .port = 3000, .path = ROWS[i].path, .status = ROWS[i].status};

        tries(&spec, WAY_ADDRESS, (int)port, ROWS[i].ready, ROWS[i].seen);
    }
    peer_finish(peer);
}

/* The end of the wait cuts the last attempt short: what was answered before says more. */
static void an_answer_outlives_the_last_attempt(void **state)
{
    ReadySpec spec = {.how = READY_HTTP, .port = 3000, .path = "/up", .status = 200};
    AUTO(ways) Ways ways = {.items[WAY_ADDRESS] = {.host = xstrdup("127.0.0.1")}};
    AUTO(str) char *text = xstrdup("HTTP 503: not yet");
    AUTO(str) char *both = NULL;
    bool answers = true;
    int fd = listener(&ways.items[WAY_ADDRESS].port); /* nobody reads what is asked there */

    (void)state;
    works(ready_try_port(NULL, &spec, &ways, deadline_in(200), &answers, &text));
    assert_false(answers);
    both = xasprintf("HTTP 503: not yet; then 127.0.0.1:%d: no answer in time",
                     ways.items[WAY_ADDRESS].port);
    assert_string_equal(text, both);
    assert_int_equal(close(fd), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_a_command),
        cmocka_unit_test(a_text_is_found_wherever_it_is_cut),
        cmocka_unit_test(byte_by_byte),
        cmocka_unit_test(ready_or_ended),
        cmocka_unit_test(without_a_health_check),
        cmocka_unit_test(a_port),
        cmocka_unit_test(http_answers),
        cmocka_unit_test(an_answer_outlives_the_last_attempt),
    };

    return cmocka_run_group_tests(tests, no_configuration, NULL);
}
