#pragma once
/* The WWW-Authenticate header of a registry, read tolerantly. */

#include <stdbool.h>

#include "base/list.h"

typedef enum ChallengeKind { CHALLENGE_NONE, CHALLENGE_BASIC, CHALLENGE_BEARER } ChallengeKind;

typedef struct Challenge {
    ChallengeKind kind;
    char *realm, *service, *scope; /* of Bearer; service and scope may be NULL */
} Challenge;

/** The challenge that we can answer best: Bearer with a realm, else Basic, else none. */
void challenge_parse(const char *header, Challenge *ret_challenge);

/** URL of the token request: realm?service=...&scope=...; caller frees.
 * @param scope  when the challenge names none */
MUST_USE char *challenge_token_url(const Challenge *challenge, const char *scope);

/** "name:password" in base64, as Basic wants it; caller frees. */
MUST_USE char *basic_credentials(const char *name, const char *password);

void challenge_clear(Challenge *challenge);
DEFINE_AUTO_VALUE(challenge, Challenge, challenge_clear)
