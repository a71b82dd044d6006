#pragma once
/* Growing bytes with a cap: every outside size meets one. */

#include "base/text.h"

typedef struct Buf {
    char *data; /* owned; always NUL-terminated once something was appended, else NULL */
    size_t len, cap, max;
} Buf;

#define BUF_INIT(max_bytes) ((Buf){.max = (max_bytes)})

/** Append bytes. @return NULL, or ERR_LIMIT when the cap would be passed (nothing is appended). */
MUST_USE Error *buf_append(Buf *buf, const void *bytes, size_t len);
/** Append text of our own making; beyond the cap ends the program, so use it for bounded text. */
void buf_addf(Buf *buf, const char *fmt, ...) PRINTF(2, 3);
void buf_adds(Buf *buf, const char *text);
/** The text, "" when empty; borrowed. */
const char *buf_text(const Buf *buf);
/** The text handed over: the buffer is empty afterwards. Caller frees. */
MUST_USE char *buf_take(Buf *buf);
void buf_clear(Buf *buf);
DEFINE_AUTO_VALUE(buf, Buf, buf_clear)

/* The last bytes of a stream of any length, in constant memory. */
typedef struct Tail {
    char *ring; /* owned */
    size_t cap, at, total;
} Tail;

void tail_init(Tail *tail, size_t cap_bytes);
void tail_append(Tail *tail, const void *bytes, size_t len);
/** The kept bytes in order, from a line start when something was dropped; caller frees. */
MUST_USE char *tail_text(const Tail *tail, size_t *ret_len);
void tail_clear(Tail *tail);
DEFINE_AUTO_VALUE(tail, Tail, tail_clear)
