#pragma once
/* HTTP over TCP, TLS or a unix socket, driven by one curl_multi loop that also watches the run's
 * cancel flag, so that a signal or a deadline comes back as an ordinary Error. Redirects are not
 * followed unless asked. No response header makes it decompress; no proxy is used for unix sockets.
 */

#include <stdbool.h>

#include "base/buffer.h"
#include "base/cancel.h"
#include "base/clock.h"
#include "base/list.h"

/* A client for one peer: connections are kept and reused. Not shared between threads. */
typedef struct Http Http;

typedef struct HttpOptions {
    const char *base_url;    /* "http://localhost/v1.41": put in front of paths; no final slash */
    const char *unix_socket; /* path, or NULL for TCP */
    const char *tls_ca, *tls_cert, *tls_key; /* PEM files, or NULL for the system's trust */
    const char *user_agent;                  /* NULL: seatrial/VERSION */
    const Cancel *cancel;                    /* borrowed; may be NULL */
} HttpOptions;

/* Reads up to size bytes into buffer; 0 at the end; sets *ret_len. */
typedef Error *(*HttpSource)(void *context, char *buffer, size_t size, size_t *ret_len);
/* Takes bytes of the reply body. */
typedef Error *(*HttpSink)(void *context, const char *bytes, size_t len);

typedef struct HttpRequest {
    const char *method;       /* "GET", "HEAD", "POST", "PUT", "DELETE" */
    const char *path;         /* "/images/json", appended to base_url; or a whole URL */
    const StrList *headers;   /* "Name: value"; NULL none */
    const char *content_type; /* of the body; sent also when the body is empty */
    const char *body; /* with body_len; NULL and no source: Content-Length: 0 on POST and PUT */
    size_t body_len;
    HttpSource source; /* streamed body instead; chunked unless source_size_bytes >= 0 */
    void *source_context;
    int64_t source_size_bytes; /* -1 unknown */
    HttpSink sink;             /* body of a 2xx reply goes here; other bodies to reply.body */
    void *sink_context;
    size_t max_body_bytes; /* cap of reply.body; 0: 8 MiB */
    /* 0: none. Followed are 301, 302 of GET and HEAD, 303 (as GET), 307 and 308; a streamed body is
     * not sent again, no body goes to another origin and nothing from https to http: such replies
     * come back as they are. On the way to another origin only harmless headers (Accept...) stay.
     */
    int max_redirects;
    int connect_ms; /* 0: 10 s */
    /* Once it is sent, its answer is waited for to the deadline, whatever the cancel flag says:
     * what the peer makes must not go unknown. */
    bool steady;
} HttpRequest;

typedef struct HttpReply {
    int status;
    StrMap headers; /* names in lower case; the last one wins, "link" ones are joined by ", " */
    Buf body;
    char *url; /* effective, after redirects */
} HttpReply;

/** Copies the options (cancel stays borrowed); connects nowhere yet. @return NULL or ERR_INVALID */
MUST_USE Error *http_open(const HttpOptions *options, Http **ret_http);
void http_close(Http *http);

/**
 * Send one request and read its reply. Any HTTP status is a success here.
 *
 * @param[out] ret_reply  overwritten; clear it afterwards; untouched on error
 * @return NULL, ERR_TIMEOUT (deadline), ERR_CANCELLED, ERR_SYSTEM (connection, with the peer's
 * name), ERR_LIMIT (body over its cap, more than 64 KiB of headers), ERR_PROTOCOL (no HTTP, more
 *         redirects than allowed), ERR_INVALID (what cannot be sent: no URL, a line break in a
 *         header), or the error of source or sink as it is
 */
MUST_USE Error *http_send(Http *http, const HttpRequest *request, Deadline dl,
                          HttpReply *ret_reply);

/* One of several requests that go on together. */
typedef struct HttpExchange {
    HttpRequest request;
    HttpReply reply; /* filled, also in part when the exchange was dropped; the caller clears it */
    Error *error;    /* owned by the caller; why this one failed; NULL otherwise */
    bool done;       /* false: dropped before its end */
    /* True: the exchange is for the others' sake; once all the rest are done it is dropped. */
    bool auxiliary;
} HttpExchange;

/**
 * Send several requests at once over connections of their own. One that fails stops no other.
 *
 * @param exchanges  reply, error and done are overwritten, whatever comes back
 * @return NULL when every one ended (look at each error), ERR_TIMEOUT or ERR_CANCELLED when stopped
 */
MUST_USE Error *http_send_all(Http *http, HttpExchange *exchanges, size_t count, Deadline dl);

/** Borrowed value of a reply header by lower-case name; NULL when absent. */
const char *http_header(const HttpReply *reply, const char *name);
/** URL of a Link header's rel="next", resolved against the reply's URL; NULL when none. Caller
 * frees. */
MUST_USE char *http_link_next(const HttpReply *reply);
/** Percent-encoding of one path segment or query value; caller frees. */
MUST_USE char *http_encode(const char *text);
/** "https://host:port", lower case, default port left out; NULL when it is no URL. Caller frees. */
MUST_USE char *http_url_origin(const char *url);
void http_reply_clear(HttpReply *reply);
DEFINE_AUTO(http, Http *, http_close)
DEFINE_AUTO_VALUE(http_reply, HttpReply, http_reply_clear)
