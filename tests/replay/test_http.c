#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "net/http.h"
#include "peer.h"

#define STORY(name) "fixtures/http/net/" name ".http"

static Deadline soon(void)
{
    return deadline_in(20000); /* far beyond what any of these takes */
}

static Http *open_http(const Peer *peer, const Cancel *cancel)
{
    HttpOptions options = {.base_url = peer_socket(peer) ? "http://localhost" : peer_url(peer),
                           .unix_socket = peer_socket(peer),
                           .cancel = cancel};
    Http *http = NULL;

    assert_null(http_open(&options, &http));
    return http;
}

/* Send, and check status and body. */
static void sends(Http *http, const HttpRequest *request, int status, const char *body)
{
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(error) Error *err = http_send(http, request, soon(), &reply);

    if (err)
        fail_msg("%s %s: %s", request->method, request->path, err->msg);
    assert_int_equal(reply.status, status);
    assert_string_equal(buf_text(&reply.body), body);
}

/* Send, and check the error; the reply is untouched. */
static void fails(Http *http, const HttpRequest *request, Deadline dl, ErrCode code, int native,
                  const char *msg)
{
    HttpReply reply = {.status = -7};
    AUTO(error) Error *err = http_send(http, request, dl, &reply);

    assert_non_null(err);
    assert_string_equal(err->msg, msg);
    assert_int_equal(err->code, code);
    assert_int_equal(err->native, native);
    assert_int_equal(reply.status, -7);
    assert_null(reply.body.data);
}

static void any_status_is_an_answer(bool tcp)
{
    Peer *peer = peer_start(STORY("statuses"), tcp);
    AUTO(str) char *base = xasprintf("%s/v1.41", tcp ? peer_url(peer) : "http://localhost");
    AUTO(str_list) StrList extra = {0};
    AUTO(http_reply) HttpReply reply = {0};
    AUTO(http_reply) HttpReply ping = {0};
    AUTO(http) Http *http = NULL;
    HttpOptions options = {.base_url = base, .unix_socket = peer_socket(peer)};
    AUTO(str) char *url = xasprintf("%s/one?x=a%%20b", base);

    str_list_add(&extra, "X-Extra: 1");
    if (tcp) /* the peer's port is not known to the story */
        str_list_add(&extra, "Host: localhost");
    assert_null(http_open(&options, &http));
    assert_null(
        http_send(http, &(HttpRequest){.method = "GET", .path = "/one?x=a%20b", .headers = &extra},
                  soon(), &reply));
    assert_int_equal(reply.status, 200);
    assert_string_equal(buf_text(&reply.body), "{\"ok\":true}");
    assert_string_equal(reply.url, url);
    assert_string_equal(http_header(&reply, "content-type"), "application/json");
    assert_string_equal(http_header(&reply, "x-twice"), "second");
    assert_string_equal(http_header(&reply, "link"), "</a>; rel=\"prev\", </b>; rel=\"next\"");
    assert_null(http_header(&reply, "x-none"));
    sends(http, &(HttpRequest){.method = "POST", .path = "/start"}, 204, "");
    sends(http, &(HttpRequest){.method = "PUT", .path = "/empty"}, 304, "");
    sends(http,
          &(HttpRequest){.method = "POST",
                         .path = "/create",
                         .content_type = "application/json",
                         .body = "{\"a\":1}",
                         .body_len = 7},
          404, "{\"message\":\"no such image\"}");
    sends(http, &(HttpRequest){.method = "DELETE", .path = "/thing"}, 500, "broken");
    assert_null(http_send(http, &(HttpRequest){.method = "HEAD", .path = "/_ping"}, soon(), &ping));
    assert_int_equal(ping.status, 200);
    assert_string_equal(http_header(&ping, "api-version"), "1.41");
    sends(http,
          &(HttpRequest){.method = "PUT",
                         .path = "/body",
                         .content_type = "application/x-tar",
                         .body = "abc",
                         .body_len = 3},
          409, "");
    assert_int_equal(peer_connections(peer), 1);
    peer_finish(peer);
}

static void statuses_over_unix(void **state)
{
    (void)state;
    assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0); /* not for a socket */
    any_status_is_an_answer(false);
    assert_int_equal(unsetenv("all_proxy"), 0);
}

