#include "net/transfer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/trust.h"
#include "net/url.h"

#define BODY_MAX_BYTES (8U << 20)

/* Setting an option fails only for a wrong type or a libcurl without TLS: both are mistakes of
 * ours. */
#define SET(easy, option, value)                                                                   \
    do {                                                                                           \
        CURLcode set_ = curl_easy_setopt(easy, option, value);                                     \
        assert(set_ == CURLE_OK);                                                                  \
        (void)set_;                                                                                \
    } while (0)

static bool is_method(const Transfer *transfer, const char *method)
{
    return strcmp(transfer->method, method) == 0;
}

static bool has_body(const Transfer *transfer)
{
    const HttpRequest *request = transfer->request;

    return !transfer->without_body && (request->source || request->body_len > 0);
}

/* What may go to an origin that the caller did not name. Everything else may be a credential:
 * Authorization, Cookie, PRIVATE-TOKEN, JOB-TOKEN, X-Registry-Auth and whatever comes next. */
static bool is_harmless(const char *header)
{
    static const char *const HARMLESS[] = {"accept",        "accept-language",
                                           "if-none-match", "if-modified-since",
                                           "user-agent",    "x-github-api-version"};

    for (size_t i = 0; i < COUNT_OF(HARMLESS); i++)
        if (strncasecmp(header, HARMLESS[i], strlen(HARMLESS[i])) == 0 &&
            header[strlen(HARMLESS[i])] == ':')
            return true;
    return false;
}

static Error *add_header(Transfer *transfer, const char *header)
{
    struct curl_slist *list;

    /* the value is not shown: it may be a token that was read with its line end */
    if (strpbrk(header, "\r\n"))
        return error_new(ERR_INVALID, 0, "%s: the value of header %.*s holds a line break",
                         transfer->peer, (int)strcspn(header, ":\r\n"), header);
    assert(strchr(header, ':'));
    list = curl_slist_append(transfer->headers, header);
    if (!list)
        abort(); /* out of memory */
    transfer->headers = list;
    return NULL;
}

