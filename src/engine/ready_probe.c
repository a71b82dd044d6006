/* Does it answer at its port? */

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/ready_parts.h"
#include "net/http.h"

#define CONNECT_MS 1000  /* one way that does not answer must not keep the others waiting */
#define ANSWER_MS  10000 /* the first answer after a start takes its time */
#define HOLD_MS    250   /* a proxy that finds nobody behind it hangs up by then */

void ready_seen(char **seen, const char *prefix, const char *text, size_t len)
{
    AUTO(str) char *clean = text_clean(text, len < SEEN_BYTES ? len : SEEN_BYTES);
    AUTO(str) char *line = text_clean_line(clean);
    AUTO(str) char *trimmed = text_trim(line);

    free(*seen);
    *seen = xasprintf("%s%s%s%s", prefix, *prefix && *trimmed ? ": " : "", trimmed,
                      len > SEEN_BYTES ? "..." : "");
}

/* --- HTTP ---------------------------------------------------------------------------------------
 */

typedef struct Body {
    char text[SEEN_BYTES + 1];
    size_t len;
} Body;

/* A body of any size: its beginning is kept. */
static Error *keep_beginning(void *context, const char *bytes, size_t len)
{
    Body *body = context;
    size_t room = sizeof body->text - body->len;
    size_t part = len < room ? len : room;

    memcpy(body->text + body->len, bytes, part);
    body->len += part;
    return NULL;
}

static void see_reply(const HttpReply *reply, const Body *body, char **seen)
{
    const char *location = http_header(reply, "location");
    AUTO(str) char *status = xasprintf("HTTP %d", reply->status);
    const char *text = body->len > 0 ? body->text : buf_text(&reply->body);
    size_t len = body->len > 0 ? body->len : reply->body.len;

    if (reply->status / 100 == 3 && location) {
        AUTO(str) char *to = xasprintf("redirect to %s (%d)", location, reply->status);

        ready_seen(seen, "", to, strlen(to));
        return;
    }
    ready_seen(seen, status, text, len);
}

/* "http://[fe80::1]:80"; caller frees. */
static char *base_url(const Way *way)
{
    bool v6 = strchr(way->host, ':');

    return xasprintf("http://%s%s%s:%d", v6 ? "[" : "", way->host, v6 ? "]" : "", way->port);
}

/* @return an Error for what never becomes an answer; why this attempt was none is in the way */
static Error *try_http(const Cancel *cancel, const ReadySpec *spec, Way *way, Deadline dl,
                       bool *ret_ready, char **seen)
{
    AUTO(str) char *url = base_url(way);
    AUTO(str) char *host = xasprintf("Host: localhost:%d", spec->port);
    AUTO(str_list) StrList headers = {0};
    AUTO(http) Http *http = NULL;
    AUTO(http_reply) HttpReply reply = {0};
    Body body = {.len = 0};
    HttpRequest request = {
        .method = "GET",
        .path = spec->path,
        .headers = &headers, /* the name that its own health check would use */
        .sink = keep_beginning,
        .sink_context = &body,
        .connect_ms = CONNECT_MS,
    };
    AUTO(error) Error *err = NULL;

    str_list_add(&headers, host);
    TRY(http_open(&(HttpOptions){.base_url = url, .cancel = cancel}, &http));
    err = http_send(http, &request, deadline_min(dl, deadline_in(ANSWER_MS)), &reply);
    if (err && (err->code == ERR_CANCELLED || err->code == ERR_INVALID))
        return TAKE(err);
    if (err) {
        way_failed(way, err->msg);
        return NULL;
    }
    see_reply(&reply, &body, seen);
    way_failed(way, *seen);
    *ret_ready = reply.status == spec->status;
    return NULL;
}

/* --- TCP ----------------------------------------------------------------------------------------
 */

static Error *await_socket(const Cancel *cancel, int fd, short events, int ms, int *ret_count)
{
    struct pollfd polled[2] = {{.fd = fd, .events = events},
                               {.fd = cancel_fd(cancel), .events = POLLIN}};

    do {
        *ret_count = poll(polled, 2, ms);
    } while (*ret_count < 0 && errno == EINTR);
    TRY(cancel_check(cancel));
    return NULL;
}

/* errno of a connect that did not succeed; 0 when it did. */
static Error *connect_to(const Cancel *cancel, int fd, const struct addrinfo *address, int ms,
                         int *ret_problem)
{
    socklen_t len = sizeof *ret_problem;
    int count;

    *ret_problem = 0;
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return NULL;
    *ret_problem = errno;
    if (errno != EINPROGRESS)
        return NULL;
    TRY(await_socket(cancel, fd, POLLOUT, ms, &count));
    if (count == 0)
        *ret_problem = ETIMEDOUT;
    else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, ret_problem, &len) != 0)
        *ret_problem = errno;
    return NULL;
}

