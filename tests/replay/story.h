#pragma once
/* Story files as data: the requests that a fake peer expects and what it answers. Format: peer.h */

#include <stdint.h>

#include "base/list.h"

typedef struct StoryExchange {
    char *request_line; /* "GET /path?query" */
    StrList headers;    /* wanted, "Name: value" */
    StrList want_body;  /* lines */
    bool has_want_body;

    bool has_reply;
    int status;
    StrList reply_headers;
    StrList reply_body; /* lines */
    bool chunked, close, silence, any, bytes;
    int64_t truncate_bytes; /* -1: whole */
    uint64_t delay_ms;
    uint64_t repeat;
    uint64_t used; /* times that it was played */
} StoryExchange;

typedef struct Story {
    StoryExchange *items;
    size_t len, cap;
} Story;

/** Read a story. @return NULL, or an Error that names the file and line */
MUST_USE Error *story_read(const char *path, Story *ret_story);
void story_clear(Story *story);
