#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "net/transfer.h"

/* What curl says of it, safe to show; its general words for the code when it says nothing. */
static char *detail(const Transfer *transfer, CURLcode code)
{
    return text_clean_line(transfer->detail[0] ? transfer->detail : curl_easy_strerror(code));
}

static Error *connect_failure(const Transfer *transfer, CURLcode code)
{
    const char *peer = transfer->peer;
    bool is_unix = transfer->http->unix_socket != NULL;
    AUTO(str) char *said = detail(transfer, code);
    char reason[128];
    long number = 0;

    (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &number);
    switch ((int)number) {
    case 0:
        return error_new(ERR_SYSTEM, (int)code, "%s: no connection: %s", peer, said);
    case ECONNREFUSED:
        return error_new(ERR_SYSTEM, ECONNREFUSED, "%s: connection refused%s", peer,
                         is_unix ? ": nothing listens on this socket" : "");
    case ENOENT:
        return error_new(ERR_SYSTEM, ENOENT, "%s: no such socket", peer);
    case EACCES:
    case EPERM:
        if (is_unix)
            return error_new(ERR_SYSTEM, (int)number,
                             "%s: permission denied on the socket; a user who may use it is "
                             "usually in the group docker (usermod -aG docker USER, then log in "
                             "again)",
                             peer);
        break;
    }
    return error_new(ERR_SYSTEM, (int)number, "%s: no connection: %s", peer,
                     strerror_r((int)number, reason, sizeof reason));
}

static Error *connect_timeout(const Transfer *transfer)
{
    int ms = transfer->request->connect_ms;
    AUTO(str) char *limit = format_duration_ms(ms > 0 ? ms : CONNECT_MS_DEFAULT);

    return error_new(ERR_SYSTEM, (int)CURLE_OPERATION_TIMEDOUT, "%s: no connection within %s",
                     transfer->peer, limit);
}

static Error *plain(const Transfer *transfer, ErrCode kind, CURLcode code, const char *words)
{
    return error_new(kind, (int)code, "%s: %s", transfer->peer, words);
}

static Error *quoting(const Transfer *transfer, CURLcode code, const char *words)
{
    AUTO(str) char *said = detail(transfer, code);

    return error_new(ERR_SYSTEM, (int)code, "%s: %s: %s", transfer->peer, words, said);
}

Error *transfer_failure(const Transfer *transfer, CURLcode code)
{
    switch ((int)code) {
    case CURLE_COULDNT_CONNECT:
        return connect_failure(transfer, code);
    case CURLE_OPERATION_TIMEDOUT: /* only the connection has a limit of curl's own */
        return connect_timeout(transfer);
    case CURLE_COULDNT_RESOLVE_HOST:
        return plain(transfer, ERR_SYSTEM, code, "the name cannot be resolved");
    case CURLE_COULDNT_RESOLVE_PROXY:
        return plain(transfer, ERR_SYSTEM, code, "the name of the proxy cannot be resolved");
    case CURLE_GOT_NOTHING:
        return plain(transfer, ERR_SYSTEM, code, "closed the connection without an answer");
    case CURLE_PARTIAL_FILE:
        return plain(transfer, ERR_SYSTEM, code, "the connection ended in the middle of the reply");
    case CURLE_PEER_FAILED_VERIFICATION:
        return quoting(transfer, code, "TLS: its certificate is not accepted");
    case CURLE_SSL_CACERT_BADFILE:
        return quoting(transfer, code, "TLS: the file of trusted certificates cannot be used");
    case CURLE_SSL_CERTPROBLEM:
        return quoting(transfer, code, "TLS: our certificate or key cannot be used");
    case CURLE_SSL_CONNECT_ERROR:
        return quoting(transfer, code, "TLS");
    case CURLE_UNSUPPORTED_PROTOCOL: /* what curl says to a first line that is no HTTP/1 */
    case CURLE_WEIRD_SERVER_REPLY:
        return plain(transfer, ERR_PROTOCOL, code, "what answers there does not speak HTTP");
    case CURLE_URL_MALFORMAT:
        return plain(transfer, ERR_INVALID, code, "the URL cannot be used");
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        return quoting(transfer, code, "the connection was lost");
    }
    return quoting(transfer, code, "the request failed");
}

Error *transfer_timeout(const Transfer *transfer)
{
    return error_new(ERR_TIMEOUT, 0, "%s: %s", transfer->peer,
                     transfer->reply.status ? "the answer did not end in time"
                                            : "no answer in time");
}
