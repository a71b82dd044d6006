#pragma once
/* Where engines may be: URL, environment, docker contexts, well-known sockets. TLS always verifies.
 */

#include "engine/internal.h"

typedef enum EndpointTls {
    ENDPOINT_PLAIN,
    ENDPOINT_BY_PORT, /* TLS on 2376, which is registered for it */
    ENDPOINT_TLS,
} EndpointTls;

/**
 * Parse unix:///path, tcp://host:port[/base], http:// or https://.
 *
 * @param found  names where the URL comes from, also in errors
 * @return NULL, or ERR_INVALID: what is wrong with it; ssh:// and npipe:// with a way round
 */
MUST_USE Error *endpoint_parse(const char *url, const char *found, EndpointTls tls,
                               Endpoint *ret_endpoint);
/** Take ca.pem, cert.pem and key.pem of a folder. @param dir_is_meant ca.pem has to be there */
MUST_USE Error *endpoint_add_certs(Endpoint *endpoint, const char *dir, bool dir_is_meant);
/** The endpoint of a docker context. @param from names who asked for it (context.c) */
MUST_USE Error *context_find(const char *name, const char *from, Endpoint *ret_endpoint);
