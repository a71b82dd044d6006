#pragma once
/* URLs inside net: joining, resolving, naming the peer. Only http and https are URLs here. */

#include <stdbool.h>

#include "base/cleanup.h"

/** A reference (absolute or relative) as seen from base; NULL when that is no URL. Caller frees. */
MUST_USE char *url_resolve(const char *base, const char *reference);
/** "api.github.com", "127.0.0.1:2375": how messages call the peer; NULL for no URL. Caller frees.
 */
MUST_USE char *url_peer(const char *url);
/** True for localhost, 127.0.0.0/8 and ::1: never reached through a proxy. */
bool url_is_loopback(const char *url);
