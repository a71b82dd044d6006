#pragma once
/* One request on its way, inside net: from an HttpRequest to a curl handle and back to a reply. */

#include <curl/curl.h>

#include "net/http.h"

#define CONNECT_MS_DEFAULT 10000

struct Http {
    CURLM *multi; /* owns the connections */
    char *base_url, *unix_socket, *tls_ca, *tls_cert, *tls_key, *user_agent;
    const Cancel *cancel;
};

typedef struct Transfer {
    const Http *http;
    const HttpRequest *request;
    CURL *easy;
    struct curl_slist *headers;
    char *url, *peer;   /* of this hop */
    const char *method; /* of this hop; borrowed */
    bool without_body;  /* a 303 turned the request into a GET */
    bool strayed;       /* went to another origin: credentials stay behind for good */
    int redirects;
    HttpReply reply;
    size_t header_bytes;
    int64_t sent_bytes; /* of the source */
    Error *parked;      /* of a callback */
    char detail[CURL_ERROR_SIZE];
} Transfer;

/** Make the handle ready to be added to http's multi. @return NULL or ERR_INVALID */
MUST_USE Error *transfer_prepare(const Http *http, const HttpRequest *request, Transfer *transfer);
/** What the end of the transfer means: NULL when there is a reply, whatever its status. */
MUST_USE Error *transfer_end(Transfer *transfer, CURLcode code);
/** Make the handle ready for the next hop when the reply is a redirect to follow.
 * @param[out] ret_again  true: add the handle again */
MUST_USE Error *transfer_redirect(Transfer *transfer, bool *ret_again);
/** ERR_TIMEOUT that says how far it came. */
MUST_USE Error *transfer_timeout(const Transfer *transfer);
void transfer_clear(Transfer *transfer);
DEFINE_AUTO(curl, CURL *, curl_easy_cleanup)

/** Why curl gave up, in plain words. */
MUST_USE Error *transfer_failure(const Transfer *transfer, CURLcode code);

/* Curl's callbacks: an error is parked in the transfer, and a short count makes curl give up. */
size_t transfer_on_header(char *line, size_t size, size_t count, void *transfer);
size_t transfer_on_body(char *bytes, size_t size, size_t count, void *transfer);
size_t transfer_on_source(char *buffer, size_t size, size_t count, void *transfer);
