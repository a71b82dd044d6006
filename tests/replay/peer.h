#pragma once
/* A fake peer for replay tests: it listens on a unix socket (or loopback TCP), expects the requests
 * of a story file in order and plays the canned replies. A story is
 * fixtures/http/<peer>/<story>.http:
 *
 *   # comment
 *   > GET /v1.41/images/notes:6/json          request line expected, query included
 *   > X-Registry-Auth: *                      header that must be there; * any value, ! absent
 *   >> {"exact":"body"}                       body expected (optional; ~text: must contain text)
 *   < 200                                     status
 *   < Content-Type: application/json          headers; {base} is replaced by the peer's own URL
 *   << {"Id":"sha256:1"}                      body lines, joined by LF; {base} is replaced here too
 *   @chunked                                  body in chunked encoding, one chunk a line
 *   @bytes                                    \xNN in body lines is a byte; nothing joins the lines
 *   @truncate 10                              close after so many body bytes, more were promised
 *   @close                                    close without an answer
 *   @silence                                  keep the connection open and say nothing
 *   @delay 50                                 milliseconds before the answer
 *   @repeat 3                                 the exchange is expected so many times
 *   @any                                      may come in any order, any number of times
 *
 * An exchange ends where the next ">" line after a "<" part begins (@close and @silence are one
 * too). Replies carry Content-Length unless the story gives one or says @chunked. */

#include <stdbool.h>
#include <stddef.h>

typedef struct Peer Peer;

/** Start playing on a thread. Path relative to the source root. Aborts the test on a bad story. */
Peer *peer_start(const char *story, bool tcp);
const char *peer_socket(const Peer *peer); /* path of the unix socket; NULL for TCP */
const char *peer_url(const Peer *peer);    /* "http://127.0.0.1:PORT" or "unix:///path" */
/** Connections that were made to it so far. */
size_t peer_connections(Peer *peer);
/** Stop, and fail the test (cmocka) unless exactly the requests of the story came. */
void peer_finish(Peer *peer);