/* The engine's proxy accepts before it knows whether anybody listens in the container, and hangs
 * up when nobody does: silence, or a greeting, is a server. */
static Error *is_held(const Cancel *cancel, int fd, int ms, bool *ret_held)
{
    char byte;
    int count;

    TRY(await_socket(cancel, fd, POLLIN, ms, &count));
    *ret_held = count == 0 || recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
    return NULL;
}

static Error *try_address(const Cancel *cancel, const struct addrinfo *address, Way *way,
                          bool behind_proxy, Deadline dl, bool *ret_ready)
{
    AUTO(fd) int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int ms = deadline_left_ms(deadline_min(dl, deadline_in(CONNECT_MS)));
    int problem;
    char reason[128];

    if (fd < 0)
        return error_new(ERR_SYSTEM, errno, "socket: %s", strerror_r(errno, reason, sizeof reason));
    TRY(connect_to(cancel, fd, address, ms, &problem));
    *ret_ready = problem == 0;
    if (problem == 0 && behind_proxy)
        TRY(is_held(cancel, fd, HOLD_MS, ret_ready));
    if (problem != 0)
        way_failed(way, strerror_r(problem, reason, sizeof reason));
    else if (!*ret_ready)
        way_failed(way, "the connection is closed at once");
    return NULL;
}

static Error *try_tcp(const Cancel *cancel, Way *way, bool behind_proxy, Deadline dl,
                      bool *ret_ready)
{
    AUTO(str) char *port = xasprintf("%d", way->port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int rc = getaddrinfo(way->host, port, &hints, &list);
    Error *err;

    if (rc != 0) {
        way_failed(way, gai_strerror(rc));
        return NULL;
    }
    err = try_address(cancel, list, way, behind_proxy, dl, ret_ready);
    freeaddrinfo(list);
    return err;
}

/* --- the ways -----------------------------------------------------------------------------------
 */

static bool is_published(WayKind kind)
{
    return kind == WAY_PUBLISHED || kind == WAY_ENGINE_HOST;
}

/* An address of another machine's network may be somebody else's here. */
static bool is_usable(const Ways *ways, WayKind kind)
{
    if (kind == WAY_ADDRESS && ways->items[WAY_ENGINE_HOST].host && !ways->joined)
        return false;
    return ways->items[kind].host != NULL;
}

/* Straight to the container first: what answers there is the container. */
static const WayKind ORDER[] = {WAY_ADDRESS, WAY_NETWORK, WAY_PUBLISHED, WAY_ENGINE_HOST};

/* An attempt without an answer. One that the end of the wait cut short is no reason to forget what
 * the attempts before it saw. */
static void see_problem(char **seen, const char *problem, bool cut_short)
{
    AUTO(str) char *before = NULL;
    AUTO(str) char *both = NULL;

    if (!cut_short || !*seen || text_eq(*seen, problem)) {
        ready_seen(seen, "", problem, strlen(problem));
        return;
    }
    before = TAKE(*seen);
    both = xasprintf("%s; then %s", before, problem);
    *seen = TAKE(both);
}

Error *ready_try_port(const Cancel *cancel, const ReadySpec *spec, Ways *ways, Deadline dl,
                      bool *ret_ready, char **seen)
{
    AUTO(str) char *answer = NULL;
    const char *said = NULL;

    *ret_ready = false;
    if (deadline_left_ms(dl) == 0) /* what was seen before says more */
        return NULL;
    for (size_t i = 0; i < COUNT_OF(ORDER) && !*ret_ready && deadline_left_ms(dl) > 0; i++) {
        Way *way = &ways->items[ORDER[i]];

        if (!is_usable(ways, ORDER[i]))
            continue;
        if (spec->how == READY_HTTP)
            TRY(try_http(cancel, spec, way, dl, ret_ready, &answer));
        else
            TRY(try_tcp(cancel, way, is_published(ORDER[i]), dl, ret_ready));
        if (!said)
            said = way->problem;
    }
    if (!*ret_ready && !answer && !said)
        said = "no way leads to its port from here";
    if (answer)
        ready_seen(seen, "", answer, strlen(answer));
    else if (said && !*ret_ready)
        see_problem(seen, said, deadline_left_ms(dl) == 0);
    return NULL;
}
