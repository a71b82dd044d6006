#pragma once
/* Paged JSON APIs: one client that knows when to try again, whom to give the token to, and how to
 * say what went wrong. */

#include "base/json.h"
#include "net/http.h"
#include "release/release_source.h"

typedef struct Api {
    const ReleaseQuery *query; /* borrowed */
    const char *name;          /* borrowed: "GitHub" */
    const char *token_hint;    /* borrowed: what a token must permit, for messages; NULL none */
    char *base, *origin;
    Http *http;
    StrList headers; /* for any host */
    char *secret;    /* the header with the token: for origin alone; NULL none */
    int64_t waited_ms;
} Api;

/** @param base  base URL; a final slash is dropped. @return NULL or ERR_INVALID: it is no URL */
MUST_USE Error *api_open(const ReleaseQuery *query, const char *name, const char *base,
                         Api *ret_api);
void api_close(Api *api);
DEFINE_AUTO_VALUE(api, Api, api_close)

/**
 * Send a token in a header, to the API's own host alone.
 *
 * @param header  up to the token: "Authorization: Bearer "
 * @param token  NULL or empty: none. White space around it is dropped
 * @return NULL or ERR_INVALID: it cannot be a token
 */
MUST_USE Error *api_set_token(Api *api, const char *header, const char *token);

/**
 * GET with the policy for failures and rate limits; redirects are followed.
 *
 * @param url  a whole URL
 * @return NULL (any status that says nothing about trying again), ERR_RATE_LIMIT (says when to try
 *         again), ERR_SYSTEM, ERR_TIMEOUT, ERR_CANCELLED, ERR_LIMIT, ERR_PROTOCOL
 */
MUST_USE Error *api_get(Api *api, const char *url, Deadline dl, HttpReply *ret_reply);

/** What the API says of itself in a reply: "Bad credentials"; "" when it says nothing. Caller
 * frees. */
MUST_USE char *api_message(const HttpReply *reply);

/** The error that a reply with a status other than 200 is.
 * @param what  "the releases of acme/notes" */
MUST_USE Error *api_failure(const Api *api, const HttpReply *reply, const char *what);

/** The error for a rate limit that asks for a longer wait than is allowed. */
MUST_USE Error *api_limit_failure(const Api *api, const HttpReply *reply, int64_t wait_ms);

typedef enum ApiAnswer {
    API_FAIL,  /* api_failure */
    API_END,   /* this is how the API says that the list has ended */
    API_AGAIN, /* the context was changed so that the same request may succeed */
} ApiAnswer;

/* What makes one API's list of pages different from another's. */
typedef struct ApiList {
    const char *what;  /* "the releases of acme/notes" */
    const char *first; /* URL of the first page */
    void *context;
    /* takes one page */
    Error *(*take)(void *context, const cJSON *page);
    /* URL of the page behind, owned; NULL: the end. NULL function: the Link header */
    char *(*next)(void *context, const HttpReply *reply);
    /* status other than 200. NULL function: API_FAIL */
    Error *(*refused)(void *context, const HttpReply *reply, Deadline dl, ApiAnswer *ret_answer);
} ApiList;

/** Read all pages, up to a cap that is warned about. */
MUST_USE Error *api_list(Api *api, const ApiList *list, Deadline dl, StrList *warnings);

/** Error unless the page is a JSON list. */
MUST_USE Error *api_expect_list(const cJSON *page);

/** "owner/name" as a URL path, percent-encoded; @return NULL, or ERR_INVALID that says what was
 * found */
MUST_USE Error *api_owner_and_name(const ReleaseQuery *query, const char *example, char **ret_path);

/** An ISO time at path, null and absent allowed: -1 then. @return NULL or ERR_PROTOCOL */
MUST_USE Error *api_time_ms(const cJSON *page, const char *path, int64_t *ret_ms);

/** sha when it is a whole commit id, else NULL. Caller frees. */
MUST_USE char *api_commit(const char *sha);