static Error *set_headers(Transfer *transfer)
{
    const HttpRequest *request = transfer->request;
    size_t count = request->headers ? request->headers->len : 0;

    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    for (size_t i = 0; i < count; i++)
        if (!transfer->strayed || is_harmless(request->headers->items[i]))
            TRY(add_header(transfer, request->headers->items[i]));
    if (request->content_type && !transfer->without_body) {
        AUTO(str) char *type = xasprintf("Content-Type: %s", request->content_type);

        TRY(add_header(transfer, type));
    } else {
        /* curl's own would be a form's, for which an engine eats the body. Source: Docker
         * Engine API, which parses a form before it looks at the body */
        TRY(add_header(transfer, "Content-Type:"));
    }
    /* or curl waits a second for a "100 Continue" that few servers send */
    TRY(add_header(transfer, "Expect:"));
    SET(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
    return NULL;
}

static void set_source(Transfer *transfer)
{
    const HttpRequest *request = transfer->request;

    SET(transfer->easy, CURLOPT_UPLOAD, 1L);
    SET(transfer->easy, CURLOPT_READFUNCTION, transfer_on_source);
    SET(transfer->easy, CURLOPT_READDATA, transfer);
    SET(transfer->easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
    /* -1: curl sends it chunked */
    SET(transfer->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->source_size_bytes);
    /* a kept connection that the peer has closed meanwhile would need the stream rewound */
    SET(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
    SET(transfer->easy, CURLOPT_CUSTOMREQUEST, transfer->method);
}

/* Method and body, from the state in which a new handle is. */
static void set_method(Transfer *transfer)
{
    const HttpRequest *request = transfer->request;
    bool body = has_body(transfer);

    if (is_method(transfer, "HEAD")) {
        SET(transfer->easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (body && request->source) {
        set_source(transfer);
        return;
    }
    if (body || is_method(transfer, "POST") || is_method(transfer, "PUT")) {
        SET(transfer->easy, CURLOPT_POST, 1L);
        SET(transfer->easy, CURLOPT_POSTFIELDSIZE_LARGE, body ? (curl_off_t)request->body_len : 0);
        SET(transfer->easy, CURLOPT_POSTFIELDS, body ? request->body : "");
    }
    SET(transfer->easy, CURLOPT_CUSTOMREQUEST, transfer->method);
}

/* Own certificates alone when there are such, else the system's, wherever they are. */
static void set_trust(Transfer *transfer)
{
    const char *own = transfer->http->tls_ca, *folder = getenv("SSL_CERT_DIR");
    const char *built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
    char path[256];
    const char *file = own ? own : trust_file(getenv("SSL_CERT_FILE"), built_in, "", path);

    if (file)
        SET(transfer->easy, CURLOPT_CAINFO, file);
    if (!own && !text_is_empty(folder))
        SET(transfer->easy, CURLOPT_CAPATH, folder);
}

static void set_connection(Transfer *transfer)
{
    const Http *http = transfer->http;
    CURL *easy = transfer->easy;
    int connect_ms = transfer->request->connect_ms;

    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_ms > 0 ? connect_ms : CONNECT_MS_DEFAULT));
    SET(easy, CURLOPT_TCP_KEEPALIVE, 1L); /* a wait may stay silent for minutes */
    if (http->unix_socket)
        SET(easy, CURLOPT_UNIX_SOCKET_PATH, http->unix_socket);
    if (http->unix_socket || url_is_loopback(transfer->url))
        SET(easy, CURLOPT_PROXY, ""); /* none, whatever the environment says */
    SET(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2); /* or later */
    set_trust(transfer);
    if (http->tls_cert)
        SET(easy, CURLOPT_SSLCERT, http->tls_cert);
    if (http->tls_key)
        SET(easy, CURLOPT_SSLKEY, http->tls_key);
}

/* A handle for one hop, made anew: what an option of the hop before would do to it need not be
 * known. The connection is not the handle's but the multi's. */
static Error *set_up(Transfer *transfer)
{
    if (transfer->easy)
        curl_easy_cleanup(transfer->easy);
    transfer->easy = curl_easy_init();
    if (!transfer->easy)
        return error_new(ERR_INTERNAL, 0, "curl cannot be used: no handle");
    transfer->detail[0] = '\0';
    SET(transfer->easy, CURLOPT_PRIVATE, transfer);
    SET(transfer->easy, CURLOPT_ERRORBUFFER, transfer->detail);
    SET(transfer->easy, CURLOPT_URL, transfer->url);
    SET(transfer->easy, CURLOPT_USERAGENT, transfer->http->user_agent);
    SET(transfer->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(transfer->easy, CURLOPT_HEADERFUNCTION, transfer_on_header);
    SET(transfer->easy, CURLOPT_HEADERDATA, transfer);
    SET(transfer->easy, CURLOPT_WRITEFUNCTION, transfer_on_body);
    SET(transfer->easy, CURLOPT_WRITEDATA, transfer);
    set_connection(transfer);
    set_method(transfer);
    return set_headers(transfer);
}

/* Where this hop goes: consumes url. */
static void set_url(Transfer *transfer, char *url)
{
    const Http *http = transfer->http;

    free(transfer->url);
    free(transfer->peer);
    transfer->url = url;
    transfer->peer = http->unix_socket ? xasprintf("unix://%s", http->unix_socket) : url_peer(url);
}

Error *transfer_prepare(const Http *http, const HttpRequest *request, Transfer *transfer)
{
    bool whole = text_starts(request->path, "http://") || text_starts(request->path, "https://");
    AUTO(str) char *url = xasprintf("%s%s", whole ? "" : http->base_url, request->path);
    AUTO(str) char *origin = http_url_origin(url);

    assert(request->body || request->body_len == 0);
    *transfer = (Transfer){.http = http, .request = request, .method = request->method};
    if (!origin) {
        AUTO(str) char *shown = text_clean_line(url);

        return error_new(ERR_INVALID, 0, "'%s' is no http or https URL", shown);
    }
    transfer->reply.body =
        BUF_INIT(request->max_body_bytes ? request->max_body_bytes : BODY_MAX_BYTES);
    set_url(transfer, TAKE(url));
    return set_up(transfer);
}

Error *transfer_end(Transfer *transfer, CURLcode code)
{
    if (transfer->parked)
        return TAKE(transfer->parked);
    if (code != CURLE_OK)
        return transfer_failure(transfer, code);
    free(transfer->reply.url);
    transfer->reply.url = xstrdup(transfer->url);
    return NULL;
}

/* Does this status send this method elsewhere? 301 and 302 of a POST are not followed: by tradition
 * they turn it into a GET, which is never what we asked for. Source: RFC 9110, section 15.4 */
static bool sends_elsewhere(const Transfer *transfer)
{
    bool is_safe = is_method(transfer, "GET") || is_method(transfer, "HEAD");

    switch (transfer->reply.status) {
    case 301:
    case 302:
        return is_safe;
    case 303:
        return true;
    case 307:
    case 308:
        return !(has_body(transfer) && transfer->request->source);
    }
    return false;
}

/* The URL of the next hop; NULL when the reply stands as it is. Caller frees. */
static char *next_url(const Transfer *transfer)
{
    const char *location = http_header(&transfer->reply, "location");
    bool body_stays = has_body(transfer) && transfer->reply.status != 303;
    AUTO(str) char *url = NULL;
    AUTO(str) char *from = NULL;
    AUTO(str) char *to = NULL;

    if (transfer->request->max_redirects <= 0 || !location || !sends_elsewhere(transfer) ||
        !(url = url_resolve(transfer->url, location)))
        return NULL;
    from = http_url_origin(transfer->url);
    to = http_url_origin(url);
    if (!text_eq(from, to) && (body_stays || transfer->http->unix_socket))
        return NULL;
    if (text_starts(transfer->url, "https://") && !text_starts(url, "https://"))
        return NULL;
    return TAKE(url);
}

Error *transfer_redirect(Transfer *transfer, bool *ret_again)
{
    AUTO(str) char *url = next_url(transfer);
    AUTO(str) char *from = http_url_origin(transfer->url);
    AUTO(str) char *to = url ? http_url_origin(url) : NULL;

    *ret_again = url != NULL;
    if (!url)
        return NULL;
    if (++transfer->redirects > transfer->request->max_redirects)
        return error_new(ERR_PROTOCOL, transfer->reply.status, "%s: more than %d redirects",
                         transfer->peer, transfer->request->max_redirects);
    transfer->strayed = transfer->strayed || !text_eq(from, to);
    if (transfer->reply.status == 303 && !is_method(transfer, "HEAD")) {
        transfer->method = "GET";
        transfer->without_body = true;
    }
    set_url(transfer, TAKE(url));
    transfer->reply.status = 0;
    str_map_clear(&transfer->reply.headers);
    buf_clear(&transfer->reply.body);
    return set_up(transfer);
}

void transfer_clear(Transfer *transfer)
{
    if (transfer->easy)
        curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    http_reply_clear(&transfer->reply);
    free(transfer->url);
    free(transfer->peer);
    error_free(transfer->parked);
    *transfer = (Transfer){0};
}
