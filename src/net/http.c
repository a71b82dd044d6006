#include "net/http.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>
#include <sys/un.h>

#include "net/transfer.h"

static void start_curl(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        abort(); /* only out of memory or a broken TLS library */
}

Error *http_open(const HttpOptions *options, Http **ret_http)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    AUTO(http) Http *http = NULL;

    if (options->unix_socket &&
        strlen(options->unix_socket) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return error_new(ERR_INVALID, 0, "unix://%s: the path of a socket has less than %zu bytes",
                         options->unix_socket, sizeof((struct sockaddr_un *)NULL)->sun_path);
    pthread_once(&once, start_curl);
    http = xcalloc(1, sizeof *http);
    *http = (Http){.multi = curl_multi_init(),
                   .base_url = xstrdup(options->base_url ? options->base_url : ""),
                   .unix_socket = xstrdup_null(options->unix_socket),
                   .tls_ca = xstrdup_null(options->tls_ca),
                   .tls_cert = xstrdup_null(options->tls_cert),
                   .tls_key = xstrdup_null(options->tls_key),
                   .user_agent = xstrdup(options->user_agent ? options->user_agent
                                                             : "seatrial/" SEATRIAL_VERSION),
                   .cancel = options->cancel};
    if (!http->multi)
        return error_new(ERR_INTERNAL, 0, "curl cannot be used: no multi handle");
    *ret_http = TAKE(http);
    return NULL;
}

void http_close(Http *http)
{
    if (!http)
        return;
    (void)curl_multi_cleanup(http->multi); /* no handle is in it: each call takes out its own */
    free(http->base_url);
    free(http->unix_socket);
    free(http->tls_ca);
    free(http->tls_cert);
    free(http->tls_key);
    free(http->user_agent);
    free(http);
}

/* The transfers of one call, in the order of its exchanges. */
typedef struct Batch {
    Http *http;
    HttpExchange *exchanges;
    Transfer *transfers;
    size_t count;
    size_t waited_for; /* exchanges that are neither done nor auxiliary */
} Batch;

static Error *multi_error(CURLMcode code)
{
    return code == CURLM_OK
               ? NULL
               : error_new(ERR_INTERNAL, (int)code, "curl: %s", curl_multi_strerror(code));
}

static void end_one(Batch *batch, size_t index, Error *err)
{
    HttpExchange *exchange = &batch->exchanges[index];

    exchange->error = err;
    exchange->done = true;
    batch->waited_for -= exchange->auxiliary ? 0 : 1;
    if (err)
        http_reply_clear(&batch->transfers[index].reply);
}

static Error *start_all(Batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        Transfer *transfer = &batch->transfers[i];
        Error *err = transfer_prepare(batch->http, &batch->exchanges[i].request, transfer);

        if (err)
            end_one(batch, i, err);
        else
            TRY(multi_error(curl_multi_add_handle(batch->http->multi, transfer->easy)));
    }
    return NULL;
}

/* A handle came to its end: that of its exchange, unless a redirect sends it on. */
static Error *settle(Batch *batch, Transfer *transfer, CURLcode code)
{
    CURLM *multi = batch->http->multi;
    bool again = false;
    Error *err;

    TRY(multi_error(curl_multi_remove_handle(multi, transfer->easy)));
    err = transfer_end(transfer, code);
    if (!err)
        err = transfer_redirect(transfer, &again);
    if (!err && again)
        return multi_error(curl_multi_add_handle(multi, transfer->easy));
    end_one(batch, (size_t)(transfer - batch->transfers), err);
    return NULL;
}

static Error *settle_all(Batch *batch)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(batch->http->multi, &left))) {
        Transfer *transfer = NULL;
        CURLcode code = message->data.result; /* the message dies with the removal */

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        TRY(settle(batch, transfer, code));
    }
    return NULL;
}

static Error *timeout(const Batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->exchanges[i].done && !batch->exchanges[i].auxiliary)
            return transfer_timeout(&batch->transfers[i]);
    return error_new(ERR_TIMEOUT, 0, "no answer in time");
}

static bool is_steady(const Batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->exchanges[i].request.steady)
            return true;
    return false;
}

static Error *drive(Batch *batch, Deadline dl)
{
    CURLM *multi = batch->http->multi;
    const Cancel *cancel = is_steady(batch) ? NULL : batch->http->cancel;
    struct curl_waitfd watch = {.fd = cancel_fd(cancel), .events = CURL_WAIT_POLLIN};
    unsigned watched = watch.fd >= 0 ? 1 : 0;
    int running;

    TRY(cancel_check(batch->http->cancel));
    TRY(start_all(batch));
    while (batch->waited_for > 0) {
        TRY(cancel_check(cancel));
        if (deadline_left_ms(dl) == 0)
            return timeout(batch);
        TRY(multi_error(curl_multi_perform(multi, &running)));
        TRY(settle_all(batch));
        if (batch->waited_for > 0)
            TRY(multi_error(curl_multi_poll(multi, watched ? &watch : NULL, watched,
                                            deadline_left_ms(dl), NULL)));
    }
    return NULL;
}

/* Take the handles out and hand over the replies, finished or not. */
static void finish(Batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        Transfer *transfer = &batch->transfers[i];

#if LIBCURL_VERSION_NUM >= 0x075700
        /* a look-up that hangs in getaddrinfo would keep us here, whatever the deadline; its thread
         * ends by itself later */
        if (transfer->easy && !batch->exchanges[i].done)
            (void)curl_easy_setopt(transfer->easy, CURLOPT_QUICK_EXIT, 1L);
#endif
        if (transfer->easy) /* fine also for one that is out already */
            (void)curl_multi_remove_handle(batch->http->multi, transfer->easy);
        batch->exchanges[i].reply = transfer->reply;
        transfer->reply = (HttpReply){0};
        transfer_clear(transfer);
    }
    free(batch->transfers);
}

Error *http_send_all(Http *http, HttpExchange *exchanges, size_t count, Deadline dl)
{
    Batch batch = {.http = http, .exchanges = exchanges, .count = count};
    Error *err;

    batch.transfers = xcalloc(count + 1, sizeof *batch.transfers);
    for (size_t i = 0; i < count; i++) {
        exchanges[i].error = NULL;
        exchanges[i].done = false;
        batch.waited_for += exchanges[i].auxiliary ? 0 : 1;
    }
    err = drive(&batch, dl);
    finish(&batch);
    return err;
}

Error *http_send(Http *http, const HttpRequest *request, Deadline dl, HttpReply *ret_reply)
{
    HttpExchange exchange = {.request = *request};
    Error *err = http_send_all(http, &exchange, 1, dl);

    if (!err)
        err = TAKE(exchange.error);
    if (err) {
        error_free(exchange.error);
        http_reply_clear(&exchange.reply);
        return err;
    }
    *ret_reply = exchange.reply;
    return NULL;
}

const char *http_header(const HttpReply *reply, const char *name)
{
    return str_map_get(&reply->headers, name);
}

void http_reply_clear(HttpReply *reply)
{
    str_map_clear(&reply->headers);
    buf_clear(&reply->body);
    free(reply->url);
    *reply = (HttpReply){0};
}
