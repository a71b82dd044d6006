#pragma once
/* Settings for an image, as far as the image, a compose file and the checkout tell: nothing is made
 * up. */

#include "config/compose.h"
#include "config/config.h"
#include "engine/engine.h"
#include "migrator/framework.h"
#include "verify/session.h"

/* What was found out; all borrowed. */
typedef struct SuggestFacts {
    const char *reference; /* of the image that was looked into; NULL: none, it is built */
    const EngineImage *image;
    const Detection *detection;
    bool detected;          /* what framework_detect said */
    const Compose *compose; /* NULL: there is none */
    const char *compose_name;
    const char *folder; /* the working one, from that of the file that is written: "../.."; NULL:
                           they are the same */
    const Config *surroundings; /* settings of CI and the checkout alone */
} SuggestFacts;

/* Parts of the file in which something was left out. */
typedef enum SuggestPart {
    LEFT_BUILD,
    LEFT_COMMANDS,
    LEFT_DATABASE,
    LEFT_SERVICES,
    LEFT_START,
    LEFT_COUNT
} SuggestPart;

/* Values are NULL or empty when not known; each _found is one line: where it comes from, or what
 * there was instead. */
typedef struct Suggestion {
    char *image, *image_found;
    char *source, *repository, *api, *releases_found;
    StrList migrate; /* words */
    char *migrate_found;
    bool migrate_stays_detected; /* every run finds it again, with all that hangs on it */
    bool entrypoint_none;        /* migrate is all there is to run */
    StrList entrypoint;          /* words; empty: the image's own, unless entrypoint_none */
    char *user, *workdir;
    char *run_found; /* of user, workdir and entrypoint */
    char *sqlite, *volume, *postgres, *database_found;
    bool wants_postgres; /* its image is not known */
    StrMap database_env; /* templates */
    StrList volumes;     /* mounts of which one may hold an SQLite file */
    StrMap env;          /* what says where the SQLite file lies */
    StrList env_names, env_files;
    char *env_found;
    char *context, *dockerfile, *target, *build_found; /* of the candidate's build; context NULL:
                                                          it is not built */
    StrMap args;
    StrList arg_names; /* arguments whose values are not copied */
    char *service;     /* image of a server that is neither of the above */
    StrMap server_env, app_env;
    StrList server_command, server_env_left; /* names whose values are not copied */
    ServiceSettingsList services;
    StrList left[LEFT_COUNT]; /* one line each: what was not written, and why */
    bool starts;              /* the application is to be started */
    bool start_beside;        /* beside migrate; else its start migrates */
    bool start_commented;     /* something has to be given first */
    char *start_found, *start_image;
    StrList start_command, start_entrypoint;
    bool start_entrypoint_set; /* and empty: none */
    ReadySettings ready;       /* READY_BY_NOTHING: not known */
    char *ready_found;
    int64_t server_port; /* of service; 0: by its HEALTHCHECK */
} Suggestion;

/**
 * The image a compose file means when none is given: of the migrate service, else of the
 * application.
 *
 * @param name  the file, for messages
 * @param[out] ret_image  caller frees, NULL when it is built; untouched on error
 * @return NULL, or ERR_INVALID that says to name the image
 */
MUST_USE Error *suggest_image(const Compose *compose, const char *name, char **ret_image);
/** Look for the commands in an image. */
MUST_USE Error *suggest_look(Session *session, const EngineImage *image, Detection *ret_detection,
                             bool *ret_detected);
void suggest(const SuggestFacts *facts, Suggestion *ret_suggestion);
/** The settings file with its comments; caller frees. */
MUST_USE char *suggestion_text(const Suggestion *suggestion);
void suggestion_clear(Suggestion *suggestion);
DEFINE_AUTO_VALUE(suggestion, Suggestion, suggestion_clear)
