#pragma once
/* Requests as the fake peer reads them off a connection and compares them with its story. */

#include "base/buffer.h"
#include "story.h"

/* One end of a connection. */
typedef struct Wire {
    int fd, stop_fd; /* borrowed; stop_fd becomes readable when the peer is to stop */
    Buf in;          /* read, not used yet */
} Wire;

typedef struct Request {
    char *line; /* "GET /path" */
    StrList headers;
    Buf body;
} Request;

/** Wait for something to read. @return false when the peer is to stop */
bool wire_wait(int fd, int stop_fd);
/** Read some more. @return false at the end, or when the peer is to stop */
bool wire_fill(Wire *wire);
/** A whole request. @return false when it did not come to its end */
bool request_read(Wire *wire, Request *request);
/** Why the request is not the one wanted; NULL when it is. Caller frees. */
MUST_USE char *request_difference(const StoryExchange *want, const Request *got);
/** Borrowed value of a header; NULL when there is none. */
const char *header_find(const StrList *headers, const char *name, size_t name_len);
void request_clear(Request *request);
DEFINE_AUTO_VALUE(request, Request, request_clear)
