#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "peer.h"
#include "story.h"

static int dial(const Peer *peer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memcpy(address.sun_path, peer_socket(peer), strlen(peer_socket(peer)));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Send one request and read until the reply has come to `end`. */
static char *talk(int fd, const char *request, const char *end)
{
    Buf reply = BUF_INIT(1 << 20);
    char bytes[512];
    ssize_t len;

    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    while (!(end && text_ends(buf_text(&reply), end)) &&
           (len = recv(fd, bytes, sizeof bytes, 0)) > 0)
        error_ignore(buf_append(&reply, bytes, (size_t)len)); /* far below the cap */
    return buf_take(&reply);
}

static void wants(int fd, const char *request, const char *end, const char *want)
{
    AUTO(str) char *reply = talk(fd, request, end);

    assert_string_equal(reply, want);
}

static void plays_a_story(void **state)
{
    Peer *peer = peer_start("fixtures/http/net/self.http", false);
    AUTO(fd) int fd = dial(peer);
    AUTO(str)
    char *first =
        xasprintf("HTTP/1.1 200 Canned\r\nContent-Type: text/plain\r\n"
                  "Link: <%s/second>; rel=\"next\"\r\nContent-Length: %zu\r\n\r\none\ntwo at %s",
                  peer_url(peer), strlen("one\ntwo at ") + strlen(peer_url(peer)), peer_url(peer));
    static const char CHUNKED[] = "HTTP/1.1 201 Canned\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "4\r\none\n\r\n4\r\ntwo\n\r\n0\r\n\r\n";
    static const char NONE[] = "HTTP/1.1 204 Canned\r\n\r\n";

    (void)state;
    wants(fd, "GET /whenever HTTP/1.1\r\n\r\n", "\r\n\r\n", NONE);
    wants(fd, "GET /first?a=1 HTTP/1.1\r\nHost: x\r\naccept:  text/plain\r\n\r\n", peer_url(peer),
          first);
    wants(fd, "POST /second HTTP/1.1\r\nContent-Length: 16\r\n\r\n{\"exact\":\"body\"}",
          "0\r\n\r\n", CHUNKED);
    wants(fd,
          "POST /second HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
          "9\r\n{\"exact\":\r\n7\r\n\"body\"}\r\n0\r\n\r\n",
          "0\r\n\r\n", CHUNKED);
    wants(fd, "GET /whenever HTTP/1.1\r\n\r\n", "\r\n\r\n", NONE);
    wants(fd, "PUT /third HTTP/1.1\r\nContent-Length: 7\r\n\r\nneedles", NULL,
          "HTTP/1.1 200 Canned\r\nContent-Length: 6\r\n\r\nabc");
    peer_finish(peer);
}

static void names_a_bad_line(void **state)
{
    static const struct {
        const char *text, *msg;
    } rows[] = {
        {"< 200\n", ":1: '< 200': wanted a request first"},
        {"> GET\n", ":1: '> GET': wanted a request line 'METHOD target'"},
        {"> GET /\n> Accept\n", ":2: '> Accept': wanted a header 'Name: value'"},
        {"> GET /\n\n> GET /\n", ":3: '> GET /': wanted a header 'Name: value'"},
        {"> GET /\n< 200\n@loud\n", ":3: '@loud': no such directive"},
        {"> GET /\n", ": no reply to 'GET /'"},
        {"# nothing\n", ": no request in it"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char path[] = "/tmp/seatrial-story-XXXXXX";
        int fd = mkstemp(path);
        AUTO(str) char *want = xasprintf("%s%s", path, rows[i].msg);
        AUTO(error) Error *err = NULL;
        Story story = {0};

        assert_int_equal(write(fd, rows[i].text, strlen(rows[i].text)), strlen(rows[i].text));
        assert_int_equal(close(fd), 0);
        err = story_read(path, &story);
        assert_int_equal(unlink(path), 0);
        assert_non_null(err);
        assert_string_equal(err->msg, want);
        assert_int_equal(story.len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plays_a_story),
        cmocka_unit_test(names_a_bad_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
