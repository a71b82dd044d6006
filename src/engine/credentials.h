#pragma once
/* Registry credentials: DOCKER_AUTH_CONFIG, $DOCKER_CONFIG/config.json, credential helpers. */

#include "base/cancel.h"
#include "base/clock.h"

typedef struct Credentials {
    char *server;              /* registry as the configuration names it */
    char *username, *password; /* NULL with an identity token */
    char *identity_token;
    char *found; /* where: "credHelpers ecr-login", "auths in /root/.docker/config.json" */
} Credentials;

/**
 * Credentials for the registry of an image reference; anonymous (all NULL) when there are none.
 * Passwords and tokens are registered as secrets.
 *
 * @return NULL, or ERR_INVALID that names the file or helper that cannot be used
 */
MUST_USE Error *credentials_find(const char *image_ref, Credentials *ret_credentials);
/** URL-safe base64 with padding of the AuthConfig JSON, for X-Registry-Auth; NULL when anonymous.
 * Caller frees. */
MUST_USE char *credentials_header(const Credentials *credentials);
void credentials_clear(Credentials *credentials);
DEFINE_AUTO_VALUE(credentials, Credentials, credentials_clear)

typedef struct ImageRef {
    char *registry;   /* "docker.io", "ghcr.io", "127.0.0.1:5000" */
    char *repository; /* "library/redis", "acme/notes" */
    char *tag;        /* NULL when none is given */
    char *digest;     /* "sha256:..."; NULL when none is given */
} ImageRef;

/** Parse a reference as Docker does. @return NULL, or ERR_INVALID that quotes it */
MUST_USE Error *image_ref_parse(const char *text, ImageRef *ret_ref);
void image_ref_clear(ImageRef *ref);
DEFINE_AUTO_VALUE(image_ref, ImageRef, image_ref_clear)
