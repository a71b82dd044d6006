#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cmocka.h>

#include "request.h"

/* One connection, on a thread of its own. */
typedef struct Conn {
    Peer *peer;
    pthread_t thread;
    Wire wire;
} Conn;

typedef struct ConnList {
    Conn **items;
    size_t len, cap;
} ConnList;

struct Peer {
    char *path; /* of the story */
    char *folder, *socket, *url;
    int listen_fd, stop_fd;
    pthread_t thread; /* accepts */
    ConnList conns;   /* of the accepting thread until it is joined */

    pthread_mutex_t lock; /* guards what follows */
    Story story;
    size_t accepted;
    size_t next;     /* first exchange that is not used up */
    char *complaint; /* the first thing that went wrong; NULL when nothing did */
};

static void complain(Peer *peer, char *complaint)
{
    /* at once too: a test that fails over the reply never comes to peer_finish */
    (void)fprintf(stderr, "%s: %s\n", peer->path, complaint);
    if (peer->complaint)
        free(complaint);
    else
        peer->complaint = complaint;
}

/* The exchange that the request begins; NULL when it is not in the story at this place. */
static StoryExchange *play(Peer *peer, const Request *request)
{
    AUTO(str) char *why = NULL;
    Story *story = &peer->story;

    while (peer->next < story->len &&
           (story->items[peer->next].any ||
            story->items[peer->next].used >= story->items[peer->next].repeat))
        peer->next++;
    if (peer->next < story->len) {
        why = request_difference(&story->items[peer->next], request);
        if (!why)
            return &story->items[peer->next];
    } else {
        why = xasprintf("'%s' came behind the end of the story", request->line);
    }
    for (size_t i = 0; i < story->len; i++) {
        AUTO(str)
        char *other =
            story->items[i].any ? request_difference(&story->items[i], request) : xstrdup("");

        if (!other)
            return &story->items[i];
    }
    complain(peer, TAKE(why));
    return NULL;
}

static bool send_all(const Conn *conn, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(conn->wire.fd, bytes, len, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool has_body(const StoryExchange *exchange)
{
    return exchange->status >= 200 && exchange->status != 204 && exchange->status != 304;
}

static char *with_base(const Conn *conn, const char *text)
{
    return text_replace(text, "{base}", conn->peer->url);
}

static void add_bytes(Buf *body, const char *bytes, size_t len)
{
    Error *err = buf_append(body, bytes, len);

    error_ignore(err); /* no cap on this buffer */
}

/* A body line as bytes. Of "\xNN" escapes only where the story says so. */
static void add_line(const Conn *conn, const StoryExchange *exchange, size_t i, Buf *out)
{
    AUTO(str) char *line = with_base(conn, exchange->reply_body.items[i]);
    const char *at = line;
    unsigned byte;

    if (!exchange->bytes) {
        bool last = i + 1 == exchange->reply_body.len;

        buf_addf(out, "%s%s", line, last && !exchange->chunked ? "" : "\n");
        return;
    }
    for (; *at; at++) {
        char value = *at;

        if (text_starts(at, "\\x") && sscanf(at + 2, "%2x", &byte) == 1) {
            value = (char)byte;
            at += 3;
        }
        add_bytes(out, &value, 1);
    }
}

/* The body as it goes over the wire. */
static void reply_body(const Conn *conn, const StoryExchange *exchange, Buf *body)
{
    for (size_t i = 0; i < exchange->reply_body.len; i++) {
        AUTO(buf) Buf line = BUF_INIT(0);

        add_line(conn, exchange, i, &line);
        if (exchange->chunked)
            buf_addf(body, "%zx\r\n", line.len);
        add_bytes(body, line.data, line.len);
        if (exchange->chunked)
            buf_adds(body, "\r\n");
    }
    if (exchange->chunked)
        buf_adds(body, "0\r\n\r\n");
}

/* @return false when the connection is to be closed */
static bool reply(const Conn *conn, const StoryExchange *exchange, bool is_head)
{
    AUTO(buf) Buf out = BUF_INIT(0);
    AUTO(buf) Buf body = BUF_INIT(0);
    bool whole;

    reply_body(conn, exchange, &body);
    whole = exchange->truncate_bytes < 0 || (size_t)exchange->truncate_bytes >= body.len;
    buf_addf(&out, "HTTP/1.1 %d Canned\r\n", exchange->status);
    for (size_t i = 0; i < exchange->reply_headers.len; i++) {
        AUTO(str) char *header = with_base(conn, exchange->reply_headers.items[i]);

        buf_addf(&out, "%s\r\n", header);
    }
    if (exchange->chunked)
        buf_adds(&out, "Transfer-Encoding: chunked\r\n");
    else if (has_body(exchange) &&
             !header_find(&exchange->reply_headers, "Content-Length", strlen("Content-Length")))
        buf_addf(&out, "Content-Length: %zu\r\n", body.len);
    buf_adds(&out, "\r\n");
    if (!send_all(conn, out.data, out.len))
        return false;
    if (is_head || !has_body(exchange))
        return true;
    return send_all(conn, body.data, whole ? body.len : (size_t)exchange->truncate_bytes) && whole;
}

static void keep_silent(Conn *conn)
{
    while (wire_fill(&conn->wire)) /* until the other side hangs up or the test ends */
        ;
}

/* One request and its answer. @return false when the connection is over */
static bool serve_one(Conn *conn)
{
    AUTO(request) Request request = {0};
    Peer *peer = conn->peer;
    StoryExchange *exchange;
    struct pollfd stop = {.fd = peer->stop_fd, .events = POLLIN};

    /* a request that its sender gave up half-way is none */
    if (!request_read(&conn->wire, &request))
        return false;
    pthread_mutex_lock(&peer->lock);
    exchange = play(peer, &request);
    if (exchange)
        exchange->used++;
    pthread_mutex_unlock(&peer->lock);
    if (!exchange) {
        static const char REFUSAL[] = "HTTP/1.1 599 Not In The Story\r\nContent-Length: 0\r\n\r\n";

        return send_all(conn, REFUSAL, strlen(REFUSAL));
    }
    if (exchange->delay_ms > 0 && poll(&stop, 1, (int)exchange->delay_ms) > 0)
        return false;
    if (exchange->silence)
        keep_silent(conn);
    if (exchange->silence || exchange->close)
        return false;
    return reply(conn, exchange, text_starts(request.line, "HEAD "));
}

static void *conn_run(void *context)
{
    Conn *conn = context;

    while (serve_one(conn))
        ;
    (void)shutdown(conn->wire.fd,
                   SHUT_RDWR); /* the other side sees the end now; closed when joined */
    return NULL;
}

static void *peer_run(void *context)
{
    Peer *peer = context;

    while (wire_wait(peer->listen_fd, peer->stop_fd)) {
        int fd = accept4(peer->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        Conn *conn;

        if (fd < 0)
            continue;
        conn = xcalloc(1, sizeof *conn);
        *conn = (Conn){.peer = peer, .wire = {.fd = fd, .stop_fd = peer->stop_fd}};
        LIST_PUSH(&peer->conns, conn);
        pthread_mutex_lock(&peer->lock);
        peer->accepted++;
        pthread_mutex_unlock(&peer->lock);
        if (pthread_create(&conn->thread, NULL, conn_run, conn) != 0)
            abort();
    }
    return NULL;
}

static void listen_unix(Peer *peer)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    peer->folder = xstrdup("/tmp/seatrial-peer-XXXXXX");
    assert_non_null(mkdtemp(peer->folder));
    peer->socket = xasprintf("%s/s", peer->folder);
    peer->url = xasprintf("unix://%s", peer->socket);
    assert_true(strlen(peer->socket) < sizeof address.sun_path);
    memcpy(address.sun_path, peer->socket, strlen(peer->socket));
    peer->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->listen_fd, (struct sockaddr *)&address, sizeof address), 0);
}