static void statuses_over_tcp(void **state)
{
    (void)state;
    /* neither of these is a proxy: loopback is reached without one */
    assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
    assert_int_equal(setenv("all_proxy", "http://127.0.0.1:1", 1), 0);
    any_status_is_an_answer(true);
    assert_int_equal(unsetenv("http_proxy"), 0);
    assert_int_equal(unsetenv("all_proxy"), 0);
}

static void a_proxy_for_others(void **state)
{
    Peer *peer = peer_start(STORY("proxy"), true);
    AUTO(http) Http *http = NULL;

    (void)state;
    assert_int_equal(setenv("http_proxy", peer_url(peer), 1), 0);
    assert_null(http_open(&(HttpOptions){.base_url = "http://releases.invalid"}, &http));
    sends(http, &(HttpRequest){.method = "GET", .path = "/x"}, 200, "through the proxy");
    assert_int_equal(unsetenv("http_proxy"), 0);
    peer_finish(peer);
}

static void chunks_are_joined(void **state)
{
    Peer *peer = peer_start(STORY("chunked"), true);
    AUTO(http) Http *http = open_http(peer, NULL);

    (void)state;
    sends(http, &(HttpRequest){.method = "GET", .path = "/chunks"}, 200, "one\ntwo\n");
    peer_finish(peer);
}

static void trouble_is_named(void **state)
{
    static const struct {
        const char *path, *msg;
        int native;
    } rows[] = {
        {"/truncated", "the connection ended in the middle of the reply", 18},
        {"/closed", "closed the connection without an answer", 52},
        {"/closed-chunks", "the connection ended in the middle of the reply", 18},
    };

    Peer *peer = peer_start(STORY("trouble"), false);
    AUTO(http) Http *http = open_http(peer, NULL);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        AUTO(str) char *msg = xasprintf("%s: %s", peer_url(peer), rows[i].msg);

        fails(http, &(HttpRequest){.method = "GET", .path = rows[i].path}, soon(), ERR_SYSTEM,
              rows[i].native, msg);
    }
    sends(http, &(HttpRequest){.method = "GET", .path = "/fine"}, 200, "still here");
    peer_finish(peer);
}

static void silence_meets_the_deadline(void **state)
{
    Peer *peer = peer_start(STORY("silence"), true);
    AUTO(http) Http *http = open_http(peer, NULL);
    AUTO(str) char *msg = xasprintf("%s: no answer in time", peer_url(peer) + strlen("http://"));
    HttpRequest request = {.method = "GET", .path = "/silent"};
    int64_t began = clock_now_ms(), took;

    (void)state;
    fails(http, &request, deadline_in(120), ERR_TIMEOUT, 0, msg);
    took = clock_now_ms() - began;
    assert_in_range(took, 120, 1000);
    fails(http, &request, deadline_in(50), ERR_TIMEOUT, 0, msg);
    fails(http, &request, deadline_in(-1), ERR_TIMEOUT, 0, msg);
    assert_int_equal(peer_connections(peer), 2); /* the last did not go out */
    peer_finish(peer);
}

static void *raise_later(void *cancel)
{
    (void)usleep(50000);
    cancel_raise(cancel, SIGTERM);
    return NULL;
}

static void a_signal_stops_it(void **state)
{
    Peer *peer = peer_start(STORY("silence"), false);
    AUTO(cancel) Cancel *cancel = NULL;
    AUTO(http) Http *http = NULL;
    HttpRequest request = {.method = "GET", .path = "/silent"};
    pthread_t thread;
    int64_t began = clock_now_ms();

    (void)state;
    assert_null(cancel_new(&cancel));
    http = open_http(peer, cancel);
    assert_int_equal(pthread_create(&thread, NULL, raise_later, cancel), 0);
    fails(http, &request, DEADLINE_NONE, ERR_CANCELLED, 0, "stopped by a signal");
    assert_in_range(clock_now_ms() - began, 50, 1000);
    assert_int_equal(pthread_join(thread, NULL), 0);
    /* raised for good: nothing goes out any more */
    fails(http, &request, soon(), ERR_CANCELLED, 0, "stopped by a signal");
    assert_int_equal(peer_connections(peer), 1);
    peer_finish(peer);
}

static void a_slow_answer_is_waited_for(void **state)
{
    Peer *peer = peer_start(STORY("slow"), false);
    AUTO(http) Http *http = open_http(peer, NULL);

    (void)state;
    sends(http, &(HttpRequest){.method = "GET", .path = "/slow"}, 200, "done");
    peer_finish(peer);
}

