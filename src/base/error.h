#pragma once
/* Why we could not find something out. A broken upgrade is a Finding, never an Error. */

#include "base/cleanup.h"

typedef enum ErrCode {
    ERR_INVALID,    /* the user's input: usage, configuration, a bad file: exit status 2 */
    ERR_NOT_FOUND,  /* the peer says that there is no such object */
    ERR_CONFLICT,   /* the peer's state does not allow it now */
    ERR_DENIED,     /* credentials are missing or do not suffice */
    ERR_RATE_LIMIT, /* the peer asked to come back later */
    ERR_TIMEOUT,    /* the deadline passed */
    ERR_CANCELLED,  /* the run was cancelled by a signal */
    ERR_LIMIT,      /* an outside size went over its cap */
    ERR_PROTOCOL,   /* the peer answered what its contract does not allow */
    ERR_SYSTEM,     /* the operating system or the network refused */
    ERR_INTERNAL,   /* a mistake of ours that is no reason to abort */
} ErrCode;

typedef struct Error {
    ErrCode code; /* callers branch on this only */
    int native;   /* errno, HTTP status, CURLcode...; shown, never branched on */
    char *msg;    /* "outermost: ...: root cause" */
} Error;

/** A new error; the caller owns it. @param native 0 when there is none. */
MUST_USE Error *error_new(ErrCode code, int native, const char *fmt, ...) PRINTF(3, 4);

/** A new ERR_SYSTEM error: the formatted text, a colon, and what errno means. */
MUST_USE Error *error_errno(const char *fmt, ...) PRINTF(1, 2);

/** Put our purpose in front of the message: "purpose: cause". Consumes err and returns it. */
MUST_USE Error *error_wrap(Error *err, const char *fmt, ...) PRINTF(2, 3);

/** Release an error; NULL is fine. */
void error_free(Error *err);

/** Drop an error on purpose; a comment beside the call says why. */
void error_ignore(Error *err);

DEFINE_AUTO(error, Error *, error_free)

/** Return the error of expr as it is. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        Error *try_err_ = (expr);                                                                  \
        if (try_err_)                                                                              \
            return try_err_;                                                                       \
    } while (0)

/** Return the error of expr with our purpose in front. */
#define TRY_CTX(expr, ...)                                                                         \
    do {                                                                                           \
        Error *try_err_ = (expr);                                                                  \
        if (try_err_)                                                                              \
            return error_wrap(try_err_, __VA_ARGS__);                                              \
    } while (0)