static void listen_tcp(Peer *peer)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;

    peer->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(peer->listen_fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(getsockname(peer->listen_fd, (struct sockaddr *)&address, &len), 0);
    peer->url = xasprintf("http://127.0.0.1:%d", ntohs(address.sin_port));
}

Peer *peer_start(const char *story, bool tcp)
{
    Peer *peer = xcalloc(1, sizeof *peer);
    Error *err = story_read(story, &peer->story);

    if (err)
        fail_msg("%s", err->msg);
    peer->path = xstrdup(story);
    pthread_mutex_init(&peer->lock, NULL);
    peer->stop_fd = eventfd(0, EFD_CLOEXEC);
    assert_true(peer->stop_fd >= 0);
    if (tcp)
        listen_tcp(peer);
    else
        listen_unix(peer);
    assert_int_equal(listen(peer->listen_fd, 16), 0);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
    return peer;
}

const char *peer_socket(const Peer *peer)
{
    return peer->socket;
}

const char *peer_url(const Peer *peer)
{
    return peer->url;
}

size_t peer_connections(Peer *peer)
{
    size_t accepted;

    pthread_mutex_lock(&peer->lock);
    accepted = peer->accepted;
    pthread_mutex_unlock(&peer->lock);
    return accepted;
}

static void stop(Peer *peer)
{
    (void)eventfd_write(peer->stop_fd, 1); /* a first write of 1 cannot fail */
    pthread_join(peer->thread, NULL);
    for (size_t i = 0; i < peer->conns.len; i++) {
        Conn *conn = peer->conns.items[i];

        (void)shutdown(conn->wire.fd, SHUT_RDWR); /* wakes a send that nobody reads */
        pthread_join(conn->thread, NULL);
        (void)close(conn->wire.fd);
        buf_clear(&conn->wire.in);
        free(conn);
    }
    free(peer->conns.items);
    (void)close(peer->listen_fd);
    (void)close(peer->stop_fd);
    if (peer->socket) {
        (void)unlink(peer->socket);
        (void)rmdir(peer->folder);
    }
}

static void complain_of_rest(Peer *peer)
{
    for (size_t i = 0; i < peer->story.len; i++) {
        const StoryExchange *exchange = &peer->story.items[i];

        if (!exchange->any && exchange->used < exchange->repeat)
            complain(peer, xasprintf("'%s' came %d of %d times", exchange->request_line,
                                     (int)exchange->used, (int)exchange->repeat));
    }
}

void peer_finish(Peer *peer)
{
    AUTO(str) char *complaint = NULL;
    AUTO(str) char *path = NULL;

    stop(peer);
    complain_of_rest(peer);
    complaint = TAKE(peer->complaint);
    path = TAKE(peer->path);
    story_clear(&peer->story);
    pthread_mutex_destroy(&peer->lock);
    free(peer->folder);
    free(peer->socket);
    free(peer->url);
    free(peer);
    if (complaint)
        fail_msg("%s: %s", path, complaint);
}