/* What the peer makes must be known to be taken away again. */
static void a_steady_request_outlives_a_signal(void **state)
{
    Peer *peer = peer_start(STORY("slower"), false);
    AUTO(cancel) Cancel *cancel = NULL;
    AUTO(http) Http *http = NULL;
    HttpRequest request = {.method = "POST", .path = "/make", .steady = true};
    pthread_t thread;
    int64_t began = clock_now_ms();

    (void)state;
    assert_null(cancel_new(&cancel));
    http = open_http(peer, cancel);
    assert_int_equal(pthread_create(&thread, NULL, raise_later, cancel), 0);
    sends(http, &request, 201, "made");
    assert_in_range(clock_now_ms() - began, 300, 5000); /* the signal came at 50 */
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(cancel_is_raised(cancel));
    /* but none is begun after the signal */
    fails(http, &request, soon(), ERR_CANCELLED, 0, "stopped by a signal");
    peer_finish(peer);
}

static void redirects_at_home(void **state)
{
    Peer *peer = peer_start(STORY("redirects"), true);
    AUTO(http) Http *http = open_http(peer, NULL);
    AUTO(str) char *newest = xasprintf("%s/newest", peer_url(peer));
    AUTO(str)
    char *too_many = xasprintf("%s: more than 2 redirects", peer_url(peer) + strlen("http://"));
    AUTO(str_list) StrList headers = {0};
    AUTO(http_reply) HttpReply reply = {0};
    HttpRequest form = {.method = "POST",
                        .path = "/form",
                        .content_type = "text/plain",
                        .body = "x",
                        .body_len = 1,
                        .max_redirects = 5};

    (void)state;
    str_list_add(&headers, "Authorization: Bearer sesame");
    str_list_add(&headers, "PRIVATE-TOKEN: sesame");
    assert_null(http_send(
        http,
        &(HttpRequest){.method = "GET", .path = "/old", .headers = &headers, .max_redirects = 2},
        soon(), &reply));
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.url, newest);
    assert_string_equal(buf_text(&reply.body), "here");
    assert_null(http_header(&reply, "location"));
    sends(http, &form, 301, "stays");
    sends(http, &form, 200, "result");
    fails(http, &(HttpRequest){.method = "GET", .path = "/nowhere", .max_redirects = 2}, soon(),
          ERR_PROTOCOL, 302, too_many);
    sends(http, &(HttpRequest){.method = "GET", .path = "/unasked"}, 302, "see there");
    sends(http, &(HttpRequest){.method = "GET", .path = "/odd", .max_redirects = 2}, 301, "");
    peer_finish(peer);
}

/* A copy of a story with the other peer's URL in it; the caller unlinks and frees. */
static char *story_with(const char *path, const char *word, const char *with)
{
    char *copy = xstrdup("/tmp/seatrial-story-XXXXXX");
    AUTO(file) FILE *from = fopen(path, "re");
    AUTO(str) char *text = NULL;
    AUTO(str) char *replaced = NULL;
    size_t cap = 0;
    int fd = mkstemp(copy);

    assert_non_null(from);
    assert_true(getdelim(&text, &cap, '\0', from) > 0);
    replaced = text_replace(text, word, with);
    assert_int_equal(write(fd, replaced, strlen(replaced)), strlen(replaced));
    assert_int_equal(close(fd), 0);
    return copy;
}

static void credentials_stay_at_home(void **state)
{
    static const char *const SENT[] = {"Authorization: Bearer sesame", "PRIVATE-TOKEN: sesame",
                                       "X-Registry-Auth: sesame", "Accept: application/json"};
    Peer *away = peer_start(STORY("away"), true);
    AUTO(str) char *story = story_with(STORY("home"), "AWAY", peer_url(away));
    Peer *home = peer_start(story, true);
    AUTO(http) Http *http = open_http(home, NULL);
    AUTO(str_list) StrList headers = {0};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(SENT); i++)
        str_list_add(&headers, SENT[i]);
    sends(http,
          &(HttpRequest){
              .method = "GET", .path = "/repositories/1", .headers = &headers, .max_redirects = 3},
          200, "away");
    sends(http,
          &(HttpRequest){.method = "POST",
                         .path = "/upload",
                         .headers = &headers,
                         .body = "secret body",
                         .body_len = strlen("secret body"),
                         .max_redirects = 3},
          307, "over there");
    assert_int_equal(unlink(story), 0);
    peer_finish(home);
    peer_finish(away);
}

