#pragma once
/* What a compose file says of an application: its services, the one that migrates, its database. */

#include "base/list.h"

typedef struct ComposeService {
    char *name;
    char *image; /* as written, variables and all; NULL when it is only built */
    bool built;
    StrList command, entrypoint; /* words */
    bool command_set, entrypoint_set;
    bool words_unknown;   /* one of them has a variable without a default, or an open quote */
    char *user, *workdir; /* NULL: the image's own */
    StrMap env;           /* value NULL: of the environment that starts it */
    StrList env_files;
    StrMap depends;                      /* service -> condition */
    char *context, *dockerfile, *target; /* of its build, variables and all; NULL: not given */
    StrMap args;                         /* of its build; value NULL: of the environment */
    StrList health;                      /* words of its health check; empty: none */
    StrList ports;                       /* in the container, TCP: "3000" */
    StrMap volumes; /* path in the container -> what is mounted, NULL: anonymous */
} ComposeService;

typedef struct Compose {
    ComposeService *items; /* in the order of the file */
    size_t len, cap;
    StrList secrets; /* values that stand under names that look secret, wherever that is: nothing
                        for a file */
} Compose;

/**
 * Read a compose file. Keys that are not of use here are passed over, whatever they hold.
 *
 * @param text  NUL-terminated
 * @param name  the file, for messages
 * @param[out] ret_compose  compose_clear; untouched on error
 * @return NULL, or ERR_INVALID "NAME:LINE:COLUMN: ..."
 *
 * Source: Compose Specification, "Services top-level elements"
 */
MUST_USE Error *compose_parse(const char *text, size_t len, const char *name, Compose *ret_compose);
const ComposeService *compose_find(const Compose *compose, const char *name); /* NULL: none */

/** The one-shot service that migrates: its name has "migrat" (of several the one that others wait
 * for with service_completed_successfully), else others wait for it so. NULL when there is none.
 * @param[out] ret_why  borrowed; untouched when NULL is returned */
const ComposeService *compose_migrate(const Compose *compose, const char **ret_why);
/** The application: waits for the migrate service, else the first that waits for the database, else
 * the first that is no database. NULL when there is none. */
const ComposeService *compose_application(const Compose *compose, const ComposeService *migrate);
/** The database server that a service depends on, the migrate service's first. NULL when there is
 * none. Either service may be NULL. */
const ComposeService *compose_database(const Compose *compose, const ComposeService *migrate,
                                       const ComposeService *application);

typedef enum ComposeServer {
    COMPOSE_NO_SERVER,
    COMPOSE_POSTGRES,
    COMPOSE_MYSQL,
    COMPOSE_OTHER_SERVER
} ComposeServer;

/** Which database server an image is, by the last part of its name. NULL is none. */
ComposeServer compose_server(const char *image);
/** The port that a well-known server's image listens at: 6379 of redis. 0: not known. */
int compose_port(const char *image);

/**
 * Put defaults in the place of variables: ${TAG:-7}, ${TAG-7}; $$ is a dollar. The environment is
 * not asked: what it holds may be secret.
 *
 * @param[out] ret_text  caller frees; untouched when false
 * @return false when a variable has no default
 */
bool compose_expand(const char *text, char **ret_text);
/** Whether no variable of the text that has a default is secret by its name. */
bool compose_defaults_are_plain(const char *text);
/** An image reference without tag and digest, which may hold variables; caller frees. */
MUST_USE char *compose_repository(const char *image);

void compose_clear(Compose *compose);
DEFINE_AUTO_VALUE(compose, Compose, compose_clear)