static void caps_hold(void **state)
{
    Peer *peer = peer_start(STORY("caps"), false);
    AUTO(http) Http *http = open_http(peer, NULL);
    AUTO(str)
    char *msg = xasprintf("%s: body of the reply: more than the 9 bytes that are accepted here",
                          peer_url(peer));

    (void)state;
    sends(http, &(HttpRequest){.method = "GET", .path = "/ten", .max_body_bytes = 10}, 200,
          "0123456789");
    fails(http, &(HttpRequest){.method = "GET", .path = "/ten", .max_body_bytes = 9}, soon(),
          ERR_LIMIT, 0, msg);
    fails(http, &(HttpRequest){.method = "GET", .path = "/ten-chunks", .max_body_bytes = 9}, soon(),
          ERR_LIMIT, 0, msg);
    fails(http, &(HttpRequest){.method = "GET", .path = "/error-page", .max_body_bytes = 9}, soon(),
          ERR_LIMIT, 0, msg);
    sends(http, &(HttpRequest){.method = "GET", .path = "/ok"}, 200, "ok");
    peer_finish(peer);
}

static void headers_are_capped(void **state)
{
    char path[] = "/tmp/seatrial-story-XXXXXX";
    FILE *story = fdopen(mkstemp(path), "w");
    AUTO(http) Http *http = NULL;
    AUTO(str) char *msg = NULL;
    Peer *peer;

    (void)state;
    for (int rows = 60; rows <= 70; rows += 10) { /* of 1 KiB: below the cap, and over it */
        assert_true(fprintf(story, "> GET /%d\n< 200\n", rows) > 0);
        for (int i = 0; i < rows; i++)
            assert_true(fprintf(story, "< X-%04d: %01014d\n", i, i) > 0);
        assert_true(fprintf(story, "<< ok\n") > 0);
    }
    assert_int_equal(fclose(story), 0);
    peer = peer_start(path, false);
    assert_int_equal(unlink(path), 0);
    http = open_http(peer, NULL);
    msg = xasprintf("%s: more than 64 KiB of headers in the reply", peer_url(peer));
    sends(http, &(HttpRequest){.method = "GET", .path = "/60"}, 200, "ok");
    fails(http, &(HttpRequest){.method = "GET", .path = "/70"}, soon(), ERR_LIMIT, 0, msg);
    peer_finish(peer);
}

/* Gives "abc" a number of times, then the end or an error. */
typedef struct Abc {
    int times;
    bool fails;
} Abc;

static Error *abc_source(void *context, char *buffer, size_t size, size_t *ret_len)
{
    Abc *abc = context;

    if (abc->times == 0 && abc->fails)
        return error_new(ERR_LIMIT, 5, "the source broke");
    *ret_len = 0;
    if (abc->times-- <= 0)
        return NULL;
    assert_true(size >= 3);
    memcpy(buffer, "abc", 3);
    *ret_len = 3;
    return NULL;
}

static Error *buf_sink(void *context, const char *bytes, size_t len)
{
    return buf_append(context, bytes, len);
}

static Error *broken_sink(void *context, const char *bytes, size_t len)
{
    (void)context;
    (void)bytes;
    return error_new(ERR_SYSTEM, 28, "the disk is full after %zu bytes", len);
}

static void bodies_stream(void **state)
{
    Peer *peer = peer_start(STORY("streams"), false);
    AUTO(http) Http *http = open_http(peer, NULL);
    AUTO(buf) Buf got = BUF_INIT(100);
    AUTO(str)
    char *early = xasprintf("%s: the body that is sent ended 4 bytes early", peer_url(peer));

    (void)state;
    sends(http,
          &(HttpRequest){.method = "PUT",
                         .path = "/archive",
                         .content_type = "application/x-tar",
                         .source = abc_source,
                         .source_context = &(Abc){.times = 3},
                         .source_size_bytes = -1},
          200, "");
    sends(http,
          &(HttpRequest){.method = "POST",
                         .path = "/load",
                         .source = abc_source,
                         .source_context = &(Abc){.times = 3},
                         .source_size_bytes = 9,
                         .sink = buf_sink,
                         .sink_context = &got},
          200, "");
    assert_string_equal(buf_text(&got), "loaded");
    buf_clear(&got);
    sends(
        http,
        &(HttpRequest){.method = "GET", .path = "/archive", .sink = buf_sink, .sink_context = &got},
        200, "");
    assert_string_equal(buf_text(&got), "0123456789");
    sends(
        http,
        &(HttpRequest){.method = "GET", .path = "/archive", .sink = buf_sink, .sink_context = &got},
        404, "{\"message\":\"none\"}");
    assert_string_equal(buf_text(&got), "0123456789");
    fails(http, &(HttpRequest){.method = "GET", .path = "/archive", .sink = broken_sink}, soon(),
          ERR_SYSTEM, 28, "the disk is full after 10 bytes");
    fails(http,
          &(HttpRequest){.method = "POST",
                         .path = "/broken",
                         .source = abc_source,
                         .source_context = &(Abc){.times = 2, .fails = true},
                         .source_size_bytes = -1},
          soon(), ERR_LIMIT, 5, "the source broke");
    fails(http,
          &(HttpRequest){.method = "POST",
                         .path = "/broken",
                         .source = abc_source,
                         .source_context = &(Abc){.times = 2},
                         .source_size_bytes = 10},
          soon(), ERR_INTERNAL, 0, early);
    peer_finish(peer);
}

static void several_at_once(void **state)
{
    Peer *peer = peer_start(STORY("together"), false);
    AUTO(http) Http *http = open_http(peer, NULL);
    HttpExchange all[] = {
        {.request = {.method = "GET", .path = "/log"}, .auxiliary = true},
        {.request = {.method = "POST", .path = "/wait"}},
        {.request = {.method = "GET", .path = "/other"}},
        {.request = {.method = "GET", .path = "/other", .max_body_bytes = 2}},
    };
    int64_t began = clock_now_ms();

    (void)state;
    assert_null(http_send_all(http, all, COUNT_OF(all), soon()));
    assert_in_range(clock_now_ms() - began, 50, 5000);
    assert_false(all[0].done);
    assert_null(all[0].error);
    assert_true(all[1].done);
    assert_string_equal(buf_text(&all[1].reply.body), "waited");
    assert_int_equal(all[2].reply.status, 500);
    assert_string_equal(buf_text(&all[2].reply.body), "other");
    assert_true(all[3].done);
    assert_non_null(all[3].error);
    assert_int_equal(all[3].error->code, ERR_LIMIT);
    assert_int_equal(all[3].reply.status, 0);
    for (size_t i = 0; i < COUNT_OF(all); i++) {
        error_free(all[i].error);
        http_reply_clear(&all[i].reply);
    }
    peer_finish(peer);
}

static void one_deadline_for_all(void **state)
{
    Peer *peer = peer_start(STORY("together"), false);
    AUTO(http) Http *http = open_http(peer, NULL);
    HttpExchange both[] = {
        {.request = {.method = "GET", .path = "/log"}},
        {.request = {.method = "GET", .path = "/other"}},
    };
    AUTO(error) Error *err = http_send_all(http, both, COUNT_OF(both), deadline_in(100));

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->code, ERR_TIMEOUT);
    assert_false(both[0].done);
    assert_true(both[1].done);
    assert_string_equal(buf_text(&both[1].reply.body), "other");
    assert_null(both[0].error);
    assert_null(both[1].error);
    for (size_t i = 0; i < COUNT_OF(both); i++)
        http_reply_clear(&both[i].reply);
    peer_finish(peer);
}

static void connections_are_kept(void **state)
{
    Peer *peer = peer_start(STORY("reuse"), true);
    AUTO(http) Http *http = open_http(peer, NULL);

    (void)state;
    sends(http, &(HttpRequest){.method = "GET", .path = "/first"}, 200, "1");
    sends(http, &(HttpRequest){.method = "GET", .path = "/second"}, 200, "2");
    assert_int_equal(peer_connections(peer), 1);
    peer_finish(peer);
}

static void nobody_answers_the_socket(void **state)
{
    static const HttpRequest PING = {.method = "GET", .path = "/_ping"};
    AUTO(str) char *folder = xstrdup("/tmp/seatrial-http-XXXXXX");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    AUTO(str) char *path = NULL;
    AUTO(str) char *missing = NULL;
    AUTO(str) char *refused = NULL;
    AUTO(str) char *denied = NULL;
    AUTO(http) Http *http = NULL;
    AUTO(fd) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)state;
    assert_non_null(mkdtemp(folder));
    path = xasprintf("%s/docker.sock", folder);
    missing = xasprintf("unix://%s: no such socket", path);
    refused = xasprintf("unix://%s: connection refused: nothing listens on this socket", path);
    assert_null(
        http_open(&(HttpOptions){.base_url = "http://localhost", .unix_socket = path}, &http));
    fails(http, &PING, soon(), ERR_SYSTEM, ENOENT, missing);
    memcpy(address.sun_path, path, strlen(path));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    fails(http, &PING, soon(), ERR_SYSTEM, ECONNREFUSED, refused);
    /* root may use any socket, so nobody tries */
    denied = xasprintf("unix://%s: permission denied on the socket; a user who may use it is "
                       "usually in the group docker (usermod -aG docker USER, then log in again)",
                       path);
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(chmod(path, 0), 0);
    assert_true(geteuid() != 0 || seteuid(65534) == 0);
    fails(http, &PING, soon(), ERR_SYSTEM, EACCES, denied);
    assert_int_equal(seteuid(getuid()), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void nobody_answers_the_port(void **state)
{
    AUTO(str) char *url = xasprintf("http://%064d.invalid/", 0);
    AUTO(str) char *unresolved = xasprintf("%064d.invalid: the name cannot be resolved", 0);
    AUTO(http) Http *http = NULL;

    (void)state;
    assert_null(http_open(&(HttpOptions){.base_url = "http://127.0.0.1:1"}, &http));
    fails(http, &(HttpRequest){.method = "GET", .path = "/"}, soon(), ERR_SYSTEM, ECONNREFUSED,
          "127.0.0.1:1: connection refused");
    /* a label has at most 63 characters: the resolver says no without asking anybody */
    fails(http, &(HttpRequest){.method = "GET", .path = url}, soon(), ERR_SYSTEM, 6, unresolved);
}

static void what_cannot_be_sent(void **state)
{
    AUTO(str_list) StrList broken = {0};
    AUTO(http) Http *http = NULL;

    (void)state;
    str_list_add(&broken, "Authorization: Bearer sesame\nX: y");
    assert_null(http_open(&(HttpOptions){.base_url = "http://127.0.0.1:1"}, &http));
    fails(http, &(HttpRequest){.method = "GET", .path = "/", .headers = &broken}, soon(),
          ERR_INVALID, 0, "127.0.0.1:1: the value of header Authorization holds a line break");
    fails(http, &(HttpRequest){.method = "GET", .path = "file\n"}, soon(), ERR_INVALID, 0,
          "'http://127.0.0.1:1file ' is no http or https URL");
}

static void a_socket_path_has_a_limit(void **state)
{
    AUTO(str) char *path = xasprintf("/%0107d", 0);
    AUTO(str)
    char *msg = xasprintf("unix://%s: the path of a socket has less than 108 bytes", path);
    Http *http = NULL;
    AUTO(error) Error *err = http_open(&(HttpOptions){.unix_socket = path}, &http);

    (void)state;
    assert_non_null(err);
    assert_int_equal(err->code, ERR_INVALID);
    assert_string_equal(err->msg, msg);
    assert_null(http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_over_unix),
        cmocka_unit_test(statuses_over_tcp),
        cmocka_unit_test(a_proxy_for_others),
        cmocka_unit_test(chunks_are_joined),
        cmocka_unit_test(trouble_is_named),
        cmocka_unit_test(silence_meets_the_deadline),
        cmocka_unit_test(a_signal_stops_it),
        cmocka_unit_test(a_slow_answer_is_waited_for),
        cmocka_unit_test(a_steady_request_outlives_a_signal),
        cmocka_unit_test(redirects_at_home),
        cmocka_unit_test(credentials_stay_at_home),
        cmocka_unit_test(caps_hold),
        cmocka_unit_test(headers_are_capped),
        cmocka_unit_test(bodies_stream),
        cmocka_unit_test(several_at_once),
        cmocka_unit_test(one_deadline_for_all),
        cmocka_unit_test(connections_are_kept),
        cmocka_unit_test(nobody_answers_the_socket),
        cmocka_unit_test(nobody_answers_the_port),
        cmocka_unit_test(what_cannot_be_sent),
        cmocka_unit_test(a_socket_path_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
